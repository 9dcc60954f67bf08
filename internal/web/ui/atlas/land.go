package atlas

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"sync"
)

// The file begins with words that say where it comes from, up to an empty line. Then each
// ring: how many corners, then the way from the corner before, in fineness parts of a degree.
//
//go:embed land.bin
var file []byte

// fineness is how many steps a degree of the file has.
const fineness = 20

// corner is a place in degrees, east and north positive.
type corner struct{ east, north float64 }

// ring is the outline of a land or, within one, of a sea, on the map's plane.
type ring struct {
	corners []spot
	box     box
}

// land is every ring, read from the file when the first map is drawn.
var land = sync.OnceValue(func() []ring {
	_, body, _ := bytes.Cut(file, []byte("\n\n"))
	return unpack(body)
})

func unpack(body []byte) (rings []ring) {
	var x, y int64
	next := func() int64 {
		n, size := binary.Varint(body)
		body = body[max(size, 0):]
		return n
	}
	for len(body) > 0 {
		r := ring{box: nowhere()}
		for range next() {
			x, y = x+next(), y+next()
			at := plane(corner{float64(x) / fineness, float64(y) / fineness})
			r.corners, r.box = append(r.corners, at), r.box.with(at)
		}
		rings = append(rings, r)
	}
	return rings
}
