package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

// ClaimWish is what a customer says is wrong, before it is a claim.
type ClaimWish struct {
	Kind   claim.Kind
	Wish   claim.Outcome
	Units  []claim.Range
	Photos int
	But    id.Claim   // a claim of its own that does not speak against the customer
	Made   clock.Time // when it was made; 0: now

	Variant id.Variant // that the customer would like instead; empty: none
	Price   int64      // of one of it with tax, as the customer was shown it; 0: today's

	how sourcing // who is to send a replacement
}

// caseOf gathers all that a decision rests on. It changes nothing.
func caseOf(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish) (claim.Case, error) {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return claim.Case{}, err
	}
	c := claim.Case{Kind: w.Kind, Wish: w.Wish, Currency: o.Currency, Now: tx.Now.Std(), Zone: zoneOf(set), Photos: w.Photos, Made: timeOf(w.Made),
		Promised: timeOf(o.PromisedTo)}
	to, err := o.ShipTo()
	if err != nil {
		return c, err
	}
	c.Country = to.Country
	if c.Rules, err = claimRules(set, o.Currency); err != nil {
		return c, err
	}
	for _, fill := range []func(context.Context, *db.Tx, order.Order, ClaimWish, *claim.Case) error{worthOf, moneyOf, arrivalOf, boughtFrom, howFared, sentBefore} {
		if err := fill(ctx, tx, o, w, &c); err != nil {
			return c, err
		}
	}
	if err := againCosts(ctx, tx, o, w, set, &c); err != nil {
		return c, err
	}
	return c, swapOf(ctx, tx, o, w, set, &c)
}

// zoneOf is where the store's days begin.
func zoneOf(set store.Settings) *time.Location {
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// timeOf is the zero time for what has not happened.
func timeOf(t clock.Time) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return t.Std()
}

// claimRules are the store's rules in an order's currency.
func claimRules(set store.Settings, c money.Currency) (claim.Rules, error) {
	rate, err := set.Rate(set.Currency, c)
	if err != nil {
		return claim.Rules{}, err
	}
	r := claim.Rules{Days: set.Claims.Days, RestockingPercent: set.Claims.RestockingPercent, FreightBy: set.Claims.FreightBy, ReturnTo: set.Claims.ReturnTo}
	for minor, to := range map[*int64]int64{&r.FreightMinor: set.Claims.FreightMinor, &r.FreightMost: set.Claims.FreightMost, &r.KeepBelow: set.Claims.KeepBelow, &r.AutoBelow: set.Claims.AutoBelow} {
		a, err := rate.Convert(money.New(to, set.Currency))
		if err != nil {
			return r, err
		}
		*minor = a.Minor
	}
	return r, nil
}

// worthOf looks the units up in the allocation that was made when the order was placed.
func worthOf(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) error {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	c.Goods, c.Shipping = claim.Worth(sharesOf(units, w.Units), o.TaxIncluded())
	more, _, err := changedWorth(ctx, tx, o, w.Units)
	if err != nil {
		return err
	}
	c.Goods += more
	var left, wanted int64
	for _, l := range lines {
		left += l.Left()
	}
	for _, r := range w.Units {
		wanted += r.Units
	}
	c.Whole = wanted > 0 && wanted >= left
	c.Off, err = offOrder(ctx, tx, o, lines, w)
	return err
}

// sharesOf are the allocated shares of ranges of units.
func sharesOf(units []order.OrderUnit, ranges []claim.Range) (list []claim.Unit) {
	for _, r := range ranges {
		for _, u := range units {
			from, to := max(r.First, u.FirstUnit), min(r.First+r.Units, u.FirstUnit+u.Units)
			if u.LineID == r.Line && from < to {
				list = append(list, claim.Unit{N: to - from, Price: u.PriceMinor, Discount: u.DiscountMinor, Shipping: u.ShippingMinor, Tax: u.TaxMinor})
			}
		}
	}
	return list
}

