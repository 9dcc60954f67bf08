package sample

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	leftMark = regexp.MustCompile(`\{\w+\}`)
	reaching = regexp.MustCompile(`(?i)<script|<style|<image|<foreignObject|javascript:|\son\w+=|(?:href|src)="[^#]|url\([^#]|@import`)
	idNamed  = regexp.MustCompile(`\bid="([^"]+)"`)
	idUsed   = regexp.MustCompile(`(?:href="|url\()#([^")]+)`)
)

// TestPictures draws every picture of every product. With DOORSTEP_PICTURES set to a
// folder it leaves them there to be looked at.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("DOORSTEP_PICTURES")
	for _, p := range load(t).Products {
		for _, i := range p.Pictures {
			svg, err := Picture(p.Handle, i.N)
			if err != nil {
				t.Fatal(err)
			}
			again, _ := Picture(p.Handle, i.N)
			if !bytes.Equal(svg, again) {
				t.Errorf("%s %d is not the same twice", p.Handle, i.N)
			}
			checkSVG(t, p.Handle, svg)
			if folder != "" {
				name := p.Handle + "-" + string(rune('0'+i.N)) + ".svg"
				if err := os.WriteFile(filepath.Join(folder, name), svg, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	checkSVG(t, "logo", Logo())
}

// checkSVG wants well-formed XML under 12 KB that reaches for nothing outside itself.
func checkSVG(t *testing.T, name string, svg []byte) {
	t.Helper()
	if len(svg) > 12<<10 {
		t.Errorf("%s has %d bytes", name, len(svg))
	}
	for _, bad := range []*regexp.Regexp{leftMark, reaching} {
		if found := bad.Find(svg); found != nil {
			t.Errorf("%s holds %q", name, found)
		}
	}
	ids := map[string]bool{}
	for _, m := range idNamed.FindAllSubmatch(svg, -1) {
		if ids[string(m[1])] {
			t.Errorf("%s names %s twice", name, m[1])
		}
		ids[string(m[1])] = true
	}
	for _, m := range idUsed.FindAllSubmatch(svg, -1) {
		if !ids[string(m[1])] {
			t.Errorf("%s uses %s, which is not there", name, m[1])
		}
	}
	in := xml.NewDecoder(bytes.NewReader(svg))
	for {
		_, err := in.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestPictureRefuses(t *testing.T) {
	t.Parallel()
	for handle, n := range map[string]int{"no-such-thing": 0, "stoneware-mug": 9, "wall-clock": -1} {
		if _, err := Picture(handle, n); err == nil || !strings.Contains(err.Error(), handle) {
			t.Errorf("picture %d of %s: %v", n, handle, err)
		}
	}
}

func TestEveryColourIsKnown(t *testing.T) {
	t.Parallel()
	for _, p := range load(t).Products {
		for _, name := range append(colourValues(p), colourOf(p)) {
			if colours[name] == "" {
				t.Errorf("%s: colour %s is not known", p.Handle, name)
			}
		}
	}
}
