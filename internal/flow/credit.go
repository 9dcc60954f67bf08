package flow

import (
	"context"
	"errors"
	"strings"

	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// payWithCredit takes what the order costs, or as much as there is, off its customer's store
// credit. It is promised until the order is confirmed, and given back if it never is. Nil
// where nothing was taken.
func payWithCredit(ctx context.Context, tx *db.Tx, o order.Order, actor Actor) (*ledger.Payment, error) {
	has, err := ledger.Spendable(ctx, tx, o.StoreID, o.CustomerID, o.Currency)
	n := min(has.Minor, o.TotalMinor)
	if err != nil || n <= 0 {
		return nil, err
	}
	p := ledger.Payment{StoreID: o.StoreID, PaymentID: id.Payment(id.Ordered("pa", tx.Now.Std(), 0)), OrderID: o.OrderID, Driver: ledger.CreditDriver,
		State: ledger.PaymentCreated, AmountMinor: n, Currency: o.Currency, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if err := ledger.InsertPayment(ctx, tx, p); err != nil {
		return nil, err
	}
	_, err = ledger.MoveCredit(ctx, tx, o.StoreID, ledger.Move{Key: string(p.PaymentID) + "/used", Customer: o.CustomerID, Order: o.OrderID,
		Kind: ledger.CreditUsed, Amount: money.New(-n, o.Currency), Actor: string(actor)})
	if errors.Is(err, ledger.ErrCredit) {
		return nil, &Refusal{Code: "credit-short", Words: "The store credit has just been spent. Please look at the sum again."}
	}
	if err != nil {
		return nil, err
	}
	if err := note(ctx, tx, o, "payment.created", string(p.PaymentID), actor, data{"amount": p.Amount(), "driver": p.Driver}); err != nil {
		return nil, err
	}
	if err := applyPayment(ctx, tx, o, p, PaymentSaid{State: "authorised", AmountMinor: n, Currency: o.Currency, Words: "store credit", Actor: System}); err != nil {
		return nil, err
	}
	p, err = ledger.GetPayment(ctx, tx, o.StoreID, p.PaymentID)
	return &p, err
}

// creditOn is the store credit that pays for an order, promised or taken.
func creditOn(ctx context.Context, tx *db.Tx, o order.Order) (sum int64, err error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range payments {
		if p.OfCredit() && (p.State == ledger.PaymentAuthorised || p.State == ledger.PaymentCaptured) {
			sum += p.AmountMinor
		}
	}
	return sum, err
}

// spendCredit takes the store credit that was promised, now that the order is confirmed.
func spendCredit(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	payments, err := ledger.PaymentsOf(ctx, tx, e.StoreID, e.OrderID)
	for _, p := range payments {
		if err == nil && p.OfCredit() && p.State == ledger.PaymentAuthorised {
			err = applyPayment(ctx, tx, o, p, PaymentSaid{State: "captured", AmountMinor: p.AmountMinor, Currency: p.Currency, Actor: System})
		}
	}
	return err
}

// letGoOfCredit gives back store credit that was promised to an order that came to nothing.
func letGoOfCredit(ctx context.Context, tx *db.Tx, p ledger.Payment) error {
	if !ledger.Payments.Can(p.State, ledger.Void) {
		return nil
	}
	o, err := order.Get(ctx, tx, p.StoreID, p.OrderID)
	if err != nil {
		return err
	}
	_, err = ledger.MoveCredit(ctx, tx, p.StoreID, ledger.Move{Key: string(p.PaymentID) + "/released", Customer: o.CustomerID, Order: o.OrderID,
		Kind: ledger.CreditBack, Amount: p.Amount(), Actor: string(System)})
	if err != nil {
		return err
	}
	return applyPayment(ctx, tx, o, p, PaymentSaid{State: "voided", Currency: p.Currency, Words: "the store credit is free again", Actor: System})
}

// refundCredit puts a refund on the customer's store credit, at once.
func refundCredit(ctx context.Context, tx *db.Tx, o order.Order, r ledger.Refund, p ledger.Payment) error {
	kind := ledger.CreditRefund
	if p.OfCredit() {
		kind = ledger.CreditBack
	}
	_, err := ledger.MoveCredit(ctx, tx, o.StoreID, ledger.Move{Key: string(r.RefundID), Customer: o.CustomerID, Order: o.OrderID, Kind: kind,
		Amount: r.Amount(), Words: r.Reason, Actor: string(System)})
	if err != nil {
		return err
	}
	return applyRefund(ctx, tx, o, r, RefundSaid{State: "succeeded", Words: r.Words, Actor: System})
}

// Grant is store credit that a person gives or takes back.
type Grant struct {
	Customer id.Customer
	Amount   money.Amount // negative: taken back
	Words    string       // why; the customer may read it
	Key      string       // of the form: the same again is one grant
	Actor    Actor
}

// GrantCredit gives a customer store credit by hand, with a reason, or takes some back. More
// than there is cannot be taken.
func GrantCredit(ctx context.Context, tx *db.Tx, s id.Store, g Grant) error {
	g.Words = strings.TrimSpace(g.Words)
	set, err := settingsOf(ctx, tx, s)
	switch {
	case err != nil:
		return err
	case g.Amount.IsZero():
		return &Refusal{Code: "amount", Field: "amount", Words: "How much? An amount is more than nothing."}
	case g.Amount.Currency != set.Currency:
		return &Refusal{Code: "currency", Field: "amount", Words: "Store credit is in the store's currency, " + string(set.Currency) + "."}
	case g.Words == "" || len(g.Words) > 500:
		return &Refusal{Code: "words", Field: "words", Words: "Please say why, in at most 500 letters. The customer can read it."}
	}
	return grant(ctx, tx, s, g, ledger.CreditHand, "")
}

// grant books store credit that is given away, or taken back.
func grant(ctx context.Context, tx *db.Tx, s id.Store, g Grant, kind string, o id.Order) error {
	key := orElse(g.Key, id.New("gr", tx.Now.Std()))
	moved, err := ledger.MoveCredit(ctx, tx, s, ledger.Move{Key: key, Customer: g.Customer, Order: o, Kind: kind, Amount: g.Amount, Words: g.Words,
		Actor: string(g.Actor)})
	if errors.Is(err, ledger.ErrCredit) {
		return &Refusal{Code: "credit-short", Field: "amount", Words: "The customer has not so much store credit."}
	}
	if err != nil || !moved {
		return err
	}
	p := ledger.Posting{Key: key + "/granted", Order: o, Subject: string(g.Customer), Kind: ledger.Granted, Debit: ledger.Goodwill,
		Credit: ledger.StoreCredit, Amount: g.Amount}
	if g.Amount.Minor < 0 {
		p.Debit, p.Credit, p.Amount.Minor = ledger.StoreCredit, ledger.Goodwill, -g.Amount.Minor
	}
	if _, err := ledger.Post(ctx, tx, s, p); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Order: o, Kind: "credit.granted", Subject: string(g.Customer), Actor: string(g.Actor),
		Data: data{"amount": g.Amount, "words": g.Words}})
}

// SpendCredit says whether the cart of a signed-in customer is paid with store credit first.
func SpendCredit(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, use bool) error {
	return cartRefusal(cart.SetUseCredit(ctx, tx, s, name, use))
}
