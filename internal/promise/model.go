package promise

import (
	"math"
	"slices"
	"strconv"
	"time"
)

const (
	halfEffect = 300.0 // days until a delivery teaches half as much about suppliers and lanes
	halfLevel  = 20.0  // … about how fast everything is at present
	halfRegion = 15.0  // … about one region at present
	halfWidth  = 20.0  // … about how far forecasts miss
	regionRest = 15.0  // deliveries by which a region's own level is believed by half
	stated     = 5.0   // deliveries that the stated days are worth
	most       = 60000 // deliveries that are kept
	few        = 40    // forecasts with an outcome, before their misses are believed
	narrowing  = 0.3   // long trips miss by a smaller factor than short ones
	usual      = 2.5   // the logarithm at which that factor is one
	// promised is the share of recent misses that a promise would have covered. Misses carry the
	// drift between an order and its delivery, so that about one promise in twenty is late.
	promised = 0.94
)

// Forecast is when a parcel will be there, in days after the order.
type Forecast struct {
	P50, P90 float64 // half of all, nine of ten will be there by then
	Promise  float64 // the date to promise: nineteen of twenty will be there by then
	Samples  int     // the deliveries that it was learned from; 0: only what is stated
}

// Model learns from deliveries in the order in which they happened. It is not safe for use by
// several goroutines while it learns or fits.
type Model struct {
	trips             []Trip // delivered, the latest last
	handling, transit *effects
	regions           map[string]float64
	level             float64
	widths            [2]float64 // of the misses: nine of ten, and what is promised
	misses            []miss
	fitted            bool
}

// miss is how far a forecast was from what happened, in units of its scale.
type miss struct {
	size float64
	at   time.Time
}

// NewModel is a model that knows nothing yet.
func NewModel() *Model {
	return &Model{handling: newEffects(handling()), transit: newEffects(transit())}
}

// Learn takes in a delivery and what had been forecast for it; the zero Forecast when nothing
// had. Deliveries come in the order in which they happened.
func (m *Model) Learn(t Trip, said Forecast) {
	if t.Shipped.IsZero() || t.Shipped.Before(t.Ordered) || t.Shipped.After(t.Delivered) {
		t.Shipped = t.Ordered.Add(t.Delivered.Sub(t.Ordered) / 5) // nobody noted it: a usual share
	}
	m.trips = append(m.trips, t)
	m.handling.add(t)
	m.transit.add(t)
	if said.P50 > 0 {
		middle := math.Log1p(said.P50)
		m.misses = append(m.misses, miss{(took(t) - middle) / scale(middle), t.Delivered})
	}
	if over := len(m.trips) - most; over >= most/10 {
		m.trips = slices.Clone(m.trips[over:])
		m.handling.forget(over)
		m.transit.forget(over)
	}
}

// took is the quantity that is forecast: the logarithm of days, a day added.
func took(t Trip) float64 { return math.Log1p(t.Days()) }

// Fit learns from all that was taken in. Once a day is enough.
func (m *Model) Fit(now time.Time) {
	if len(m.trips) == 0 {
		return
	}
	n := len(m.trips)
	weights, weeks := make([]float64, n), make([]int, n)
	first, second := make([]float64, n), make([]float64, n)
	for i, t := range m.trips {
		age := daysBetween(t.Delivered, now)
		weights[i], weeks[i] = faded(age, halfEffect), int(age/7)
		first[i] = math.Log(daysBetween(t.Ordered, t.Shipped) + 0.5)
		second[i] = math.Log(daysBetween(t.Shipped, t.Delivered) + 0.5)
	}
	m.handling.fit(first, weights, weeks)
	m.transit.fit(second, weights, weeks)
	m.regions, m.level = nil, 0
	left, recent := make([]float64, n), make([]float64, n)
	for i, t := range m.trips {
		recent[i] = faded(daysBetween(t.Delivered, now), halfLevel)
		left[i] = took(t) - m.both(t)
	}
	m.regions = m.regionsNow(left, mean(left, recent), now)
	for i, t := range m.trips {
		left[i] -= m.regions[t.To]
	}
	m.level = quantile(left, recent, 0.5)
	m.fitted = true
	m.widen(left, recent, now)
}

// both is handling and transit together.
func (m *Model) both(t Trip) float64 {
	return math.Log(math.Exp(m.handling.at(t)) + math.Exp(m.transit.at(t)))
}

// wayShare is the part of the whole time that is the carrier's, by the middle.
func (m *Model) wayShare(t Trip) float64 {
	if !m.fitted {
		return 0
	}
	return math.Exp(m.transit.at(t) - m.both(t))
}

// regionsNow is how much faster or slower than all others a region is at present: strikes,
// floods and holidays are local.
func (m *Model) regionsNow(left []float64, level float64, now time.Time) map[string]float64 {
	sum, weight := map[string]float64{}, map[string]float64{}
	for i, t := range m.trips {
		w := faded(daysBetween(t.Delivered, now), halfRegion)
		sum[t.To] += w * min(1, max(-1, left[i]-level))
		weight[t.To] += w
	}
	for to := range sum {
		sum[to] /= weight[to] + regionRest
	}
	return sum
}

// widen learns how far forecasts miss. Before enough of them have an outcome, the fit's own
// misses must do, though they flatter.
func (m *Model) widen(left, recent []float64, now time.Time) {
	for len(m.misses) > 0 && daysBetween(m.misses[0].at, now) > 10*halfWidth {
		m.misses = m.misses[1:]
	}
	var sizes, weights []float64
	for _, x := range m.misses {
		sizes, weights = append(sizes, x.size), append(weights, faded(daysBetween(x.at, now), halfWidth))
	}
	if len(m.misses) < few {
		sizes, weights = sizes[:0], recent
		for i, t := range m.trips {
			sizes = append(sizes, (left[i]-m.level)/scale(m.middle(t)))
		}
	}
	for i, p := range []float64{0.9, promised} {
		m.widths[i] = quantile(sizes, weights, p)
	}
}

// middle is the logarithm of the median, a day added, before the misses are looked at.
func (m *Model) middle(t Trip) float64 { return m.both(t) + m.regions[t.To] + m.level }

// scale is the unit in which a forecast misses.
func scale(middle float64) float64 { return math.Exp(-narrowing * (middle - usual)) }

// Forecast is when a trip that is ordered now will end. With few deliveries, what is stated
// counts; with none, it is all there is, and half as much again is room for what goes wrong.
func (m *Model) Forecast(t Trip) Forecast {
	word := max(t.StatedDays, 1)
	if !m.fitted {
		return Forecast{P50: word, P90: 1.5 * word, Promise: 1.75 * word}
	}
	middle := m.middle(t)
	if t.StatedDays > 0 {
		n := float64(len(m.trips))
		middle = (n*middle + stated*math.Log1p(word)) / (n + stated)
	}
	f := Forecast{Samples: len(m.trips), P50: max(0, math.Expm1(middle))}
	f.P90 = max(f.P50, math.Expm1(middle+scale(middle)*m.widths[0]))
	f.Promise = max(f.P90, math.Expm1(middle+scale(middle)*m.widths[1]))
	return f
}

// String is a forecast in words: "9 to 16 days".
func (f Forecast) String() string {
	return strconv.Itoa(int(math.Round(f.P50))) + " to " + strconv.Itoa(int(math.Ceil(f.P90))) + " days"
}
