// Package aliexpress buys from AliExpress through its dropshipping (DS) API.
//
// How an order goes there and back:
//
//	address.go   is the address one that AliExpress takes? (no call)
//	place.go     its province and city in AliExpress's own spelling (cached)
//	submit.go    aliexpress.ds.order.create: one cart, perhaps several orders
//	report.go    aliexpress.trade.ds.order.get per order: state and cost
//	track.go     aliexpress.ds.order.tracking.get: parcels and their scans
//	receive.go   the push "an order changed": only a reason to read it again
//
// Every call passes gateway.go, which signs it (sign.go), carries the token (token.go),
// keeps to the documented calls per second (limit.go) and says what a refusal means. The
// answers vary in shape from method to method and from day to day; tree.go reads all of
// them, and nothing else looks at raw JSON.
//
// What AliExpress does not have: a way to look an order up by our key, to cancel, or to
// pay for an order that was created unpaid. So this is no Finder, Canceller or Payer. Its
// out_order_id makes a repeated create harmless for 24 hours (see Repeats); the repetition
// may be answered without the order's number, and then a person must look (ErrRepeated).
//
// Sources: the vendor's documents at openservice.aliexpress.com (DS category, API
// reference, change log to November 2025).
package aliexpress
