// Package desk is what the staff keep for their own work: lists of orders that they look at
// often, things done to many orders at once, and notes about customers.
//
// A run begins as a draft that says of every order what would happen. Once somebody
// confirms it, its orders wait, and jobs take them in chunks: each order and the word about
// what became of it are one transaction, so that a crash leaves none half done or done twice.
//
//	draft ── Begin ──► running ── the last order ──► ended ── Retry ──► running …
package desk
