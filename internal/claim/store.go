package claim

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Insert writes a new claim with its units.
func Insert(ctx context.Context, tx *db.Tx, c Claim, units []Range) error {
	q := New(tx)
	err := q.InsertClaim(ctx, InsertClaimParams{StoreID: c.StoreID, ClaimID: c.ClaimID, OrderID: c.OrderID, Number: c.Number, State: c.State,
		Kind: c.Kind, Wish: c.Wish, Words: c.Words, CreatedAt: tx.Now,
		WishCredit: c.WishCredit, VariantID: c.VariantID, VariantMinor: c.VariantMinor})
	for i := 0; err == nil && i < len(units); i++ {
		u := units[i]
		err = q.InsertUnits(ctx, InsertUnitsParams{StoreID: c.StoreID, ClaimID: c.ClaimID, LineID: u.Line, FirstUnit: u.First, Units: u.Units})
	}
	return err
}

// Get reads a claim; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) (Claim, error) {
	return New(tx).GetClaim(ctx, GetClaimParams{StoreID: s, ClaimID: name})
}

// Lock reads a claim and keeps others from changing it. Lock the order first.
func Lock(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) (Claim, error) {
	return New(tx).LockClaim(ctx, LockClaimParams{StoreID: s, ClaimID: name})
}

// OfOrder lists an order's claims, oldest first.
func OfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]Claim, error) {
	return db.KnownList(tx, string(o), func() ([]Claim, error) {
		return New(tx).ClaimsOf(ctx, ClaimsOfParams{StoreID: s, OrderID: o})
	}, "claims")
}

// newest sorts after every name of a claim.
const newest = "cl_~"

// Live is a page of a store's claims that are not over, newest first. after is the last one of the
// page before; empty: from the beginning.
func Live(ctx context.Context, tx *db.Tx, s id.Store, after id.Claim, limit int32) ([]Claim, error) {
	if after == "" {
		after = newest
	}
	return New(tx).LiveClaims(ctx, LiveClaimsParams{StoreID: s, ClaimID: after, Limit: limit})
}

// Overdue lists claims whose customer's turn is over, the longest overdue first.
func Overdue(ctx context.Context, tx *db.Tx, s id.Store, now clock.Time, limit int32) ([]OverdueClaimsRow, error) {
	return New(tx).OverdueClaims(ctx, OverdueClaimsParams{StoreID: s, DueAt: now, Limit: limit})
}

// Save writes all that may change of a claim.
func Save(ctx context.Context, tx *db.Tx, c Claim) error {
	return New(tx).SaveClaim(ctx, SaveClaimParams{StoreID: c.StoreID, ClaimID: c.ClaimID, State: c.State, Outcome: c.Outcome, AmountMinor: c.AmountMinor,
		RefundID: c.RefundID, PurchaseID: c.PurchaseID, Trouble: c.Trouble, DueAt: c.DueAt, ReturnTo: c.ReturnTo, ReturnPaid: c.ReturnPaid,
		ReturnNumber: c.ReturnNumber, ReturnCarrier: c.ReturnCarrier, ReceivedAt: c.ReceivedAt, UpdatedAt: tx.Now,
		ToCredit: c.ToCredit, Elsewhere: c.Elsewhere})
}

// Units lists the units of a claim.
func Units(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) ([]ClaimUnit, error) {
	return New(tx).UnitsOfClaim(ctx, UnitsOfClaimParams{StoreID: s, ClaimID: name})
}

// UnitsOfOrder lists the units of all claims of an order.
func UnitsOfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]ClaimUnit, error) {
	return New(tx).UnitsOfOrder(ctx, UnitsOfOrderParams{StoreID: s, OrderID: o})
}

// Refuse notes how many of a row of units were not accepted when they came back.
func Refuse(ctx context.Context, tx *db.Tx, u ClaimUnit) error {
	return New(tx).RefuseUnits(ctx, RefuseUnitsParams{StoreID: u.StoreID, ClaimID: u.ClaimID, LineID: u.LineID, FirstUnit: u.FirstUnit, Refused: u.Refused})
}

