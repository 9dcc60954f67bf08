package address

import (
	"cmp"
	"slices"
	"strings"

	postal "github.com/bojanz/address"
)

// Rules are how addresses of a country are written: what a form is drawn from.
type Rules struct {
	Country string  `json:"country" doc:"ISO 3166 alpha-2"`
	Name    string  `json:"name" doc:"The country's name in English"`
	Fields  []Field `json:"fields" doc:"In the order in which people of the country write them"`
}

// Field is one input of an address form.
type Field struct {
	Name     string   `json:"name" doc:"The field of the address"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Pattern  string   `json:"pattern,omitempty" doc:"A regular expression for the whole value, case-insensitive"`
	Choices  []Choice `json:"choices,omitempty" doc:"The values there are; the code is what is sent"`
}

// Choice is one value that a field may have.
type Choice struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Country is a country's code and English name.
type Country struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Countries lists all countries by name.
func Countries() []Country {
	names := postal.GetCountryNames()
	list := make([]Country, 0, len(names))
	for code, name := range names {
		list = append(list, Country{code, name})
	}
	slices.SortFunc(list, func(a, b Country) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	return list
}

// Of is the rules of a country by its code in either case; false when there is none.
func Of(country string) (Rules, bool) {
	country = strings.ToUpper(strings.TrimSpace(country))
	if !known(country) {
		return Rules{}, false
	}
	f := postal.GetFormat(country)
	r := Rules{Country: country, Name: postal.GetCountryNames()[country], Fields: []Field{
		{Name: "name", Label: "Full name", Required: true}, {Name: "company", Label: "Company"},
	}}
	for i := 0; i+1 < len(f.Layout); i++ {
		if f.Layout[i] == '%' {
			r.Fields = append(r.Fields, field(f, postal.Field(f.Layout[i+1:i+2])))
		}
	}
	r.Fields = append(r.Fields, Field{Name: "phone", Label: "Telephone"}, Field{Name: "tax_id", Label: "Tax number"})
	return r, true
}

// field is one field of a country's layout.
func field(f postal.Format, which postal.Field) Field {
	out := Field{Name: fieldNames[which], Label: label(fieldNames[which]), Required: f.IsRequired(which)}
	switch which {
	case postal.FieldSublocality:
		out.Label = sublocalityName(f.SublocalityType)
	case postal.FieldLocality:
		out.Label = localityName(f.LocalityType)
	case postal.FieldRegion:
		out.Label = regionName(f.RegionType)
		for _, code := range f.Regions.Keys() {
			name, _ := f.Regions.Get(code)
			out.Choices = append(out.Choices, Choice{code, name})
		}
	case postal.FieldPostalCode:
		out.Label = capital(postcodeName(f))
		if f.PostalCodePattern != "" {
			out.Pattern = f.PostalCodeValidationPattern()
		}
	}
	return out
}

var fieldNames = map[postal.Field]string{
	postal.FieldLine1: "line1", postal.FieldLine2: "line2", postal.FieldLine3: "line3", postal.FieldSublocality: "sublocality",
	postal.FieldLocality: "locality", postal.FieldRegion: "region", postal.FieldPostalCode: "postal_code",
}

// label is what a field is called where its country has no word of its own.
func label(field string) string {
	switch field {
	case "name":
		return "Full name"
	case "line1":
		return "Street and number"
	case "line2", "line3":
		return "Further address line"
	case "postal_code":
		return "Postcode"
	case "tax_id":
		return "Tax number"
	case "locality":
		return "Town"
	}
	return capital(strings.ReplaceAll(field, "_", " "))
}

func postcodeName(f postal.Format) string {
	switch f.PostalCodeType {
	case postal.PostalCodeTypeZip:
		return "ZIP code"
	case postal.PostalCodeTypePin:
		return "PIN code"
	case postal.PostalCodeTypeEir:
		return "Eircode"
	}
	return "postcode"
}

// The names of the library's types are ours: its own tables (v1.3.3) miss entries, so that
// an American form would ask for no "State".
func sublocalityName(t postal.SublocalityType) string {
	switch t {
	case postal.SublocalityTypeDistrict:
		return "District"
	case postal.SublocalityTypeNeighborhood:
		return "Neighbourhood"
	case postal.SublocalityTypeVillageTownship:
		return "Village or township"
	case postal.SublocalityTypeTownland:
		return "Townland"
	}
	return "Suburb"
}

func localityName(t postal.LocalityType) string {
	switch t {
	case postal.LocalityTypeDistrict:
		return "District"
	case postal.LocalityTypePostTown:
		return "Post town"
	case postal.LocalityTypeSuburb:
		return "Suburb"
	case postal.LocalityTypeTownCity:
		return "Town or city"
	}
	return "City"
}

func regionName(t postal.RegionType) string {
	names := map[postal.RegionType]string{
		postal.RegionTypeArea: "Area", postal.RegionTypeCanton: "Canton", postal.RegionTypeCounty: "County",
		postal.RegionTypeDepartment: "Department", postal.RegionTypeDistrict: "District", postal.RegionTypeDoSi: "Do or si",
		postal.RegionTypeEmirate: "Emirate", postal.RegionTypeIsland: "Island", postal.RegionTypeParish: "Parish",
		postal.RegionTypePrefecture: "Prefecture", postal.RegionTypeRegion: "Region", postal.RegionTypeState: "State",
	}
	if name := names[t]; name != "" {
		return name
	}
	return "Province"
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
