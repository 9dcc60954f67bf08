package number

import (
	"strings"
	"unicode"
)

// Best reads s in the light of the supplier's own word for the carrier ("USPS",
// "Yun Express", "CJPacket Ordinary", "AliExpress Standard Shipping"; case and
// punctuation do not matter). The word wins. The number's candidates confirm it,
// and give format, validity and origin; a number of someone else's format does not
// refute it, because consolidators ship under the last mile's numbers. A word that
// is not known is kept as CarrierName, with a code made of it. Words that say
// nothing ("Other", "Standard Shipping") count as none; then the first candidate is
// the answer.
//
// It reports false where there is neither a number nor anything known of it.
func Best(s, supplierWord string) (Candidate, bool) {
	s = Normalise(s)
	if s == "" {
		return Candidate{}, false
	}
	found := Recognise(s)
	tokens := pieces(supplierWord)
	if empty(tokens) {
		if len(found) == 0 {
			return Candidate{}, false
		}
		return found[0], true
	}
	named, ok := match(tokens)
	if !ok {
		return unheardOf(tokens, supplierWord, found), true
	}
	return confirm(s, named, found), true
}

// The confidence of a carrier that the supplier named, by what its number says.
const (
	namedAndChecked = 99 // its own format, check digit or distinct letters
	namedAndFits    = 92 // its own format, on weak evidence
	namedOnly       = 80 // no rule for its numbers is known
	namedForeign    = 70 // a number in someone else's format
	unknownWord     = 65 // a word nobody knows
	namedUnfit      = 60 // its numbers look otherwise, and so does nobody's for certain
	namedMistyped   = 50 // its own format, but a rule is broken
)

// confirm describes s as a number of the named carrier.
func confirm(s string, named *carrier, found []Candidate) Candidate {
	c := Candidate{
		Carrier: named.code, CarrierName: named.name, Confidence: namedOnly,
		URL: named.link(s), SeventeenTrack: named.seventeen,
	}
	if own, ok := ownFormat(named, found); ok {
		return adopt(c, own, namedScore(own))
	}
	if len(found) > 0 && found[0].Valid && found[0].Confidence >= 80 {
		return adopt(c, found[0], namedForeign)
	}
	if lookup().ruled[named.code] {
		c.Confidence = namedUnfit
	}
	return c
}

// namedScore rates a candidate that agrees with the supplier's word.
func namedScore(own Candidate) int {
	switch {
	case !own.Valid:
		return namedMistyped
	case own.Confidence >= 65:
		return namedAndChecked
	}
	return namedAndFits
}

// ownFormat finds the best candidate that is the named carrier's own.
func ownFormat(named *carrier, found []Candidate) (Candidate, bool) {
	for _, c := range found {
		switch {
		case c.Carrier == named.code:
			return c, true
		case c.Format == "s10" && c.Country != "" && c.Country == named.country:
			return c, true
		}
	}
	return Candidate{}, false
}

// adopt gives c what the number says of itself.
func adopt(c, number Candidate, confidence int) Candidate {
	c.Confidence = confidence
	c.Format, c.Valid, c.Country, c.Service = number.Format, number.Valid, number.Country, number.Service
	if c.URL == "" || number.Carrier == c.Carrier {
		c.URL = number.URL
	}
	if number.Carrier != c.Carrier {
		return c
	}
	if c.SeventeenTrack == 0 {
		c.SeventeenTrack = number.SeventeenTrack
	}
	if number.Carrier == "s10" {
		c.CarrierName = number.CarrierName // the word only said "by post"
	}
	return c
}

// unheardOf keeps a word that no table knows. Where the number is certain of
// itself, its format and page still help.
func unheardOf(tokens []string, word string, found []Candidate) Candidate {
	c := Candidate{
		Carrier: slug(tokens), CarrierName: strings.Join(strings.Fields(word), " "), Confidence: unknownWord,
	}
	if len(found) > 0 && found[0].Valid && found[0].Confidence >= 80 {
		return adopt(c, found[0], unknownWord)
	}
	return c
}

// pieces cuts a word into lower-case runs of letters and digits.
func pieces(word string) []string {
	return strings.FieldsFunc(strings.ToLower(word), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// fold writes a name as the table's keys are written: lower case, letters and
// digits only.
func fold(word string) string { return strings.Join(pieces(word), "") }

// match finds the carrier that the longest beginning of the tokens names: "USPS
// Priority Mail" is USPS', "DHL Express Worldwide" DHL Express'.
func match(tokens []string) (*carrier, bool) {
	words := lookup().words
	for len(tokens) > 0 && filler(tokens[0]) {
		tokens = tokens[1:]
	}
	for n := min(len(tokens), 6); n > 0; n-- {
		if c, ok := words[strings.Join(tokens[:n], "")]; ok {
			return c, true
		}
	}
	return nil, false
}

// filler tells words that may stand before a carrier's name.
func filler(token string) bool {
	switch token {
	case "by", "via", "with", "the", "shipped", "carrier", "courier":
		return true
	}
	return false
}

// empty reports whether a supplier's word names nobody.
func empty(tokens []string) bool {
	switch strings.Join(tokens, "") {
	case "", "other", "others", "unknown", "none", "na", "null", "nil", "custom", "default", "carrier", "courier",
		"standard", "standardshipping", "expressshipping", "economyshipping", "freeshipping", "shipping", "post", "mail",
		"sellersshippingmethod", "sellershippingmethod":
		return true
	}
	return false
}

// longestSlug keeps a code made of a stranger's word to a sensible length, in
// characters.
const longestSlug = 40

// slug makes a carrier code of a word.
func slug(tokens []string) string {
	runes := []rune(strings.Join(tokens, "-"))
	if len(runes) > longestSlug {
		runes = runes[:longestSlug]
	}
	return strings.TrimRight(string(runes), "-")
}
