package address_test

import (
	"strings"
	"testing"

	"doorstep/internal/address"
)

// FuzzClean: what a shopper types is cleaned once and for all, and is judged and drawn without
// a panic, whatever it is.
func FuzzClean(f *testing.F) {
	f.Add("Ann", "Hauptstr. 1", "Berlin", "BE", "10115", "DE", "+49 30 1")
	f.Add("安", "道玄坂1-2-3", "渋谷区", "13", "150-0043", "jp", "")
	f.Add("\u202e\x00\ufeff", " \r\n", "<b>&amp;", "ß", "k1a0b1", "CA", "\U0001F600")
	f.Add("", "", "", "", "", "", "")
	f.Add("a\u0301", "%1$s{{7*7}}", "x", "X", "sw1a1aa", "GB", "0")
	f.Fuzz(func(t *testing.T, name, line, town, region, code, country, phone string) {
		a := address.Clean(address.Address{Name: name, Company: line, Line1: line, Line2: name, Locality: town, Sublocality: region, Region: region, PostalCode: code,
			Country: country, Phone: phone, TaxID: code})
		if again := address.Clean(a); again != a {
			t.Errorf("cleaned twice is another: %+v and %+v", a, again)
		}
		if strings.ContainsAny(a.Name+a.Line1+a.Locality+a.Phone, "\r\n\x00") {
			t.Errorf("%+v has more than one line", a)
		}
		_ = address.Check(a)
		for _, line := range address.Lines(a, "DE") {
			if strings.ContainsAny(line, "\r\n") {
				t.Errorf("%q", line)
			}
		}
	})
}
