package mail

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/words"
)

// Brand is the store that writes.
type Brand struct {
	Name     string
	URL      string // the shop's front page
	LogoURL  string // at least 72 pixels high; empty: the name is written
	Colour   string // #rrggbb; empty: black
	Email    string // where people ask; shown, and the Reply-To of the mail
	Address  []string
	Policies []Link
	Language string         // BCP 47 of the reader; unknown ones read English
	Zone     *time.Location // in which days are counted; nil is UTC

	// Texts are said in the place of built-in ones, by key, where they pass CheckText for the
	// reader's language.
	Texts map[string]words.Forms
}

// Link is a word that leads somewhere.
type Link struct{ Text, URL string }

// palette are the colours made of a brand's own. The brand may be any colour, so each of
// them is moved until it can be read where it stands.
type palette struct {
	Button, ButtonText string // nearly the brand's own, and black or white upon it
	Light, Dark        string // for words on a white and on a dark card
}

const (
	white    = rgb(0xFFFFFF)
	black    = rgb(0x16171A)
	darkCard = rgb(0x212226)
)

func paletteOf(colour string) palette {
	c, ok := parseColour(colour)
	if !ok {
		c = black
	}
	button, light, dark := c, c, c
	for !readable(white, button) && !readable(black, button) { // some middling colours carry neither
		button = button.towards(0)
	}
	p := palette{Button: button.String(), ButtonText: white.String()}
	if !readable(white, button) {
		p.ButtonText = black.String()
	}
	for range 20 {
		if !readable(light, white) {
			light = light.towards(0)
		}
		if !readable(dark, darkCard) {
			dark = dark.towards(255)
		}
	}
	p.Light, p.Dark = light.String(), dark.String()
	return p
}

// rgb is a colour, eight bits each of red, green and blue.
type rgb int

func parseColour(s string) (rgb, bool) {
	if len(s) != 7 || s[0] != '#' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 24)
	return rgb(n), err == nil
}

func (c rgb) parts() [3]int { return [3]int{int(c >> 16 & 255), int(c >> 8 & 255), int(c & 255)} }

// String is the colour as style sheets write it.
func (c rgb) String() string {
	text := strconv.FormatInt(int64(c), 16)
	return "#" + strings.Repeat("0", 6-len(text)) + text
}

// towards moves the colour an eighth of the way to black (0) or white (255).
func (c rgb) towards(end int) rgb {
	var out rgb
	for _, part := range c.parts() {
		step := (end - part) / 8
		if step == 0 && part != end {
			step = end/255*2 - 1 // the last steps are ones
		}
		out = out<<8 | rgb(part+step)
	}
	return out
}

// luminance is how bright the colour looks, 0 to 650,250,000: the weights are those of
// WCAG, its curve is taken as a square.
func (c rgb) luminance() int {
	p := c.parts()
	return 2126*p[0]*p[0] + 7152*p[1]*p[1] + 722*p[2]*p[2]
}

// readable says whether the contrast of two colours is 4.5 to 1 at least (WCAG AA).
func readable(a, b rgb) bool {
	const flare = 650_250_000 / 20
	high, low := a.luminance()+flare, b.luminance()+flare
	if high < low {
		high, low = low, high
	}
	return 10*high >= 47*low // a little more, for the curve
}

// webAddress is a link that may stand in a mail; empty when it is none.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
