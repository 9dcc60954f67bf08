// Package promise says when a parcel will be there, and how sure that is.
//
// A delivery has two parts: the supplier's handling, from the order to the hand-over to the
// carrier, and the transit. Each is a sum of effects in the logarithm of days: who the
// supplier is, which lane it goes, which postcode area, the weekday, the weight, what the
// supplier states. An effect that few deliveries speak for is shrunk towards none, so that a
// new supplier or a thin lane is judged by its neighbours, and a store without any delivery
// by what its suppliers state.
//
// How fast parcels move at present moves all of it: a life table of the last weeks counts, for
// each moment of a parcel's way, who arrived and who was still under way. Parcels that are not
// there yet teach as well, so that a slow-down shows before they arrive. The table also says
// how wide a window must be.
//
//	h := promise.NewHistory(trips)   // with all that became of them
//	m := h.At(now)                   // what could be known at that moment, and nothing else
//	f := m.Forecast(trip)            // P50, P90 and a date to promise, in days after the order
//
// A store learns its lanes now and then (Learn, a few rows for each supplier and country), and
// pages read only those (LanesTo). What a customer was promised is kept with the order, beside
// when it is expected as it looks now (Leg). Model and decisions do no I/O; the history comes
// from the caller.
package promise
