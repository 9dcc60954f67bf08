package sample

import (
	"cmp"
	"fmt"
	"strings"
)

// rgb is a colour of the screen, each part 0 to 255.
type rgb struct{ r, g, b int }

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// mix moves c towards other by percent.
func (c rgb) mix(other rgb, percent int) rgb {
	part := func(a, b int) int { return a + (b-a)*percent/100 }
	return rgb{part(c.r, other.r), part(c.g, other.g), part(c.b, other.b)}
}

// far is how different two colours look, roughly: the sum of the differences, weighted
// for the eye.
func (c rgb) far(other rgb) int {
	abs := func(n int) int { return max(n, -n) }
	return 3*abs(c.r-other.r) + 4*abs(c.g-other.g) + 2*abs(c.b-other.b)
}

func hex(s string) rgb {
	var c rgb
	if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.r, &c.g, &c.b); err != nil {
		return rgb{128, 128, 128}
	}
	return c
}

// colours are the names on the option lists, and what they look like in cloth or glaze.
var colours = map[string]string{
	"Amber": "#d9913a", "Berry": "#9c3f52", "Black": "#3a3b40", "Blue": "#5b7fa6", "Blush": "#e0b0a2",
	"Brass": "#c49a52", "Brick": "#a9503c", "Camel": "#bf9163", "Cedar": "#a67b5b", "Charcoal": "#54565c",
	"Clay": "#bd7454", "Cream": "#eee3cd", "Earth": "#b5533c", "Fig Leaf": "#8ba37c", "Flax": "#d6c3a0",
	"Fog": "#c2c8cb", "Forest": "#4c6b57", "Graphite": "#54575e", "Grey": "#9a9da1", "Heather": "#9d8aa5",
	"Indigo": "#475a86", "Ink": "#3d4c66", "Ivory": "#efe8d8", "Lavender": "#b5a3cc", "Meadow": "#7f9a5f",
	"Midnight": "#37425e", "Mint": "#a5cdb9", "Mist": "#bccad2", "Moss": "#7b8a5b", "Mustard": "#dba93d",
	"Natural": "#dcc7a3", "Navy": "#3a4d70", "Oak": "#cba274", "Oat": "#ddcdb2", "Oatmeal": "#d9ccb6",
	"Ochre": "#cb963c", "Olive": "#7c8053", "Pastel": "#e8a598", "Plum": "#7d5570", "Rose": "#dca0a0",
	"Rosemary": "#93a98d", "Rust": "#b3603e", "Sage": "#9db092", "Sand": "#d8c09a", "Sea Salt": "#b4cbd1",
	"Silver": "#c3c8cc", "Slate": "#6b7884", "Steel": "#b3bac0", "Tan": "#b5814f", "Terracotta": "#c4714e",
	"Unscented": "#ebe2d0", "Walnut": "#7d583d", "White": "#f2efe8",
}

// palette gives every mark of a drawing, such as {a}, its colour. The marks:
//
//	{a} the product's colour, {l} lit, {d} in shade, {D} in deep shade, {x} an accent
//	{w} {W} wood, {m} {M} metal, {b} brass, {k} charcoal, {g} {G} leaves, {p} paper
//	{1} to {5} the colours of painted toys
//	{va} {vw} {vm} {vk} {vp} {vb} {vx} the same from lit to shade, left to right
//	{ta} the product's colour from lit to shade, top to bottom
//
// The id keeps the gradients of several drawings in one picture apart.
func palette(colour, id string) (marks *strings.Replacer, gradients string) {
	white, night := rgb{255, 255, 255}, rgb{38, 30, 40}
	a := hex(cmp.Or(colours[colour], "#c4906b"))
	accent := hex("#d98a4e")
	if a.far(accent) < 260 {
		accent = hex("#4f6d7a")
	}
	solid := map[string]rgb{
		"a": a, "l": a.mix(white, 28), "d": a.mix(night, 22), "D": a.mix(night, 46), "x": accent,
		"w": hex("#c99b6a"), "W": hex("#a67c4f"), "m": hex("#c3c9ce"), "M": hex("#8a9097"), "b": hex("#c9a25a"),
		"k": hex("#3b3d42"), "g": hex("#7d9b78"), "G": hex("#557558"), "p": hex("#f7f2e8"),
	}
	toys := []string{"#b5533c", "#d98a4e", "#e7bf6a", "#7f9a7a", "#4f6d7a"}
	if colour == "Pastel" {
		toys = []string{"#e8a598", "#f2c6a0", "#f6e3a8", "#b7d3b0", "#a9c4d6"}
	}
	var pairs []string
	for mark, c := range solid {
		pairs = append(pairs, "{"+mark+"}", c.String())
	}
	for i, c := range toys {
		pairs = append(pairs, fmt.Sprintf("{%d}", i+1), c)
	}
	var defs strings.Builder
	for _, mark := range []string{"a", "w", "m", "k", "p", "b", "x"} {
		c, name := solid[mark], "v"+mark+id
		fmt.Fprintf(&defs, `<linearGradient id="%s"><stop offset="0" stop-color="%s"/><stop offset=".38" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>`,
			name, c.mix(white, 20), c, c.mix(night, 24))
		pairs = append(pairs, "{v"+mark+"}", "url(#"+name+")")
	}
	fmt.Fprintf(&defs, `<linearGradient id="ta%s" x2="0" y2="1"><stop stop-color="%s"/><stop offset=".5" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>`,
		id, solid["l"], a, solid["d"])
	pairs = append(pairs, "{ta}", "url(#ta"+id+")")
	return strings.NewReplacer(pairs...), defs.String()
}

// room is the place a product is shown in: a wall, lit from above, a floor, and a shape
// on the wall.
type room struct{ wall, shade, floor, motif string }

// rooms are quiet, so that what is for sale is what one sees.
var rooms = []room{
	{"#f6f0e6", "#ece2d2", "#e2d4bf", "#fcf8f1"}, // cream
	{"#e6ede3", "#d7e1d3", "#c6d3c2", "#f2f6f0"}, // sage
	{"#f8e9e2", "#f0d9cf", "#e4c6b9", "#fdf4ef"}, // blush
	{"#e4ecf1", "#d5e0e8", "#c2d0da", "#f1f6f9"}, // sky
	{"#f3e9d5", "#e9dbbf", "#dac7a2", "#faf3e4"}, // sand
	{"#ece7f0", "#dfd8e6", "#cec4d8", "#f6f2f9"}, // lilac
	{"#f1ddcd", "#e7c9b4", "#d6b095", "#f9ebe0"}, // clay
	{"#eeedea", "#e0dfdb", "#cfcdc8", "#f8f7f5"}, // stone
	{"#d9e5e3", "#c8d8d5", "#b3c8c4", "#e9f1ef"}, // sea
}

// roomFor picks the room by seed from those where each of the colours stands out.
func roomFor(seed uint32, shown []string) room {
	best, bestFar := rooms[0], -1
	for i := range rooms {
		r := rooms[(int(seed%uint32(len(rooms)))+i*2)%len(rooms)]
		nearest := 1 << 20
		for _, name := range shown {
			c := hex(cmp.Or(colours[name], "#c4906b"))
			nearest = min(nearest, c.far(hex(r.motif)), c.far(hex(r.shade)))
		}
		if nearest > 240 {
			return r
		}
		if nearest > bestFar {
			best, bestFar = r, nearest
		}
	}
	return best
}
