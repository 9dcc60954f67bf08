package claim

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// MayShowReceipt says whether the customer may show what sending the goods back cost: the store
// bears it, and they are on their way or have come back. Who looks at goods on the day they come
// must not take that from anybody.
func (c Claim) MayShowReceipt() bool {
	switch c.State {
	case Returning, Inspecting:
		return c.ReturnPaid
	case Settling, Settled:
		return c.ReturnPaid && c.ReceivedAt != 0
	}
	return false
}

// Unheard says whether goods that were sent back long ago are waited for.
func (c Claim) Unheard() bool { return c.State == Returning && c.Trouble != "" }

// Waits says whether a receipt waits for somebody who looks at it.
func (r ClaimReturn) Waits() bool { return r.AskedAt != 0 && r.PaidAt == 0 }

// Asked is what the customer says that sending the goods back cost.
func (r ClaimReturn) Asked() money.Amount { return money.New(r.AskedMinor, r.Currency) }

// Paid is what was paid back for it.
func (r ClaimReturn) Paid() money.Amount { return money.New(r.PaidMinor, r.Currency) }

// Credited is the part of Paid that is store credit.
func (r ClaimReturn) Credited() money.Amount { return money.New(r.CreditMinor, r.Currency) }

// Back is the part of Paid that goes back to where the customer paid from.
func (r ClaimReturn) Back() money.Amount { return money.New(r.PaidMinor-r.CreditMinor, r.Currency) }

// ReturnOf is what is known of the way back of a claim's goods; an empty one where nothing is.
func ReturnOf(ctx context.Context, tx *db.Tx, c Claim, in money.Currency) (ClaimReturn, error) {
	r, err := New(tx).GetReturn(ctx, GetReturnParams{StoreID: c.StoreID, ClaimID: c.ClaimID})
	if errors.Is(err, sql.ErrNoRows) {
		return ClaimReturn{StoreID: c.StoreID, ClaimID: c.ClaimID, OrderID: c.OrderID, Currency: in}, nil
	}
	return r, err
}

// ReturnsOf lists what is known of the ways back of an order's claims.
func ReturnsOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]ClaimReturn, error) {
	return New(tx).ReturnsOfOrder(ctx, ReturnsOfOrderParams{StoreID: s, OrderID: o})
}

// SaveReturn writes what is known of a way back. Lock the claim first.
func SaveReturn(ctx context.Context, tx *db.Tx, r ClaimReturn) error {
	return New(tx).PutReturn(ctx, PutReturnParams{StoreID: r.StoreID, ClaimID: r.ClaimID, OrderID: r.OrderID, Currency: r.Currency, LabelUrl: r.LabelUrl,
		LabelPhoto: r.LabelPhoto, ReceiptPhoto: r.ReceiptPhoto, AskedMinor: r.AskedMinor, AskedAt: r.AskedAt, PaidMinor: r.PaidMinor,
		CreditMinor: r.CreditMinor, PaidAt: r.PaidAt, UpdatedAt: tx.Now})
}
