package ui

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"doorstep/internal/address"
)

// AddressForm is an address as people of its country write it.
type AddressForm struct {
	Prefix   string // of the fields' names: "shipping_address."
	Section  string // of autocomplete: "shipping" or "billing"
	Value    address.Address
	Problems address.Problems // their fields carry the prefix
	Only     []string         // countries that may be chosen; none: all
	Country  templAttrs       // of the country's select
	Every    templAttrs       // of every other field
	Phone    string           // help beside the telephone
	// In other languages than English: what a field is called, a country, a problem.
	Label       func(address.Field) string
	CountryName func(code string) string
	Words       func(address.Problem) string
	Locale      string // by which the countries' names are sorted
	Focus       string // name of the field to be mended first, with its prefix
}

// Fields are the inputs of the form in the order of the country, the country first. A
// country that is not known is asked for before everything else.
func (f AddressForm) Fields() []Field { return f.fieldsIn(English()) }

func (f AddressForm) fieldsIn(w Words) []Field {
	country := Field{Name: f.Prefix + "country", Label: w.Country, Value: f.Value.Country, Required: true,
		Autocomplete: f.auto("country"), Attrs: f.Country, Error: f.problem("country"), Focus: f.Focus == f.Prefix+"country"}
	country.Choices = f.countries()
	fields := []Field{country}
	rules, ok := address.Of(f.Value.Country)
	if !ok {
		return fields
	}
	for _, r := range rules.Fields {
		if r.Name == "tax_id" || r.Name == "line3" {
			continue
		}
		fields = append(fields, f.field(r))
	}
	return widths(fields, f.Prefix)
}

// countries are those that may be chosen, by their names.
func (f AddressForm) countries() (list []Choice) {
	for _, c := range address.Countries() {
		if len(f.Only) > 0 && !contains(f.Only, c.Code) {
			continue
		}
		if f.CountryName != nil {
			c.Name = f.CountryName(c.Code)
		}
		list = append(list, Choice{c.Code, c.Name})
	}
	if f.CountryName != nil {
		by := collate.New(language.Make(f.Locale), collate.IgnoreCase, collate.IgnoreDiacritics)
		slices.SortStableFunc(list, func(a, b Choice) int { return by.CompareString(a.Name, b.Name) })
	}
	return list
}

// field is one input by its rule.
func (f AddressForm) field(r address.Field) Field {
	out := Field{Name: f.Prefix + r.Name, Label: r.Label, Value: f.value(r.Name), Required: r.Required, Optional: !r.Required,
		Error: f.problem(r.Name), Attrs: f.Every, Autocomplete: f.auto(autocomplete(r.Name)), Focus: f.Focus == f.Prefix+r.Name}
	if f.Label != nil {
		out.Label = f.Label(r)
	}
	for _, c := range r.Choices {
		out.Choices = append(out.Choices, Choice{c.Code, c.Name})
	}
	switch r.Name {
	case "postal_code":
		out.Max, out.Attrs = 20, with(f.Every, "autocapitalize", "characters")
	case "phone":
		out.Type, out.InputMode, out.Help = "tel", "tel", f.Phone
	}
	return out
}

func (f AddressForm) auto(token string) string { return strings.TrimSpace(f.Section + " " + token) }

func (f AddressForm) problem(name string) string {
	for _, p := range f.Problems {
		if p.Field == f.Prefix+name {
			if f.Words != nil {
				return f.Words(p)
			}
			return p.Words + "."
		}
	}
	return ""
}

func (f AddressForm) value(name string) string {
	v := f.Value
	return map[string]string{"name": v.Name, "company": v.Company, "line1": v.Line1, "line2": v.Line2, "line3": v.Line3,
		"sublocality": v.Sublocality, "locality": v.Locality, "region": v.Region, "postal_code": v.PostalCode, "phone": v.Phone}[name]
}

// autocomplete is the browser's word for a field (HTML, autofill detail tokens).
func autocomplete(name string) string {
	return map[string]string{"name": "name", "line1": "address-line1", "line2": "address-line2",
		"company":     "organization", //nolint:misspell // HTML spells it so
		"sublocality": "address-level3", "locality": "address-level2", "region": "address-level1", "postal_code": "postal-code", "phone": "tel"}[name]
}

// widths lets postcode, town and region share a row.
func widths(fields []Field, prefix string) []Field {
	var small []int
	for i, f := range fields {
		switch strings.TrimPrefix(f.Name, prefix) {
		case "postal_code", "locality", "region", "sublocality":
			small = append(small, i)
		}
	}
	width := map[int]string{2: "half", 3: "third", 4: "half"}[len(small)]
	for _, i := range small {
		fields[i].Width = width
	}
	return fields
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}
