package address

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	postal "github.com/bojanz/address"
)

// Problem is one thing that is wrong with an address: the field's JSON name, a code for
// programs (missing, unknown, pattern, too-long) and words for the person who typed it.
type Problem struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Words string `json:"words"`
}

// Problems is everything that is wrong with an address; it is an error of several lines.
type Problems []Problem

// Error is all words, one line each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Words
	}
	return strings.Join(lines, "\n")
}

// limits are the longest texts that labels and suppliers take, in characters.
func limits(a Address) []struct {
	field, value string
	most         int
} {
	return []struct {
		field, value string
		most         int
	}{
		{"name", a.Name, 100}, {"company", a.Company, 100}, {"line1", a.Line1, 200}, {"line2", a.Line2, 200},
		{"line3", a.Line3, 200}, {"sublocality", a.Sublocality, 100}, {"locality", a.Locality, 100},
		{"region", a.Region, 100}, {"postal_code", a.PostalCode, 20}, {"phone", a.Phone, 40}, {"tax_id", a.TaxID, 40},
	}
}

// Check says everything that is wrong with a cleaned address; nil when post would arrive,
// as far as rules can tell.
func Check(a Address) Problems {
	var list Problems
	add := func(field, code, words string, args ...any) {
		list = append(list, Problem{Field: field, Code: code, Words: fmt.Sprintf(words, args...)})
	}
	for _, l := range limits(a) {
		if n := utf8.RuneCountInString(l.value); n > l.most {
			add(l.field, "too-long", "%s has %d characters; at most %d fit on a label", label(l.field), n, l.most)
		}
	}
	if a.Name == "" {
		add("name", "missing", "Please tell us who gets the parcel: the name is missing")
	}
	if a.Phone != "" && !dialable(a.Phone) {
		add("phone", "pattern", "%q does not look like a telephone number", a.Phone)
	}
	if !known(a.Country) {
		if a.Country == "" {
			add("country", "missing", "Please choose a country")
		} else {
			add("country", "unknown", "There is no country with the code %q; it has two letters, such as DE or US", a.Country)
		}
		return list
	}
	return append(list, local(a)...)
}

// local says what the rules of the country say.
func local(a Address) Problems {
	var list Problems
	rules, _ := Of(a.Country)
	values := map[string]string{
		"line1": a.Line1, "line2": a.Line2, "line3": a.Line3, "sublocality": a.Sublocality,
		"locality": a.Locality, "region": a.Region, "postal_code": a.PostalCode,
	}
	for _, f := range rules.Fields {
		value, checked := values[f.Name]
		if !checked {
			continue
		}
		if value == "" && f.Required {
			list = append(list, Problem{f.Name, "missing", fmt.Sprintf("%s is needed for %s", f.Label, rules.Name)})
		}
		if f.Name == "region" && value != "" && len(f.Choices) > 0 &&
			!slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Code == value }) {
			list = append(list, Problem{f.Name, "unknown", fmt.Sprintf("%q is no %s of %s", value, strings.ToLower(f.Label), rules.Name)})
		}
	}
	if format := postal.GetFormat(a.Country); !format.CheckPostalCode(a.PostalCode) {
		list = append(list, Problem{"postal_code", "pattern", fmt.Sprintf("%q is no %s of %s", a.PostalCode, postcodeName(format), rules.Name)})
	}
	return list
}

// dialable says whether a text may be a telephone number: 5 to 15 digits and what people
// write between them.
func dialable(phone string) bool {
	digits := 0
	for i, r := range phone {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -./()", r):
		case strings.ContainsRune("xX#", r) && digits >= 5: // an extension
		default:
			return false
		}
	}
	return digits >= 5 && digits <= 20
}
