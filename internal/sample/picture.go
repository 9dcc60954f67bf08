package sample

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The drawings stand in a square of 400, the ground at 360. Their first line says how they
// are placed: "stand" with half the width of their shadow, "wall" or "flat" (seen from above).
//
//go:embed shapes/*.svg
var shapes embed.FS

var loaded = sync.OnceValues(Load)

// Picture draws picture n of a product (see Product.Pictures) as an SVG of 800 by 800: a
// card with the product in a room. It needs nothing from elsewhere and runs nothing. The
// same handle and n give the same bytes. An error names a handle or number that is not there.
func Picture(handle string, n int) ([]byte, error) {
	c, err := loaded()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(c.Products, func(p Product) bool { return p.Handle == handle })
	if i < 0 {
		return nil, fmt.Errorf("picture of %s: there is no such product", handle)
	}
	p := c.Products[i]
	if n < 0 || n >= len(p.Pictures) {
		return nil, fmt.Errorf("picture %d of %s: it has %d", n, handle, len(p.Pictures))
	}
	d, err := openDrawing(p.Drawing)
	if err != nil {
		return nil, fmt.Errorf("picture of %s: %w", handle, err)
	}
	return []byte(card(p, n, d)), nil
}

// drawing is one file of shapes/.
type drawing struct {
	place  string // stand, wall or flat
	shadow int    // half the width, of one that stands
	marks  string // SVG with the marks of palette
}

func openDrawing(name string) (drawing, error) {
	text, err := shapes.ReadFile("shapes/" + name + ".svg")
	if err != nil {
		return drawing{}, err
	}
	head, marks, _ := strings.Cut(string(text), "\n")
	d := drawing{marks: strings.TrimSpace(marks)}
	if _, err := fmt.Sscanf(head, "<!-- stand %d -->", &d.shadow); err == nil {
		d.place = "stand"
		return d, nil
	}
	if _, err := fmt.Sscanf(head, "<!-- %s -->", &d.place); err != nil {
		return drawing{}, fmt.Errorf("drawing %s: its first line does not say how it stands: %w", name, err)
	}
	return d, nil
}

var innerID = regexp.MustCompile(`(id="|href="#)([a-z])"`)

// figure is the drawing in one colour, its shadow under it, in its own square of 400.
func (d drawing) figure(colour, id string) (svg, gradients string) {
	marks, all := palette(colour, id)
	body := marks.Replace(innerID.ReplaceAllString(d.marks, "${1}${2}"+id+`"`))
	for _, def := range strings.SplitAfter(all, "</linearGradient>") {
		_, rest, _ := strings.Cut(def, `id="`)
		if name, _, ok := strings.Cut(rest, `"`); ok && strings.Contains(body, "url(#"+name+")") {
			gradients += def
		}
	}
	if d.place == "stand" {
		wide := d.shadow
		under := fmt.Sprintf(`<ellipse cx="208" cy="361" rx="%d" ry="%d" fill="url(#soft)"/><ellipse cx="203" cy="359" rx="%d" ry="%d" fill="url(#soft)"/>`,
			wide*135/100, 12+wide/8, wide*108/100, 7+wide/24)
		return under + `<g filter="url(#lift)">` + body + `</g>`, gradients
	}
	return `<g filter="url(#drop)">` + body + `</g>`, gradients
}

// put is a figure moved to x, y and scaled by percent.
func put(svg string, x, y, percent int) string {
	return fmt.Sprintf(`<g transform="translate(%d %d) scale(%d.%02d)">%s</g>`, x, y, percent/100, percent%100, svg)
}

func card(p Product, n int, d drawing) string {
	shown := colourValues(p)
	seed := seedOf(p.Handle)
	r := roomFor(seed, shown)
	if len(shown) == 0 {
		shown = []string{colourOf(p)}
	}
	var defs, scene string
	switch {
	case n == 1 && len(shown) > 1:
		defs, scene = family(d, shown)
	case n == 1 && len(p.Variants) > 1:
		defs, scene = sizes(d, shown[0])
	case n == 1:
		defs, scene = closeUp(d, shown[0], r)
	default:
		var svg string
		svg, defs = d.figure(shown[max(0, n-1)], "0")
		scene = put(svg, 54, 30, 173)
	}
	return fmt.Sprintf(frame, escape(p.Pictures[n].Alt), r.wall, r.shade, r.floor, d.shadowDefs(), defs, r.backdrop(d.place, seed+uint32(n%2)), scene)
}

