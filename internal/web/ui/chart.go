package ui

import (
	"fmt"
	"strings"
)

// A chart is drawn in a box of fixed units that the page scales. Bars and lines are
// attributes of SVG, not styles: the content policy allows no inline style.
const (
	chartWidth  = 720
	chartHeight = 200
	chartTop    = 12
	chartFoot   = 22
)

// Graph is a column and a point of a line for each day, each on a scale of its own.
type Graph struct {
	Words       string // the same, for who cannot see it
	Days        []Day
	BarTop      string // what the highest column would stand for, above the scale; empty: not said
	LineTop     string
	Bars, Lines []int64 // one per day
}

// Day is a day of a graph.
type Day struct {
	Label string // below it; empty: none
	Words string // for the pointer
}

// bar is one day's column.
type bar struct{ X, Y, W, H int64 }

// Scale is a round number that is at least the largest value.
func Scale(values []int64) int64 {
	most := int64(1)
	for _, v := range values {
		most = max(most, v)
	}
	step := int64(1)
	for {
		for _, f := range []int64{1, 2, 4, 5, 10} {
			if step*f >= most {
				return step * f
			}
		}
		step *= 10
	}
}

// bars places a column per value.
func bars(values []int64, top int64) []bar {
	room := int64(chartHeight - chartTop - chartFoot)
	list := make([]bar, len(values))
	for i, n := range values {
		left := int64(i) * chartWidth / int64(len(values))
		right := int64(i+1) * chartWidth / int64(len(values))
		gap := (right - left) / 5
		high := max(n, 0) * room / top
		if n > 0 {
			high = max(high, 2)
		}
		list[i] = bar{X: left + gap, Y: chartTop + room - high, W: right - left - 2*gap, H: high}
	}
	return list
}

// line is a path through one point per value; negative values lie on the ground line.
func line(values []int64, top int64) string {
	room := int64(chartHeight - chartTop - chartFoot)
	var path strings.Builder
	for i, n := range values {
		x := (int64(2*i+1) * chartWidth) / int64(2*len(values))
		y := chartTop + room - max(n, 0)*room/top
		verb := "L"
		if i == 0 {
			verb = "M"
		}
		fmt.Fprintf(&path, "%s%d %d", verb, x, y)
	}
	return path.String()
}

// area closes a line down to the ground.
func area(values []int64, top int64) string {
	ground := chartHeight - chartFoot
	return fmt.Sprintf("%sL%d %dL%d %dZ", line(values, top), chartWidth-chartWidth/(2*len(values)), ground, chartWidth/(2*len(values)), ground)
}

func ruleAt(i int) int { return chartTop + i*(chartHeight-chartTop-chartFoot)/3 }

// labelAnchor keeps the first and the last label inside the drawing.
func labelAnchor(i, n int) string {
	switch i {
	case 0:
		return "start"
	case n - 1:
		return "end"
	}
	return "middle"
}
