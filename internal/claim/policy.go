package claim

import (
	"fmt"
	"slices"
	"time"

	"doorstep/money"
)

// Case is all that a decision rests on. Amounts are minor units of Currency.
type Case struct {
	Kind       Kind
	Wish       Outcome
	Country    string // where the goods went, ISO 3166 alpha-2
	Currency   money.Currency
	Goods      int64 // what the units weigh in the order, shipping aside
	Shipping   int64 // their share of shipping
	Paid       int64 // what of the payment may be given back now
	Given      int64 // what went back for the claim before, or is on its way
	Whole      bool  // the units are all of the order
	Off        bool  // units were taken off the order, which gave their money back
	Blocked    bool  // a bank has yet to decide about the payment
	Cost       int64 // what the units cost us, with their share of freight
	Again      int64 // what sending them once more costs; meaningless where CannotSend
	CannotSend string
	Before     bool      // units of it were sent once more, or exchanged, for another claim
	Swap       *Swap     // the other article that is wished for; nil: none
	Delivered  time.Time // zero: not yet
	Promised   time.Time // the last day promised; zero: none
	Lost       bool      // the carrier, or a person, says so; or it went back to its sender
	Now        time.Time
	Made       time.Time // when the claim was made: that must be within the window; zero: Now
	Zone       *time.Location
	Photos     int
	Standing   Standing
	Rules      Rules
	Terms      Terms
}

// Standing is how a customer has fared with the store within a year.
type Standing struct {
	Orders      int64 // paid
	Claims      int64 // others than this one
	Chargebacks int64
}

// Good says whether the customer's word is enough: no chargeback, and at most one other claim
// for every four orders.
func (s Standing) Good() bool { return s.Chargebacks == 0 && s.Claims*4 <= s.Orders }

// Choice is one way to settle a claim.
type Choice struct {
	Outcome  Outcome
	Gives    int64 // to the customer
	Pays     int64 // the customer, beyond what they paid
	Back     bool  // the goods come back before anything else happens
	Cost     int64 // to the merchant, after what the supplier makes good
	Recovers int64 // of the supplier, if it keeps its word
	Fee      int64 // kept from the customer
	Freight  int64 // of the way back, that the merchant pays
	OwnWay   bool  // the customer pays the way back
	Reasons  []string
	Barred   string // why it is not possible, in words; empty: it is
}

// Decision is what may be done about a case.
type Decision struct {
	Open    bool
	Code    string    // why it is not open: too-early, too-late, not-delivered
	Why     string    // the same in words
	Until   time.Time // the end of the window; zero where it has no beginning yet
	ByLaw   bool      // the customer withdraws within the statutory days
	Choices []Choice  // possible ones first, the cheapest first
	Auto    Outcome   // approved without a person; empty: a person looks
	AutoWhy string
	Wanted  []string // evidence that is missing for the supplier
}

// Choice is the choice of an outcome.
func (d Decision) Choice(o Outcome) (Choice, bool) {
	i := slices.IndexFunc(d.Choices, func(c Choice) bool { return c.Outcome == o })
	if i < 0 {
		return Choice{}, false
	}
	return d.Choices[i], true
}

// MayWish says whether a customer may ask for an outcome. Money may always be asked for, whether
// or not the goods are to come back for it, and even where nothing can be given by itself today: a
// person finds a way. What is sent once more, given in part or kept must be possible.
func (d Decision) MayWish(o Outcome) bool {
	if o == Refund || o == Return || o == Exchanged { // of an exchange, the article itself says what is not possible
		return true
	}
	c, offered := d.Choice(o)
	return offered && c.Barred == ""
}

// Since is when the supplier's days begin: at the door, or when it should have been there.
func (c Case) Since() time.Time {
	if c.Kind != Late {
		return c.Delivered
	}
	if c.Lost && (c.Promised.IsZero() || c.Promised.After(c.Now)) {
		return c.Now
	}
	return c.Promised
}

