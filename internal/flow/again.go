package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// What is bought for a claim, the same once more or the other article of an exchange, covers
// nothing of the sale and is not covered by it: it has needs of its own, and whoever fails it is
// not asked for it again.

// claimNeeds lists the units of a claim's replacement, or of the other article of its exchange,
// that no live purchase of the claim covers, and the offers that failed it. What a carrier lost
// counts as not bought where lost says so.
func claimNeeds(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, purchases []purchase.Purchase, lost bool) ([]purchase.Need, map[id.Offer]string, error) {
	needs, err := claimWants(ctx, tx, o, c)
	if err != nil || len(needs) == 0 {
		return nil, nil, err
	}
	bought, err := purchase.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, nil, err
	}
	covered, tried := map[int64]int64{}, map[id.Offer]string{}
	for _, l := range bought {
		i := slices.IndexFunc(purchases, func(p purchase.Purchase) bool { return p.PurchaseID == l.PurchaseID })
		if purchases[i].ClaimID != c.ClaimID {
			continue
		}
		if purchases[i].Live() && slices.ContainsFunc(needs, func(n purchase.Need) bool { return n.Line == l.OrderLineID && n.Variant == l.VariantID }) {
			covered[l.OrderLineID] += l.Left()
		}
		if why := failedOffer(purchases[i], l); why != "" {
			tried[l.OfferID] = why
		}
	}
	if lost {
		sent, err := sentOf(ctx, tx, o, purchases, ofClaim(c.ClaimID))
		if err != nil {
			return nil, nil, err
		}
		for line := range covered {
			covered[line] -= min(sent[line].lost, covered[line])
		}
	}
	for i := range needs {
		needs[i].Quantity -= min(covered[needs[i].Line], needs[i].Quantity)
	}
	return slices.DeleteFunc(needs, func(n purchase.Need) bool { return n.Quantity == 0 }), tried, nil
}

// claimWants is all that a claim's customer is to get once more; nothing where it is money.
func claimWants(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim) ([]purchase.Need, error) {
	switch c.Outcome {
	case claim.Replacement:
		units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
		if err != nil {
			return nil, err
		}
		return needsOf(ctx, tx, o, rangesOf(units))
	case claim.Exchanged:
		x, err := claim.ExchangeOf(ctx, tx, c)
		if claim.NoExchange(err) || err == nil && x.State != claim.ExchangeDone {
			return nil, nil
		}
		return []purchase.Need{exchangeNeed(x)}, err
	}
	return nil, nil
}

// exchangeNeed is the other article as sourcing wants it.
func exchangeNeed(x claim.Exchange) purchase.Need {
	return purchase.Need{Line: x.LineID, Variant: x.VariantID, Title: x.Name(), Quantity: x.Quantity, Price: x.PriceMinor / max(x.Quantity, 1)}
}

// again is what of a claim is still to be bought, and how.
type again struct {
	needs  []purchase.Need
	plan   purchase.Plan
	set    store.Settings
	cannot string // why it cannot be bought, as a part of a sentence; empty: it can
}

// cost is what the plan comes to, with freight, in the order's currency.
func (a again) cost() (sum int64) {
	for _, b := range a.plan.Buys {
		sum += b.Freight.Here
		for _, l := range b.Lines {
			sum += l.Candidate.Here * l.Quantity
		}
	}
	return sum
}

// planAgain plans what a claim's customer is still to get: from the supplier that a person chose,
// else by the sourcing rule, without the offers that failed it and, where that is wanted, without
// who sent what is claimed. It changes nothing; the stock is locked where it is carried out.
func planAgain(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, how sourcing) (a again, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return a, err
	}
	needs, tried, err := claimNeeds(ctx, tx, o, c, purchases, !how.unsent)
	if err != nil || len(needs) == 0 {
		return a, err
	}
	if a.set, err = settingsOf(ctx, tx, o.StoreID); err != nil {
		return a, err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return a, err
	}
	how.elsewhere = how.elsewhere || c.Elsewhere
	if tried, err = barredAgain(ctx, tx, o, rangesOf(units), needs, tried, how); err != nil {
		return a, err
	}
	a.needs = needs
	if a.plan, err = planClaimed(ctx, tx, o, needs, tried, a.set); err != nil {
		return a, err
	}
	if a.cannot = unmetWords(a.plan); a.cannot == "" {
		a.cannot, err = promisedAway(ctx, tx, o.StoreID, needs)
	}
	return a, err
}

