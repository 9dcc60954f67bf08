package flow

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

const (
	// causeAddress is the cause of a purchase whose supplier did not take the address: nobody
	// else is asked, because the address would be as wrong there.
	causeAddress = "address"
	// causeMended replaces it when the address was corrected: the supplier may be asked again.
	causeMended = "address-mended"
)

// ChangeAddress corrects where an order goes. What is not sent yet goes to the new address,
// as the purchase that it is; what a supplier refused because of the old one is bought again,
// as a new purchase. The country stays: freight and taxes hang on it. What a supplier has
// already goes to the old address; that is refused unless told says that a person has seen
// to it there. Errors for people are *Invalid and *Refusal.
func ChangeAddress(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, to address.Address, told bool, actor Actor) error {
	to = address.Clean(to)
	if problems := address.Check(to); len(problems) > 0 {
		return &Invalid{Problems: problems}
	}
	return change(ctx, tx, s, name, func(o order.Order) error {
		was, err := o.ShipTo()
		if err != nil {
			return err
		}
		next := order.Address(to)
		if next == was {
			return nil
		}
		switch {
		case o.State != order.Open && o.State != order.Pending:
			return refuse("not-possible", "Order %s is %s: nothing is sent for it any more.", o.Name(), o.State)
		case next.Country != was.Country:
			return &Refusal{Code: "country", Field: "country", Words: "To another country freight and taxes differ: please cancel the order and place it anew."}
		}
		purchases, err := purchase.OfOrder(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if err := mayReaddress(purchases, told); err != nil {
			return err
		}
		if err := order.SetShipping(ctx, tx, o, next); err != nil {
			return err
		}
		if err := note(ctx, tx, o, "order.readdressed", string(name), actor, data{"was": oneLine(was), "now": oneLine(next), "told": told}); err != nil {
			return err
		}
		if err := mendRefused(ctx, tx, purchases); err != nil {
			return err
		}
		return source(ctx, tx, s, name, sourcing{wanted: true})
	})
}

// mayReaddress refuses while a purchase travels to the old address, or is on the line.
func mayReaddress(purchases []purchase.Purchase, told bool) error {
	for _, p := range purchases {
		switch {
		case p.State == purchase.Submitting:
			return refuse("try-again", "%s is being sent at this moment. Please try again shortly.", p.Number)
		case p.State == purchase.Uncertain && p.HoldCode == repeated:
			return refuse("try-again", "The answer to %s was lost and it is being sent again. Please try again when that is settled.", p.Number)
		case (p.State == purchase.Uncertain || p.Known()) && !told:
			return refuse("sent", "%s is at its supplier with the old address. Have it changed or stopped there first, and say so.", p.Number)
		}
	}
	return nil
}

// mendRefused lets suppliers be asked again that refused the old address.
func mendRefused(ctx context.Context, tx *db.Tx, purchases []purchase.Purchase) error {
	for _, p := range purchases {
		if p.Cause != causeAddress {
			continue
		}
		p.Cause = causeMended
		if err := purchase.Save(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// addressRefused says whether a supplier did not take the address and nobody has mended it.
func addressRefused(purchases []purchase.Purchase) bool {
	return slices.ContainsFunc(purchases, badAddress)
}

// badAddress says whether the supplier of a purchase did not take its address.
func badAddress(p purchase.Purchase) bool {
	return p.State == purchase.Rejected && p.Cause == causeAddress
}

// oneLine is an address for the timeline.
func oneLine(a order.Address) string {
	var parts []string
	for _, part := range []string{a.Name, a.Company, a.Line1, a.Line2, a.Line3, a.Sublocality, a.PostalCode, a.Locality, a.Region, a.Country, a.Phone} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