func moneyOf(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) (err error) {
	if c.Blocked, err = inDispute(ctx, tx, o); err != nil {
		return err
	}
	parts, err := refundable(ctx, tx, o)
	c.Paid = mostOf(parts)
	if err != nil || w.But == "" {
		return err
	}
	own, err := claim.Get(ctx, tx, o.StoreID, w.But)
	if err != nil {
		return err
	}
	c.Given, err = givenSince(ctx, tx, own)
	return err
}

// arrivalOf is when the units came. The days in which something may be sent back without a
// reason begin when the last parcel of the order is there.
func arrivalOf(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) error {
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	packed, err := shipment.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, p := range parcels {
		inside := slices.ContainsFunc(packed, func(l shipment.ShipmentLine) bool {
			return l.ShipmentID == p.ShipmentID && slices.ContainsFunc(w.Units, func(r claim.Range) bool { return r.Line == l.OrderLineID })
		})
		if at := timeOf(p.DeliveredAt); inside && p.State == shipment.Delivered && at.After(c.Delivered) {
			c.Delivered = at
		}
		c.Lost = c.Lost || inside && p.State.Gone()
	}
	if c.Kind == claim.NoLongerWanted && !c.Delivered.IsZero() && o.Goods != "delivered" {
		c.Delivered = c.Now
	}
	return nil
}

// boughtFrom is what the units cost, and the terms of who sent the first of them.
func boughtFrom(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) error {
	losses, err := lossesOf(ctx, tx, o, w.Units)
	if err != nil || len(losses) == 0 {
		return err
	}
	for _, l := range losses {
		c.Cost += l.cost
	}
	s, err := inventory.SupplierByID(ctx, tx, o.StoreID, losses[0].purchase.SupplierID)
	if err != nil {
		return err
	}
	terms, err := claim.TermsOf(ctx, tx, o.StoreID, s.SupplierID)
	c.Terms = terms.Terms(s.Name)
	return err
}

// loss is what units of a purchase cost, in the order's currency.
type loss struct {
	purchase purchase.Purchase
	cost     int64
}

// lossesOf are the purchases that the units came from, oldest first, and what they cost with
// their share of freight.
func lossesOf(ctx context.Context, tx *db.Tx, o order.Order, ranges []claim.Range) (list []loss, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	bought, err := purchase.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	left := map[int64]int64{}
	for _, r := range ranges {
		left[r.Line] += r.Units
	}
	for _, p := range purchases {
		if !p.Known() || p.ClaimID != "" {
			continue
		}
		var all, taken, weight, share int64
		for _, l := range bought {
			if l.PurchaseID != p.PurchaseID || l.Left() == 0 {
				continue
			}
			n := min(left[l.OrderLineID], l.Left())
			left[l.OrderLineID] -= n
			all, taken = all+l.Left(), taken+n
			weight, share = weight+l.UnitCostMinor*l.Left(), share+l.UnitCostMinor*n
		}
		if taken == 0 {
			continue
		}
		cost := claim.Part(p.BookedMinor, share, weight)
		if weight == 0 {
			cost = claim.Part(p.BookedMinor, taken, all)
		}
		list = append(list, loss{p, cost})
	}
	return list, nil
}

func howFared(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) error {
	row, err := New(tx).StandingOf(ctx, StandingOfParams{StoreID: o.StoreID, CustomerID: o.CustomerID, PaidAt: clock.Of(tx.Now.Std().AddDate(-1, 0, 0))})
	c.Standing = claim.Standing{Orders: row.Orders, Claims: row.Claims, Chargebacks: row.Chargebacks}
	if w.But != "" {
		c.Standing.Claims = max(c.Standing.Claims-1, 0)
	}
	return err
}

// againCosts is what sending the units once more costs, or why it is not possible.
func againCosts(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, set store.Settings, c *claim.Case) error {
	if _, other, err := changedWorth(ctx, tx, o, w.Units); err != nil || other {
		c.CannotSend = "another article was sent in its place: exchange it for that one"
		return err
	}
	w.how.elsewhere = w.how.elsewhere || elsewhereByRule(set, w.Kind)
	a, err := wishedAgain(ctx, tx, o, w, set)
	c.CannotSend, c.Again = orElse(a.cannot, unmetWords(a.plan)), a.cost()
	return err
}

