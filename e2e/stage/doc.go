// Package stage sets up what the browser tests and the screenshots look at: the real binary,
// built once, as a process of its own, over a fresh database.
//
//   - Demo is `doorstep demo`: a whole world inside one process, as a newcomer meets it.
//   - Serve is a bare `doorstep serve`.
//   - Open is `doorstep serve` for a furnished shop, with the suppliers, the payment provider,
//     the tracking service and the mail server emulated in this process, where a test can make
//     them misbehave.
package stage
