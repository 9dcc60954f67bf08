package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// DisputeSaid is what a provider says of a bank's demand.
type DisputeSaid struct {
	Connector   id.Connector
	PaymentRef  string
	Ref         string
	State       string // inquiry, opened, answered, won, lost, dropped
	Reason      string
	AmountMinor int64
	FeeMinor    int64 // what the provider charges for it, less what it gave back
	FeeCurrency money.Currency
	Currency    money.Currency
	Due         clock.Time
	Withdrawn   bool // the money has left the balance
	Actor       Actor
}

// chargebackEvents says which events lead to each word; all that are possible happen, in
// this order, because messages get lost and overtake each other. For the same reason an old
// "opened" does not open again what is decided: banks give a second demand a name of its own.
var chargebackEvents = map[string][]ledger.ChargebackEvent{
	"opened": {ledger.Escalate}, "answered": {ledger.AnswerChargeback}, "dropped": {ledger.DropChargeback},
	"won": {ledger.Escalate, ledger.WinChargeback}, "lost": {ledger.Escalate, ledger.LoseChargeback},
}

// DisputeSaidSo takes in what a provider says of a chargeback; false when the payment is not
// known here.
func DisputeSaidSo(ctx context.Context, tx *db.Tx, s id.Store, said DisputeSaid) (bool, error) {
	p, known, err := findPayment(ctx, tx, s, "", said.Connector, said.PaymentRef)
	if err != nil || !known {
		return false, err
	}
	return true, change(ctx, tx, s, p.OrderID, func(o order.Order) error {
		c, err := ledger.ChargebackByRef(ctx, tx, s, p.PaymentID, said.Ref)
		if errors.Is(err, sql.ErrNoRows) {
			return openChargeback(ctx, tx, o, p, said)
		}
		if err != nil {
			return err
		}
		return moveChargeback(ctx, tx, o, c, said)
	})
}

func openChargeback(ctx context.Context, tx *db.Tx, o order.Order, p ledger.Payment, said DisputeSaid) error {
	c := ledger.Chargeback{StoreID: o.StoreID, ChargebackID: id.Chargeback(id.New("cb", tx.Now.Std())), OrderID: o.OrderID,
		PaymentID: p.PaymentID, State: ledger.ChargebackOpened, AmountMinor: said.AmountMinor, Currency: p.Currency, Ref: said.Ref,
		Reason: said.Reason, DueAt: said.Due}
	if said.State == "inquiry" {
		c.State = ledger.ChargebackInquiry
	}
	if _, err := ledger.InsertChargeback(ctx, tx, c); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "chargeback."+string(c.State), string(c.ChargebackID), said.Actor,
		data{"amount": money.New(c.AmountMinor, c.Currency), "reason": said.Reason, "due": said.Due}); err != nil {
		return err
	}
	return moveChargeback(ctx, tx, o, c, said)
}

func moveChargeback(ctx context.Context, tx *db.Tx, o order.Order, c ledger.Chargeback, said DisputeSaid) error {
	was, taken := c.State, c.Withdrawn
	for _, e := range chargebackEvents[said.State] {
		if next, err := ledger.Chargebacks.Next(c.State, e); err == nil {
			c.State = next
		}
	}
	c.DueAt = max(c.DueAt, said.Due)
	back := c.State == ledger.ChargebackWon || c.State == ledger.ChargebackDropped
	c.Withdrawn = (c.Withdrawn || said.Withdrawn) && !back // the bank has it until it decides for us
	if err := ledger.SaveChargeback(ctx, tx, c); err != nil {
		return err
	}
	if err := bookChargeback(ctx, tx, c, taken); err != nil {
		return err
	}
	if err := bookDisputeFee(ctx, tx, c, said); err != nil {
		return err
	}
	if c.State == was {
		return nil
	}
	return note(ctx, tx, o, "chargeback."+string(c.State), string(c.ChargebackID), said.Actor, data{"reason": said.Reason})
}

// bookChargeback books money that the bank took, and money that it gave back.
func bookChargeback(ctx context.Context, tx *db.Tx, c ledger.Chargeback, taken bool) error {
	p := ledger.ChargebackOf(c, taken)
	if p.Key == "" {
		return nil
	}
	_, err := ledger.Post(ctx, tx, c.StoreID, p)
	return err
}

// bookDisputeFee books what the provider charges for the chargeback, once, and what it gives back
// of that when the bank decides for us.
func bookDisputeFee(ctx context.Context, tx *db.Tx, c ledger.Chargeback, said DisputeSaid) error {
	if said.FeeCurrency != c.Currency {
		return nil
	}
	fee := ledger.Posting{Key: string(c.ChargebackID) + "/fee", Order: c.OrderID, Subject: string(c.ChargebackID),
		Kind: ledger.Fee, Debit: ledger.Fees, Credit: ledger.Cash, Amount: money.New(said.FeeMinor, c.Currency)}
	if said.FeeMinor <= 0 {
		entries, err := ledger.Entries(ctx, tx, c.StoreID, c.OrderID)
		if err != nil || c.State != ledger.ChargebackWon && c.State != ledger.ChargebackDropped {
			return err
		}
		fee.Key, fee.Kind, fee.Debit, fee.Credit = fee.Subject+"/fee-back", ledger.FeeBack, ledger.Cash, ledger.Fees
		fee.Amount.Minor = sumOfSubject(entries, fee.Subject, ledger.Fee)
	}
	_, err := ledger.Post(ctx, tx, c.StoreID, fee)
	return err
}

// reopenOrder brings a closed order back to people's eyes.
func reopenOrder(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.State != order.Closed {
		return err
	}
	if o, err = order.Step(ctx, tx, o, order.Reopen); err != nil {
		return err
	}
	return note(ctx, tx, o, "order.reopened", string(o.OrderID), System, nil)
}
