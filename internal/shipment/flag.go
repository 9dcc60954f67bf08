package shipment

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What is odd about a parcel, though its carrier says that all is well.
const (
	FlagNeverScanned = "never-scanned" // a label, and for days nobody has seen the parcel
	FlagNumberSeen   = "number-seen"   // its number was on another parcel before
	FlagElsewhere    = "elsewhere"     // delivered in another city or country than the address
)

// Place is a place as an address, or as a scan, names it. What is not known stays empty.
type Place struct {
	Country    string // ISO 3166
	Region     string
	City, Part string // Part is a part of the city
	Postcode   string
}

// Elsewhere says in words that a scan was in another place than the address; empty where it
// was in the same, or where the scan names none. Spelling, accents, order and postcodes
// beside the name make no difference; a scan that names the region alone says nothing, and no
// more does "Other", AliExpress's word for cities that are not on its list.
func Elsewhere(scan, country string, to Place) string {
	if country != "" && to.Country != "" && !strings.EqualFold(country, to.Country) {
		return "The carrier delivered it in " + strings.ToUpper(country) + ", and the address is in " + strings.ToUpper(to.Country) + "."
	}
	said := plain(scan)
	city := plain(to.City)
	if city == "" || said == "other" || !strings.ContainsFunc(said, unicode.IsLetter) || latin(said) != latin(city) {
		return ""
	}
	for _, known := range []string{city, plain(to.Part), plain(to.Postcode)} {
		if known != "" && (strings.Contains(said, known) || strings.Contains(city, said)) {
			return ""
		}
	}
	first := plain(firstPart(scan))
	for _, wide := range []string{to.Region, to.Country} {
		if first == plain(wide) {
			return ""
		}
	}
	if alike(first, city) {
		return ""
	}
	return "The scan of the delivery names another city than the address."
}

// firstPart is what a scan names first, mostly the city: "LYON, FR" is "LYON".
func firstPart(scan string) string {
	first, _, _ := strings.Cut(scan, ",")
	return strings.TrimFunc(first, func(r rune) bool { return !unicode.IsLetter(r) })
}

// plain is a name without case, accents, spaces and signs. Carriers write Köln as Koeln, Koln or
// KÖLN, and Łódź as LODZ: all of them are the same here.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "æ", "a", "œ", "o", "ø", "o", "ß", "ss", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i").Replace(b.String())
}

// latin says whether a name has Latin letters: one in another script cannot be compared with it.
func latin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

// alike says whether two names differ by a slip of the pen: two letters at most, of six or more.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) < 6 || len(y) < 6 {
		return false
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			cost := before
			if x[i] != y[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)] <= 2
}