// frame takes the words, wall, shade, floor, shadows, gradients, backdrop and scene.
const frame = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800" role="img"><title>%s</title><defs>` +
	`<radialGradient id="wall" cx=".34" cy=".22" r="1"><stop stop-color="%s"/><stop offset="1" stop-color="%s"/></radialGradient>` +
	`<linearGradient id="floor" x2="0" y2="1"><stop stop-color="%s"/><stop offset="1" stop-color="#fff" stop-opacity=".25"/></linearGradient>` +
	`%s%s</defs>%s%s</svg>` + "\n"

// shadowDefs are the shadows a place needs: under what stands, around what hangs or lies.
func (d drawing) shadowDefs() string {
	if d.place == "stand" {
		return `<radialGradient id="soft"><stop stop-color="#2d2433" stop-opacity=".42"/><stop offset=".6" stop-color="#2d2433" stop-opacity=".16"/><stop offset="1" stop-color="#2d2433" stop-opacity="0"/></radialGradient>` +
			`<filter id="lift" x="-10%" y="-10%" width="130%" height="120%"><feDropShadow dx="7" dy="3" stdDeviation="9" flood-color="#3d2f3f" flood-opacity=".16"/></filter>`
	}
	if d.place == "wall" {
		return `<filter id="drop" x="-15%" y="-15%" width="140%" height="140%"><feDropShadow dx="12" dy="16" stdDeviation="12" flood-color="#3d2f3f" flood-opacity=".26"/></filter>`
	}
	return `<filter id="drop" x="-15%" y="-15%" width="140%" height="140%"><feDropShadow dx="7" dy="11" stdDeviation="8" flood-color="#3d2f3f" flood-opacity=".3"/></filter>`
}

// backdrop is the room behind the product.
func (r room) backdrop(place string, seed uint32) string {
	wall := `<rect width="800" height="800" fill="url(#wall)"/>`
	light := `<g fill="#fff" opacity=".3"><path d="M-40 520L330-60h130L60 620zM120 720L560-40h90L200 800z"/></g>`
	if place == "flat" {
		return wall + fmt.Sprintf(`<circle cx="400" cy="400" r="330" fill="%s" opacity=".75"/>`, r.motif) + light
	}
	if place == "wall" {
		return wall + light + fmt.Sprintf(`<rect y="716" width="800" height="84" fill="%s"/><rect y="700" width="800" height="18" fill="%s"/>`, r.floor, r.motif)
	}
	ground := `<path d="M0 585h800v215H0z" fill="url(#floor)"/>`
	switch seed % 4 {
	case 0:
		return wall + fmt.Sprintf(`<circle cx="400" cy="350" r="290" fill="%s"/>`, r.motif) + ground
	case 1:
		return wall + fmt.Sprintf(`<path d="M140 585V340a260 260 0 0 1 520 0v245z" fill="%s"/>`, r.motif) + ground
	case 2:
		return wall + light + ground
	default:
		return wall + fmt.Sprintf(`<circle cx="560" cy="230" r="120" fill="%s"/><path d="M0 585q200-150 430-60t370-40v100z" fill="%s" opacity=".7"/>`, r.motif, r.motif) + ground
	}
}

// spot is where a figure of a group stands: the middle, the ground, the size in percent.
type spot struct{ x, ground, percent int }

// group draws one figure per colour, the first one in front of the others.
func group(d drawing, colours []string, spots []spot) (defs, scene string) {
	for i, s := range spots {
		svg, gradients := d.figure(colours[i%len(colours)], fmt.Sprint(i))
		defs += gradients
		scene = put(svg, s.x-s.percent*2, s.ground-s.percent*36/10, s.percent) + scene
	}
	return defs, scene
}

// family shows up to three colours together.
func family(d drawing, shown []string) (defs, scene string) {
	stands := d.place == "stand"
	switch {
	case stands && len(shown) == 2:
		return group(d, shown, []spot{{278, 700, 122}, {552, 630, 108}})
	case stands:
		return group(d, shown, []spot{{400, 708, 114}, {196, 626, 100}, {604, 626, 100}})
	case len(shown) == 2:
		return group(d, shown, []spot{{548, 650, 98}, {250, 420, 98}})
	default:
		return group(d, shown, []spot{{566, 640, 88}, {224, 540, 88}, {506, 320, 88}})
	}
}

