// Package atlas draws the map of a parcel's way: which part of the world is shown, the
// land in it, and the way as a line, all as the texts of SVG's shapes.
//
// The map is Mercator's, as people know it from their screens. It is fitted to the scans,
// and only what lies in view is drawn, so that a page carries a few kilobytes of it and asks
// nobody for tiles. A way over the date line stays in one piece: places are counted on
// beyond 180 degrees, and the land is drawn as often as the view is wide.
//
// The outline in land.bin is Natural Earth's 1:50m land, which is in the public domain
// (naturalearthdata.com), simplified by make.
package atlas

import (
	"math"
	"strconv"
	"strings"
)

// The size of a map in units of its drawing.
const (
	Width  = 800
	Height = 400
)

// Point is a place in millionths of a degree, north and east positive.
type Point struct{ Latitude, Longitude int64 }

// Map is a drawing, ready for an svg of Width and Height.
type Map struct {
	Land string // the d of a path, to be filled by the even-odd rule
	Way  string // the d of a path; open
	Dots []Dot  // in the order of the way
}

// Dot is a stop on the drawing. Stop is which of the places given it is; places that
// follow one another at the same spot are one dot, of the last of them.
type Dot struct{ X, Y, Stop int }

// Draw makes the map of a way over places, in the order of time; false where there are
// fewer than two different ones, and nothing to show.
func Draw(places []Point) (Map, bool) {
	var stops []int
	for i, p := range places {
		if last := len(stops) - 1; last >= 0 && near(places[stops[last]], p) {
			stops[last] = i
			continue
		}
		stops = append(stops, i)
	}
	if len(stops) < 2 {
		return Map{}, false
	}
	way := unrolled(places, stops)
	v := fit(way)
	m := Map{Land: v.land(), Way: v.way(way)}
	for i, at := range way {
		x, y := v.pixel(at)
		m.Dots = append(m.Dots, Dot{X: round(x), Y: round(y), Stop: stops[i]})
	}
	return m, true
}

// near says whether two places are one on a map: within some five kilometres.
func near(a, b Point) bool {
	const millionths = 45_000
	return abs(a.Latitude-b.Latitude) < millionths && abs(a.Longitude-b.Longitude) < millionths
}

func abs(n int64) int64 { return max(n, -n) }

// unrolled are the places on the plane, each at most half the world from the one before:
// the way from Tokyo to Los Angeles leads over the Pacific.
func unrolled(places []Point, stops []int) []spot {
	const turn = 360
	var way []spot
	for i, stop := range stops {
		at := plane(corner{float64(places[stop].Longitude) / 1e6, float64(places[stop].Latitude) / 1e6})
		if i > 0 {
			at.x += turn * math.Round((way[i-1].x-at.x)/turn)
		}
		way = append(way, at)
	}
	return way
}

// way is the line through the stops, each leg bent a little towards the nearer pole, as the
// shortest way over the globe is.
func (v view) way(stops []spot) string {
	var b strings.Builder
	for i, at := range stops {
		x, y := v.pixel(at)
		if i == 0 {
			b.WriteString("M")
			pair(&b, round(x), round(y))
			continue
		}
		cx, cy := v.pixel(bend(stops[i-1], at))
		b.WriteString("Q")
		pair(&b, round(cx), round(cy))
		b.WriteString(" ")
		pair(&b, round(x), round(y))
	}
	return b.String()
}

// bend is what pulls a leg from its straight line, beside its middle.
func bend(from, to spot) spot {
	bow := .18
	if (to.x < from.x) != (from.y+to.y < 0) { // from east to west, or in the south: the other side
		bow = -bow
	}
	return spot{(from.x+to.x)/2 - (to.y-from.y)*bow, (from.y+to.y)/2 + (to.x-from.x)*bow}
}

func pair(b *strings.Builder, x, y int) {
	b.WriteString(strconv.Itoa(x))
	if y >= 0 {
		b.WriteByte(' ')
	}
	b.WriteString(strconv.Itoa(y))
}

func round(f float64) int { return int(math.Round(f)) }
