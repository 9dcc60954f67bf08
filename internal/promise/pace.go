package promise

import (
	"math"
	"sort"
)

// pace is how parcels move at present: the chance to arrive at each moment of a parcel's way,
// for one that is not there yet. It is a life table of the last weeks. Each parcel that was
// under way in them counts for the part of its way that it went in them, whether it has
// arrived or not, so that a country that slows down is seen while its parcels are missing,
// and one that speeds up before the last of the slow ones are there.
//
// Where few parcels were under way lately, those of the year count, and where these are few, a
// curve that fits most.
//
// The moments of a way are measured from what the effects say, in units by which such trips
// differ: 0 is the middle.
type pace struct{ lately, year table }

// table is how many parcels arrived at each step of the way, and how many went over it.
type table struct{ arrived, passed [paceSteps]float64 }

const (
	paceFrom  = -3.0
	paceStep  = 0.05
	paceSteps = 120
	paceHalf  = 6.0   // days until what happened says half as much of the present
	paceLast  = 60.0  // days after which it says nothing
	paceYear  = 365.0 // days after the order from which on a parcel counts no more
	paceWidth = 0.27  // of the logistic curve that is believed without any parcel
	paceTrust = 5.0   // parcels that are worth as much as what is believed without them
)

// journey is one trip for the table. Times are days: before now, or after the order.
type journey struct {
	middle  float64 // the logarithm of days, one added, that the effects say
	age     float64 // how long ago it was ordered
	noted   float64 // since when it is known of, after the order
	ended   float64 // when it arrived, or until when it surely had not, after the order
	arrived bool
}

// see counts one trip.
func (p *pace) see(j journey) {
	if j.age > paceYear || j.ended <= j.noted {
		return
	}
	unit := scale(j.middle)
	place := func(days float64) float64 { return ((math.Log1p(days)-j.middle)/unit - paceFrom) / paceStep }
	begin, end := max(0, place(j.noted)), place(j.ended)
	if j.arrived {
		k := min(paceSteps-1, max(0, int(end)))
		p.year.arrived[k]++
		p.lately.arrived[k] += weightNow(j.age - j.ended)
	}
	passing, grow := math.Exp(j.middle+unit*(paceFrom+paceStep*(math.Floor(begin)+0.5))), math.Exp(unit*paceStep)
	for k := int(begin); k < paceSteps && float64(k) < end; k++ {
		share := min(end, float64(k+1)) - max(begin, float64(k))
		p.year.passed[k] += share
		p.lately.passed[k] += share * weightNow(j.age-(passing-1))
		passing *= grow
	}
}

// weightNow is what something that many days ago says of the present.
func weightNow(ago float64) float64 {
	if ago > paceLast {
		return 0
	}
	return faded(max(0, ago), paceHalf)
}

// places are the moments by which these shares of all parcels have arrived. Shares ascend.
func (p *pace) places(shares ...float64) []float64 {
	var sums [paceSteps + 1]float64
	for k := range paceSteps {
		sums[k+1] = sums[k] + p.lately.hazard(k, p.year.hazard(k, believed(k)))
	}
	out := make([]float64, len(shares))
	for i, share := range shares {
		goal := -math.Log(1 - share)
		k := sort.Search(paceSteps, func(k int) bool { return sums[k+1] >= goal })
		at := float64(paceSteps)
		if k < paceSteps {
			at = float64(k) + (goal-sums[k])/(sums[k+1]-sums[k])
		}
		out[i] = paceFrom + paceStep*at
	}
	return out
}

// hazard is the chance to arrive at a step for who goes over it, drawn to what is believed.
func (t *table) hazard(k int, believed float64) float64 {
	return (t.arrived[k] + paceTrust*believed) / (t.passed[k] + paceTrust)
}

// believed is the hazard of a step by the logistic curve.
func believed(k int) float64 {
	at := func(k int) float64 { return math.Log1p(math.Exp((paceFrom + paceStep*float64(k)) / paceWidth)) }
	return at(k+1) - at(k)
}
