package discount_test

import (
	"errors"
	"testing"

	"doorstep/internal/clock"
	"doorstep/internal/discount"

	"pgregory.net/rapid"
)

func TestWhetherACodeHolds(t *testing.T) {
	t.Parallel()
	tenth := discount.Discount{Code: "TENTH", Kind: discount.Percent, Value: 1000, Currency: "EUR", Active: true}
	with := func(change func(*discount.Discount)) discount.Discount {
		d := tenth
		change(&d)
		return d
	}
	bag := discount.Bag{Goods: 3333, Shipping: 490, Currency: "EUR", Email: "Ann@Shop.example", Now: 1000}
	for name, c := range map[string]struct {
		d    discount.Discount
		want discount.Off
		err  error
	}{
		"a share, rounded":      {tenth, discount.Off{Goods: 333}, nil},
		"all of the goods":      {with(func(d *discount.Discount) { d.Kind, d.Value = discount.Amount, 9999 }), discount.Off{Goods: 3333}, nil},
		"an amount":             {with(func(d *discount.Discount) { d.Kind, d.Value = discount.Amount, 500 }), discount.Off{Goods: 500}, nil},
		"the shipping":          {with(func(d *discount.Discount) { d.Kind = discount.Shipping }), discount.Off{Shipping: 490}, nil},
		"stopped":               {with(func(d *discount.Discount) { d.Active = false }), discount.Off{}, discount.ErrStopped},
		"not yet":               {with(func(d *discount.Discount) { d.FromAt = 1001 }), discount.Off{}, discount.ErrEarly},
		"from this moment":      {with(func(d *discount.Discount) { d.FromAt = 1000 }), discount.Off{Goods: 333}, nil},
		"over":                  {with(func(d *discount.Discount) { d.UntilAt = 1000 }), discount.Off{}, discount.ErrOver},
		"the last moment":       {with(func(d *discount.Discount) { d.UntilAt = 1001 }), discount.Off{Goods: 333}, nil},
		"used up":               {with(func(d *discount.Discount) { d.MostUses, d.Uses = 2, 2 }), discount.Off{}, discount.ErrUsedUp},
		"one use left":          {with(func(d *discount.Discount) { d.MostUses, d.Uses = 2, 1 }), discount.Off{Goods: 333}, nil},
		"too small":             {with(func(d *discount.Discount) { d.MinMinor = 3334 }), discount.Off{}, discount.ErrMinimum},
		"just large enough":     {with(func(d *discount.Discount) { d.MinMinor = 3333 }), discount.Off{Goods: 333}, nil},
		"somebody else's":       {with(func(d *discount.Discount) { d.Email = "bob@shop.example" }), discount.Off{}, discount.ErrNotYours},
		"the customer's own":    {with(func(d *discount.Discount) { d.Email = "ann@shop.example" }), discount.Off{Goods: 333}, nil},
		"an amount in dollars":  {with(func(d *discount.Discount) { d.Kind, d.Currency = discount.Amount, "USD" }), discount.Off{}, discount.ErrCurrency},
		"a share knows no coin": {with(func(d *discount.Discount) { d.Currency = "USD" }), discount.Off{Goods: 333}, nil},
	} {
		off, err := c.d.For(bag)
		if off != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v %v, want %v %v", name, off, err, c.want, c.err)
		}
	}
}

func TestACodeNeverTakesMoreThanThereIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := discount.Discount{Code: "X1", Kind: rapid.SampledFrom([]discount.Kind{discount.Percent, discount.Amount, discount.Shipping}).Draw(t, "kind"),
			Value: rapid.Int64Range(1, 10_000).Draw(t, "value"), Currency: "EUR", Active: true}
		b := discount.Bag{Goods: rapid.Int64Range(0, 1e12).Draw(t, "goods"), Shipping: rapid.Int64Range(0, 1e6).Draw(t, "shipping"), Currency: "EUR", Now: clock.Time(1)}
		off, err := d.For(b)
		if err != nil || off.Goods < 0 || off.Goods > b.Goods || off.Shipping < 0 || off.Shipping > b.Shipping {
			t.Fatalf("%v off %v: %v", off, b, err)
		}
	})
}

func TestWhatACodeMayBe(t *testing.T) {
	t.Parallel()
	good := discount.Discount{Code: "SUMMER-10", Kind: discount.Percent, Value: 1000, Currency: "EUR"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*discount.Discount){
		"code": func(d *discount.Discount) { d.Code = "A B" }, "kind": func(d *discount.Discount) { d.Kind = "gift" },
		"value": func(d *discount.Discount) { d.Value = 10_001 }, "minimum": func(d *discount.Discount) { d.MinMinor = -1 },
		"until": func(d *discount.Discount) { d.FromAt, d.UntilAt = 10, 10 }, "most_uses": func(d *discount.Discount) { d.MostUses, d.Uses = 1, 2 },
	} {
		d := good
		change(&d)
		var wrong *discount.Problem
		if err := d.Check(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if got := discount.Code(" summer -10\t"); got != "SUMMER-10" {
		t.Error(got)
	}
}
