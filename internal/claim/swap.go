package claim

// Swap is another article that a customer would like instead. Amounts are minor units of the
// order's currency, of all units together.
type Swap struct {
	Name   string
	Price  int64  // with tax
	Cost   int64  // what buying and sending it costs us
	Barred string // why it cannot be had, in words; empty: it can
}

// Worth is what of the payment stands for the units and counts towards another article: their
// goods after the discount, without shipping and without what went back for the claim before, as
// far as they are still paid for.
func (c Case) Worth() int64 { return max(min(c.Goods-c.Given, c.Paid), 0) }

// swaps reckons an exchange: the difference is charged or given back, and the goods come back
// first by the rules of a return.
func (c Case) swaps(x *Choice) {
	worth := c.Worth()
	x.Gives, x.Pays = max(worth-c.Swap.Price, 0), max(c.Swap.Price-worth, 0)
	switch {
	case c.Swap.Barred != "":
		x.Barred = c.Swap.Barred
	case c.Blocked:
		x.Barred = "the customer's bank disputes the payment: money could go back twice"
	case worth <= 0:
		x.Barred = "nothing of the payment is left that could stand for another article"
	}
	x.say("%s instead, %s", c.Swap.Name, c.in(c.Swap.Price))
	x.say("what they have stands for %s", c.in(worth))
	if x.Back = c.Owed(); x.Back {
		c.wayBack(x)
	} else {
		x.say("they keep what they have")
		if c.Kind == NoLongerWanted {
			x.Recovers = 0 // the supplier pays for what it gets back
		}
	}
	x.Cost = c.Swap.Cost + worth - c.Swap.Price + x.Freight - x.Recovers
	if x.Recovers > 0 {
		x.say("%s should make good %s", c.Terms.Supplier, c.in(x.Recovers))
	}
}

// Owed says whether the goods are to come back: there is somewhere to send them, and they are
// worth it by the store's rule.
func (c Case) Owed() bool {
	return c.Back() != "" && (c.Rules.KeepBelow == 0 || c.Goods > c.Rules.KeepBelow)
}
