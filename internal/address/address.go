package address

import (
	"strings"
	"unicode"

	postal "github.com/bojanz/address"
	"golang.org/x/text/unicode/norm"
)

// Address is where a person gets post. It converts to the address of an order and of a
// supplier's contract, which have the same fields.
type Address struct {
	Name        string `json:"name" required:"false" doc:"Who gets it"`
	Company     string `json:"company,omitempty"`
	Line1       string `json:"line1" required:"false" doc:"Street and house number"`
	Line2       string `json:"line2,omitempty"`
	Line3       string `json:"line3,omitempty"`
	Sublocality string `json:"sublocality,omitempty" doc:"District, suburb or neighbourhood, where a country uses it"`
	Locality    string `json:"locality,omitempty" doc:"Town"`
	Region      string `json:"region,omitempty" doc:"State or province: its code, where the country has a list"`
	PostalCode  string `json:"postal_code,omitempty"`
	Country     string `json:"country" required:"false" doc:"ISO 3166 alpha-2"`
	Phone       string `json:"phone,omitempty"`
	TaxID       string `json:"tax_id,omitempty"`
}

// IsEmpty says whether nothing was written.
func (a Address) IsEmpty() bool { return a == Address{} }

// Clean is the address as it is kept: composed Unicode, single spaces, no control
// characters, the country in capitals, a postcode as its post office writes it, a region
// as its code. Clean of something clean is the same.
func Clean(a Address) Address {
	for _, f := range []*string{
		&a.Name, &a.Company, &a.Line1, &a.Line2, &a.Line3, &a.Sublocality, &a.Locality, &a.Region, &a.PostalCode,
		&a.Country, &a.Phone, &a.TaxID,
	} {
		*f = tidy(*f)
	}
	a.Country = strings.ToUpper(a.Country)
	if known(a.Country) {
		format := postal.GetFormat(a.Country)
		a.PostalCode = postcode(a.Country, format, a.PostalCode)
		a.Region = region(format, a.Region)
	}
	return a
}

// tidy composes, drops what cannot be printed and joins white space.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == '\u200b', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// groups are how post offices write a postcode: characters counted from the end after
// which a separator stands.
var groups = map[string]struct {
	tail int
	by   string
}{
	"GB": {3, " "}, "GG": {3, " "}, "JE": {3, " "}, "IM": {3, " "}, "GI": {3, " "}, "CA": {3, " "}, "NL": {2, " "},
	"SE": {2, " "}, "CZ": {2, " "}, "SK": {2, " "}, "GR": {2, " "}, "IE": {4, " "}, "MT": {4, " "},
	"PL": {3, "-"}, "PT": {3, "-"}, "BR": {3, "-"}, "JP": {4, "-"},
}

// postcode writes a postcode as its post office does, where it can be recognised; else it
// is left as it came, for Check to say so.
func postcode(country string, f postal.Format, code string) string {
	if code == "" || f.PostalCodePattern == "" {
		return code
	}
	upper := strings.ToUpper(code)
	plain := strings.NewReplacer(" ", "", "-", "").Replace(upper)
	if g, ok := groups[country]; ok && len(plain) > g.tail {
		if grouped := plain[:len(plain)-g.tail] + g.by + plain[len(plain)-g.tail:]; f.CheckPostalCode(grouped) {
			return grouped
		}
	}
	if country == "US" && len(plain) == 9 {
		plain = plain[:5] + "-" + plain[5:]
	}
	for _, try := range []string{upper, plain, strings.TrimPrefix(plain, country)} {
		if f.CheckPostalCode(try) && try != "" {
			return try
		}
	}
	return upper
}

// region is the code of a region that was given by code or by name, in whatever case and
// with or without accents.
func region(f postal.Format, given string) string {
	if given == "" || f.Regions.Len() == 0 || f.Regions.HasKey(given) {
		return given
	}
	want := fold(given)
	for _, code := range f.Regions.Keys() {
		name, _ := f.Regions.Get(code)
		local, _ := f.LocalRegions.Get(code)
		if want == fold(code) || want == fold(name) || local != "" && want == fold(local) {
			return code
		}
	}
	return given
}

// fold makes texts comparable: lower case, letters and digits only, no accents.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}

func known(country string) bool { return country != "" && postal.CheckCountryCode(country) }
