package ledger

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Post books an entry; false when its key is booked already. Nothing is booked for zero.
func Post(ctx context.Context, tx *db.Tx, store id.Store, p Posting) (bool, error) {
	if p.Amount.IsZero() {
		return false, nil
	}
	n, err := New(tx).InsertEntry(ctx, InsertEntryParams{
		StoreID: store, EntryID: id.Entry(id.Ordered("le", tx.Now.Std(), tx.Next())), EntryKey: p.Key, OrderID: p.Order,
		Subject: p.Subject, Kind: p.Kind, Debit: p.Debit, Credit: p.Credit, AmountMinor: p.Amount.Minor,
		Currency: p.Amount.Currency, At: tx.Now,
	})
	return n > 0, err
}

// Entries lists an order's entries, oldest first.
func Entries(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]LedgerEntry, error) {
	return New(tx).EntriesOf(ctx, EntriesOfParams{StoreID: store, OrderID: o})
}

// InsertPayment writes a payment in its first state.
func InsertPayment(ctx context.Context, tx *db.Tx, p Payment) error {
	return New(tx).InsertPayment(ctx, InsertPaymentParams{
		StoreID: p.StoreID, PaymentID: p.PaymentID, OrderID: p.OrderID, ConnectorID: p.ConnectorID, Driver: p.Driver,
		State: PaymentCreated, AmountMinor: p.AmountMinor, Currency: p.Currency, Manual: p.Manual, CaptureNow: p.CaptureNow,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, ExchangeID: p.ExchangeID,
	})
}

// GetPayment reads a payment; sql.ErrNoRows when there is none.
func GetPayment(ctx context.Context, tx *db.Tx, store id.Store, p id.Payment) (Payment, error) {
	return db.Known(tx, string(p), func() (Payment, error) {
		return New(tx).GetPayment(ctx, GetPaymentParams{StoreID: store, PaymentID: p})
	}, "payments")
}

// LockPayment reads a payment and keeps others from changing it.
func LockPayment(ctx context.Context, tx *db.Tx, store id.Store, p id.Payment) (Payment, error) {
	locked, err := New(tx).LockPayment(ctx, LockPaymentParams{StoreID: store, PaymentID: p})
	if err == nil {
		tx.Hold(string(p))
	}
	return locked, err
}

// PaymentByRef finds a payment by the provider's name of it.
func PaymentByRef(ctx context.Context, tx *db.Tx, store id.Store, c id.Connector, ref string) (Payment, error) {
	return New(tx).PaymentByRef(ctx, PaymentByRefParams{StoreID: store, ConnectorID: c, Ref: ref})
}

// PaymentsOf lists an order's payments, oldest first.
func PaymentsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Payment, error) {
	return db.KnownList(tx, string(o), func() ([]Payment, error) {
		return New(tx).PaymentsOf(ctx, PaymentsOfParams{StoreID: store, OrderID: o})
	}, "payments")
}

// SavePayment writes all that may change of a payment.
func SavePayment(ctx context.Context, tx *db.Tx, p Payment) error {
	return New(tx).SavePayment(ctx, SavePaymentParams{StoreID: p.StoreID, PaymentID: p.PaymentID, State: p.State,
		CapturedMinor: p.CapturedMinor, Ref: p.Ref, Url: p.Url, Words: p.Words, LapsesAt: p.LapsesAt, UpdatedAt: tx.Now, Slow: p.Slow})
}

// InsertRefund writes a refund in its first state.
func InsertRefund(ctx context.Context, tx *db.Tx, r Refund) error {
	return New(tx).InsertRefund(ctx, InsertRefundParams{StoreID: r.StoreID, RefundID: r.RefundID, OrderID: r.OrderID,
		PaymentID: r.PaymentID, State: r.State, AmountMinor: r.AmountMinor, Currency: r.Currency, Reason: r.Reason,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, ToCredit: r.ToCredit, ClaimID: r.ClaimID})
}

// GetRefund reads a refund; sql.ErrNoRows when there is none.
func GetRefund(ctx context.Context, tx *db.Tx, store id.Store, r id.Refund) (Refund, error) {
	return New(tx).GetRefund(ctx, GetRefundParams{StoreID: store, RefundID: r})
}

// LockRefund reads a refund and keeps others from changing it.
func LockRefund(ctx context.Context, tx *db.Tx, store id.Store, r id.Refund) (Refund, error) {
	return New(tx).LockRefund(ctx, LockRefundParams{StoreID: store, RefundID: r})
}

// RefundsOf lists an order's refunds, oldest first.
func RefundsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Refund, error) {
	return db.KnownList(tx, string(o), func() ([]Refund, error) {
		return New(tx).RefundsOf(ctx, RefundsOfParams{StoreID: store, OrderID: o})
	}, "refunds")
}

