package claim_test

import (
	"fmt"
	"testing"

	"doorstep/internal/claim"
)

// Another article instead: what the customer pays or gets, what it costs, and whether the goods
// come back first.
func TestDecideAboutAnotherArticle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*claim.Case)
		want   string
	}{
		"dearer":                   {func(*claim.Case) {}, "pays 1000 gives 0 costs -500 back false"},
		"cheaper":                  {func(c *claim.Case) { c.Swap.Price = 1500 }, "pays 0 gives 500 costs 1000 back false"},
		"the same":                 {func(c *claim.Case) { c.Swap.Price = 2000 }, "pays 0 gives 0 costs 500 back false"},
		"it must come back":        {func(c *claim.Case) { c.Rules.KeepBelow = 0 }, "pays 1000 gives 0 costs 0 back true"},
		"half was given back":      {func(c *claim.Case) { c.Paid = 1000 }, "pays 2000 gives 0 costs -1500 back false"},
		"not wanted, and kept":     {func(c *claim.Case) { c.Kind = claim.NoLongerWanted }, "pays 1000 gives 0 costs 300 back false"},
		"the bank disputes it":     {func(c *claim.Case) { c.Blocked, c.Paid = true, 0 }, "barred"},
		"nothing is paid any more": {func(c *claim.Case) { c.Paid = 0 }, "barred"},
		"not to be had":            {func(c *claim.Case) { c.Swap.Barred = "sold out" }, "barred"},
		"nothing in hand":          {func(c *claim.Case) { c.Kind = claim.NotArrived }, "none"},
		"nothing is wished for":    {func(c *claim.Case) { c.Swap = nil }, "none"},
	} {
		facts := usual()
		facts.Swap = &claim.Swap{Name: "Bowl", Price: 3000, Cost: 1300}
		c.change(&facts)
		got := "none"
		if x, offered := claim.Decide(facts).Choice(claim.Exchanged); offered {
			got = fmt.Sprintf("pays %d gives %d costs %d back %t", x.Pays, x.Gives, x.Cost, x.Back)
			if x.Barred != "" {
				got = "barred"
			}
		}
		if got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}
