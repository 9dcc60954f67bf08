package sample

import (
	"fmt"
	"slices"
)

// Image is one picture of a product.
type Image struct {
	N      int    // what to give to Picture
	Alt    string // what it shows, for those who do not see it
	Colour string // the option value it shows; empty where it shows no particular one
}

// images lists the pictures of p: the main one, the second view, and one for each
// further colour.
func images(p Product) []Image {
	colours := colourValues(p)
	list := []Image{{N: 0, Alt: p.Title}, {N: 1, Alt: p.Title + ", another view"}}
	if len(colours) == 0 {
		return list
	}
	list[0].Colour, list[0].Alt = colours[0], p.Title+" in "+colours[0]
	if len(colours) > 1 {
		list[1].Alt = p.Title + ", all colours"
	}
	for i, colour := range colours[1:] {
		list = append(list, Image{N: 2 + i, Alt: fmt.Sprintf("%s in %s", p.Title, colour), Colour: colour})
	}
	return list
}

// colourOption is the index of the option that changes how the product looks, or -1.
func colourOption(p Product) int {
	return slices.IndexFunc(p.Options, func(name string) bool {
		return slices.Contains([]string{"Colour", "Finish", "Wood", "Frame", "Palette", "Scent"}, name)
	})
}

// colourValues lists the values of that option once, in the order of the variants.
func colourValues(p Product) []string {
	at := colourOption(p)
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
	at := colourOption(p)
	if at < 0 || len(v.Values) <= at {
		return 0
	}
	i := slices.Index(colourValues(p), v.Values[at])
	if i <= 0 {
		return 0
	}
	return i + 1
}
