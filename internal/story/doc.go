// Package story tells what happens in the shop as its people tell it: who buys what, what a
// supplier does, how much later it is, and what is expected then. The whole program runs in
// process on both databases in virtual time; suppliers, bank, tracking service and mail
// server are real servers on loopback. Every story ends with a clean audit, no work given
// up, and no order twice in any supplier's own books. It holds tests only.
package story
