package purchase

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Get reads a purchase; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) (Purchase, error) {
	return db.Known(tx, string(p), func() (Purchase, error) {
		return New(tx).GetPurchase(ctx, GetPurchaseParams{StoreID: store, PurchaseID: p})
	}, "purchases")
}

// Lock reads a purchase and keeps others from changing it. Lock the order first.
func Lock(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) (Purchase, error) {
	locked, err := New(tx).LockPurchase(ctx, LockPurchaseParams{StoreID: store, PurchaseID: p})
	if err != nil {
		return locked, err
	}
	tx.Hold(string(p))
	return db.Known(tx, string(p), func() (Purchase, error) { return locked, nil }, "purchases")
}

// Save writes all that may change of a purchase, if any of it differs from what is there.
func Save(ctx context.Context, tx *db.Tx, p Purchase) error {
	there, err := Get(ctx, tx, p.StoreID, p.PurchaseID) // known already where it is locked
	if p.UpdatedAt = there.UpdatedAt; err != nil || there == p {
		return err
	}
	_, err = New(tx).SavePurchase(ctx, SavePurchaseParams{
		StoreID: p.StoreID, PurchaseID: p.PurchaseID, State: p.State, HoldReason: p.HoldReason, HoldCode: p.HoldCode,
		SubmitAt: p.SubmitAt, Ref: p.Ref, Parts: p.Parts, Unpaid: p.Unpaid, PayUrl: p.PayUrl, Code: p.Code, Words: p.Words,
		Cause: p.Cause, ExpectAt: p.ExpectAt, Attempt: p.Attempt, TriedAt: p.TriedAt, SubmittedAt: p.SubmittedAt,
		AcceptedAt: p.AcceptedAt, ShippedAt: p.ShippedAt, UpdatedAt: tx.Now, GoodsMinor: p.GoodsMinor, FreightMinor: p.FreightMinor, Late: p.Late,
		BookedMinor: p.BookedMinor,
	})
	if err != nil {
		return err
	}
	p.UpdatedAt = tx.Now
	_, err = db.Known(tx, string(p.PurchaseID), func() (Purchase, error) { return fixed(p, there), nil }, "purchases")
	return err
}

// fixed is a purchase as it is stored: what never changes is as it was.
func fixed(p, there Purchase) Purchase {
	p.StoreID, p.PurchaseID, p.OrderID, p.SupplierID, p.ConnectorID = there.StoreID, there.PurchaseID, there.OrderID, there.SupplierID, there.ConnectorID
	p.Number, p.Key, p.Service, p.Currency, p.Rate, p.Reasons = there.Number, there.Key, there.Service, there.Currency, there.Rate, there.Reasons
	p.CreatedAt, p.ClaimID = there.CreatedAt, there.ClaimID
	return p
}

// Insert writes a new purchase with its lines.
func Insert(ctx context.Context, tx *db.Tx, p Purchase, lines []PurchaseLine) error {
	q := New(tx)
	err := q.InsertPurchase(ctx, InsertPurchaseParams{
		StoreID: p.StoreID, PurchaseID: p.PurchaseID, OrderID: p.OrderID, SupplierID: p.SupplierID, ConnectorID: p.ConnectorID,
		Number: p.Number, Key: p.Key, State: p.State, HoldReason: p.HoldReason, HoldCode: p.HoldCode, SubmitAt: p.SubmitAt,
		Service: p.Service, Currency: p.Currency, GoodsMinor: p.GoodsMinor, FreightMinor: p.FreightMinor, BookedMinor: p.BookedMinor,
		Rate: p.Rate, Reasons: p.Reasons, CreatedAt: tx.Now, UpdatedAt: tx.Now, ClaimID: p.ClaimID,
	})
	if err != nil {
		return err
	}
	tx.Hold(string(p.PurchaseID)) // nobody else knows it yet
	batch := db.NewBatch(tx)
	for _, l := range lines {
		err := New(batch).InsertLine(ctx, InsertLineParams{
			StoreID: p.StoreID, PurchaseID: p.PurchaseID, LineID: l.LineID, OrderLineID: l.OrderLineID, VariantID: l.VariantID,
			OfferID: l.OfferID, SupplierSku: l.SupplierSku, Title: l.Title, Quantity: l.Quantity, UnitCostMinor: l.UnitCostMinor,
		})
		if err != nil {
			return err
		}
	}
	return batch.Write(ctx)
}