// barredAgain adds to the offers that failed a claim those that may not serve it: everybody's but
// one supplier's, where a person chose that one, or those of who sent what is claimed.
func barredAgain(ctx context.Context, tx *db.Tx, o order.Order, units []claim.Range, needs []purchase.Need, tried map[id.Offer]string, how sourcing) (map[id.Offer]string, error) {
	if how.only != "" {
		return othersBarred(ctx, tx, o.StoreID, needs, how.only)
	}
	if !how.elsewhere {
		return tried, nil
	}
	from, err := lossesOf(ctx, tx, o, units)
	if err != nil {
		return nil, err
	}
	rows, err := inventory.Candidates(ctx, tx, o.StoreID, variantsOf(needs))
	barred := map[id.Offer]string{}
	for offer, why := range tried {
		barred[offer] = why
	}
	for _, r := range rows {
		if slices.ContainsFunc(from, func(l loss) bool { return l.purchase.SupplierID == r.Offer.SupplierID }) {
			barred[r.Offer.OfferID] = "sent what is claimed"
		}
	}
	return barred, err
}

// promisedAway says which of the needs other customers were promised the stock of; empty: none.
func promisedAway(ctx context.Context, tx *db.Tx, s id.Store, needs []purchase.Need) (string, error) {
	wanted := map[id.Variant]int64{}
	for _, n := range needs {
		wanted[n.Variant] += n.Quantity
		stock, err := inventory.StockOf(ctx, tx, s, n.Variant)
		if err != nil {
			return "", err
		}
		if stock.Available-stock.Reserved < wanted[n.Variant] {
			return n.Title + " is promised to other customers", nil
		}
	}
	return "", nil
}

// buy puts the stock by, so that nobody else's order goes short of it, and buys.
func (a again) buy(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	wants := make([]inventory.Want, len(a.needs))
	for i, n := range a.needs {
		wants[i] = inventory.Want{Line: n.Line, Variant: n.Variant, Units: n.Quantity}
		if c.Outcome != claim.Exchanged {
			continue
		}
		x, err := claim.ExchangeOf(ctx, tx, *c)
		if err != nil {
			return err
		}
		wants[i].Line = x.HoldLine
	}
	missing, err := inventory.ReserveAll(ctx, tx, o.StoreID, o.OrderID, wants, 0)
	if err != nil {
		return err
	}
	if missing != nil {
		return errSnatched
	}
	return buyAgain(ctx, tx, o, c, a.plan, a.set)
}

// sendAgain buys what a claim's customer is to get.
func sendAgain(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, how sourcing) error {
	o, err := openAgain(ctx, tx, o, c)
	if err != nil {
		return err
	}
	a, err := lockAgain(ctx, tx, o, *c, how)
	switch {
	case err != nil:
		return err
	case len(a.needs) == 0:
		return refuse(already, "All of it is bought already.")
	case a.cannot != "":
		return refuse("sold-out", "It cannot be sent once more: %s.", a.cannot)
	}
	return a.buy(ctx, tx, o, c)
}

// lockAgain is planAgain for who carries it out.
func lockAgain(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, how sourcing) (again, error) {
	wants, err := claimWants(ctx, tx, o, c)
	if err != nil {
		return again{}, err
	}
	if err := inventory.Lock(ctx, tx, o.StoreID, variantsOf(wants)); err != nil {
		return again{}, err
	}
	return planAgain(ctx, tx, o, c, how)
}

// sendElsewhere buys from the next supplier what the one before will not send of a replacement or
// of an exchange. It comes before a cancellation is settled: what was called off is not bought anew.
func sendElsewhere(ctx context.Context, tx *db.Tx, e event.Event) error {
	return onUnsent(ctx, tx, e, func(o order.Order, p purchase.Purchase, c *claim.Claim) error {
		if o.State != order.Open {
			return nil
		}
		a, err := nextBest(ctx, tx, o, *c, p)
		if err != nil || a.cannot != "" || len(a.needs) == 0 {
			return err
		}
		if err := a.buy(ctx, tx, o, c); err != nil {
			return err
		}
		return noteClaim(ctx, tx, o, c, "claim.sent-elsewhere", System, data{"words": p.Number + ": " + orElse(p.Words, "the supplier does not say why")})
	})
}

