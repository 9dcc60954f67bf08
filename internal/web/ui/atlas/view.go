package atlas

import (
	"math"
	"strings"
)

// spot is a place on the map's plane: x in degrees, y as Mercator stretches them, up.
type spot struct{ x, y float64 }

// plane puts a place on the plane. The poles lie at infinity and are not on it.
func plane(c corner) spot {
	const limit = 85
	north := math.Max(-limit, math.Min(limit, c.north)) * math.Pi / 180
	return spot{c.east, math.Log(math.Tan(math.Pi/4+north/2)) * 180 / math.Pi}
}

// box is a rectangle on the plane.
type box struct{ west, south, east, north float64 }

// nowhere is the box that holds nothing yet.
func nowhere() box {
	far := math.Inf(1)
	return box{west: far, south: far, east: -far, north: -far}
}

func (b box) with(s spot) box {
	return box{math.Min(b.west, s.x), math.Min(b.south, s.y), math.Max(b.east, s.x), math.Max(b.north, s.y)}
}

func (b box) meets(o box, by float64) bool {
	return b.west+by <= o.east && b.east+by >= o.west && b.south <= o.north && b.north >= o.south
}

// view is the part of the plane that a map shows, with its scale.
type view struct {
	box
	scale float64 // units of the drawing in a degree
}

const (
	margin   = .14 // of the drawing, around the way
	smallest = 12  // degrees of width at least: the outline is no finer
	top      = 130 // of the plane, about 83 degrees north; there is nothing beyond
	bottom   = -78 // about 60 degrees south: the last land that people live in is north of it
)

// fit is the view that holds a way with its bends and a margin.
func fit(way []spot) view {
	b := nowhere()
	for i, at := range way {
		b = b.with(at)
		if i > 0 { // half of the pull: as far as the line really goes
			pull, before := bend(way[i-1], at), way[i-1]
			b = b.with(spot{((before.x+at.x)/2 + pull.x) / 2, ((before.y+at.y)/2 + pull.y) / 2})
		}
	}
	const room = 1 - 2*margin
	wide := math.Max((b.east-b.west)/room, smallest)
	high := math.Max((b.north-b.south)/room, wide*Height/Width)
	wide = high * Width / Height
	x, y := (b.west+b.east)/2, (b.south+b.north)/2
	if high < top-bottom {
		y = math.Min(math.Max(y, bottom+high/2), top-high/2)
	}
	return view{box{x - wide/2, y - high/2, x + wide/2, y + high/2}, Width / wide}
}

// pixel is where a spot is on the drawing, from its upper left corner.
func (v view) pixel(s spot) (x, y float64) {
	return (s.x - v.west) * v.scale, (v.north - s.y) * v.scale
}

// land is what lies in the view, cut off a little outside of it.
func (v view) land() string {
	const turn, edge = 360, 4
	frame := box{-edge, -edge, Width + edge, Height + edge}
	var b strings.Builder
	var drawn []spot
	first, last := math.Floor((v.west+180)/turn)-1, math.Ceil((v.east-180)/turn)+1
	for _, r := range land() {
		for n := first; n <= last; n++ {
			if !r.box.meets(v.box, n*turn) {
				continue
			}
			drawn = v.thin(r, n*turn, drawn[:0])
			outline(&b, frame.cut(drawn))
		}
	}
	return b.String()
}

// thin is a ring on the drawing, moved east by so many degrees, without the corners that
// nobody would see.
func (v view) thin(r ring, by float64, into []spot) []spot {
	const fine = 1.6 // units; a phone draws a map at half its units
	for _, c := range r.corners {
		x, y := v.pixel(spot{c.x + by, c.y})
		if n := len(into); n > 0 && math.Abs(x-into[n-1].x) < fine && math.Abs(y-into[n-1].y) < fine {
			continue
		}
		into = append(into, spot{x, y})
	}
	return into
}

// outline writes a ring in whole units, each corner as the way from the one before.
func outline(b *strings.Builder, ring []spot) {
	if len(ring) < 3 {
		return
	}
	x, y := round(ring[0].x), round(ring[0].y)
	b.WriteString("M")
	pair(b, x, y)
	b.WriteString("l")
	for i, at := range ring[1:] {
		toX, toY := round(at.x), round(at.y)
		if i > 0 && toX >= x {
			b.WriteByte(' ')
		}
		pair(b, toX-x, toY-y)
		x, y = toX, toY
	}
	b.WriteString("z")
}

// cut is the part of a ring that lies in the box: one side after the other, what is beyond
// it is replaced by where the ring crosses it (Sutherland and Hodgman, 1974).
func (b box) cut(ring []spot) []spot {
	type side struct {
		beyond func(spot) bool
		cross  func(a, b spot) spot
	}
	atX := func(x float64) func(a, b spot) spot {
		return func(a, b spot) spot { return spot{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)} }
	}
	atY := func(y float64) func(a, b spot) spot {
		return func(a, b spot) spot { return spot{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y} }
	}
	for _, s := range []side{
		{func(s spot) bool { return s.x < b.west }, atX(b.west)}, {func(s spot) bool { return s.x > b.east }, atX(b.east)},
		{func(s spot) bool { return s.y < b.south }, atY(b.south)}, {func(s spot) bool { return s.y > b.north }, atY(b.north)},
	} {
		var kept []spot
		for i, at := range ring {
			before := ring[(i+len(ring)-1)%len(ring)]
			if s.beyond(before) != s.beyond(at) {
				kept = append(kept, s.cross(before, at))
			}
			if !s.beyond(at) {
				kept = append(kept, at)
			}
		}
		ring = kept
	}
	return ring
}
