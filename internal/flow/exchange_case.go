package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// swapOf is the other article that is wished for: what it costs the customer and us, and why it
// cannot be had, where that is so.
func swapOf(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, set store.Settings, c *claim.Case) error {
	if w.Variant == "" {
		return nil
	}
	c.Swap = &claim.Swap{}
	sold, err := soldNow(ctx, tx, o.StoreID, w.Variant)
	if err != nil {
		return err
	}
	if sold == nil {
		c.Swap.Barred = "the article that they would like is not there any more"
		return nil
	}
	c.Swap.Name = claim.Named(sold.Product.Title, sold.Variant.Title)
	line, units, err := exchangedUnits(ctx, tx, o, w.Units)
	if err != nil {
		return err
	}
	each := w.Price
	if each == 0 {
		if each, err = priceWithTax(o, sold.Variant, c.Country, set); err != nil {
			return err
		}
	}
	c.Swap.Price = each * units
	if c.Swap.Barred, err = whyNoSwap(ctx, tx, o, w, *sold, line, units); err != nil || c.Swap.Barred != "" {
		return err
	}
	return swapCosts(ctx, tx, o, purchase.Need{Line: line.LineID, Variant: w.Variant, Title: c.Swap.Name, Quantity: units, Price: each}, set, c.Swap)
}

// soldNow is a variant with its product; nil when there is no such variant.
func soldNow(ctx context.Context, tx *db.Tx, s id.Store, v id.Variant) (*catalog.Sold, error) {
	_, err := catalog.GetVariant(ctx, tx, s, v)
	if isNone(err) {
		return nil, nil //nolint:nilnil // no such variant is no error
	}
	if err != nil {
		return nil, err
	}
	all, err := catalog.SoldAs(ctx, tx, s, []id.Variant{v})
	if err != nil {
		return nil, err
	}
	sold := all[v]
	return &sold, nil
}

// exchangedUnits is the first line of a wish, and how many units of all lines it is about.
func exchangedUnits(ctx context.Context, tx *db.Tx, o order.Order, ranges []claim.Range) (line order.OrderLine, units int64, err error) {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	for _, l := range lines {
		for _, r := range ranges {
			if r.Line != l.LineID {
				continue
			}
			if line.LineID == 0 {
				line = l
			}
			units += r.Units
		}
	}
	return line, units, err
}

// priceWithTax is what one of a variant costs the customer of an order, tax and all.
func priceWithTax(o order.Order, v catalog.Variant, country string, set store.Settings) (int64, error) {
	included := set.TaxIncluded
	if o.TaxMinor != 0 {
		included = o.TaxIncluded() // as when the order was placed
	}
	if included || !v.Taxable {
		return v.PriceMinor, nil
	}
	num, den := set.Tax(country)
	tax, err := money.New(v.PriceMinor, v.Currency).Share(num, den)
	return v.PriceMinor + tax.Minor, err
}

// whyNoSwap says why a variant cannot be had instead of units of a line; empty: it can. What is
// put by for the claim already is not missing.
func whyNoSwap(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, sold catalog.Sold, line order.OrderLine, units int64) (string, error) {
	title := claim.Named(sold.Product.Title, sold.Variant.Title)
	done, err := doneExchanges(ctx, tx, o)
	if err != nil {
		return "", err
	}
	again := slices.ContainsFunc(done, func(d exchanged) bool { return slices.ContainsFunc(w.Units, d.touches) })
	switch {
	case slices.ContainsFunc(w.Units, func(r claim.Range) bool { return r.Line != line.LineID }):
		return "one article at a time is exchanged: make a claim for each", nil
	case sold.Variant.VariantID == line.VariantID && !again:
		return "it is the article that they have: send it once more instead", nil
	case sold.Product.Status != catalog.Active:
		return title + " is not for sale", nil
	case sold.Variant.Currency != o.Currency:
		return fmt.Sprintf("%s is sold in %s, and the order was paid in %s", title, sold.Variant.Currency, o.Currency), nil
	}
	if w.But != "" {
		if held, err := holdsFor(ctx, tx, o, w.But); err != nil || held {
			return "", err
		}
		if n, err := sentFor(ctx, tx, o, w.But); err != nil || n > 0 {
			return "some of it was sent once more for this claim", err
		}
	}
	stock, err := inventory.StockOf(ctx, tx, o.StoreID, sold.Variant.VariantID)
	if err != nil {
		return "", err
	}
	if free := stock.Available - stock.Reserved; free < units {
		return fmt.Sprintf("%s is not in stock in that quantity", title), nil
	}
	return "", nil
}

