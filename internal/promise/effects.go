package promise

import "math"

// sweeps of backfitting are enough: a further one moves no forecast by an hour.
const sweeps = 6

// effects are an additive model of one quantity: a mean, a season by week, and the effect of
// each class of each factor.
type effects struct {
	factors []factor
	classes []map[string]int // per factor: its classes
	of      [][]int          // per trip: its class in each factor
	mean    float64
	sizes   [][]float64 // per factor and class
	now     float64     // the season of the last week
}

func newEffects(factors []factor) *effects {
	e := &effects{factors: factors, sizes: make([][]float64, len(factors))}
	for range factors {
		e.classes = append(e.classes, map[string]int{})
	}
	return e
}

// add notes the classes of a trip that teaches.
func (e *effects) add(t Trip) {
	row := make([]int, len(e.factors))
	for f, factor := range e.factors {
		name := factor.class(t)
		class, known := e.classes[f][name]
		if !known {
			class = len(e.classes[f])
			e.classes[f][name] = class
			e.sizes[f] = append(e.sizes[f], 0)
		}
		row[f] = class
	}
	e.of = append(e.of, row)
}

// forget lets go of the oldest trips.
func (e *effects) forget(n int) { e.of = e.of[n:] }

// at is the model's value for a trip; a class that was never seen has no effect.
func (e *effects) at(t Trip) float64 {
	sum := e.mean + e.now
	for f, factor := range e.factors {
		if class, known := e.classes[f][factor.class(t)]; known {
			sum += e.sizes[f][class]
		}
	}
	return sum
}

// fit finds the effects for the values of the trips, by backfitting with shrinkage. Trips
// weigh what weights says; weeks says how many weeks ago each was delivered, so that a season
// that all shared is not taken for an effect of those who happened to order in it.
func (e *effects) fit(values, weights []float64, weeks []int) {
	var all, total float64
	last := 0
	for i, v := range values {
		all += weights[i] * v
		total += weights[i]
		last = max(last, weeks[i])
	}
	e.mean = all / total
	season := make([]float64, last+1)
	left := make([]float64, len(values))
	for i, v := range values {
		left[i] = v - e.mean
		for f, class := range e.of[i] {
			left[i] -= e.sizes[f][class]
		}
	}
	for range sweeps {
		improve(season, 2, left, weights, func(i int) int { return weeks[i] })
		for f := range e.factors {
			improve(e.sizes[f], e.factors[f].shrink, left, weights, func(i int) int { return e.of[i][f] })
		}
	}
	e.now = season[0]
}

// improve sets each size to the shrunken mean of what is left for its class, and takes it
// from what is left.
func improve(sizes []float64, shrink float64, left, weights []float64, class func(int) int) {
	sum, weight := make([]float64, len(sizes)), make([]float64, len(sizes))
	for i, l := range left {
		c := class(i)
		sum[c] += weights[i] * (l + sizes[c])
		weight[c] += weights[i]
	}
	moved := sum
	for c, old := range sizes {
		sizes[c] = sum[c] / (weight[c] + shrink)
		moved[c] = sizes[c] - old
	}
	for i := range left {
		left[i] -= moved[class(i)]
	}
}

// faded is what something that long ago still weighs.
func faded(days, half float64) float64 { return math.Exp2(-days / half) }
