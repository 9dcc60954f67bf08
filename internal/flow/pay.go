package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// PaymentSaid is what a provider says of a payment, by our name of it or by theirs.
type PaymentSaid struct {
	Payment     id.Payment // ours, or
	Connector   id.Connector
	Ref         string // the provider's
	State       string // pending, authorised, captured, failed, voided, expired
	AmountMinor int64  // authorised or captured; 0 = as asked
	FeeMinor    int64
	Currency    money.Currency
	FeeCurrency money.Currency
	URL         string
	Words       string
	Lapses      clock.Time
	Actor       Actor
}

// Outcome is what came of a call, in the words of connector.Outcome.
type Outcome struct {
	Kind  string // done, not-sent, uncertain, rejected, unauthorised, not-found
	Code  string
	Words string
	Cause string
	Raw   string
}

// The kinds of outcome.
const (
	Done         = "done"
	NotSent      = "not-sent"
	Lost         = "uncertain"
	RejectedCall = "rejected"
	Unauthorised = "unauthorised"
	NotFound     = "not-found"
)

// findPayment finds the payment that a provider speaks of; false when we do not know it.
func findPayment(ctx context.Context, tx *db.Tx, s id.Store, key id.Payment, c id.Connector, ref string) (ledger.Payment, bool, error) {
	if key != "" {
		p, err := ledger.GetPayment(ctx, tx, s, key)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return p, err == nil, err
		}
	}
	if ref == "" {
		return ledger.Payment{}, false, nil
	}
	p, err := ledger.PaymentByRef(ctx, tx, s, c, ref)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// PaymentSaidSo takes in what a provider says. It may come twice, late and in any order:
// what is not possible any more changes nothing. False when the payment is not known here.
func PaymentSaidSo(ctx context.Context, tx *db.Tx, s id.Store, said PaymentSaid) (bool, error) {
	p, known, err := findPayment(ctx, tx, s, said.Payment, said.Connector, said.Ref)
	if err != nil || !known {
		return false, err
	}
	return true, change(ctx, tx, s, p.OrderID, func(o order.Order) error {
		p, err := ledger.LockPayment(ctx, tx, s, p.PaymentID)
		if err != nil {
			return err
		}
		return applyPayment(ctx, tx, o, p, said)
	})
}

// paymentEvents says which event each word of a provider is.
var paymentEvents = map[string]ledger.PaymentEvent{
	"pending": ledger.Begin, "authorised": ledger.Authorise, "captured": ledger.Capture,
	"failed": ledger.FailPayment, "voided": ledger.Void, "expired": ledger.ExpirePayment,
}

func applyPayment(ctx context.Context, tx *db.Tx, o order.Order, p ledger.Payment, said PaymentSaid) error {
	if said.Currency != "" && said.Currency != p.Currency {
		return note(ctx, tx, o, "payment.wrong-currency", string(p.PaymentID), said.Actor,
			data{"state": said.State, "amount": money.New(said.AmountMinor, said.Currency), "expected": p.Amount()})
	}
	before := p
	p.Ref = orElse(said.Ref, p.Ref)
	p.Url = orElse(webLink(said.URL), p.Url)
	p.Words = orElse(said.Words, p.Words)
	p.LapsesAt = max(p.LapsesAt, said.Lapses)
	if err := bookFee(ctx, tx, p, said); err != nil {
		return err
	}
	next, err := ledger.Payments.Next(p.State, paymentEvents[said.State])
	if err != nil { // old news, or news that the table has no place for
		if p != before {
			return ledger.SavePayment(ctx, tx, p)
		}
		return nil
	}
	p.State, p.Slow = next, false
	if next == ledger.PaymentCaptured {
		p.CapturedMinor = p.AmountMinor
		if said.AmountMinor > 0 {
			p.CapturedMinor = said.AmountMinor
		}
	}
	if err := ledger.SavePayment(ctx, tx, p); err != nil {
		return err
	}
	return note(ctx, tx, o, "payment."+string(next), string(p.PaymentID), said.Actor,
		data{"amount": p.Amount(), "words": said.Words, "captured_minor": p.CapturedMinor})
}

