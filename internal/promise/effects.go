package promise

import (
	"math"
	"slices"
)

const (
	sweeps = 8   // of backfitting: a further one moves forecasts by half an hour on average
	odd    = 1.0 // what a single trip may say at most; a parcel that lay somewhere for weeks says nothing of its lane
	calm   = 2   // the shrinkage of a week's season
)

// coded are the classes of trips in each of some factors.
type coded struct {
	factors []factor
	classes []map[string]int // per factor: its classes
	of      [][]int          // per trip: its class in each factor
}

func newCoded(factors []factor) *coded {
	c := &coded{factors: factors}
	for range factors {
		c.classes = append(c.classes, map[string]int{})
	}
	return c
}

// add notes the classes of a further trip.
func (c *coded) add(t Trip) {
	row := make([]int, len(c.factors))
	for f, factor := range c.factors {
		name := factor.class(t)
		class, known := c.classes[f][name]
		if !known {
			class = len(c.classes[f])
			c.classes[f][name] = class
		}
		row[f] = class
	}
	c.of = append(c.of, row)
}

// effects are an additive model of one quantity: a middle and the effect of each class of
// each factor. What all trips of a week have in common is taken out, and left to others.
type effects struct {
	*coded
	middle float64
	sizes  [][]float64 // per factor and class
}

// at is the model's value for a trip; a class that taught nothing has no effect.
func (e *effects) at(t Trip) float64 {
	sum := e.middle
	for f, factor := range e.factors {
		if class, known := e.classes[f][factor.class(t)]; known {
			sum += e.sizes[f][class]
		}
	}
	return sum
}

// inner is the value for one of the trips that have classes.
func (e *effects) inner(i int) float64 {
	sum := e.middle
	for f, class := range e.of[i] {
		sum += e.sizes[f][class]
	}
	return sum
}

// lesson is what one trip teaches.
type lesson struct {
	trip   int // of those that have classes
	value  float64
	weight float64
	week   int // how many weeks ago it happened
}

// fit finds the effects by backfitting with shrinkage. A season that all shared is not taken
// for an effect of those who happened to order in it.
func (c *coded) fit(lessons []lesson) *effects {
	e := &effects{coded: c}
	for _, classes := range c.classes {
		e.sizes = append(e.sizes, make([]float64, len(classes)))
	}
	last, values := 0, make([]float64, len(lessons))
	for i, l := range lessons {
		last, values[i] = max(last, l.week), l.value
	}
	slices.Sort(values)
	e.middle = values[len(values)/2]
	left, class := values, make([]int, len(lessons))
	for i, l := range lessons {
		left[i] = l.value - e.middle
	}
	season := make([]float64, last+1)
	for range sweeps {
		for i, l := range lessons {
			class[i] = l.week
		}
		improve(season, calm, left, lessons, class)
		for f := range c.factors {
			for i, l := range lessons {
				class[i] = c.of[l.trip][f]
			}
			improve(e.sizes[f], c.factors[f].shrink, left, lessons, class)
		}
	}
	return e
}

// improve sets each size to the shrunken mean of what is left for its class, and takes it
// from what is left.
func improve(sizes []float64, shrink float64, left []float64, lessons []lesson, class []int) {
	sum, weight := make([]float64, len(sizes)), make([]float64, len(sizes))
	for i, l := range left {
		c, w := class[i], lessons[i].weight
		sum[c] += w * (min(odd, max(-odd, l)) + sizes[c])
		weight[c] += w
	}
	moved := sum
	for c, old := range sizes {
		sizes[c] = sum[c] / (weight[c] + shrink)
		moved[c] = sizes[c] - old
	}
	for i := range left {
		left[i] -= moved[class[i]]
	}
}

// faded is what something that long ago still weighs.
func faded(days, half float64) float64 { return math.Exp2(-days / half) }
