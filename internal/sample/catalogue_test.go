package sample

import (
	"reflect"
	"strings"
	"testing"
)

func load(t *testing.T) Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadIsWholeAndDeterministic(t *testing.T) {
	t.Parallel()
	c := load(t)
	if !reflect.DeepEqual(c, load(t)) {
		t.Error("two loads differ")
	}
	variants, offers := 0, map[int]int{}
	for _, p := range c.Products {
		variants += len(p.Variants)
		if len(p.Variants) > 6 {
			t.Errorf("%s has %d variants, more than a card can show", p.Handle, len(p.Variants))
		}
		for _, v := range p.Variants {
			offers[len(v.Offers)]++
		}
	}
	if len(c.Products) < 72 || variants < 180 {
		t.Errorf("%d products and %d variants, want 72 and 180", len(c.Products), variants)
	}
	if offers[1] == 0 || offers[2] == 0 {
		t.Errorf("offers per variant %v: some must compete, some must stand alone", offers)
	}
	for _, k := range c.Collections {
		if len(k.Products) < 4 {
			t.Errorf("collection %s has %d products, want 4 or more", k.Handle, len(k.Products))
		}
	}
}

// TestEveryVariantEarnsMoney keeps the demo plausible: after 21 % tax and at coarse rates,
// every offer leaves a margin of 40 to 80 %.
func TestEveryVariantEarnsMoney(t *testing.T) {
	t.Parallel()
	perEuro := map[string]int64{"CNY": 780, "USD": 109, "GBP": 86} // minor units for 1.00 EUR
	for _, p := range load(t).Products {
		for _, v := range p.Variants {
			net := v.Price * 100 / 121
			for _, o := range v.Offers {
				cost := o.Cost * 100 / perEuro[o.Currency]
				if margin := (net - cost) * 100 / net; margin < 40 || margin > 80 {
					t.Errorf("%s from %s: margin %d %%", v.SKU, o.Supplier, margin)
				}
			}
		}
	}
}

// TestSomeOrdersMustSplit: there are variants that only one supplier has, for each supplier.
func TestSomeOrdersMustSplit(t *testing.T) {
	t.Parallel()
	alone, scarce := map[string]int{}, 0
	for _, p := range load(t).Products {
		for _, v := range p.Variants {
			if len(v.Offers) == 1 {
				alone[v.Offers[0].Supplier]++
			}
			for _, o := range v.Offers {
				if o.Quantity < 7 {
					scarce++
				}
			}
		}
	}
	for _, s := range suppliers() {
		if alone[s.Key] < 5 {
			t.Errorf("%s is the only supplier of %d variants, want 5 or more", s.Key, alone[s.Key])
		}
	}
	if scarce < 10 {
		t.Errorf("%d offers are scarce, want 10 or more", scarce)
	}
}

func TestVariantPictures(t *testing.T) {
	t.Parallel()
	for _, p := range load(t).Products {
		for _, v := range p.Variants {
			found := false
			for _, i := range p.Pictures {
				found = found || i.N == v.Picture && (i.Colour == "" || strings.Contains(strings.Join(v.Values, "|"), i.Colour))
			}
			if !found {
				t.Errorf("%s shows picture %d, which is not its own", v.SKU, v.Picture)
			}
		}
	}
}

func TestCheckEAN(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"4006381333931": true, "5901234123457": true, // published examples
		"4006381333932": false, "400638133393": false, "400638133393x": false, "": false,
	} {
		if CheckEAN(code) != want {
			t.Errorf("CheckEAN(%q) is %v", code, !want)
		}
	}
}

// TestValidateRefuses damages one thing at a time, so that every rule is known to bite.
func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	damages := map[string]func(*Catalogue){
		"handle":     func(c *Catalogue) { c.Products[0].Handle = "A b" },
		"twice":      func(c *Catalogue) { c.Products[1].Handle = c.Products[0].Handle },
		"title":      func(c *Catalogue) { c.Products[0].Title = "" },
		"HTML":       func(c *Catalogue) { c.Products[0].HTML = "plain" },
		"variants":   func(c *Catalogue) { c.Products[0].Variants = nil },
		"collection": func(c *Catalogue) { c.Products[0].Collections = []string{"nowhere"} },
		"repeats":    func(c *Catalogue) { c.Products[0].Variants[1].Values = c.Products[0].Variants[0].Values },
		"values":     func(c *Catalogue) { c.Products[0].Variants[0].Values = nil },
		"barcode":    func(c *Catalogue) { c.Products[0].Variants[0].Barcode = "2000000000000" },
		"price":      func(c *Catalogue) { c.Products[0].Variants[0].Price = 0 },
		"offers":     func(c *Catalogue) { c.Products[0].Variants[0].Offers = nil },
		"supplier":   func(c *Catalogue) { c.Products[0].Variants[0].Offers[0].Supplier = "nobody" },
		"form":       func(c *Catalogue) { c.Products[0].Variants[0].Offers[0].SKU = "x" },
		"currency":   func(c *Catalogue) { c.Products[0].Variants[0].Offers[0].Currency = "JPY" },
		"cost":       func(c *Catalogue) { c.Products[0].Variants[0].Offers[0].Cost = 0 },
	}
	for word, damage := range damages {
		c := load(t)
		damage(&c)
		if err := validate(c); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("damaged %s: %v", word, err)
		}
	}
}
