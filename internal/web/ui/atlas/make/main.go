// Make writes land.bin from Natural Earth's land in TopoJSON, as the npm package world-atlas
// carries it (land-50m.json):
//
//	go run ./internal/web/ui/atlas/make land-50m.json > internal/web/ui/atlas/land.bin
//
// Bays and capes below a tenth of a degree go, and so do islets and Antarctica.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
)

const (
	fineness  = 20  // steps in a degree, as atlas reads them
	tolerance = .08 // degrees
	smallest  = .03 // square degrees
	southmost = -58 // degrees: what lies beyond it altogether is left out
	origin    = "Land of Natural Earth, 1:50m, simplified. Public domain: naturalearthdata.com\n\n"
)

type corner [2]float64 // east, north

// topology is what is read of TopoJSON: arcs of whole steps, each from the one before.
type topology struct {
	Transform struct{ Scale, Translate corner }
	Arcs      [][][2]float64
	Objects   struct {
		Land struct {
			Geometries []struct{ Arcs [][][]int }
		}
	}
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: make land-50m.json > land.bin")
	}
	text, err := os.ReadFile(args[0]) //nolint:gosec // the file that whoever runs this names
	if err != nil {
		return err
	}
	var t topology
	if err := json.Unmarshal(text, &t); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	_, err = os.Stdout.Write(t.pack())
	return err
}

func (t topology) pack() []byte {
	out := []byte(origin)
	var x, y int64
	for _, g := range t.Objects.Land.Geometries {
		for _, polygon := range g.Arcs {
			for _, arcs := range polygon {
				ring := t.ring(arcs)
				if !worth(ring) {
					continue
				}
				out = binary.AppendVarint(out, int64(len(ring)))
				for _, c := range ring {
					toX, toY := int64(math.Round(c[0]*fineness)), int64(math.Round(c[1]*fineness))
					out = binary.AppendVarint(binary.AppendVarint(out, toX-x), toY-y)
					x, y = toX, toY
				}
			}
		}
	}
	return out
}

// ring joins arcs, those with negative numbers backwards, and simplifies each half.
func (t topology) ring(arcs []int) []corner {
	var ring []corner
	for _, n := range arcs {
		var part []corner
		var at corner
		for _, step := range t.Arcs[max(n, ^n)] {
			at[0], at[1] = at[0]+step[0], at[1]+step[1]
			part = append(part, corner{at[0]*t.Transform.Scale[0] + t.Transform.Translate[0], at[1]*t.Transform.Scale[1] + t.Transform.Translate[1]})
		}
		if n < 0 {
			slices.Reverse(part)
		}
		ring = append(ring, part[min(len(ring), 1):]...) // an arc begins where the last one ended
	}
	unroll(ring)
	half := len(ring) / 2
	simple := append(simplified(ring[:half+1]), simplified(ring[half:])[1:]...)
	return simple[:len(simple)-1] // the last corner is the first
}

// unroll lets a land over the date line go on beyond 180 degrees, its middle within them.
func unroll(ring []corner) {
	const turn = 360
	west, east := ring[0][0], ring[0][0]
	for i := 1; i < len(ring); i++ {
		ring[i][0] += turn * math.Round((ring[i-1][0]-ring[i][0])/turn)
		west, east = min(west, ring[i][0]), max(east, ring[i][0])
	}
	for i, by := 0, turn*math.Round((west+east)/2/turn); i < len(ring); i++ {
		ring[i][0] -= by
	}
}

// simplified keeps the corners without which the line would be off by more than the
// tolerance (Douglas and Peucker, 1973).
func simplified(line []corner) []corner {
	if len(line) < 3 {
		return line
	}
	first, last := line[0], line[len(line)-1]
	most, at := 0.0, 0
	for i, c := range line[1 : len(line)-1] {
		if d := distance(c, first, last); d > most {
			most, at = d, i+1
		}
	}
	if most <= tolerance {
		return []corner{first, last}
	}
	return append(simplified(line[:at+1]), simplified(line[at:])[1:]...)
}

// distance of c from the line through a and b, in degrees of latitude.
func distance(c, a, b corner) float64 {
	narrow := math.Cos(a[1] * math.Pi / 180)
	x, y, dx, dy := (c[0]-a[0])*narrow, c[1]-a[1], (b[0]-a[0])*narrow, b[1]-a[1]
	if length := math.Hypot(dx, dy); length > 1e-9 {
		return math.Abs(dx*y-dy*x) / length
	}
	return math.Hypot(x, y)
}

// worth says whether a ring is large enough to be seen, and not in the far south.
func worth(ring []corner) bool {
	area, north := 0.0, -90.0
	for i, c := range ring {
		next := ring[(i+1)%len(ring)]
		area += c[0]*next[1] - next[0]*c[1]
		north = math.Max(north, c[1])
	}
	if len(ring) < 3 || north < southmost {
		return false
	}
	return math.Abs(area)/2*math.Cos(ring[0][1]*math.Pi/180) >= smallest
}
