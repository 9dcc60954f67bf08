// Package claim is what went wrong for a customer, and what we demand of a supplier for it.
//
// A claim is about units of an order. It is opened, perhaps asked about and answered, then
// approved or declined. What was approved is settled by money (at once, or when the goods
// came back and were looked at) or by a replacement. What it may end in is decided by Decide,
// a pure function: the store's rules and the supplier's terms in, choices with their reasons
// and their cost out. A dispute is our demand on the supplier for the same loss; it has a
// clock of its own.
package claim
