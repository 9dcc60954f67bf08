// Package postal writes an address as its country does, line by line, for labels, mails
// and pages. The order of the fields comes from github.com/bojanz/address (CLDR and
// Google's address data); what is ours is the person on top, and the choice of the
// country's own order for an address in its own script.
package postal

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"github.com/bojanz/address"
)

// Address is where something goes. Country is ISO 3166 alpha-2; Region an ISO 3166-2
// part or a name.
type Address struct {
	Name, Company               string
	Line1, Line2, Line3         string
	Sublocality, Locality       string
	Region, PostalCode, Country string
}

var (
	tag        = regexp.MustCompile(`<[^>]*>`)
	twoLetters = regexp.MustCompile(`^[A-Za-z]{2}$`)
)

// code is a country's code, or nothing: anything else would stand in the formatter's markup.
func code(country string) string {
	if !twoLetters.MatchString(country) {
		return ""
	}
	return country
}

// Lines is the address as it is written on a parcel: person, company, place, country, no
// line empty. The country's name is English and in capitals, as the Universal Postal
// Union asks of mail between countries. An address in Chinese, Japanese or Korean letters
// is written as at home: the largest first, the person last.
func Lines(a Address) []string {
	locale := address.NewLocale("en")
	format := address.GetFormat(a.Country)
	local := format.LocalLayout != "" && localScript(a)
	if local {
		locale = format.Locale
	}
	f := address.NewFormatter(locale)
	f.CountryMapper = func(code string, _ address.Locale) string {
		return strings.ToUpper(address.GetCountryNames()[code])
	}
	formatted := f.Format(address.Address{
		Line1: clean(a.Line1), Line2: clean(a.Line2), Line3: clean(a.Line3),
		Sublocality: clean(a.Sublocality), Locality: clean(a.Locality),
		Region: clean(a.Region), PostalCode: clean(a.PostalCode), CountryCode: code(a.Country),
	})
	var place []string
	for line := range strings.SplitSeq(formatted, "\n") {
		text := strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(line, "")))
		if text != "" {
			place = append(place, text)
		}
	}
	var person []string
	for _, text := range []string{clean(a.Name), clean(a.Company)} {
		if text != "" {
			person = append(person, text)
		}
	}
	if local {
		return append(place, person...)
	}
	return append(person, place...)
}

// localScript says whether the place is written in East Asian letters.
func localScript(a Address) bool {
	return strings.ContainsFunc(a.Line1+a.Locality+a.Region, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// clean makes a field one line.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}
