package ui

import (
	"strings"

	"golang.org/x/text/language"
)

// Page is what the shell of every page needs to know.
type Page struct {
	Assets      *Assets
	Theme       Theme
	Mode        string // "light", "dark", or "auto": as the machine has it
	Locale      string // BCP 47
	Title       string // whole, with the shop's name
	Description string
	Canonical   string // absolute; empty: none
	Alternates  []Alternate
	Robots      string // "noindex"; empty: may be found
	Icon        string // address of the favicon
	Graph       []Meta // Open Graph
	Data        string // JSON-LD; empty: none
	Scripts     []string
	Refresh     int // seconds after which a page without scripts loads itself again; 0: never
}

// Alternate is the same page in another language (hreflang); its address is absolute.
type Alternate struct{ Lang, URL string }

// Meta is one property of a page for those who link to it.
type Meta struct{ Property, Content string }

// Direction is "rtl" for a locale that is written from right to left, else "ltr".
func Direction(locale string) string {
	tag, err := language.Parse(locale)
	if err != nil {
		return "ltr"
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm":
		return "rtl"
	}
	return "ltr"
}

// Class joins the words that are not empty.
func Class(words ...string) string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
