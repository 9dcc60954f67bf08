// Package number reads a tracking number and says whose it may be.
//
// A supplier hands over a number, often with a carrier's name in his own
// spelling, sometimes without one. Recognise compares the number with the public
// formats of 18 couriers (39 formats) and a few informal ones, computes the check
// digit where the format has one, and returns every format that fits, the most
// credible first. Best adds the supplier's word, which wins: numbers are
// ambiguous (twelve digits fit three carriers), words seldom are.
//
// How a number travels through the package:
//
//	Normalise     spaces, dashes, case, full-width digits
//	shape.go      does it fit a format? (a small template language)
//	check.go      does its check digit hold?
//	services.go   do the fields inside it mean something?
//	Recognise     one Candidate for each format that fits, ranked
//	Best          the supplier's word, confirmed by the candidates
//
// Carrier codes are stable and lower case, words joined by a dash. Those with a
// format of their own are amazon, cainiao, canada-post, canpar, cjpacket, dhl,
// dpd, fedex, gofo, landmark, lasership, old-dominion, ontrac, purolator, s10 (a
// postal item, whose operator is in CarrierName and whose origin in Country),
// speedee, ups, usps, yodel and yunexpress. Best knows more by name only: see
// carriers.go. A word it does not know becomes a code by the same spelling rule.
//
// The rules for the 39 formats follow github.com/jkeen/tracking_number_data (MIT
// licence, see NOTICE), rewritten as templates. Cainiao's and CJ's own numbers have no
// published rule; they are recognised by samples, with low confidence, and nothing
// is ever rejected on account of them.
package number
