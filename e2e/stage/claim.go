package stage

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"doorstep/e2e/browser"
)

// Photo writes a photo into a folder, as a telephone would: a mug with a crack.
func Photo(dir, name string) (string, error) {
	const wide, high = 800, 600
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			img.Set(x, y, mugAt(x, y))
		}
	}
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return path, f.Close()
}

// mugAt is the colour of the photo at a place.
func mugAt(x, y int) color.Color {
	inside := x > 250 && x < 520 && y > 160 && y < 470
	dx, dy := x-540, y-300
	handle := dx*dx+dy*dy < 95*95 && dx*dx+dy*dy > 62*62 && x >= 520
	crack := inside && abs(x-340-(y-160)/3-17*((y/23)%2)) < 4
	switch {
	case crack:
		return color.RGBA{60, 42, 34, 255}
	case inside, handle:
		return color.RGBA{uint8(198 - (x-250)/8), uint8(182 - (x-250)/8), uint8(156 - (x-250)/8), 255}
	case y > 440:
		return color.RGBA{126, 96, 70, 255}
	}
	return color.RGBA{222, 219, 210, 255}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Complain opens a claim from a customer's order page: it came broken, with photos of it, and
// the money is wanted back.
func Complain(tab *browser.Tab, words string, photos ...string) {
	tab.Helper()
	tab.Follow("a[href*='/claims/new']")
	FillClaim(tab, "damaged", "1", "money", words, photos...)
}

// FillClaim fills the form of a claim in, which is open, with so many units of the first line, and
// sends it.
func FillClaim(tab *browser.Tab, kind, units, wish, words string, photos ...string) {
	tab.Helper()
	tab.Click("input[name=kind][value='" + kind + "']")
	tab.Choose("select[name^='line-']", units)
	tab.Type("#claim-words", words)
	if len(photos) > 0 {
		tab.Attach("#claim-photos", photos...)
	}
	tab.Click("input[name=wish][value=" + wish + "]")
	tab.Follow("form[action*='/claims'] .btn--main")
	tab.AtURL("/claims/cl")
}

var orderLinks = regexp.MustCompile(`http://127\.0\.0\.1:\d+/orders/or_[^\s>)]+`)

// OrderLink is the page of an order, from the newest mail that says a word in its subject or
// its text; empty while there is none.
func (t *Town) OrderLink(word string) string {
	if all := t.OrderLinks(word); len(all) > 0 {
		return all[0]
	}
	return ""
}

// OrderLinks are the pages of orders of which a mail says a word in its subject or its text, that
// of the newest mail first.
func (t *Town) OrderLinks(word string) (all []string) {
	messages := t.World.Post.Messages()
	for i := len(messages) - 1; i >= 0; i-- {
		at := orderLinks.FindString(messages[i].Text)
		if at != "" && strings.Contains(messages[i].Subject+messages[i].Text, word) && !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}