// bookFee books what the provider keeps. It often says so later than that it has the money.
func bookFee(ctx context.Context, tx *db.Tx, p ledger.Payment, said PaymentSaid) error {
	if said.FeeMinor <= 0 || said.FeeCurrency != p.Currency {
		return nil
	}
	_, err := ledger.Post(ctx, tx, p.StoreID, ledger.Posting{Key: string(p.PaymentID) + "/fee", Order: p.OrderID, Subject: string(p.PaymentID),
		Kind: ledger.Fee, Debit: ledger.Fees, Credit: ledger.Cash, Amount: money.New(said.FeeMinor, p.Currency)})
	return err
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// bookCapture books the money that came in.
func bookCapture(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, id.Payment(e.Subject))
	if err != nil {
		return err
	}
	_, err = ledger.Post(ctx, tx, e.StoreID, ledger.CaptureOf(p))
	return err
}

// confirmOrder opens an order whose money is there or promised.
func confirmOrder(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.State != order.Pending {
		return err
	}
	if covered, err := covers(ctx, tx, o); err != nil || !covered {
		return err // too little came: it stays unconfirmed, says so, and goes back when the order expires
	}
	if o, err = order.Step(ctx, tx, o, order.Confirm); err != nil {
		return err
	}
	if _, err := job.Cancel(ctx, tx, "order/"+string(o.OrderID)+"/expire"); err != nil {
		return err
	}
	return note(ctx, tx, o, "order.confirmed", string(o.OrderID), System, nil)
}

// covers says whether what was taken and promised pays for the order.
func covers(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	var sum int64
	for _, p := range payments {
		if p.ExchangeID != "" {
			continue
		}
		sum += p.CapturedMinor
		if p.State == ledger.PaymentAuthorised || p.State == ledger.PaymentCapturing {
			sum += p.AmountMinor
		}
	}
	return sum >= o.TotalMinor, err
}

// bookSale books what the customer owes.
func bookSale(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	_, err = ledger.Post(ctx, tx, e.StoreID, ledger.SaleOf(o.OrderID, o.Total()))
	return err
}

// returnIfCancelled lets go of, or gives back, money that came for an order that is gone.
func returnIfCancelled(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.State != order.Cancelled {
		return err
	}
	return returnMoney(ctx, tx, e)
}

// captureWhenPromised takes an authorised payment once every live purchase is promised by its
// supplier, and some goods have left where the store has set that. What is left of an order may
// be so without news of it, because the rest has ended: an order that is kept, or at its end,
// asks too.
func captureWhenPromised(ctx context.Context, tx *db.Tx, e event.Event) error {
	set, err := settingsOf(ctx, tx, e.StoreID)
	if err != nil {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	promised, sent := 0, 0
	for _, p := range purchases {
		switch {
		case !p.Live():
		case p.State == purchase.Shipping || p.State == purchase.Shipped:
			sent++
		case p.State == purchase.Accepted:
			promised++
		default:
			return nil
		}
	}
	if sent == 0 && (promised == 0 || set.CaptureWhen == store.CaptureWhenShipped) {
		return nil
	}
	return askCapture(ctx, tx, e.StoreID, e.OrderID)
}

// askCapture makes the job that takes what is authorised of an order.
func askCapture(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) error {
	payments, err := ledger.PaymentsOf(ctx, tx, s, o)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if p.State != ledger.PaymentAuthorised || p.Manual || p.OfCredit() || p.ExchangeID != "" {
			continue
		}
		if err := job.Add(ctx, tx, job.New{Store: s, Kind: "payment.capture", Key: "payment/" + string(p.PaymentID) + "/capture",
			Lane: string(p.ConnectorID), Payload: PaymentJob{p.PaymentID}}); err != nil {
			return err
		}
	}
	return nil
}

// BeginCapture moves the payment to capturing; nil when there is nothing to take any more.
// Asking twice is harmless: the provider knows the key.
func BeginCapture(ctx context.Context, tx *db.Tx, s id.Store, p id.Payment) (*ledger.Payment, error) {
	return beginPayment(ctx, tx, s, p, ledger.AskCapture, ledger.PaymentCapturing)
}

// BeginVoid moves the payment to voiding; nil when there is nothing to let go of any more.
func BeginVoid(ctx context.Context, tx *db.Tx, s id.Store, p id.Payment) (*ledger.Payment, error) {
	return beginPayment(ctx, tx, s, p, ledger.AskVoid, ledger.PaymentVoiding)
}

