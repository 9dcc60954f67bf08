package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
)

// endClaims ends the claims of an order that is cancelled once nothing of its payments is here any
// more: all that they could be about has gone back. Where money of a claim or another article is
// still under way the claim ends with that. One for which goods were asked back is left to a person,
// who sees it: what comes of them nobody knows here.
func endClaims(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.State != order.Cancelled {
		return err
	}
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return err
	}
	if left, err := moneyLeft(ctx, tx, o); err != nil || left {
		return err
	}
	list, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for i := range list {
		if err := endClaim(ctx, tx, o, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

func endClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	switch {
	case c.State == claim.Returning && c.Trouble == "":
		c.Trouble = "The order is cancelled and all of its money is back, and goods are asked back for the claim. When they come, say so and decline it with a word " +
			"about that; nothing is paid for them once more."
		return noteClaim(ctx, tx, o, c, "claim.back-cancelled", System, data{"words": c.Trouble})
	case c.ReturnTo != "" || !claim.Claims.Can(c.State, claim.End):
		return nil
	}
	c.Trouble = ""
	return stepClaim(ctx, tx, o, c, claim.End, "claim.over", System, nil)
}

// moneyLeft says whether anything of an order's payments is here, or may yet be: what was taken and
// has neither gone back nor been taken by a bank, or what is promised and not let go of.
func moneyLeft(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return true, err
	}
	if slices.ContainsFunc(payments, func(p ledger.Payment) bool {
		return slices.Contains([]ledger.PaymentState{ledger.PaymentAuthorised, ledger.PaymentCapturing, ledger.PaymentVoiding}, p.State)
	}) {
		return true, nil
	}
	var f order.Facts
	err = gatherMoney(ctx, tx, o, &f)
	return f.InDispute || f.Captured > f.Refunded+f.Taken, err
}
