package sample

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/srwiley/oksvg"
	"github.com/srwiley/rasterx"
)

// rasterSide is how wide and high the pictures of Rasters are: twice the largest size at which
// a mail shows one.
const rasterSide = 320

// Rasters are the pictures as PNG, for mail programs, which show no SVG. Each is drawn once,
// when somebody asks for it first. The zero value is ready; it may be used by many at once.
type Rasters struct {
	mu   sync.Mutex
	made map[string][]byte
}

// Picture is Picture as a PNG of 320 by 320, without the finest shadows.
func (r *Rasters) Picture(handle string, n int) ([]byte, error) {
	return r.once(fmt.Sprintf("%s/%d", handle, n), func() ([]byte, error) { return Picture(handle, n) })
}

// Logo is Logo as a PNG of 320 by 320.
func (r *Rasters) Logo() ([]byte, error) {
	return r.once("logo", func() ([]byte, error) { return Logo(), nil })
}

// once draws what has not been drawn before.
func (r *Rasters) once(name string, drawing func() ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	made := r.made[name]
	r.mu.Unlock()
	if made != nil {
		return made, nil
	}
	svg, err := drawing()
	if err != nil {
		return nil, err
	}
	if made, err = raster(svg); err != nil {
		return nil, fmt.Errorf("picture %s: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil {
		r.made = map[string][]byte{}
	}
	r.made[name] = made
	return made, nil
}

var (
	oneScale   = regexp.MustCompile(`scale\(([\d.]+)\)`)
	seeThrough = regexp.MustCompile(`(fill|stroke|stop-color)="(#[0-9a-f]{6})([0-9a-f]{2})"`)
	lens       = regexp.MustCompile(`<circle[^>]*r="17[02]"[^>]*/>|<circle cx="578" cy="570" r="160" fill="[^"]*"/>|<g clip-path="url\(#lens\)">.*?</g>`)
)

// raster draws one of our own SVGs. The drawing library reads a scale by both its factors and
// an opacity beside its colour only, and knows neither clips nor filters: the magnifying glass
// is left out.
func raster(svg []byte) ([]byte, error) {
	svg = oneScale.ReplaceAll(svg, []byte("scale($1 $1)"))
	svg = lens.ReplaceAll(svg, nil)
	svg = seeThrough.ReplaceAllFunc(svg, func(found []byte) []byte {
		part := seeThrough.FindSubmatch(found)
		opacity, _ := strconv.ParseUint(string(part[3]), 16, 8) // two hexadecimal digits
		name := strings.TrimSuffix(string(part[1]), "-color")
		return fmt.Appendf(nil, `%s="%s" %s-opacity="0.%02d"`, part[1], part[2], name, min(99, opacity*100/255))
	})
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil, err
	}
	icon.SetTarget(0, 0, rasterSide, rasterSide)
	canvas := image.NewRGBA(image.Rect(0, 0, rasterSide, rasterSide))
	icon.Draw(rasterx.NewDasher(rasterSide, rasterSide, rasterx.NewScannerGV(rasterSide, rasterSide, canvas, canvas.Bounds())), 1)
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
