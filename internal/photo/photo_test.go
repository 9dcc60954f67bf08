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

func drawnPNG(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A photo is told by its content, bounded before it is drawn, and made anew no larger than is
// stored.
func TestRead(t *testing.T) {
	t.Parallel()
	large := drawnPNG(t, 8000, 5001)
	for name, c := range map[string]struct {
		raw  []byte
		want error
		w, h int64
	}{
		"a PNG":                      {drawnPNG(t, 30, 20), nil, 30, 20},
		"a large PNG":                {drawnPNG(t, 3200, 1000), nil, 1600, 500},
		"a line":                     {drawnPNG(t, 4000, 1), nil, 1600, 1},
		"too many pixels":            {large, photo.ErrSize, 0, 0},
		"too many bytes":             {make([]byte, photo.MostBytes+1), photo.ErrSize, 0, 0},
		"a GIF":                      {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), photo.ErrFormat, 0, 0},
		"a page that says it is one": {[]byte("<html><script>"), photo.ErrFormat, 0, 0},
		"half a PNG":                 {drawnPNG(t, 30, 20)[:40], photo.ErrFormat, 0, 0},
		"nothing":                    {nil, photo.ErrFormat, 0, 0},
	} {
		p, err := photo.Read(c.raw)
		if !errors.Is(err, c.want) || p.Width != c.w || p.Height != c.h {
			t.Errorf("%s: %d by %d, %v", name, p.Width, p.Height, err)
		}
	}
}

// Pictures stand upright, however the camera was held, and carry nothing else.
func TestPhotosAreTurned(t *testing.T) {
	t.Parallel()
	picture := image.NewRGBA(image.Rect(0, 0, 32, 16)) // left half dark
	for x := range 32 {
		for y := range 16 {
			picture.Set(x, y, color.Gray{Y: uint8(255 * (x / 16))})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	for turn, dark := range map[byte]image.Point{1: {4, 8}, 2: {28, 8}, 3: {28, 8}, 4: {4, 8}, 5: {8, 4}, 6: {8, 4}, 7: {8, 28}, 8: {8, 28}} {
		exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{turn}) + "\x00\x00\x00\x00\x00\x00\x00")
		raw := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, append(exif, out.Bytes()[2:]...)...)
		p, err := photo.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		found, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil || bytes.Contains(p.JPEG, []byte("Exif")) {
			t.Fatalf("turn %d: %v", turn, err)
		}
		if g := color.GrayModel.Convert(found.At(dark.X, dark.Y)).(color.Gray); g.Y > 60 {
			t.Errorf("turn %d: %v is bright (%d)", turn, dark, g.Y)
		}
	}
}

// FuzzReadPhoto: whatever is sent, it is refused or is a picture within bounds.
func FuzzReadPhoto(f *testing.F) {
	f.Add([]byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00MM"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p, err := photo.Read(raw); err == nil && (p.Width > 1600 || p.Height > 1600) {
			t.Errorf("%d by %d", p.Width, p.Height)
		}
	})
}
