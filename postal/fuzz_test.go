package postal_test

import (
	"strings"
	"testing"

	"doorstep/postal"
)

// FuzzLines: any address is written in lines, none of them empty or broken.
func FuzzLines(f *testing.F) {
	f.Add("Ann", "Hauptstr. 1", "Berlin", "BE", "10115", "DE")
	f.Add("安 倍", "道玄坂1-2-3", "渋谷区", "13", "150-0043", "JP")
	f.Add("<x-1>&lt;", "%locality", "\r\n", "\x00", "", "zz")
	f.Fuzz(func(t *testing.T, name, line, town, region, code, country string) {
		for _, l := range postal.Lines(postal.Address{Name: name, Company: line, Line1: line, Line2: town, Line3: name, Sublocality: town, Locality: town, Region: region,
			PostalCode: code, Country: country}) {
			if strings.TrimSpace(l) == "" || strings.ContainsAny(l, "\r\n") {
				t.Errorf("line %q", l)
			}
		}
	})
}