// LinesOf lists a purchase's lines.
func LinesOf(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) ([]PurchaseLine, error) {
	return db.KnownList(tx, string(p), func() ([]PurchaseLine, error) {
		return New(tx).Lines(ctx, LinesParams{StoreID: store, PurchaseID: p})
	}, "purchase_lines")
}

// OfOrder lists an order's purchases, oldest first.
func OfOrder(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Purchase, error) {
	return db.KnownList(tx, string(o), func() ([]Purchase, error) {
		return New(tx).OfOrder(ctx, OfOrderParams{StoreID: store, OrderID: o})
	}, "purchases")
}

// AllLines lists the lines of all purchases of an order.
func AllLines(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]PurchaseLine, error) {
	return db.KnownList(tx, string(o), func() ([]PurchaseLine, error) {
		return New(tx).LinesOfOrder(ctx, LinesOfOrderParams{StoreID: store, OrderID: o})
	}, "purchase_lines", "purchases")
}

// Open lists up to limit purchases that a supplier has and may yet report on, after a known one;
// also those that have left and whose parcels are on their way, where nobody else follows parcels.
func Open(ctx context.Context, tx *db.Tx, store id.Store, s id.Supplier, after id.Purchase, limit int32, moving bool) ([]Purchase, error) {
	list, err := New(tx).OpenOf(ctx, OpenOfParams{StoreID: store, SupplierID: s, PurchaseID: after, Limit: limit})
	if err != nil || !moving {
		return list, err
	}
	left, err := New(tx).MovingOf(ctx, MovingOfParams{StoreID: store, SupplierID: s, PurchaseID: after, Limit: limit})
	list = append(list, left...)
	slices.SortFunc(list, func(a, b Purchase) int { return cmp.Compare(a.PurchaseID, b.PurchaseID) })
	return list[:min(len(list), int(limit))], err
}

// ByKey finds a purchase by what the supplier knows it by; sql.ErrNoRows when there is none.
func ByKey(ctx context.Context, tx *db.Tx, store id.Store, key string) (Purchase, error) {
	return New(tx).ByKey(ctx, ByKeyParams{StoreID: store, Key: key})
}

// ByRef finds a purchase by the supplier's order number, or by one of those into which the
// supplier has split it; sql.ErrNoRows when there is none.
func ByRef(ctx context.Context, tx *db.Tx, store id.Store, s id.Supplier, ref string) (Purchase, error) {
	p, err := New(tx).ByRef(ctx, ByRefParams{StoreID: store, SupplierID: s, Ref: ref})
	if errors.Is(err, sql.ErrNoRows) {
		return New(tx).ByPart(ctx, ByPartParams{StoreID: store, SupplierID: s, Part: ref})
	}
	return p, err
}

// Split notes the further numbers by which the supplier knows a purchase.
func Split(ctx context.Context, tx *db.Tx, p Purchase, parts []string) error {
	for _, part := range parts {
		if err := New(tx).AddPart(ctx, AddPartParams{StoreID: p.StoreID, SupplierID: p.SupplierID, Part: part, PurchaseID: p.PurchaseID}); err != nil {
			return err
		}
	}
	return nil
}

// SetShort writes how many units of a line will not come.
func SetShort(ctx context.Context, tx *db.Tx, l PurchaseLine, units int64) error {
	return New(tx).SetShort(ctx, SetShortParams{StoreID: l.StoreID, PurchaseID: l.PurchaseID, LineID: l.LineID, Short: units})
}

// Begin records that a call about the purchase is about to be made.
func Begin(ctx context.Context, tx *db.Tx, p Purchase, action string) error {
	return New(tx).BeginAttempt(ctx, BeginAttemptParams{
		StoreID: p.StoreID, PurchaseID: p.PurchaseID, Attempt: p.Attempt, Action: action, BeganAt: tx.Now})
}

// MaxAnswer is how much of a supplier's raw answer is kept.
const MaxAnswer = 64 << 10

// End records what came of the call.
func End(ctx context.Context, tx *db.Tx, p Purchase, outcome, words, answer string) error {
	if len(answer) > MaxAnswer {
		answer = answer[:MaxAnswer]
	}
	return New(tx).EndAttempt(ctx, EndAttemptParams{StoreID: p.StoreID, PurchaseID: p.PurchaseID, Attempt: p.Attempt,
		EndedAt: tx.Now, Outcome: outcome, Words: words, Answer: clean(answer)})
}

// Attempts lists the calls about a purchase.
func Attempts(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) ([]Attempt, error) {
	return New(tx).Attempts(ctx, AttemptsParams{StoreID: store, PurchaseID: p})
}
