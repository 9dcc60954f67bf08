package promise

import "math"

const (
	stated    = 5.0 // deliveries that the stated days are worth
	narrowing = 0.3 // long trips miss by a smaller factor than short ones
	usual     = 2.5 // the logarithm at which that factor is one
	// half, ninth and promised are the shares of parcels that are there on the days of a
	// forecast, as they move at the moment of the order. What becomes slower until they arrive
	// takes its part of the rest, so that in the end one in ten and one in twenty are later.
	half     = 0.5
	ninth    = 0.91
	promised = 0.955
)

// Forecast is when a parcel will be there, in days after the order.
type Forecast struct {
	P50, P90 float64 // half of all, nine of ten will be there by then
	Promise  float64 // the date to promise: nineteen of twenty will be there by then
	Samples  int     // the deliveries that it was learned from; 0: only what is stated
}

// Model is what a history taught until a moment; see History.At. It does not change.
type Model struct {
	handling, transit *effects
	regions           map[string]float64
	places            [3]float64 // of the pace: the half, nine of ten, and what is promised
	delivered         int        // trips that taught it; 0: nothing is known
}

// both is handling and transit together, as the logarithm of days, one added.
func (m *Model) both(t Trip) float64 { return together(m.handling.at(t), m.transit.at(t)) }

func together(handling, transit float64) float64 {
	return math.Log(math.Exp(handling) + math.Exp(transit))
}

// wayShare is the part of the whole time that is the carrier's, by the middle.
func (m *Model) wayShare(t Trip) float64 {
	if m.delivered == 0 {
		return 0
	}
	return math.Exp(m.transit.at(t) - m.both(t))
}

// scale is the unit in which a forecast misses.
func scale(middle float64) float64 { return math.Exp(-narrowing * (middle - usual)) }

// Forecast is when a trip that is ordered now will end. With few deliveries, what is stated
// counts; with none, it is all there is, and half as much again is room for what goes wrong.
func (m *Model) Forecast(t Trip) Forecast {
	word := max(t.StatedDays, 1)
	if m.delivered == 0 {
		return Forecast{P50: word, P90: 1.5 * word, Promise: 1.75 * word}
	}
	middle := m.both(t) + m.regions[t.To]
	if t.StatedDays > 0 {
		n := float64(m.delivered)
		middle = (n*middle + stated*math.Log1p(word)) / (n + stated)
	}
	by := func(place float64) float64 { return max(0, math.Expm1(middle+scale(middle)*place)) }
	return Forecast{Samples: m.delivered, P50: by(m.places[0]), P90: by(m.places[1]), Promise: by(m.places[2])}
}
