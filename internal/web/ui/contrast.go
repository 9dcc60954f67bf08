package ui

import "math"

// Contrast is how far a colour (#rrggbb) stands out from white, as WCAG 2.2 counts it in
// tenths: 45 and more can be read as text. ok is false for anything else than a colour.
func Contrast(hex string) (tenths int, ok bool) {
	c, ok := parseColour(hex)
	if !ok {
		return 0, false
	}
	return int(math.Floor(contrast(c, lightGround) * 10)), true
}
