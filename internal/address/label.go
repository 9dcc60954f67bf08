package address

import (
	"strings"

	postal "github.com/bojanz/address"
)

// Lines is the address as lines of a label, in the order of its country and in Latin
// letters where it is written so; the country's name stands last, in capitals, unless the
// parcel stays in the country from.
func Lines(a Address, from string) []string {
	var lines []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			lines = append(lines, s)
		}
	}
	add(a.Name)
	add(a.Company)
	for _, line := range strings.Split(fill(a), "\n") {
		add(line)
	}
	if name := postal.GetCountryNames()[a.Country]; !strings.EqualFold(from, a.Country) {
		add(strings.ToUpper(name))
	}
	return lines
}

// fill puts the address into its country's layout. What stands before an empty field is
// left out with it, but a new line stays one.
func fill(a Address) string {
	f := postal.GetFormat(a.Country)
	values := map[postal.Field]string{
		postal.FieldLine1: a.Line1, postal.FieldLine2: a.Line2, postal.FieldLine3: a.Line3, postal.FieldSublocality: a.Sublocality,
		postal.FieldLocality: a.Locality, postal.FieldRegion: a.Region, postal.FieldPostalCode: a.PostalCode,
	}
	if name, ok := f.Regions.Get(a.Region); ok && !f.ShowRegionID {
		values[postal.FieldRegion] = name
	}
	var b strings.Builder
	layout, used := f.Layout, map[postal.Field]bool{}
	for before := 0; ; {
		at := strings.IndexByte(layout[before:], '%')
		if at < 0 || before+at+1 >= len(layout) {
			break
		}
		at += before
		which := postal.Field(layout[at+1 : at+2])
		separator := layout[before:at]
		if values[which] != "" {
			b.WriteString(separator + values[which])
		} else if strings.Contains(separator, "\n") {
			b.WriteString("\n")
		}
		used[which], before = true, at+2
	}
	for _, which := range []postal.Field{postal.FieldLocality, postal.FieldRegion, postal.FieldPostalCode} {
		if !used[which] && values[which] != "" { // the country does not know it, but a person wrote it
			b.WriteString("\n" + values[which])
		}
	}
	return b.String()
}