// TermsOf are a supplier's terms; empty ones where none are stored.
func TermsOf(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier) (SupplierTerm, error) {
	t, err := New(tx).GetTerms(ctx, GetTermsParams{StoreID: s, SupplierID: supplier})
	if errors.Is(err, sql.ErrNoRows) {
		return SupplierTerm{StoreID: s, SupplierID: supplier}, nil
	}
	return t, err
}

// SetTerms stores a supplier's terms.
func SetTerms(ctx context.Context, tx *db.Tx, t SupplierTerm) error {
	return New(tx).PutTerms(ctx, PutTermsParams{StoreID: t.StoreID, SupplierID: t.SupplierID, ReturnTo: t.ReturnTo, Days: t.Days,
		Evidence: t.Evidence, Accepts: t.Accepts, Email: t.Email, UpdatedAt: tx.Now})
}

// InsertDispute writes a new dispute; the same claim demands once for each purchase, and a line
// of a statement once.
func InsertDispute(ctx context.Context, tx *db.Tx, d Dispute) (bool, error) {
	n, err := New(tx).InsertDispute(ctx, InsertDisputeParams{StoreID: d.StoreID, DisputeID: d.DisputeID, OrderID: d.OrderID, ClaimID: d.ClaimID,
		PurchaseID: d.PurchaseID, SupplierID: d.SupplierID, State: d.State, AmountMinor: d.AmountMinor, Currency: d.Currency, Line: d.Line, DueAt: d.DueAt,
		CreatedAt: tx.Now})
	return n > 0, err
}

// GetDispute reads a dispute; sql.ErrNoRows when there is none.
func GetDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute) (Dispute, error) {
	return New(tx).GetDispute(ctx, GetDisputeParams{StoreID: s, DisputeID: name})
}

// LockDispute reads a dispute and keeps others from changing it. Lock the order first.
func LockDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute) (Dispute, error) {
	return New(tx).LockDispute(ctx, LockDisputeParams{StoreID: s, DisputeID: name})
}

// DisputesOf lists an order's disputes, oldest first.
func DisputesOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]Dispute, error) {
	return New(tx).DisputesOf(ctx, DisputesOfParams{StoreID: s, OrderID: o})
}

// DisputesOfPurchase lists a purchase's disputes, oldest first.
func DisputesOfPurchase(ctx context.Context, tx *db.Tx, s id.Store, p id.Purchase) ([]Dispute, error) {
	return New(tx).DisputesOfPurchase(ctx, DisputesOfPurchaseParams{StoreID: s, PurchaseID: p})
}

// OverdueDisputes lists demands whose window is over and that the supplier does not have.
func OverdueDisputes(ctx context.Context, tx *db.Tx, s id.Store, now clock.Time, limit int32) ([]OverdueDisputesRow, error) {
	return New(tx).OverdueDisputes(ctx, OverdueDisputesParams{StoreID: s, DueAt: now, Limit: limit})
}

// NearDisputes lists demands whose window ends before a day, and of which nobody was told that.
func NearDisputes(ctx context.Context, tx *db.Tx, s id.Store, before clock.Time, limit int32) ([]NearDisputesRow, error) {
	return New(tx).NearDisputes(ctx, NearDisputesParams{StoreID: s, DueAt: before, Limit: limit})
}

// ToldDisputes lists demands that a supplier has by its connector and that are not over, after a
// known one.
func ToldDisputes(ctx context.Context, tx *db.Tx, s id.Store, after id.Dispute, limit int32) ([]Dispute, error) {
	return New(tx).ToldDisputes(ctx, ToldDisputesParams{StoreID: s, DisputeID: after, Limit: limit})
}

// SaveDispute writes all that may change of a dispute.
func SaveDispute(ctx context.Context, tx *db.Tx, d Dispute) error {
	return New(tx).SaveDispute(ctx, SaveDisputeParams{StoreID: d.StoreID, DisputeID: d.DisputeID, State: d.State, CreditedMinor: d.CreditedMinor,
		Ref: d.Ref, Words: d.Words, FiledAt: d.FiledAt, UpdatedAt: tx.Now, WaivedMinor: d.WaivedMinor, Way: d.Way, Trouble: d.Trouble, Near: d.Near,
		TriedAt: d.TriedAt})
}
