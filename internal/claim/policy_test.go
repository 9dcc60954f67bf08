package claim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"doorstep/internal/claim"
)

var delivered = time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC) // a Wednesday

// usual is a mug of 20.00 with 3.00 of shipping that broke on its way to Germany.
func usual() claim.Case {
	return claim.Case{Kind: claim.Damaged, Wish: claim.Keep, Country: "DE", Currency: "EUR", Goods: 2000, Shipping: 300, Paid: 2300, Whole: true,
		Cost: 800, Again: 850, Delivered: delivered, Promised: delivered.AddDate(0, 0, 2), Now: delivered.AddDate(0, 0, 3), Zone: time.UTC, Photos: 1,
		Standing: claim.Standing{Orders: 1},
		Rules:    claim.Rules{KeepBelow: 3000, FreightBy: "customer", FreightMinor: 500, ReturnTo: "Mug & Moon, Berlin"},
		Terms:    claim.Terms{Supplier: "Acme", Days: 30, Accepts: []string{"refund"}}}
}

// drawn is a decision in one line.
func drawn(d claim.Decision) string {
	if !d.Open {
		return d.Code
	}
	var list []string
	for _, c := range d.Choices {
		one := fmt.Sprintf("%s gives %d costs %d", c.Outcome, c.Gives, c.Cost)
		if c.Barred != "" {
			one = string(c.Outcome) + " barred"
		}
		list = append(list, one)
	}
	text := strings.Join(list, ", ")
	if d.ByLaw {
		text += "; by law"
	}
	if d.Auto != "" {
		text += "; auto " + string(d.Auto)
	}
	return text
}

