// Package outside makes every call that leaves and takes in every message that comes: the
// only one that knows both the contracts and what is stored.
//
// No provider is called while a transaction is open. A job's conversation has three steps,
// and may die between any two of them:
//
//	┌ transaction: intent ┐            ┌ transaction: result, next jobs, finish ┐
//	│ flow.Begin…         │ ── call ── │ flow.End… and job.Finish or job.Again  │
//	└─────────────────────┘ with a key └────────────────────────────────────────┘
//
// Died before the call, or after it: the job falls due again, finds its own intent, and asks
// by the same key instead of doing it twice.
//
//	connector.go   rows become open connectors; connect.go changes the rows
//	client.go      the one way to the network; breaker.go leaves alone who is down
//	converse.go    the three steps
//	purchase.go    submit, find, cancel, pay          money.go     capture, void, refund
//	offers.go      cost and stock, page by page       begin.go     a customer pays
//	report.go      how purchases stand                quote.go     what freight costs
//	tracking.go    where parcels are                  mail.go      what people are told
//	schedule.go    what comes round                   janitor.go   what has run out
//	webhook.go     what others tell by themselves     later.go     what came too early
//	translate.go   their words into ours                  letters.go   how a mail looks before it is sent
package outside
