package ui_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"doorstep/internal/web/ui"
	"doorstep/internal/web/ui/atlas"
)

func drawn(t *testing.T, words string, stops ...ui.Stop) string {
	t.Helper()
	var b strings.Builder
	if err := ui.Route(words, stops).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRouteSaysWhatItShows: names of others' making are text and nothing else, the drawing is well
// formed, and it holds no style of its own.
func TestRouteSaysWhatItShows(t *testing.T) {
	t.Parallel()
	const spike = `"><script>x()</script>&`
	html := drawn(t, "From "+spike, ui.Stop{Place: atlas.Point{Latitude: 31_144_300, Longitude: 121_808_300}, Name: spike, Words: spike},
		ui.Stop{Place: atlas.Point{Latitude: 51_454_500, Longitude: -2_587_900}, Name: "ليدز", Words: "</title>" + spike})
	if strings.Contains(html, "<script") || strings.Contains(html, "style=") {
		t.Errorf("%s", html)
	}
	for _, part := range []string{`role="img"`, `aria-label="From `, `dir="auto">ليدز`, `class="map__halo"`, `map__dot--now`} {
		if !strings.Contains(html, part) {
			t.Errorf("it lacks %s: %s", part, html)
		}
	}
	for in := xml.NewDecoder(strings.NewReader(html)); ; {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v: %s", err, html)
		}
	}
}

func TestNoRouteNoMap(t *testing.T) {
	t.Parallel()
	one := ui.Stop{Place: atlas.Point{Latitude: 31_144_300, Longitude: 121_808_300}, Name: "Shanghai"}
	for _, stops := range [][]ui.Stop{nil, {one}, {one, one}} {
		if html := drawn(t, "x", stops...); html != "" {
			t.Errorf("%d stops: %s", len(stops), html)
		}
	}
}
