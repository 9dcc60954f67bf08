// Package trace tells a collector of OpenTelemetry what led to what, and how long it took: a
// request of the shop or the API, the jobs that it caused, and the calls to suppliers, payment
// providers and carriers that those made, as one trace.
//
//	POST /checkout ──▶ transaction ──▶ job purchase.submit ──▶ supplier acme
//	  its span            the job keeps it     goes on from it      and so on
//
// A job's row holds the W3C traceparent of what inserted it, in the same transaction, so that a
// trace goes on in whichever process works the job, and after a restart.
//
// It is off unless a collector is named: a nil *Tracer does nothing, and costs a comparison with
// nil. When it is on nobody waits for the collector: ended spans stand in a queue of limited
// length, and what does not fit is dropped. Spans carry names of routes, jobs and connectors and
// what came of them; no addresses, no parameters, no words of errors: those may be personal.
package trace
