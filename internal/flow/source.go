package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// maxGenerations is how often an order is sourced anew by itself: after that a person looks.
const maxGenerations = 8

// sourceOrder plans the purchases of a confirmed order.
func sourceOrder(ctx context.Context, tx *db.Tx, e event.Event) error {
	return source(ctx, tx, e.StoreID, e.OrderID, sourcing{})
}

// sourceAgain plans purchases for units that lost theirs.
func sourceAgain(ctx context.Context, tx *db.Tx, e event.Event) error {
	return source(ctx, tx, e.StoreID, e.OrderID, sourcing{})
}

// SourceAgain is a person wanting units placed that nobody could send: stock may be back, a
// supplier may have been added. Offers that refused before may be asked again.
func SourceAgain(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		if o.State != order.Open {
			return refuse("not-possible", "Order %s is %s: nothing is to be bought for it.", o.Name(), o.State)
		}
		if err := note(ctx, tx, o, "order.sourced-again", string(name), actor, nil); err != nil {
			return err
		}
		return source(ctx, tx, s, name, sourcing{wanted: true, afresh: true})
	})
}

// sourcing says why units are placed.
type sourcing struct {
	wanted bool        // a person asks for it
	afresh bool        // offers that refused before may be asked again
	only   id.Supplier // a person chose this one; empty: whoever is best

	elsewhere bool // of a replacement: not who sent what is claimed
	unsent    bool // of a replacement: only what nobody has sent; what a carrier lost is for a person
}

// source buys what no live purchase covers. Suppliers that refused an offer of this order
// are not asked for it again, unless a person wants it. While the address is refused nobody
// is asked: it would be as wrong for the next.
func source(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, how sourcing) error {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil || o.State != order.Open {
		return err
	}
	earlier, err := purchase.OfOrder(ctx, tx, s, name)
	if err != nil || !how.wanted && (len(earlier) >= maxGenerations || addressRefused(earlier)) {
		return err
	}
	needs, tried, err := openNeeds(ctx, tx, o, earlier)
	if err != nil || len(needs) == 0 {
		return err
	}
	if how.afresh {
		tried = nil
	}
	if how.only != "" {
		if tried, err = othersBarred(ctx, tx, s, needs, how.only); err != nil {
			return err
		}
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return err
	}
	plan, err := planFor(ctx, tx, o, needs, tried, set)
	if err != nil {
		return err
	}
	if len(plan.Unmet) > 0 {
		words := make([]string, len(plan.Unmet))
		for i, u := range plan.Unmet {
			words[i] = u.Words
		}
		if err := note(ctx, tx, o, "order.unplaced", string(o.OrderID), System,
			data{"words": strings.Join(words, "; "), "reasons": plan.Reasons}); err != nil {
			return err
		}
	}
	buys := byCurrency(plan.Buys)
	if len(buys) == 0 {
		return nil
	}
	revenues, err := revenuesOf(ctx, tx, o, earlier, buys)
	if err != nil {
		return err
	}
	for i, b := range buys {
		if err := buy(ctx, tx, o, b, plan.Reasons, len(earlier)+i+1, revenues[i], set); err != nil {
			return err
		}
	}
	return nil
}

// openNeeds lists the units that are still to be bought: those that no live purchase covers and
// that no claim has paid for. It tells the offers that failed too.
func openNeeds(ctx context.Context, tx *db.Tx, o order.Order, earlier []purchase.Purchase) ([]purchase.Need, map[id.Offer]string, error) {
	needs, tried, err := uncovered(ctx, tx, o, earlier)
	if err != nil || len(needs) == 0 {
		return nil, tried, err
	}
	paid, err := paidUnsent(ctx, tx, o, earlier)
	for i := range needs {
		needs[i].Quantity -= min(paid[needs[i].Line], needs[i].Quantity)
	}
	return slices.DeleteFunc(needs, func(n purchase.Need) bool { return n.Quantity == 0 }), tried, err
}