// elsewhereByRule says whether the store's setting wants another supplier to send once more what
// came wrong or broken.
func elsewhereByRule(set store.Settings, k claim.Kind) bool {
	return set.Claims.Elsewhere && (k == claim.WrongItem || k == claim.Damaged || k == claim.NotAsDescribed)
}

// wishedAgain plans a replacement that is not approved: of a claim, what of it is not on its way.
func wishedAgain(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, set store.Settings) (a again, err error) {
	if w.But != "" {
		own, err := claim.Get(ctx, tx, o.StoreID, w.But)
		if err != nil {
			return a, err
		}
		own.Outcome = claim.Replacement
		if a, err = planAgain(ctx, tx, o, own, w.how); err == nil && len(a.needs) == 0 {
			a.cannot = "all of it was sent once more for this claim: what came instead, and is wrong as well, is a claim of its own"
		}
		return a, err
	}
	if a.needs, err = needsOf(ctx, tx, o, w.Units); err != nil || len(a.needs) == 0 {
		return a, err
	}
	barred, err := barredAgain(ctx, tx, o, w.Units, a.needs, nil, w.how)
	if err != nil {
		return a, err
	}
	a.plan, err = planClaimed(ctx, tx, o, a.needs, barred, set)
	return a, err
}

// needsOf are units of an order as sourcing wants them.
func needsOf(ctx context.Context, tx *db.Tx, o order.Order, ranges []claim.Range) ([]purchase.Need, error) {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	var needs []purchase.Need
	for _, l := range lines {
		n := purchase.Need{Line: l.LineID, Variant: l.VariantID, Title: l.Title, Price: l.UnitPriceMinor}
		for _, r := range ranges {
			if r.Line == l.LineID {
				n.Quantity += r.Units
			}
		}
		if n.Quantity > 0 {
			needs = append(needs, n)
		}
	}
	return needs, nil
}

// rangesOf are the units of a claim without those that were refused when they came back, which
// are the highest of each row.
func rangesOf(units []claim.ClaimUnit) (list []claim.Range) {
	for _, u := range units {
		r := claim.Range{Line: u.LineID, First: u.FirstUnit, Units: u.Units - u.Refused}
		if r.Units > 0 {
			list = append(list, r)
		}
	}
	return list
}

// Claimable says how many units of each line may be claimed: delivered or not, but not
// cancelled, and not held by another claim.
func Claimable(ctx context.Context, tx *db.Tx, o order.Order) (map[int64]int64, error) {
	lines, held, err := claimed(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	free := map[int64]int64{}
	for _, l := range lines {
		for n := l.Left(); n > 0; n-- {
			if _, ok := claim.Pick(l.LineID, n, l.Left(), held); ok {
				free[l.LineID] = n
				break
			}
		}
	}
	return free, nil
}

// claimed are an order's lines and the units that claims hold.
func claimed(ctx context.Context, tx *db.Tx, o order.Order) ([]order.OrderLine, []claim.Range, error) {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, nil, err
	}
	claims, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, nil, err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	units = slices.DeleteFunc(units, func(u claim.ClaimUnit) bool {
		return !slices.ContainsFunc(claims, func(c claim.Claim) bool { return c.ClaimID == u.ClaimID && c.Holds() })
	})
	return lines, rangesOf(units), err
}

// pick chooses the units of a wish: quantities by line.
func pick(ctx context.Context, tx *db.Tx, o order.Order, wanted map[int64]int64) ([]claim.Range, error) {
	lines, held, err := claimed(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	var list []claim.Range
	for _, l := range lines {
		n := wanted[l.LineID]
		if n <= 0 {
			continue
		}
		chosen, ok := claim.Pick(l.LineID, n, l.Left(), held)
		if !ok {
			return nil, &Refusal{Code: "units", Field: fmt.Sprintf("line-%d", l.LineID),
				Words: fmt.Sprintf("Not so many of %s can be claimed: some are claimed or refunded already.", l.Title)}
		}
		list = append(list, chosen...)
	}
	if len(list) == 0 {
		return nil, &Refusal{Code: "units", Field: "units", Words: "Please say which articles it is about."}
	}
	return list, nil
}
