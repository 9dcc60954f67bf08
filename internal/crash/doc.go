//go:build unix

// Package crash is a laboratory for the promise that nothing is lost and nothing happens
// twice. It runs the real program as child processes, against emulated suppliers, a bank, a
// tracking service and a mail server that live in the laboratory's own process and so survive
// every crash. People shop over the store's API meanwhile. The children are killed by SIGKILL
// at every named point of a call to the outside and at random; the database server is killed,
// its connections are cut, the disk is full. Whatever dies is started again. When all is
// quiet the verdict is read from the others' books, the ledger and the audit.
//
//	shoppers ──► front (round robin) ──► node 1..n, children ──► wire ──► PostgreSQL or a file
//	staff    ──┘                           │   ▲
//	                                       ▼   │ webhooks through the front
//	                     suppliers, bank, tracking, mail: demo.World, in this process
//
// Lab.Run plays one run; Report says what came of it. The program under test is what
// `doorstep serve` wires together, with one difference: a hook that ends the process at a
// named point. No released binary has that hook.
package crash