// uncovered lists the units that no live purchase covers, and the offers that failed.
func uncovered(ctx context.Context, tx *db.Tx, o order.Order, earlier []purchase.Purchase) ([]purchase.Need, map[id.Offer]string, error) {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, nil, err
	}
	bought, err := purchase.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, nil, err
	}
	covered, tried := map[int64]int64{}, map[id.Offer]string{}
	for _, l := range bought {
		i := slices.IndexFunc(earlier, func(p purchase.Purchase) bool { return p.PurchaseID == l.PurchaseID })
		if earlier[i].ClaimID != "" {
			continue // a replacement covers nothing of the sale
		}
		if earlier[i].Live() {
			covered[l.OrderLineID] += l.Left()
		}
		if why := failedOffer(earlier[i], l); why != "" {
			tried[l.OfferID] = why
		}
	}
	var needs []purchase.Need
	for _, l := range lines {
		if missing := l.Left() - covered[l.LineID]; missing > 0 {
			needs = append(needs, purchase.Need{Line: l.LineID, Variant: l.VariantID, Title: l.Title, Quantity: missing, Price: l.UnitPriceMinor})
		}
	}
	return needs, tried, nil
}

// failedOffer says why the offer of a purchase's line is not asked again; empty: it did not fail.
func failedOffer(p purchase.Purchase, l purchase.PurchaseLine) string {
	refused := p.State == purchase.Rejected && p.Cause != causeMended
	if !refused && l.Short == 0 && (p.State != purchase.Cancelled || p.Code != rerouted) {
		return ""
	}
	return "already refused " + p.Number + ": " + orElse(p.Words, "not available")
}

func planFor(ctx context.Context, tx *db.Tx, o order.Order, needs []purchase.Need, tried map[id.Offer]string, set store.Settings) (purchase.Plan, error) {
	if err := inventory.Lock(ctx, tx, o.StoreID, variantsOf(needs)); err != nil {
		return purchase.Plan{}, err
	}
	return planNow(ctx, tx, o, needs, tried, set)
}

func variantsOf(needs []purchase.Need) []id.Variant {
	variants := make([]id.Variant, len(needs))
	for i, n := range needs {
		variants[i] = n.Variant
	}
	return variants
}

// planNow is planFor for those who only look: stock may move before it is carried out.
func planNow(ctx context.Context, tx *db.Tx, o order.Order, needs []purchase.Need, tried map[id.Offer]string, set store.Settings) (purchase.Plan, error) {
	return planWith(ctx, tx, o, needs, tried, set, nil)
}

// planWith is planNow with freight that is known beside what the order's checkout was told.
func planWith(ctx context.Context, tx *db.Tx, o order.Order, needs []purchase.Need, tried map[id.Offer]string, set store.Settings, more []Quote) (purchase.Plan, error) {
	shipTo, err := o.ShipTo()
	if err != nil {
		return purchase.Plan{}, err
	}
	variants := variantsOf(needs)
	candidates, err := Candidates(ctx, tx, o.StoreID, variants, shipTo.Country, o.Currency, set)
	if err != nil {
		return purchase.Plan{}, err
	}
	for i, c := range candidates {
		if why := tried[c.Offer]; why != "" && c.Barred == "" {
			candidates[i].Barred = why
		}
	}
	chosen, err := parseOption(o.ShippingOption)
	if err != nil {
		return purchase.Plan{}, err
	}
	quotes := slices.DeleteFunc(append(chosen.Quotes, more...), func(q Quote) bool { // a rate that was taken away bars the supplier, not the payment
		_, err := set.Rate(q.Currency, o.Currency)
		return err != nil
	})
	freights, err := freightsOf(quotes, o.Currency, set)
	if err != nil {
		return purchase.Plan{}, err
	}
	return purchase.Source(needs, candidates, freights, policy(set, o.Currency)), nil
}

