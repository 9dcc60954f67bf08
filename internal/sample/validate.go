package sample

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	handleForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	eanForm    = regexp.MustCompile(`^2[0-9]{12}$`)
	aliForm    = regexp.MustCompile(`^[0-9]{13,16}/([0-9]+:[0-9]+#[^;#]+(;[0-9]+:[0-9]+#[^;#]+)*)?$`)
	cjForm     = regexp.MustCompile(`^([0-9]{19}|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12})$`)
	manualForm = regexp.MustCompile(`^HL-[0-9A-Z-]+$`)
)

// validate says everything that is wrong with c, one error per fault.
func validate(c Catalogue) error {
	var faults []error
	seen := map[string]bool{}
	once := func(kind, name string) {
		if seen[kind+name] {
			faults = append(faults, fmt.Errorf("%s %s is there twice", kind, name))
		}
		seen[kind+name] = true
	}
	for _, p := range c.Products {
		once("handle", p.Handle)
		for _, v := range p.Variants {
			once("SKU", v.SKU)
			once("barcode", v.Barcode)
			for _, o := range v.Offers {
				once(o.Supplier+" SKU", o.SKU)
			}
		}
		if err := checkProduct(c, p); err != nil {
			faults = append(faults, fmt.Errorf("sample product %s: %w", p.Handle, err))
		}
	}
	return errors.Join(faults...)
}

func checkProduct(c Catalogue, p Product) error {
	switch {
	case !handleForm.MatchString(p.Handle):
		return errors.New("handle is not lower case words joined by hyphens")
	case p.Title == "" || p.Vendor == "" || p.Type == "" || len(p.Tags) == 0:
		return errors.New("title, vendor, type or tags are missing")
	case !strings.HasPrefix(p.HTML, "<p>") || !strings.HasSuffix(p.HTML, "</li></ul>"):
		return errors.New("HTML is not a paragraph and a list")
	case len(p.Variants) == 0 || len(p.Options) > 3 || (len(p.Options) == 0 && len(p.Variants) != 1):
		return errors.New("variants and options do not fit")
	}
	for _, handle := range p.Collections {
		if !slices.ContainsFunc(c.Collections, func(k Collection) bool { return k.Handle == handle }) {
			return fmt.Errorf("collection %s is not known", handle)
		}
	}
	values := map[string]bool{}
	for _, v := range p.Variants {
		key := strings.Join(v.Values, "\x00")
		if values[key] {
			return fmt.Errorf("variant %s repeats the values of another", v.SKU)
		}
		values[key] = true
		if err := checkVariant(c, p, v); err != nil {
			return fmt.Errorf("variant %s: %w", v.SKU, err)
		}
	}
	return nil
}

func checkVariant(c Catalogue, p Product, v Variant) error {
	switch {
	case len(v.Values) != len(p.Options):
		return errors.New("values do not fit the options")
	case !eanForm.MatchString(v.Barcode) || !CheckEAN(v.Barcode):
		return fmt.Errorf("barcode %s is not an EAN-13 of the range 200 to 299", v.Barcode)
	case v.Price <= 0 || v.Grams <= 0 || (v.CompareAt != 0 && v.CompareAt <= v.Price):
		return errors.New("price, compare-at price or weight is wrong")
	case len(v.Offers) == 0 || len(v.Offers) > 3:
		return fmt.Errorf("has %d offers, wants one to three", len(v.Offers))
	}
	for _, o := range v.Offers {
		if err := checkOffer(c, o); err != nil {
			return fmt.Errorf("offer %s %s: %w", o.Supplier, o.SKU, err)
		}
	}
	return nil
}

func checkOffer(c Catalogue, o Offer) error {
	i := slices.IndexFunc(c.Suppliers, func(s Supplier) bool { return s.Key == o.Supplier })
	if i < 0 {
		return errors.New("supplier is not known")
	}
	s := c.Suppliers[i]
	forms := map[string]*regexp.Regexp{"aliexpress": aliForm, "cj": cjForm, "manual": manualForm}
	switch {
	case !forms[s.Kind].MatchString(o.SKU):
		return errors.New("SKU has not the supplier's form")
	case o.Currency != s.Currency || !slices.Contains(s.ShipFrom, o.ShipFrom):
		return errors.New("currency or country is not the supplier's")
	case o.Cost <= 0 || o.Quantity < 0 || o.HandlingDays < 1 || o.PackMultiple < 1:
		return errors.New("cost, quantity, handling days or pack multiple is wrong")
	}
	return nil
}

// CheckEAN says whether the last digit of an EAN-13 is the one that follows from the
// others (GS1 General Specifications, 7.9). Anything but 13 digits is false.
func CheckEAN(code string) bool {
	if len(code) != 13 {
		return false
	}
	sum := 0
	for i, r := range code {
		if r < '0' || r > '9' {
			return false
		}
		weight := 1 + 2*(i%2) // 1, 3, 1, 3 …
		sum += weight * int(r-'0')
	}
	return sum%10 == 0
}