// sizes shows one thing three times, growing; broad things shrink to leave each other room.
func sizes(d drawing, colour string) (defs, scene string) {
	if d.place != "stand" {
		return group(d, []string{colour}, []spot{{558, 520, 104}, {216, 700, 78}, {150, 290, 62}})
	}
	fit := min(100, 11000/d.shadow)
	return group(d, []string{colour}, []spot{{586, 668, 124 * fit / 100}, {312, 668, 94 * fit / 100}, {120, 668, 68 * fit / 100}})
}

// closeUp shows the thing, and a part of it under a lens.
func closeUp(d drawing, colour string, r room) (defs, scene string) {
	svg, defs := d.figure(colour, "0")
	defs += `<clipPath id="lens"><circle cx="578" cy="570" r="160"/></clipPath>`
	within := "translate(58 -145)" // the middle of what stands comes under the lens
	if d.place != "stand" {
		within = "translate(188 76)"
	}
	scene = put(`<g id="whole">`+svg+`</g>`, 30, 140, 128) +
		fmt.Sprintf(`<circle cx="583" cy="578" r="172" fill="#2d2433" opacity=".12"/><circle cx="578" cy="570" r="170" fill="#fff"/><circle cx="578" cy="570" r="160" fill="%s"/>`, r.wall) +
		`<g clip-path="url(#lens)"><use href="#whole" transform="` + within + ` scale(2.6)"/></g>`
	return defs, scene
}

func seedOf(handle string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(handle)) // a hash takes everything
	return h.Sum32() >> 8
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// Logo is the sign of the shop, a house on the water, as an SVG of 64 by 64; it serves
// as the favicon too.
func Logo() []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img"><title>` + escape(ShopName) + `</title>` +
		`<rect width="64" height="64" rx="15" fill="#2f4a4f"/><path d="M14 32L32 15l18 17v10H14z" fill="#f4ead6"/><path d="M27 42V33a5 5 0 0 1 10 0v9z" fill="#d98a4e"/>` +
		`<path d="M10 45q5.500-5 11 0t11 0 11 0 11 0" fill="none" stroke="#f4ead6" stroke-width="3.500" stroke-linecap="round"/>` +
		`<path d="M16 52q4-4 8 0t8 0 8 0 8 0" fill="none" stroke="#8fb3b0" stroke-width="3" stroke-linecap="round"/></svg>` + "\n")
}

// Image is one picture of a product.
type Image struct {
	N      int    // what to give to Picture
	Alt    string // what it shows, for those who do not see it
	Colour string // the option value it shows; empty where it shows no particular one
}

// images lists the pictures of p: the main one, the second view, and one for each
// further colour.
func images(p Product) []Image {
	values := colourValues(p)
	list := []Image{{N: 0, Alt: p.Title}, {N: 1, Alt: p.Title + ", another view"}}
	if len(values) == 0 {
		return list
	}
	list[0].Colour, list[0].Alt = values[0], p.Title+" in "+values[0]
	if len(values) > 1 {
		list[1].Alt = p.Title + " in " + strings.Join(values, ", ")
	}
	for i, colour := range values[1:] {
		list = append(list, Image{N: 2 + i, Alt: fmt.Sprintf("%s in %s", p.Title, colour), Colour: colour})
	}
	return list
}

// looks are the options whose value one can see.
var looks = []string{"Colour", "Finish", "Wood", "Frame", "Palette", "Scent"}

// colourValues lists the values of that option once, in the order of the variants.
func colourValues(p Product) []string {
	at := slices.IndexFunc(p.Options, func(name string) bool { return slices.Contains(looks, name) })
	if at < 0 {
		return nil
	}
	var values []string
	for _, v := range p.Variants {
		if len(v.Values) > at && !slices.Contains(values, v.Values[at]) {
			values = append(values, v.Values[at])
		}
	}
	return values
}

// pictureOf is the number of the picture that shows v.
func pictureOf(p Product, v Variant) int {
	for i, colour := range colourValues(p) {
		if i > 0 && slices.Contains(v.Values, colour) {
			return i + 1
		}
	}
	return 0
}

// colourOf is what the drawing of p is coloured in where no option says so.
func colourOf(p Product) string { return cmp.Or(p.Colour, "Natural") }
