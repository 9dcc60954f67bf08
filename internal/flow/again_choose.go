package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// AgainOffer is an offer for what a claim's customer is still to get, as a person chooses among
// them, with what the sourcing rule says of it.
type AgainOffer struct {
	Title    string // of the article
	Supplier id.Supplier
	Name     string
	SKU      string
	Free     int64        // units not promised to others
	Cost     money.Amount // per unit, the supplier's currency
	Landed   money.Amount // per unit with its share of freight, the order's currency
	Score    money.Amount // what the rule compares: lower wins
	Days     int64        // handling and transit, at most
	AsOf     clock.Time
	Units    int64  // that the rule would buy here
	Why      string // it was chosen, or was not
	Sent     bool   // this supplier sent what is claimed
}

// AgainChoice is who could send what a claim's customer is still to get.
type AgainChoice struct {
	Offers    []AgainOffer
	Cannot    string          // why the rule finds nobody, as a part of a sentence; empty: it does
	Alone     []AgainSupplier // who could send all of it, with what that costs
	Elsewhere bool            // the store's setting, or who approved, bars who sent what is claimed
}

// AgainSupplier could send all that is wanted.
type AgainSupplier struct {
	ID   id.Supplier
	Name string
	Cost money.Amount // of all, with freight, the order's currency
}

// ChooseAgain says who could send a claim's replacement, or what of it and of an exchange its
// supplier did not send; nothing where nothing is to be sent. It changes nothing.
func ChooseAgain(ctx context.Context, tx *db.Tx, v ClaimView) (choice AgainChoice, err error) {
	c := v.Claim
	if c.State == claim.Opened {
		c.Outcome = claim.Replacement
	} else if c.State != claim.Failed && c.State != claim.Settling {
		return choice, nil
	}
	set, err := settingsOf(ctx, tx, c.StoreID)
	if err != nil {
		return choice, err
	}
	choice.Elsewhere = c.Elsewhere || elsewhereByRule(set, c.Kind)
	a, err := planAgain(ctx, tx, v.Order, c, sourcing{elsewhere: choice.Elsewhere})
	if err != nil || len(a.needs) == 0 {
		return AgainChoice{}, err
	}
	choice.Cannot = a.cannot
	rows, err := inventory.Candidates(ctx, tx, c.StoreID, variantsOf(a.needs))
	if err != nil {
		return choice, err
	}
	from, err := lossesOf(ctx, tx, v.Order, rangesOf(v.Units))
	if err != nil {
		return choice, err
	}
	for _, r := range a.plan.Reasons {
		choice.Offers = append(choice.Offers, againOffer(r, a.needs, rows, from, v.Order.Currency))
	}
	return choice, choice.alone(ctx, tx, v.Order, c)
}

// againOffer is what the sourcing rule says of an offer, beside the figures of its stock.
func againOffer(r purchase.Reason, needs []purchase.Need, rows []inventory.Candidate, from []loss, in money.Currency) AgainOffer {
	o := AgainOffer{Supplier: r.Supplier, Name: r.Name, SKU: r.SKU, Landed: money.New(r.Landed, in), Score: money.New(r.Score, in),
		Days: r.Days, Units: r.Units, Why: r.Words}
	for _, n := range needs {
		if n.Line == r.Line {
			o.Title = n.Title
		}
	}
	for _, row := range rows {
		if row.Offer.OfferID == r.Offer {
			o.Free, o.Cost, o.AsOf = max(row.Offer.Quantity-row.Offer.Committed, 0), money.New(row.Offer.CostMinor, row.Offer.Currency), row.Offer.AsOf
		}
	}
	for _, l := range from {
		o.Sent = o.Sent || l.purchase.SupplierID == r.Supplier
	}
	return o
}

// alone adds who could send all of it: a person may choose them, whatever the rule says.
func (choice *AgainChoice) alone(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim) error {
	seen := map[id.Supplier]bool{}
	for _, one := range choice.Offers {
		if seen[one.Supplier] {
			continue
		}
		seen[one.Supplier] = true
		a, err := planAgain(ctx, tx, o, c, sourcing{only: one.Supplier})
		if err != nil {
			return err
		}
		if a.cannot == "" {
			choice.Alone = append(choice.Alone, AgainSupplier{one.Supplier, one.Name, money.New(a.cost(), o.Currency)})
		}
	}
	return nil
}
