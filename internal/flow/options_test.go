package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
)

// The ways to ship are made from the quotes of those suppliers that the cart would be
// bought from: the cheapest, and the fastest if it is really faster.
func TestWaysToShip(t *testing.T) {
	t.Parallel()
	quote := func(by string, cost int64, from, to int) flow.Quote {
		return flow.Quote{Supplier: id.Supplier("su_" + by), Service: fmt.Sprint(by, to), CostMinor: cost, Currency: "EUR", MinDays: from, MaxDays: to}
	}
	free := store.Settings{Currency: "EUR", ShippingPrice: store.ShippingPrice{Rule: store.ShippingFree}}
	flat := store.Settings{Currency: "EUR", ShippingPrice: store.ShippingPrice{Rule: store.ShippingFlat, FlatMinor: 490}}
	byFreight := store.Settings{Currency: "EUR", ShippingPrice: store.ShippingPrice{Rule: store.ShippingByFreight}}
	from := byFreight
	from.ShippingFreeFrom = 2000
	slow, fast := quote("ali", 300, 10, 20), quote("ali", 900, 3, 5)
	for name, c := range map[string]struct {
		quotes   []flow.Quote
		settings store.Settings
		two      bool // another thing that Bert alone has
		want     string
	}{
		"nobody quotes":            {nil, byFreight, false, ""},
		"one way":                  {[]flow.Quote{slow}, byFreight, false, "standard 300 12-22"},
		"two ways":                 {[]flow.Quote{fast, slow}, byFreight, false, "standard 300 12-22; express 900 5-7"},
		"dearer and not faster":    {[]flow.Quote{slow, quote("ali", 900, 3, 20)}, byFreight, false, "standard 300 12-22"},
		"free":                     {[]flow.Quote{slow, fast}, free, false, "standard 0 12-22; express 0 5-7"},
		"flat":                     {[]flow.Quote{slow}, flat, false, "standard 490 12-22"},
		"free from a subtotal on":  {[]flow.Quote{slow}, from, false, "standard 0 12-22"},
		"two parcels add up":       {[]flow.Quote{slow, quote("bert", 400, 1, 3)}, byFreight, true, "standard 700 12-22"},
		"one of two has no way":    {[]flow.Quote{slow}, byFreight, true, ""},
		"a supplier without goods": {[]flow.Quote{slow, quote("carl", 1, 1, 1)}, byFreight, false, "standard 300 12-22"},
	} {
		in := flow.OptionsInput{Currency: "EUR", Quotes: c.quotes, Settings: c.settings, Subtotal: 2000,
			Needs:      []purchase.Need{{Line: 1, Variant: "va_mug", Title: "Mug", Quantity: 1, Price: 2000}},
			Candidates: []purchase.Candidate{{Offer: "of_1", Supplier: id.Supplier("su_ali"), Variant: "va_mug", Free: 5, Here: 500, Handling: 2, Reliability: 10_000}}}
		if c.two {
			in.Needs = append(in.Needs, purchase.Need{Line: 2, Variant: "va_bowl", Title: "Bowl", Quantity: 1, Price: 3000})
			in.Candidates = append(in.Candidates, purchase.Candidate{Offer: "of_2", Supplier: id.Supplier("su_bert"), Variant: "va_bowl", Free: 5, Here: 500, Handling: 1, Reliability: 10_000})
		}
		options, err := flow.Options(in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range options {
			got = append(got, fmt.Sprintf("%s %d %d-%d", o.Key, o.PriceMinor, o.FromDays, o.ToDays))
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}