// holdsFor says whether an article is put by for a claim.
func holdsFor(ctx context.Context, tx *db.Tx, o order.Order, c id.Claim) (bool, error) {
	list, err := claim.ExchangesOf(ctx, tx, o.StoreID, o.OrderID)
	return slices.ContainsFunc(list, func(x claim.Exchange) bool { return x.ClaimID == c && x.State != claim.ExchangeLapsed }), err
}

// swapCosts is what buying the other article costs us, or why nobody can send it.
func swapCosts(ctx context.Context, tx *db.Tx, o order.Order, n purchase.Need, set store.Settings, into *claim.Swap) error {
	plan, err := planClaimed(ctx, tx, o, []purchase.Need{n}, nil, set)
	if err != nil {
		return err
	}
	into.Barred = unmetWords(plan)
	for _, b := range plan.Buys {
		into.Cost += b.Freight.Here
		for _, l := range b.Lines {
			into.Cost += l.Candidate.Here * l.Quantity
		}
	}
	return nil
}

// unmetWords say what of a plan nobody can send; empty: all of it is sent.
func unmetWords(plan purchase.Plan) string {
	if len(plan.Unmet) == 0 {
		return ""
	}
	words := make([]string, len(plan.Unmet))
	for i, u := range plan.Unmet {
		words[i] = u.Words
	}
	return "no supplier can send " + strings.Join(words, "; ")
}

// exchanged are units in whose place another article was sent.
type exchanged struct {
	claim.Exchange
	units []claim.Range
}

func (d exchanged) touches(r claim.Range) bool {
	return slices.ContainsFunc(d.units, r.Touches)
}

// doneExchanges are an order's exchanges that came to pass, with their units.
func doneExchanges(ctx context.Context, tx *db.Tx, o order.Order) (list []exchanged, err error) {
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return nil, err
	}
	all, err := claim.ExchangesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, x := range all {
		if x.State != claim.ExchangeDone {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(units), func(u claim.ClaimUnit) bool { return u.ClaimID != x.ClaimID })
		list = append(list, exchanged{x, rangesOf(own)})
	}
	return list, err
}

// changedWorth is by how much units are worth more, or less, than the order says, because
// another article was sent in their place. What an earlier try of the exchange gave back counts
// too.
func changedWorth(ctx context.Context, tx *db.Tx, o order.Order, ranges []claim.Range) (sum int64, again bool, err error) {
	done, err := doneExchanges(ctx, tx, o)
	if err != nil || len(done) == 0 {
		return 0, false, err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, d := range done {
		var n int64
		for _, r := range ranges {
			for _, u := range d.units {
				if u.Line == r.Line {
					n += max(min(r.First+r.Units, u.First+u.Units)-max(r.First, u.First), 0)
				}
			}
		}
		sum, again = sum+claim.Part(d.Difference().Minor-givenBefore(d.Exchange, refunds), n, d.Quantity), again || n > 0
	}
	return sum, again, err
}

// swapWished is what one of the article that is wished for costs the customer, with tax; 0 where
// none is wished for. It is refused where the exchange is not possible.
func swapWished(said ClaimSaid, facts claim.Case, d claim.Decision, units []claim.Range) (int64, error) {
	if said.Wish != claim.Exchanged {
		return 0, nil
	}
	choice, offered := d.Choice(claim.Exchanged)
	switch {
	case said.Variant == "":
		return 0, &Refusal{Code: "variant", Field: "variant", Words: "Please say which article you would like instead."}
	case !offered:
		return 0, &Refusal{Code: "wish", Field: "wish", Words: "That cannot be exchanged: there is nothing in its place."}
	case choice.Barred != "":
		return 0, &Refusal{Code: "exchange", Field: "variant", Words: "Not possible: " + choice.Barred + "."}
	}
	var n int64
	for _, r := range units {
		n += r.Units
	}
	return facts.Swap.Price / n, nil
}

// addExchange reads a claim's newest exchange with its payments.
func (v *ClaimView) addExchange(ctx context.Context, tx *db.Tx) error {
	x, err := claim.ExchangeOf(ctx, tx, v.Claim)
	if claim.NoExchange(err) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Exchange = &x
	v.Payments, err = exchangePayments(ctx, tx, x)
	return err
}