// SaveRefund writes all that may change of a refund.
func SaveRefund(ctx context.Context, tx *db.Tx, r Refund) error {
	return New(tx).SaveRefund(ctx, SaveRefundParams{StoreID: r.StoreID, RefundID: r.RefundID, State: r.State, Ref: r.Ref,
		Words: r.Words, Tries: r.Tries, UpdatedAt: tx.Now, PendingAt: r.PendingAt, Slow: r.Slow})
}

// PendingRefunds lists up to limit refunds that a provider has and has not decided on, after a
// known one.
func PendingRefunds(ctx context.Context, tx *db.Tx, store id.Store, c id.Connector, after id.Refund, limit int32) ([]Refund, error) {
	return New(tx).PendingRefunds(ctx, PendingRefundsParams{StoreID: store, ConnectorID: c, RefundID: after, Limit: limit})
}

// VoidingPayments lists up to limit payments that a provider was asked to let go of, after a
// known one.
func VoidingPayments(ctx context.Context, tx *db.Tx, store id.Store, c id.Connector, after id.Payment, limit int32) ([]Payment, error) {
	return New(tx).VoidingPayments(ctx, VoidingPaymentsParams{StoreID: store, ConnectorID: c, PaymentID: after, Limit: limit})
}

// InsertChargeback writes a chargeback; false when the payment has that one already.
func InsertChargeback(ctx context.Context, tx *db.Tx, c Chargeback) (bool, error) {
	n, err := New(tx).InsertChargeback(ctx, InsertChargebackParams{StoreID: c.StoreID, ChargebackID: c.ChargebackID,
		OrderID: c.OrderID, PaymentID: c.PaymentID, State: c.State, AmountMinor: c.AmountMinor, Currency: c.Currency, Ref: c.Ref,
		Reason: c.Reason, DueAt: c.DueAt, Withdrawn: c.Withdrawn, CreatedAt: tx.Now, UpdatedAt: tx.Now})
	return n > 0, err
}

// ChargebackByRef finds a payment's chargeback by the bank's name of it.
func ChargebackByRef(ctx context.Context, tx *db.Tx, store id.Store, p id.Payment, ref string) (Chargeback, error) {
	return New(tx).ChargebackByRef(ctx, ChargebackByRefParams{StoreID: store, PaymentID: p, Ref: ref})
}

// ChargebacksOf lists an order's chargebacks, oldest first.
func ChargebacksOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Chargeback, error) {
	return db.KnownList(tx, string(o), func() ([]Chargeback, error) {
		return New(tx).ChargebacksOf(ctx, ChargebacksOfParams{StoreID: store, OrderID: o})
	}, "chargebacks")
}

// SaveChargeback writes all that may change of a chargeback.
func SaveChargeback(ctx context.Context, tx *db.Tx, c Chargeback) error {
	return New(tx).SaveChargeback(ctx, SaveChargebackParams{StoreID: c.StoreID, ChargebackID: c.ChargebackID, State: c.State,
		DueAt: c.DueAt, Withdrawn: c.Withdrawn, UpdatedAt: tx.Now, Near: c.Near})
}

// GetChargeback reads a chargeback; sql.ErrNoRows when there is none.
func GetChargeback(ctx context.Context, tx *db.Tx, store id.Store, c id.Chargeback) (Chargeback, error) {
	return New(tx).GetChargeback(ctx, GetChargebackParams{StoreID: store, ChargebackID: c})
}

// NearChargebacks lists chargebacks that must be answered before a day, and of which nobody was
// told that.
func NearChargebacks(ctx context.Context, tx *db.Tx, store id.Store, before clock.Time, limit int32) ([]NearChargebacksRow, error) {
	return New(tx).NearChargebacks(ctx, NearChargebacksParams{StoreID: store, DueAt: before, Limit: limit})
}

// InsertAnswer writes the draft of an answer to a chargeback, unless there is one.
func InsertAnswer(ctx context.Context, tx *db.Tx, a ChargebackAnswer) error {
	_, err := New(tx).InsertAnswer(ctx, InsertAnswerParams{StoreID: a.StoreID, ChargebackID: a.ChargebackID, OrderID: a.OrderID, State: AnswerDraft,
		Fields: a.Fields, CreatedAt: tx.Now})
	return err
}

// AnswerTo reads our answer to a chargeback; sql.ErrNoRows when nothing is prepared. Lock the
// order before it is changed.
func AnswerTo(ctx context.Context, tx *db.Tx, store id.Store, c id.Chargeback) (ChargebackAnswer, error) {
	return New(tx).GetAnswer(ctx, GetAnswerParams{StoreID: store, ChargebackID: c})
}

// SaveAnswer writes all that may change of an answer.
func SaveAnswer(ctx context.Context, tx *db.Tx, a ChargebackAnswer) error {
	return New(tx).SaveAnswer(ctx, SaveAnswerParams{StoreID: a.StoreID, ChargebackID: a.ChargebackID, State: a.State, Fields: a.Fields, Words: a.Words,
		Actor: a.Actor, TriedAt: a.TriedAt, SentAt: a.SentAt, UpdatedAt: tx.Now})
}
