package sample

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestRasters draws the first pictures as PNG: the drawing is there, not only the room around
// it. With DOORSTEP_PICTURES set to a folder it leaves them there to be looked at.
func TestRasters(t *testing.T) {
	t.Parallel()
	var r Rasters
	for _, p := range load(t).Products[4:8] {
		for _, i := range p.Pictures {
			made, err := r.Picture(p.Handle, i.N)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := r.Picture(p.Handle, i.N); &again[0] != &made[0] {
				t.Errorf("%s was drawn twice", p.Handle)
			}
			img, err := png.Decode(bytes.NewReader(made))
			if err != nil {
				t.Fatal(err)
			}
			colours := map[uint32]bool{}
			for y := range rasterSide {
				for x := range rasterSide {
					red, green, blue, _ := img.At(x, y).RGBA()
					colours[red>>13<<6|green>>13<<3|blue>>13] = true
				}
			}
			if len(colours) < 6 {
				t.Errorf("%s %d has %d colours: an empty room", p.Handle, i.N, len(colours))
			}
			if folder := os.Getenv("DOORSTEP_PICTURES"); folder != "" {
				if err := os.WriteFile(filepath.Join(folder, p.Handle+"-"+string(rune('0'+i.N))+".png"), made, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if _, err := r.Picture("nothing", 0); err == nil {
		t.Error("what is not there was drawn")
	}
	if made, err := r.Logo(); err != nil || len(made) == 0 {
		t.Error("no logo", err)
	}
}