// nextBest plans what a supplier will not send of a claim's purchase, and not what a carrier lost
// of it, which may be found again. It is for a person where it
// costs more than giving the money back would, where suppliers refuse the address, or where many
// were asked.
func nextBest(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, p purchase.Purchase) (a again, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	switch {
	case err != nil:
		return a, err
	case p.Cause == causeAddress:
		return again{cannot: "the address must be corrected first"}, nil
	case len(purchases) >= maxGenerations:
		return again{cannot: "many suppliers were asked in vain"}, nil
	}
	if a, err = lockAgain(ctx, tx, o, c, sourcing{unsent: true}); err != nil || a.cannot != "" {
		return a, err
	}
	most, err := mostAgain(ctx, tx, o, c)
	if err != nil {
		return a, err
	}
	sum := a.cost()
	for _, p := range purchases {
		if p.ClaimID == c.ClaimID && p.Live() {
			sum += p.BookedMinor
		}
	}
	if sum > most {
		a.cannot = fmt.Sprintf("the next supplier would cost %s in all, more than the %s that it is worth", money.New(sum, o.Currency), money.New(most, o.Currency))
	}
	return a, nil
}

// mostAgain is what sending a claim's units once more may cost without a person: what they are
// worth to the customer.
func mostAgain(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim) (int64, error) {
	if c.Outcome == claim.Exchanged {
		x, err := claim.ExchangeOf(ctx, tx, c)
		return x.PriceMinor, err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return 0, err
	}
	shares, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	goods, shipping := claim.Worth(sharesOf(shares, rangesOf(units)), o.TaxIncluded())
	return goods + shipping, err
}

// onUnsent runs fn on the claim whose purchase comes to nothing, or to less, while it waits for it.
// A purchase that a person took away is bought elsewhere by who took it.
func onUnsent(ctx context.Context, tx *db.Tx, e event.Event, fn func(order.Order, purchase.Purchase, *claim.Claim) error) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil || p.ClaimID == "" || p.State == purchase.Cancelled && p.Code == rerouted {
		return err
	}
	list, o, err := claimsWhere(ctx, tx, e, func(c claim.Claim) bool { return c.ClaimID == p.ClaimID && c.State == claim.Settling })
	for i := range list {
		err = errors.Join(err, fn(o, p, &list[i]))
	}
	return err
}

// failUnsent brings a claim whose replacement came to nothing to people's eyes.
func failUnsent(ctx context.Context, tx *db.Tx, e event.Event) error {
	failed := false
	err := onUnsent(ctx, tx, e, func(o order.Order, p purchase.Purchase, c *claim.Claim) error {
		purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
		if err != nil {
			return err
		}
		if needs, _, err := claimNeeds(ctx, tx, o, *c, purchases, false); err != nil || len(needs) == 0 {
			return err // somebody else sends it
		}
		next, err := nextBest(ctx, tx, o, *c, p)
		if err != nil {
			return err
		}
		failed, c.Trouble = true, "The replacement "+p.Number+" will not come: "+orElse(p.Words, "the supplier does not say why")+"."
		if next.cannot != "" {
			c.Trouble += " It was not bought elsewhere: " + next.cannot + "."
		}
		if err := undoUnsent(ctx, tx, o, c); err != nil {
			return err
		}
		return stepClaim(ctx, tx, o, c, claim.Fail, "claim.failed", System, data{"words": c.Trouble})
	})
	if err != nil || !failed {
		return err
	}
	return closeWhenDone(ctx, tx, e) // it was kept open for the replacement
}

// SendClaimAgain is a person choosing who sends what a claim's customer is still to get: after its
// supplier refused, or a carrier lost it. Without a supplier the sourcing rule chooses.
func SendClaimAgain(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, supplier id.Supplier, actor Actor) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		return sendClaim(ctx, tx, o, c, sourcing{wanted: true, only: supplier}, actor)
	})
}

func sendClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, how sourcing, actor Actor) error {
	if c.Outcome != claim.Replacement && c.Outcome != claim.Exchanged || c.State != claim.Failed && c.State != claim.Settling {
		return refuse("not-possible", "Claim %s is %s: nothing is to be sent for it.", c.Number, c.State)
	}
	words, err := chosenWords(ctx, tx, o.StoreID, how.only)
	if err != nil {
		return err
	}
	if err := sendAgain(ctx, tx, o, c, how); err != nil {
		return err
	}
	c.Trouble = ""
	if c.State == claim.Settling {
		return noteClaim(ctx, tx, o, c, "claim.sent-elsewhere", actor, data{"words": words})
	}
	if err := c.Move(claim.Reopen); err != nil {
		return err
	}
	return stepClaim(ctx, tx, o, c, claim.Approve, "claim.tried-again", actor, data{"words": words})
}

// chosenWords name a supplier that a person chose; empty where the rule chooses.
func chosenWords(ctx context.Context, tx *db.Tx, s id.Store, name id.Supplier) (string, error) {
	if name == "" {
		return "", nil
	}
	chosen, err := inventory.SupplierByID(ctx, tx, s, name)
	if isNone(err) {
		return "", refuse("not-found", "There is no such supplier.")
	}
	return chosen.Name, err
}