// byCurrency makes purchases of one currency each: a supplier may ask for several. The freight
// goes with the first.
func byCurrency(buys []purchase.Buy) (out []purchase.Buy) {
	for _, b := range buys {
		first := len(out)
		for _, l := range b.Lines {
			i := slices.IndexFunc(out[first:], func(x purchase.Buy) bool { return x.Lines[0].Candidate.Cost.Currency == l.Candidate.Cost.Currency })
			if i >= 0 {
				out[first+i].Lines = append(out[first+i].Lines, l)
				continue
			}
			part := purchase.Buy{Supplier: b.Supplier, ShipFrom: b.ShipFrom, Freight: b.Freight, Lines: []purchase.BuyLine{l}}
			if len(out) > first {
				part.Freight.Cost, part.Freight.Here = money.Zero(b.Freight.Cost.Currency), 0
			}
			out = append(out, part)
		}
	}
	return out
}

// buy makes one purchase of the plan: the units are promised on their offers, and it is
// sent when its hold window ends, unless something holds it for a person.
func buy(ctx context.Context, tx *db.Tx, o order.Order, b purchase.Buy, reasons []purchase.Reason, n int, revenue int64, set store.Settings) error {
	supplier, err := inventory.SupplierByID(ctx, tx, o.StoreID, b.Supplier)
	if err != nil {
		return err
	}
	currency := b.Lines[0].Candidate.Cost.Currency
	rate, err := set.Rate(currency, o.Currency)
	if err != nil {
		return err
	}
	p := purchase.Purchase{
		StoreID: o.StoreID, PurchaseID: id.Purchase(id.Ordered("pu", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, SupplierID: b.Supplier,
		ConnectorID: supplier.ConnectorID, Number: fmt.Sprintf("%d-%d", o.Number, n), State: purchase.Planned,
		SubmitAt: tx.Now.Add(set.Hold), Service: b.Freight.Service, Currency: currency, ClaimID: b.Claim,
	}
	if set.Hold <= 0 {
		p.SubmitAt = tx.Now
	}
	p.Key = keyOf(p)
	lines, booked, err := buyLines(ctx, tx, o, p, b, &p)
	if err != nil {
		return err
	}
	p.BookedMinor = booked + b.Freight.Here
	if p.FreightMinor, err = freightIn(b.Freight, currency, set); err != nil {
		return err
	}
	if p.Rate, err = toJSON(rate); err != nil {
		return err
	}
	if p.Reasons, err = toJSON(reasons); err != nil {
		return err
	}
	hold(&p, o, revenue, supplier, set)
	if err := holdTest(ctx, tx, &p); err != nil {
		return err
	}
	if err := purchase.Insert(ctx, tx, p, lines); err != nil {
		return err
	}
	kind := "purchase.planned"
	if p.State == purchase.Held {
		kind = "purchase.held"
	}
	return note(ctx, tx, o, kind, string(p.PurchaseID), System,
		data{"number": p.Number, "supplier": supplier.Name, "reason": p.HoldReason, "submit_at": p.SubmitAt})
}

// keyOf is what the supplier will know the purchase by: unique for ever, at most 40
// characters, the same however often it is sent.
func keyOf(p purchase.Purchase) string {
	random := string(p.PurchaseID)
	return "DS-" + p.Number + "-" + random[len(random)-10:]
}

// buyLines promises the units on their offers.
func buyLines(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, b purchase.Buy, sum *purchase.Purchase) ([]purchase.PurchaseLine, int64, error) {
	var lines []purchase.PurchaseLine
	var booked int64
	for i, l := range b.Lines {
		if l.Candidate.Cost.Currency != p.Currency {
			return nil, 0, fmt.Errorf("purchase %s: offers in %s and %s: %w", p.Number, p.Currency, l.Candidate.Cost.Currency, money.ErrCurrency)
		}
		ok, err := inventory.Commit(ctx, tx, o.StoreID, l.Candidate.Offer, l.Quantity)
		if err != nil {
			return nil, 0, err
		}
		if !ok {
			return nil, 0, errSnatched
		}
		lines = append(lines, purchase.PurchaseLine{StoreID: o.StoreID, PurchaseID: p.PurchaseID, LineID: int64(i + 1), OrderLineID: l.Need.Line,
			VariantID: l.Need.Variant, OfferID: l.Candidate.Offer, SupplierSku: l.Candidate.SKU, Title: l.Need.Title,
			Quantity: l.Quantity, UnitCostMinor: l.Candidate.Cost.Minor})
		sum.GoodsMinor += l.Candidate.Cost.Minor * l.Quantity
		booked += l.Candidate.Here * l.Quantity
	}
	return lines, booked, nil
}

// errSnatched says that the supplier's own figure fell between the look and the promise
// (other orders cannot come between: the variants are locked). Whoever brought the news
// brings it again, and the new figure counts.
var errSnatched = errors.New("stock was taken meanwhile")

// freightIn is the freight in the purchase's currency.
func freightIn(f purchase.Freight, c money.Currency, set store.Settings) (int64, error) {
	if f.Cost.Currency == c {
		return f.Cost.Minor, nil
	}
	rate, err := set.Rate(f.Cost.Currency, c)
	if err != nil {
		return 0, err
	}
	amount, err := rate.Convert(f.Cost)
	return amount.Minor, err
}

// hold keeps a purchase for a person where the merchant said so, or where it earns too little.
func hold(p *purchase.Purchase, o order.Order, revenue int64, s inventory.Supplier, set store.Settings) {
	switch {
	case s.ConnectorID == "": // nothing could send it: releasing is no way out
		p.State, p.HoldCode, p.HoldReason = purchase.Held, "manual", s.Name+" is ordered from by hand: order there and enter the reference."
	case !set.Automatic():
		p.State, p.HoldCode, p.HoldReason = purchase.Held, "manual", "The store forwards by hand: release it when it is to be ordered."
	case !s.Automatic:
		p.State, p.HoldCode, p.HoldReason = purchase.Held, "manual", s.Name+" is ordered from by hand: release it, or order there and enter the reference."
	case p.ClaimID == "" && margin(revenue, p.BookedMinor) < set.MarginMinPercent:
		p.State, p.HoldCode = purchase.Held, "margin"
		p.HoldReason = fmt.Sprintf("It costs %s and brings %s: a margin of %s, below the %s that is set.",
			money.New(p.BookedMinor, o.Currency), money.New(revenue, o.Currency), percent(margin(revenue, p.BookedMinor)), percent(set.MarginMinPercent))
	}
}

// whyUnplaced are the words of the last attempt to source what is not covered.
func whyUnplaced(ctx context.Context, tx *db.Tx, o order.Order) (string, error) {
	events, err := event.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(events) {
		if e.Kind == "order.unplaced" {
			var d struct{ Words string }
			err := e.Decode(&d)
			return "No supplier can send " + d.Words, err
		}
	}
	return "Units of this order are not placed with any supplier.", nil
}

// submitWhenDue makes the job that sends a purchase at the end of its hold window.
func submitWhenDue(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil {
		return err
	}
	return purchaseJob(ctx, tx, p, "submit", p.SubmitAt.Sub(tx.Now))
}

// purchaseJob makes a job about a purchase; one of a kind at a time.
func purchaseJob(ctx context.Context, tx *db.Tx, p purchase.Purchase, what string, wait time.Duration) error {
	return ensure(ctx, tx, job.New{Store: p.StoreID, Kind: "purchase." + what, Key: "purchase/" + string(p.PurchaseID) + "/" + what,
		Lane: string(p.ConnectorID), Payload: PurchaseJob{p.PurchaseID}, At: tx.Now.Add(max(wait, 0))})
}
