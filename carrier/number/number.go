package number

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Candidate is one reading of a tracking number.
type Candidate struct {
	// Carrier is this package's code, such as "usps" (see the package comment).
	Carrier string
	// CarrierName is what people call it: "USPS", "La Poste".
	CarrierName string
	// Format names the rule the number fits, such as "usps_impb_n"; "" where Best
	// took the carrier from the supplier's word and no rule fits the number.
	Format string
	// Valid tells that the number keeps every rule of its format: its check digit
	// holds and its country exists, as far as the format has them. It is false
	// where Format is "": nothing is known then.
	Valid bool
	// Confidence says how sure Carrier is, from 0 to 100. Compare it, do not
	// compute with it.
	Confidence int
	// Country is where an S10 item was posted (ISO 3166 alpha-2), else "".
	Country string
	// Service is what the number says of itself, such as "UPS Ground", else "".
	Service string
	// URL is the carrier's tracking page for this number, "" where none is known.
	URL string
	// SeventeenTrack is 17TRACK's numeric code of the carrier, 0 where the number
	// does not settle which of a carrier's services there it is.
	// Source: 17TRACK's apicarrier.all.json, 2025-08-17.
	SeventeenTrack int
}

// longest is the length of the longest number of any format; the index of formats
// has one slot for each length up to it.
const longest = 41

// Recognise returns a candidate for each format that s fits, the most credible
// first, nil where none does. The order is the same for the same number:
// valid ones first, then by confidence, then as in the table of formats. A format
// whose check digit fails is still listed, with Valid false: a mistyped number
// should be shown to a person, not dropped.
func Recognise(s string) []Candidate {
	s = Normalise(s)
	if len(s) == 0 || len(s) > longest || !plain(s) {
		return nil
	}
	var found []Candidate
	for _, e := range formatIndex()[len(s)] {
		if !e.shape.fits(s) {
			continue
		}
		c := e.read(s)
		last := len(found) - 1
		if last < 0 || found[last].Format != c.Format {
			found = append(found, c)
			continue
		}
		// One format may fit in two ways: keep the better.
		if better(c, found[last]) < 0 {
			found[last] = c
		}
	}
	slices.SortStableFunc(found, better)
	return found
}

// better orders candidates: valid before invalid, then the more confident.
func better(a, b Candidate) int {
	if a.Valid != b.Valid {
		if a.Valid {
			return -1
		}
		return 1
	}
	return cmp.Compare(b.Confidence, a.Confidence)
}

// plain reports whether s holds nothing but A-Z and 0-9.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if symbol(s[i]) == 0 {
			return false
		}
	}
	return true
}

// Normalise writes a number as machines want it: no white space, dashes or invisible
// characters, ASCII letters in upper case, full-width letters and digits (Chinese
// keyboards) as plain ones. Other characters stay, so that a text which is no number
// does not turn into one. Normalising twice changes nothing.
func Normalise(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(normal, s)
}

// normal maps one character, to -1 where it is dropped.
func normal(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r == '−', unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return -1
	}
	return r
}
