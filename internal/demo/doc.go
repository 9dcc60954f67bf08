// Package demo is a whole small world around the program: emulated suppliers, a payment
// provider and a tracking service that speak their real protocols over HTTP, a mail server
// that keeps what it is sent, and people who shop, pay, pack and confirm. The program under
// it is the real one: nothing in it knows that the others are not.
//
//	shoppers ─HTTP─▶ store API ┐                    ┌─▶ AliExpress, CJ   (their books)
//	pay page ◀─HTTP─ shoppers  │ doorstep, its own  ├─▶ Stripe           (its books)
//	staff    ─HTTP─▶ staff API ┤ database and jobs  ├─▶ 17TRACK
//	webhooks ─HTTP─▶ /webhooks ┘                    └─▶ SMTP ─▶ inbox ─▶ the workshop's person
//
// The verdict compares what the others' books say with what ours say, so it finds what got
// lost or was done twice.
package demo