func TestDecide(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return delivered.AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		change func(*claim.Case)
		want   string
	}{
		"damaged": {func(*claim.Case) {}, "replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000"},
		"damaged, small and a good customer": {func(c *claim.Case) { c.Rules.AutoBelow = 2500 },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000; auto keep"},
		"damaged, sent once more before": {func(c *claim.Case) { c.Rules.AutoBelow, c.Wish, c.Before = 2500, claim.Replacement, true },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000"},
		"damaged, without a photo": {func(c *claim.Case) { c.Rules.AutoBelow, c.Photos = 2500, 0 },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000"},
		"damaged, a customer with many claims": {func(c *claim.Case) { c.Rules.AutoBelow, c.Standing.Claims = 2500, 1 },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000"},
		"damaged, worth too much to keep": {func(c *claim.Case) { c.Rules.KeepBelow = 1999 },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, return gives 2300 costs 2000, keep barred"},
		"damaged, nowhere to send it": {func(c *claim.Case) { c.Rules.KeepBelow, c.Rules.ReturnTo = 0, "" },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 2300 costs 1500, return barred"},
		"damaged, sold out": {func(c *claim.Case) { c.CannotSend = "nobody has it" },
			"partial gives 1000 costs 200, keep gives 2300 costs 1500, return gives 2300 costs 2000, replacement barred"},
		"damaged, past the supplier's days": {func(c *claim.Case) { c.Terms.Days = 2 },
			"replacement gives 0 costs 850, partial gives 1000 costs 1000, keep gives 2300 costs 2300, return gives 2300 costs 2800"},
		"damaged, the bank disputes it": {func(c *claim.Case) { c.Blocked, c.Paid = true, 0 },
			"replacement gives 0 costs 50, return gives 2300 costs 2000, partial barred, keep barred"},
		"damaged, half is refunded already": {func(c *claim.Case) { c.Paid = 1150 },
			"replacement gives 0 costs 50, partial gives 1000 costs 200, keep gives 1150 costs 350, return gives 1150 costs 850"},
		"damaged, all is refunded already": {func(c *claim.Case) { c.Paid = 0 }, "replacement gives 0 costs 50, partial barred, keep barred, return barred"},
		"damaged, after the window":        {func(c *claim.Case) { c.Now = day(31) }, "too-late"},
		"damaged, the country's own window": {func(c *claim.Case) { c.Now, c.Rules.Days = day(31), map[string]int64{"damaged": 10, "damaged.DE": 60} },
			"replacement gives 0 costs 850, partial gives 1000 costs 1000, keep gives 2300 costs 2300, return gives 2300 costs 2800"},
		"damaged before it is delivered": {func(c *claim.Case) { c.Delivered = time.Time{} }, "not-delivered"},
		"not arrived, though delivered":  {func(c *claim.Case) { c.Kind = claim.NotArrived }, "replacement gives 0 costs 50, refund gives 2300 costs 1500"},
		"late":                           {func(c *claim.Case) { c.Kind, c.Delivered, c.Now = claim.Late, time.Time{}, day(5) }, "partial gives 300 costs 0, replacement gives 0 costs 50, refund gives 2300 costs 1500"},
		"late, before the promised day":  {func(c *claim.Case) { c.Kind, c.Delivered, c.Now = claim.Late, time.Time{}, day(1) }, "too-early"},
		"late, but it came in time":      {func(c *claim.Case) { c.Kind, c.Now = claim.Late, day(5) }, "too-early"},
		"withdrawn after 13 days": {func(c *claim.Case) { c.Kind, c.Wish, c.Now = claim.NoLongerWanted, claim.Return, day(13) },
			"keep gives 2300 costs 2300, return gives 2300 costs 2300; by law; auto return"},
		"withdrawn in the last hour of day 14": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Now = claim.NoLongerWanted, claim.Return, time.Date(2026, 3, 18, 23, 59, 0, 0, time.UTC)
		}, "keep gives 2300 costs 2300, return gives 2300 costs 2300; by law; auto return"},
		"withdrawn after 15 days": {func(c *claim.Case) { c.Kind, c.Wish, c.Now = claim.NoLongerWanted, claim.Return, day(15) }, "too-late"},
		"withdrawn, day 14 was a Sunday": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Delivered, c.Now = claim.NoLongerWanted, claim.Return, delivered.AddDate(0, 0, 4), delivered.AddDate(0, 0, 19)
		}, "keep gives 2300 costs 2300, return gives 2300 costs 2300; by law; auto return"},
		"not wanted after 15 days, by the store's grace": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Now = claim.NoLongerWanted, claim.Return, day(15)
			c.Rules.Days, c.Rules.RestockingPercent = map[string]int64{"no-longer-wanted": 30}, 1000
		}, "return gives 2100 costs 2100, keep gives 2300 costs 2300"},
		"the store's shorter window is not the law's": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Now, c.Rules.Days = claim.NoLongerWanted, claim.Return, day(13), map[string]int64{"no-longer-wanted": 7}
		}, "keep gives 2300 costs 2300, return gives 2300 costs 2300; by law; auto return"},
		"not wanted in the United States": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Now, c.Country = claim.NoLongerWanted, claim.Return, day(13), "US"
			c.Rules.Days = map[string]int64{"no-longer-wanted": 7}
		}, "too-late"},
		"one of two not wanted": {func(c *claim.Case) { c.Kind, c.Wish, c.Whole = claim.NoLongerWanted, claim.Return, false },
			"keep gives 2000 costs 2000, return gives 2000 costs 2000; by law; auto return"},
		"withdrawn, the supplier takes it back": {func(c *claim.Case) {
			c.Kind, c.Wish, c.Terms.ReturnTo, c.Terms.Accepts = claim.NoLongerWanted, claim.Return, "Acme, Shenzhen", []string{"return"}
		}, "return gives 2300 costs 1500, keep gives 2300 costs 2300; by law; auto return"},
	} {
		one := usual()
		c.change(&one)
		if got := drawn(claim.Decide(one)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Whatever the case, money that goes back is never more than what is left, and nothing goes
// back at once while a bank decides.
func TestChoicesAreCovered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 100_000)
		c := usual()
		c.Kind = rapid.SampledFrom(claim.Kinds()).Draw(t, "kind")
		c.Wish = rapid.SampledFrom(claim.Outcomes()).Draw(t, "wish")
		c.Goods, c.Shipping, c.Paid = amount.Draw(t, "goods"), amount.Draw(t, "shipping"), amount.Draw(t, "paid")
		c.Cost, c.Again, c.Blocked = amount.Draw(t, "cost"), amount.Draw(t, "again"), rapid.Bool().Draw(t, "blocked")
		c.Rules.RestockingPercent = rapid.Int64Range(0, 10_000).Draw(t, "fee")
		c.Rules.AutoBelow = amount.Draw(t, "auto")
		c.Now = delivered.AddDate(0, 0, rapid.IntRange(-5, 70).Draw(t, "day"))
		d := claim.Decide(c)
		for _, x := range d.Choices {
			if x.Barred == "" && !c.Blocked && x.Gives > c.Paid {
				t.Fatalf("%s gives %d of %d", x.Outcome, x.Gives, c.Paid)
			}
			if c.Blocked && x.Outcome.Pays() && x.Barred == "" {
				t.Fatalf("%s pays while the bank decides", x.Outcome)
			}
		}
		if auto, found := d.Choice(d.Auto); d.Auto != "" && (!found || auto.Barred != "" || !d.Open) {
			t.Fatalf("%s is approved by itself and is not possible", d.Auto)
		}
	})
}

func TestWorth(t *testing.T) {
	t.Parallel()
	units := []claim.Unit{{N: 2, Price: 1000, Discount: 100, Shipping: 100, Tax: 190}, {N: 1, Price: 1000, Discount: 101, Shipping: 99, Tax: 190}}
	if goods, shipping := claim.Worth(units, true); goods != 2699 || shipping != 299 {
		t.Errorf("with tax inside: %d and %d", goods, shipping)
	}
	if goods, shipping := claim.Worth(units, false); goods+shipping != 2699+299+570 || goods != 2699+171+171+171 {
		t.Errorf("with tax on top: %d and %d", goods, shipping)
	}
	if got := claim.Part(1000, 2, 3); got != 666 {
		t.Errorf("two thirds of 1000 are %d", got)
	}
}
