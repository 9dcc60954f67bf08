package photo_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"doorstep/internal/photo"
)

// A logo with a transparent ground stays one, and what was hidden in its file is gone.
func TestALogoStaysTransparent(t *testing.T) {
	t.Parallel()
	drawn := image.NewNRGBA(image.Rect(0, 0, 1600, 400))
	for x := 800; x < 1600; x++ {
		for y := range 400 {
			drawn.SetNRGBA(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		t.Fatal(err)
	}
	raw := append(out.Bytes(), "and a word after its end"...)
	logo, err := photo.ReadLogo(bytes.NewReader(raw))
	if err != nil || logo.Kind != "png" || logo.Type() != "image/png" || logo.Width != 800 || logo.Height != 200 {
		t.Fatal(logo.Kind, logo.Width, logo.Height, err)
	}
	shown, err := png.Decode(bytes.NewReader(logo.Bytes))
	if err != nil || bytes.Contains(logo.Bytes, []byte("a word")) {
		t.Fatal("it was not drawn anew", err)
	}
	if _, _, _, alpha := shown.At(10, 10).RGBA(); alpha != 0 {
		t.Error("what was transparent is", alpha)
	}
	if red, _, _, alpha := shown.At(700, 100).RGBA(); alpha != 0xFFFF || red>>8 != 200 {
		t.Error("what was red is", red>>8, alpha)
	}
}

// A photograph as a logo stays a JPEG; the limits are those of photos.
func TestLogosOfOtherKinds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	if logo, err := photo.ReadLogo(&out); err != nil || logo.Kind != "jpg" || logo.Type() != "image/jpeg" || logo.Width != 30 {
		t.Error(logo.Kind, logo.Width, err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"too many pixels": {drawnPNG(t, 8000, 5001), photo.ErrSize},
		"too many bytes":  {make([]byte, photo.MostBytes+1), photo.ErrSize},
		"a drawing":       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), photo.ErrFormat},
		"nothing":         {nil, photo.ErrFormat},
	} {
		if _, err := photo.ReadLogo(bytes.NewReader(c.raw)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
