package flow

import (
	"context"
	"errors"
	"slices"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
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
// as a new purchase; so is a claim's replacement that a supplier refused for it. The country stays: freight and taxes hang on it. What a supplier has
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
		parcels, err := shipment.OfOrder(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if err := mayReaddress(purchases, parcels, told); err != nil {
			return err
		}
		again, err := claimsRefused(ctx, tx, o, purchases)
		if err != nil {
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
		if err := source(ctx, tx, s, name, sourcing{wanted: true}); err != nil {
			return err
		}
		return sendMended(ctx, tx, o, again, actor)
	})
}

// claimsRefused are the claims that failed because a supplier did not take the address, and of
// which something is still to be sent.
func claimsRefused(ctx context.Context, tx *db.Tx, o order.Order, purchases []purchase.Purchase) (list []claim.Claim, err error) {
	if !slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID != "" && badAddress(p) }) {
		return nil, nil
	}
	all, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.State != claim.Failed || !slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID == c.ClaimID && badAddress(p) }) {
			continue
		}
		needs, _, err := claimNeeds(ctx, tx, o, c, purchases, false)
		if err != nil {
			return nil, err
		}
		if len(needs) > 0 {
			list = append(list, c)
		}
	}
	return list, nil
}

// sendMended buys for claims what was refused because of the old address. Where nobody can send it
// now the address is corrected all the same, and the claim says why.
func sendMended(ctx context.Context, tx *db.Tx, o order.Order, list []claim.Claim, actor Actor) error {
	for i := range list {
		c := &list[i]
		err := sendClaim(ctx, tx, o, c, sourcing{wanted: true, unsent: true}, actor)
		if refused, ok := errors.AsType[*Refusal](err); ok {
			c.Trouble = "The address is corrected. " + refused.Words
			err = claim.Save(ctx, tx, *c)
		}
		if err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	return closeIfDone(ctx, tx, o) // it was kept open for the address
}

// mayReaddress refuses while a purchase travels to the old address, or is on the line.
func mayReaddress(purchases []purchase.Purchase, parcels []shipment.Shipment, told bool) error {
	for _, p := range purchases {
		switch {
		case arrived(p, parcels):
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
