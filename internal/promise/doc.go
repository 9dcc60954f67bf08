// Package promise says when a parcel will be there, and how sure that is.
//
// A delivery has two parts: the supplier's handling, from the order to the hand-over to the
// carrier, and the transit. Each is a sum of effects in the logarithm of days: who the
// supplier is, which lane it goes, which postcode area, the weekday, the weight, what the
// supplier states. An effect that few deliveries speak for is shrunk towards none, so that a
// new supplier or a thin lane is judged by its neighbours, and a store without any delivery
// by what its suppliers state.
//
// The season moves all of it: the level follows the deliveries of the last weeks. How wide a
// window must be is learned from the forecasts that were made and what became of them, never
// from the fit to the past itself.
//
//	m := promise.NewModel()
//	m.Learn(trip, forecast)      // a delivery that happened, and what had been said of it
//	m.Fit(now)                   // once a day
//	f := m.Forecast(trip)        // P50, P90 and a date to promise, in days after the order
//
// A store learns its lanes now and then (Learn, a few rows for each supplier and country), and
// pages read only those (LanesTo). What a customer was promised is kept with the order, beside
// when it is expected as it looks now (Leg). Model and decisions do no I/O; the history comes
// from the caller.
package promise