// Decide says what may be done about a case, at what cost, and why.
func Decide(c Case) Decision {
	d := Decision{Open: true}
	d.window(c)
	recovers := int64(0)
	if c.Terms.Recoverable(c.Kind, c.Since(), c.Now) {
		recovers = c.Cost
	}
	for _, o := range Outcomes() {
		if choice, offered := c.choice(o, d.ByLaw, recovers); offered {
			if c.Off {
				choice.Barred = "units of it were taken off the order, and paid back with that"
			}
			d.Choices = append(d.Choices, choice)
		}
	}
	slices.SortStableFunc(d.Choices, func(a, b Choice) int {
		if (a.Barred == "") != (b.Barred == "") {
			return map[bool]int{true: -1, false: 1}[a.Barred == ""]
		}
		return int(min(max(a.Cost-b.Cost, -1), 1))
	})
	d.auto(c)
	if c.Kind.Seen() && c.Photos == 0 {
		d.Wanted = append(d.Wanted, "photo")
	}
	for _, e := range c.Terms.Evidence {
		if (e != "photo" || c.Photos == 0) && e != "tracking" && !slices.Contains(d.Wanted, e) {
			d.Wanted = append(d.Wanted, e)
		}
	}
	return d
}

// window says whether the claim may be made today.
func (d *Decision) window(c Case) {
	if !c.Made.IsZero() {
		c.Now = c.Made
	}
	since := c.Delivered
	if c.Kind == Late {
		since = c.Promised
		if c.Lost && c.Delivered.IsZero() {
			return // it will not come: nobody has to wait for the day
		}
		if !c.Delivered.IsZero() && !c.Delivered.After(c.Promised) {
			d.shut("too-early", "It was delivered within the days that were promised.")
			return
		}
		if since.IsZero() || !c.Now.After(since) {
			d.shut("too-early", "The days that were promised are not over.")
			return
		}
	} else if since.IsZero() {
		d.shut("not-delivered", "No carrier has delivered it yet.")
		return
	}
	d.Until = endOf(since, c.Rules.days(c.Kind, c.Country), c.Zone)
	if c.Kind == NoLongerWanted && mayWithdraw(c.Country) {
		end := lawEnd(since, c.Zone)
		d.ByLaw = !c.Now.After(end)
		if end.After(d.Until) {
			d.Until = end
		}
	}
	if c.Now.After(d.Until) {
		d.shut("too-late", "The window for this ended on "+d.Until.In(c.Zone).Format("2 January 2006")+".")
	}
}

func (d *Decision) shut(code, why string) { d.Open, d.Code, d.Why = false, code, why }

// choice makes one way out; false where it makes no sense for what is wrong.
func (c Case) choice(o Outcome, byLaw bool, recovers int64) (Choice, bool) {
	x := Choice{Outcome: o, Recovers: recovers}
	switch o {
	case Refund:
		if !c.Kind.Missing() {
			return x, false
		}
		x.Gives = c.whole(&x)
	case Keep:
		if c.Kind.Missing() {
			return x, false
		}
		x.Gives = c.whole(&x)
		c.keeps(&x)
	case Partial:
		if c.Kind == NotArrived || c.Kind == NoLongerWanted {
			return x, false
		}
		c.partial(&x)
	case Replacement:
		if c.Kind == NoLongerWanted {
			return x, false
		}
		c.again(&x)
	case Return:
		if c.Kind.Missing() {
			return x, false
		}
		x.Gives, x.Back = c.whole(&x), true
		c.comesBack(&x, byLaw)
	case Exchanged:
		if c.Kind.Missing() || c.Swap == nil {
			return x, false
		}
		c.swaps(&x)
		return x, true
	}
	c.price(&x)
	return x, true
}

// whole is all that the units weigh: with their share of shipping where we are at fault, and
// where the whole order is given back.
func (c Case) whole(x *Choice) int64 {
	if c.Kind != NoLongerWanted || c.Whole {
		if c.Shipping > 0 {
			x.say("with the share of shipping, %s", c.in(c.Shipping))
		}
		return c.Goods + c.Shipping
	}
	x.say("without shipping: the rest of the order was sent too")
	return c.Goods
}

func (c Case) keeps(x *Choice) {
	if c.Kind == NoLongerWanted {
		x.Recovers = 0 // the supplier pays for what it gets back
	}
	switch {
	case c.Back() == "":
		x.say("nobody has an address for goods to come back to")
	case c.Rules.KeepBelow == 0 || c.Goods > c.Rules.KeepBelow:
		x.Barred = fmt.Sprintf("goods worth more than %s are to come back", c.in(c.Rules.KeepBelow))
	default:
		x.say("goods worth up to %s need not come back", c.in(c.Rules.KeepBelow))
	}
}

// partial suggests a part; a person may change it.
func (c Case) partial(x *Choice) {
	if x.Gives = c.Goods / 2; c.Kind == Late {
		x.Gives = c.Shipping
		x.say("the share of shipping, for the waiting")
	} else {
		x.say("half of the goods as a beginning; change it as you agreed")
	}
	x.Recovers = min(x.Recovers, x.Gives)
}

