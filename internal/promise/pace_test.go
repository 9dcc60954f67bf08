package promise

import (
	"math"
	"testing"
)

// TestPaceWithoutParcels is the curve that is believed.
func TestPaceWithoutParcels(t *testing.T) {
	t.Parallel()
	var p pace
	places := p.places(0.5, 0.9, 0.99999999999)
	if math.Abs(places[0]) > 0.01 || math.Abs(places[1]-paceWidth*math.Log(9)) > 0.01 || places[2] != paceFrom+paceStep*paceSteps {
		t.Errorf("%v", places)
	}
}

// TestPaceCountsWhoIsUnderWay: half arrive at the middle, half are still under way; without
// those the middle would be lower.
func TestPaceCountsWhoIsUnderWay(t *testing.T) {
	t.Parallel()
	middle := math.Log1p(10)
	var all, arrived pace
	for i := range 2000 {
		age := 5 + float64(i%20)
		takes := math.Expm1(middle + paceWidth*math.Log((float64(i%997)+0.5)/(996.5-float64(i%997))))
		j := journey{middle: middle, age: age, ended: min(age, takes), arrived: takes < age}
		all.see(j)
		if j.arrived {
			arrived.see(j)
		}
	}
	whole, part := all.places(0.5, 0.9), arrived.places(0.5, 0.9)
	if math.Abs(whole[0]) > 0.05 || math.Abs(whole[1]-paceWidth*math.Log(9)) > 0.08 || part[1] >= whole[1]-0.1 {
		t.Errorf("with those under way %v, without %v", whole, part)
	}
}

// TestPaceForgets: what is long ago, or was never seen, counts for nothing.
func TestPaceForgets(t *testing.T) {
	t.Parallel()
	var p pace
	for _, j := range []journey{
		{middle: 2, age: 400, ended: 8, arrived: true},
		{middle: 2, age: 10, noted: 9, ended: 8, arrived: true}, {middle: 2, age: 0, ended: 0},
	} {
		p.see(j)
	}
	if p != (pace{}) {
		t.Errorf("%+v", p)
	}
	p.see(journey{middle: 2, age: 100, ended: 8, arrived: true})
	if p.lately != (table{}) || p.year == (table{}) {
		t.Errorf("%+v", p)
	}
}
