package photo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
)

// logoSide is the longer side of a logo as it is stored.
const logoSide = 800

// Picture is a picture of the shop's own as it is stored and shown: without what the camera or
// a program wrote into it.
type Picture struct {
	Kind          string // jpg or png
	Width, Height int64
	Bytes         []byte
}

// Type is its media type.
func (p Picture) Type() string {
	if p.Kind == "png" {
		return "image/png"
	}
	return "image/jpeg"
}

// Text is the picture as a column of a database holds it: base 64.
func (p Picture) Text() string { return base64.StdEncoding.EncodeToString(p.Bytes) }

// Picture is the photo as a picture of the shop's own.
func (p Photo) Picture() Picture {
	return Picture{Kind: "jpg", Width: p.Width, Height: p.Height, Bytes: p.JPEG}
}

// ReadLogo makes a logo anew, in its turn. It refuses what Read refuses. Photographs stay JPEG;
// whatever else it was becomes PNG, so that what was transparent stays so.
func ReadLogo(in io.Reader) (Picture, error) {
	defer turn()()
	raw, err := bytesOf(in)
	if err != nil {
		return Picture{}, err
	}
	found, kind, err := decoded(raw)
	if err != nil {
		return Picture{}, err
	}
	var out bytes.Buffer
	if kind == "jpeg" {
		drawn := redrawn(found, orientation(raw), logoSide)
		err = jpeg.Encode(&out, drawn, &jpeg.Options{Quality: jpegQuality})
		return pictureOf("jpg", drawn, out.Bytes()), named(err)
	}
	drawn := seeThrough(found, logoSide)
	err = png.Encode(&out, drawn)
	return pictureOf("png", drawn, out.Bytes()), named(err)
}

func pictureOf(kind string, drawn image.Image, raw []byte) Picture {
	b := drawn.Bounds()
	return Picture{Kind: kind, Width: int64(b.Dx()), Height: int64(b.Dy()), Bytes: raw}
}

func named(err error) error {
	if err != nil {
		return fmt.Errorf("photo: %w", err)
	}
	return nil
}

// seeThrough is the picture no larger than a side, as transparent as it was.
func seeThrough(from image.Image, side int) image.Image {
	b := from.Bounds()
	w, h := within(b.Dx(), b.Dy(), side)
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), from, b, draw.Src, nil)
	return out
}

// within is a size no larger than a side, in its proportions.
func within(w, h, side int) (int, int) {
	if long := max(w, h); long > side {
		return max(w*side/long, 1), max(h*side/long, 1)
	}
	return w, h
}
