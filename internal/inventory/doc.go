// Package inventory is what suppliers have of the shop's variants, and what of it is
// promised to whom.
//
// Three numbers stand for that, each kept by conditional updates only:
//
//	variants.available  the sum of the quantities of the variant's active, believable offers
//	variants.reserved   the sum of the variant's rows in reservations: promised to orders
//	offers.committed    units of planned purchases that the supplier has not acknowledged yet
//
// An order takes them in turn:
//
//	Reserve ── reserved + n, where available - reserved >= n   (checkout; expires)
//	Keep       the reservation no longer expires               (paid)
//	Commit ─── committed + n, where quantity - committed >= n  (purchase planned)
//	Settle ─── quantity - n, committed - n, reserved - n       (supplier acknowledged: their
//	                                                            next word counts without us)
//	Uncommit, Release, ReleaseUnits go back.
//
// What suppliers say about their stock comes in pages. ApplyPage puts a guard (Judge) in
// between: a page that would empty the shop is parked in feeds, for a person to Believe or
// Refuse.
//
// Whoever holds several rows takes them in this order, so that PostgreSQL never waits in a
// circle: reservations, then variants by id, then offers.
package inventory
