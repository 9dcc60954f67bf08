// Package emulator is a small Stripe of our own: stateful, in memory, speaking the
// documented protocol (docs.stripe.com/api, API 2026-07-29.dahlia) over real HTTP.
//
// It has Checkout Sessions with a page where a person pays, PaymentIntents, charges,
// refunds, disputes, balance transactions, idempotency keys as documented, and signed
// webhooks. It is written from the documents and not from the connector, so that each
// checks the other. What it simplifies: every charge settles in its own currency, fees are
// 1.5 % and 25 minor units, and cards are known by their test names (pm_card_visa, …).
//
//	session open ──pays──▶ complete      intent requires_payment_method
//	     │                                    │ confirm       ▲ declined
//	     └─24 h, expire─▶ expired             ▼               │
//	                     processing ◀── (bank debit) ── requires_payment_method
//	                        │ Settle           │ manual: requires_capture ─7 days─▶ canceled
//	                        ▼                  ▼ capture
//	                     succeeded ◀───────────┘
package emulator
