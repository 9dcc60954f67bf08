package ui

import "context"

// Words are the few texts that components say by themselves. A door that speaks several
// languages puts its own into the context of a page (WithWords); without them it is English.
type Words struct {
	Skip       string // to the content
	Theme      string // what the button between light and dark does
	Breadcrumb string
	Beginning  string // of a list
	Next       string // page of a list
	Pages      string
	Optional   string // beside a label, in brackets
	Choose     string // first line of a select
	Close      string
	Loading    string
	SoldOut    string // of a swatch, in brackets
	Fewer      string // before the name of a quantity
	More       string
	Now        string // before a lowered price
	Before     string // before the former one
	From       string // "from {price}": where the price stands is marked by {price}
	Country    string // label of the field
}

// English are the words where nobody says others.
func English() Words {
	return Words{Skip: "Skip to content", Theme: "Change between light and dark", Breadcrumb: "Breadcrumb", Beginning: "From the beginning",
		Next: "Next page", Pages: "Pages", Optional: "optional", Choose: "Please choose", Close: "Close", Loading: "Loading", SoldOut: "sold out",
		Fewer: "One fewer:", More: "One more:", Now: "Now", Before: "before", From: "from {price}", Country: "Country or region"}
}

type wordsKey struct{}

// WithWords gives components words to say.
func WithWords(ctx context.Context, w Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, w)
}

// said are the words of a page.
func said(ctx context.Context) Words {
	if w, ok := ctx.Value(wordsKey{}).(Words); ok {
		return w
	}
	return English()
}
