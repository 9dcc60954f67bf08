package ui

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
)

// Theme is a brand's colour as a style sheet: buttons nearly as the brand has it (--brand,
// --on-brand), words of that colour moved until they can be read (--brand-ink), for light
// and for dark pages; and grounds that are the same in both (--deep, --on-deep).
type Theme struct {
	CSS  string
	Hash string // for Policy: 'sha256-…'
	Base string // #rrggbb, what browsers paint their own frame with
}

// The grounds on which coloured words stand.
var (
	lightGround = colour{1, 1, 1}
	darkGround  = colour{0.086, 0.082, 0.078}
)

// readable is the contrast that WCAG 2.2 AA asks of text.
const readable = 4.5

// NewTheme makes a theme of #rrggbb; of anything else it makes one in a quiet green.
func NewTheme(brand string) Theme {
	c, ok := parseColour(brand)
	if !ok {
		c, _ = parseColour("#1f6f54")
	}
	light, onLight := button(c)
	dark, onDark := button(lifted(c))
	ink := moved(c, lightGround, colour{}, readable+0.6)
	inkDark := moved(c, darkGround, lightGround, readable+1.5)
	css := fmt.Sprintf(":root{--brand:%[1]s;--on-brand:%[2]s;--brand-ink:%[3]s;--deep:%[1]s;--on-deep:%[2]s}"+
		"@supports (color:light-dark(red,red)){:root{--brand:light-dark(%[1]s,%[4]s);--on-brand:light-dark(%[2]s,%[5]s);--brand-ink:light-dark(%[3]s,%[6]s)}}",
		light, onLight, ink, dark, onDark, inkDark)
	sum := sha256.Sum256([]byte(css))
	return Theme{CSS: css, Hash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", Base: c.String()}
}

// button is a ground of the colour, and black or white for the words upon it. Some middling
// colours carry neither; they become darker.
func button(c colour) (ground, words colour) {
	white, black := lightGround, colour{0.06, 0.06, 0.06}
	if contrast(c, white) >= readable {
		return c, white
	}
	if contrast(c, black) >= readable+1.5 {
		return c, black
	}
	return moved(c, white, colour{}, readable), white
}

// lifted is a colour that does not sink into a dark page.
func lifted(c colour) colour { return moved(c, darkGround, lightGround, 3) }

// moved is c moved towards an end until it stands out from the ground by so much.
func moved(c, ground, end colour, enough float64) colour {
	for step := 0; step < 40 && contrast(c, ground) < enough; step++ {
		c = colour{c.r + (end.r-c.r)/16, c.g + (end.g-c.g)/16, c.b + (end.b-c.b)/16}
	}
	return c
}

// colour is red, green and blue, each 0 to 1.
type colour struct{ r, g, b float64 }

func parseColour(s string) (colour, bool) {
	if len(s) != 7 || s[0] != '#' {
		return colour{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	part := func(shift int) float64 { return float64(n>>shift&255) / 255 }
	return colour{part(16), part(8), part(0)}, err == nil
}

// String is the colour as style sheets write it.
func (c colour) String() string {
	part := func(v float64) int { return int(math.Round(min(1, max(0, v)) * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", part(c.r), part(c.g), part(c.b))
}

// luminance and contrast are those of WCAG 2.2.
func (c colour) luminance() float64 {
	line := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*line(c.r) + 0.7152*line(c.g) + 0.0722*line(c.b)
}

func contrast(a, b colour) float64 {
	high, low := a.luminance(), b.luminance()
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}