func (c Case) again(x *Choice) {
	if c.CannotSend != "" {
		x.Barred = c.CannotSend
		return
	}
	x.say("sending it once more costs %s", c.in(c.Again))
	if c.Before {
		x.say("it was sent once more, or exchanged, before")
	}
}

// Back is where the goods would go; empty: nowhere.
func (c Case) Back() string {
	if c.Terms.Returnable() {
		return c.Terms.ReturnTo
	}
	return c.Rules.ReturnTo
}

func (c Case) comesBack(x *Choice, byLaw bool) {
	if c.Back() == "" {
		x.Barred = "neither the supplier nor the store has an address for returns"
		return
	}
	c.wayBack(x)
	if c.Kind != NoLongerWanted {
		return
	}
	if byLaw {
		x.say("withdrawal within %d days is the customer's right: no fee", WithdrawalDays)
		return
	}
	if x.Fee = Part(c.Goods, c.Rules.RestockingPercent, 10_000); x.Fee > 0 {
		x.say("less the restocking fee, %s", c.in(x.Fee))
		x.Gives -= x.Fee
	}
}

// wayBack says where the goods go and who pays for that.
func (c Case) wayBack(x *Choice) {
	if c.Terms.Returnable() {
		x.say("%s takes it back", c.Terms.Supplier)
	} else {
		x.say("it comes to the store's own address")
	}
	if c.Kind != NoLongerWanted || c.Rules.FreightBy == MerchantPays {
		x.Freight = c.Rules.FreightMinor
		x.say("the store pays the way back, about %s", c.in(x.Freight))
	} else {
		x.OwnWay = true
		x.say("the customer pays the way back")
	}
}

// price reckons what the choice costs, and bars money that cannot be given. What went back for
// the claim before is not given once more.
func (c Case) price(x *Choice) {
	if c.Given > 0 && x.Outcome != Replacement {
		x.Gives -= c.Given
		if x.Outcome == Partial && x.Gives <= 0 {
			x.Gives = c.Goods + c.Shipping - c.Given
		}
		x.say("%s went back for it before", c.in(c.Given))
	}
	x.Cost = x.Gives + x.Freight - x.Recovers
	if x.Outcome == Replacement {
		x.Cost = c.Again - x.Recovers
	}
	if x.Recovers > 0 {
		x.say("%s should make good %s", c.Terms.Supplier, c.in(x.Recovers))
	}
	if x.Outcome == Replacement || x.Barred != "" {
		return
	}
	switch {
	case c.Blocked && x.Outcome != Return:
		x.Barred = "the customer's bank disputes the payment: money could go back twice"
	case c.Paid <= 0 && !c.Blocked:
		x.Barred = "nothing of the payment is left to give back"
	case x.Gives > c.Paid && !c.Blocked:
		x.say("only %s of the payment is left", c.in(c.Paid))
		x.Cost -= x.Gives - c.Paid
		x.Gives = c.Paid
	}
	if x.Gives <= 0 && x.Barred == "" {
		x.Barred = "it would give back nothing"
	}
}

// auto says what is approved without a person: a withdrawal by law, and small wishes of
// customers in good standing who showed what is wrong.
func (d *Decision) auto(c Case) {
	wish, offered := d.Choice(c.Wish)
	if !d.Open || !offered || wish.Barred != "" {
		return
	}
	switch {
	case d.ByLaw && wish.Outcome == Return:
		d.Auto, d.AutoWhy = Return, "The customer withdraws within the statutory days."
	case c.Rules.AutoBelow <= 0 || max(wish.Gives, wish.Cost) > c.Rules.AutoBelow || wish.Outcome == Partial:
	case wish.Outcome == Exchanged && max(c.Goods, c.Swap.Price) > c.Rules.AutoBelow:
	case c.Before && (wish.Outcome == Replacement || wish.Outcome == Exchanged):
	case !c.Standing.Good() || c.Kind.Seen() && c.Photos == 0:
	default:
		d.Auto, d.AutoWhy = wish.Outcome, "It is below "+c.in(c.Rules.AutoBelow)+" and the customer is in good standing."
	}
}

func (x *Choice) say(format string, args ...any) {
	x.Reasons = append(x.Reasons, fmt.Sprintf(format, args...))
}

func (c Case) in(minor int64) string { return money.New(minor, c.Currency).String() }
