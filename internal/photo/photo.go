package photo

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // a format that customers send
	"io"
	"sync"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // a format that customers send
)

// The limits of photos.
const (
	Most        = 6          // at a time
	MostBytes   = 8 << 20    // of one photo as it is sent
	MostPixels  = 40_000_000 // of one photo as it is sent: 7,300 by 5,400
	mostMemory  = 160 << 20  // of one photo while it is read
	atOnce      = 2          // are read: more wait
	storedSide  = 1600       // of the longer side as it is stored
	jpegQuality = 82
)

// Takes is what a field for photos lets people choose.
const Takes = "image/jpeg,image/png,image/webp"

// Photo is a picture as it is stored: JPEG, without what the camera wrote into it.
type Photo struct {
	Width, Height int64
	JPEG          []byte
}

// Text is the picture as a column of a database holds it: base 64.
func (p Photo) Text() string { return base64.StdEncoding.EncodeToString(p.JPEG) }

// FromText is the JPEG of a column.
func FromText(text string) ([]byte, error) { return base64.StdEncoding.DecodeString(text) }

// The ways in which a photo is refused.
var (
	ErrSize   = errors.New("photo: too large")
	ErrFormat = errors.New("photo: neither JPEG, PNG nor WebP")
)

// turns are taken by photos while they are read. They are the whole program's, as its memory is:
// a page, an account or a mailbox of their own would each have as much again.
var turns = sync.OnceValue(func() chan struct{} { return make(chan struct{}, atOnce) })

// turn waits for one; the answer gives it back.
func turn() (done func()) {
	turns() <- struct{}{}
	return func() { <-turns() }
}

// Read makes a photo anew from the bytes of one, in its turn. Its kind is told by its content
// alone. Being drawn again leaves behind where and with what it was taken, and whatever else
// was hidden in the file.
func Read(raw []byte) (Photo, error) { return ReadFrom(bytes.NewReader(raw)) }

// ReadFrom is Read of what does not lie in memory yet: it stays where it is until its turn.
func ReadFrom(in io.Reader) (Photo, error) {
	defer turn()()
	raw, err := bytesOf(in)
	if err != nil {
		return Photo{}, err
	}
	found, _, err := decoded(raw)
	if err != nil {
		return Photo{}, err
	}
	drawn := redrawn(found, orientation(raw), storedSide)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, drawn, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return Photo{}, fmt.Errorf("photo: %w", err)
	}
	b := drawn.Bounds()
	return Photo{Width: int64(b.Dx()), Height: int64(b.Dy()), JPEG: out.Bytes()}, nil
}

// bytesOf are the bytes of a photo, up to one more than it may have.
func bytesOf(in io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, MostBytes+1))
	return raw, named(err)
}

// decoded is what bytes show, and in which format they do: jpeg, png or webp.
func decoded(raw []byte) (image.Image, string, error) {
	if len(raw) > MostBytes {
		return nil, "", ErrSize
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || kind != "jpeg" && kind != "png" && kind != "webp" || size.Width <= 0 || size.Height <= 0 {
		return nil, "", ErrFormat
	}
	pixels := int64(size.Width) * int64(size.Height)
	if pixels > MostPixels || pixels > mostMemory/memoryOf(raw, kind, size.ColorModel) { // before any memory is taken for them
		return nil, "", ErrSize
	}
	found, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, "", ErrFormat
	}
	return found, kind, nil
}

// redrawn is the picture on white, upright and no larger than a side.
func redrawn(from image.Image, turn, side int) image.Image {
	b := from.Bounds()
	w, h := within(b.Dx(), b.Dy(), side)
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), from, b, draw.Over, nil)
	if turn <= 1 || turn > 8 {
		return small
	}
	outW, outH := w, h
	if turn >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range h {
		for x := range w {
			tx, ty := turned(turn, x, y, w, h)
			out.SetRGBA(tx, ty, small.RGBAAt(x, y))
		}
	}
	return out
}

// turned is where a pixel belongs in a picture whose camera was held in that way (EXIF 2.32,
// tag 0x0112).
func turned(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	}
	return y, w - 1 - x
}