func beginPayment(ctx context.Context, tx *db.Tx, s id.Store, name id.Payment, e ledger.PaymentEvent, during ledger.PaymentState) (begun *ledger.Payment, err error) {
	found, err := ledger.GetPayment(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	err = change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		p, err := ledger.LockPayment(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if p.State == during {
			begun = &p
			return nil
		}
		next, err := ledger.Payments.Next(p.State, e)
		if err != nil || e == ledger.AskCapture && o.State == order.Cancelled {
			return nil //nolint:nilerr // moved on meanwhile: nothing to do is no error
		}
		if e == ledger.AskCapture && p.ExchangeID == "" {
			if covered, err := coveredBy(ctx, tx, o, p.PaymentID); err != nil || covered {
				return err // let go of when the other one is here: see letGoOfRest
			}
		}
		p.State, begun = next, &p
		return ledger.SavePayment(ctx, tx, p)
	})
	return begun, err
}

// EndCapture records what came of taking the money. After a lost answer the payment stays
// capturing and the job asks again with the same key.
func EndCapture(ctx context.Context, tx *db.Tx, s id.Store, name id.Payment, out Outcome, said *PaymentSaid) error {
	return endPayment(ctx, tx, s, name, out, said, "capture")
}

// EndVoid records what came of letting go.
func EndVoid(ctx context.Context, tx *db.Tx, s id.Store, name id.Payment, out Outcome, said *PaymentSaid) error {
	return endPayment(ctx, tx, s, name, out, said, "void")
}

func endPayment(ctx context.Context, tx *db.Tx, s id.Store, name id.Payment, out Outcome, said *PaymentSaid, what string) error {
	p, err := ledger.GetPayment(ctx, tx, s, name)
	if err != nil {
		return err
	}
	return change(ctx, tx, s, p.OrderID, func(o order.Order) error {
		p, err := ledger.LockPayment(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if out.Kind == Done && said != nil {
			return applyPayment(ctx, tx, o, p, *said)
		}
		if out.Kind != RejectedCall {
			return nil
		}
		p.Words = refusedWords(what) + out.Words
		if what == "void" && out.Code == "no-void" {
			p.Words = out.Words // the provider lets go by itself
		}
		if next, err := ledger.Payments.Next(p.State, ledger.RefuseCapture); err == nil && what == "capture" {
			p.State = next
		}
		if err := ledger.SavePayment(ctx, tx, p); err != nil {
			return err
		}
		if o.State == order.Cancelled && what == "capture" {
			if err := letGo(ctx, tx, p); err != nil {
				return err
			}
		}
		return note(ctx, tx, o, "payment."+what+"-refused", string(name), System, data{"code": out.Code, "words": out.Words})
	})
}

// ConfirmManual notes that a person saw the money of a bank transfer, or that an order is
// to be paid at the door. It is the manual twin of a provider's "captured".
func ConfirmManual(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		payments, err := ledger.PaymentsOf(ctx, tx, s, name)
		if err != nil {
			return err
		}
		for _, p := range payments {
			if !p.Manual || p.State == ledger.PaymentCaptured || p.ExchangeID != "" {
				continue
			}
			return applyPayment(ctx, tx, o, p, PaymentSaid{State: "captured", AmountMinor: p.AmountMinor, Currency: p.Currency,
				Words: "confirmed by hand", Actor: actor})
		}
		return refuse("nothing-to-confirm", "Order %s has no payment that waits for a person.", o.Name())
	})
}

// PromiseAtDoor opens an order that is paid on delivery: the money is promised, not here.
func PromiseAtDoor(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		payments, err := ledger.PaymentsOf(ctx, tx, s, name)
		if err != nil {
			return err
		}
		for _, p := range payments {
			if p.Manual && p.ExchangeID == "" && ledger.Payments.Can(p.State, ledger.Authorise) {
				return applyPayment(ctx, tx, o, p, PaymentSaid{State: "authorised", AmountMinor: p.AmountMinor, Currency: p.Currency,
					Words: "to be paid on delivery", Actor: actor})
			}
		}
		return refuse("nothing-to-confirm", "Order %s has no payment that waits for a person.", o.Name())
	})
}

// settingsOf reads the store's settings.
func settingsOf(ctx context.Context, tx *db.Tx, s id.Store) (store.Settings, error) {
	return store.LoadSettings(ctx, tx, s)
}
