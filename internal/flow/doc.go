// Package flow is what follows from what: the commands that change an order and all that
// belongs to it, and one table of reactions (reactions.go), in the order of an order's life.
//
// A command is a plain function on a transaction. It locks the order, moves the small
// machines, records what is now true, and the reactions to that run in the same
// transaction: rows, jobs and the derived words are there together or not at all. Nothing
// here calls out: what must leave the house becomes a job, and package outside works it in
// two halves, Begin… before the call and End… after it.
package flow
