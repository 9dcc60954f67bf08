package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/store"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/manual"
)

// Begun is how a customer goes on paying. One of URL, Secret and Words says what to do;
// State says how the payment stands (payment.State's words).
type Begun struct {
	State  string
	URL    string // the provider's page
	Secret string // for a payment form in the page; never stored nor logged
	Words  string // instructions, or why it failed
}

// Trouble is why a provider could not be asked; the customer may try again, with the same
// payment, whenever Again says so.
type Trouble struct {
	Again bool
	Err   error
}

// Error is for the log.
func (t *Trouble) Error() string { return fmt.Sprintf("payment: %v", t.Err) }

// Unwrap gives the cause.
func (t *Trouble) Unwrap() error { return t.Err }

// BeginPayment begins a stored payment at its provider while the customer waits. Doing it
// again is safe: the provider knows the payment by our key. A refusal is no error: the
// payment has failed and Words say why. Errors of the provider are *Trouble.
func (o *Outside) BeginPayment(ctx context.Context, s id.Store, name id.Payment, returnURL, cancelURL string) (Begun, error) {
	p, plug, err := o.aboutPayment(ctx, s, name)
	if errors.Is(err, errNotOpen) {
		return Begun{}, &Trouble{Err: err}
	}
	if err != nil {
		return Begun{}, err
	}
	if p.State != ledger.PaymentCreated && p.State != ledger.PaymentPending {
		return Begun{State: stateWord(p.State), Words: p.Words}, nil
	}
	request, over, err := o.requestOf(ctx, p)
	if err != nil {
		return Begun{}, err
	}
	if over {
		return Begun{State: string(payment.Failed), Words: "The order was cancelled: it is not to be paid any more."}, nil
	}
	request.ReturnURL, request.CancelURL = returnURL, cancelURL
	if reason, _ := plug.mute(); reason != "" {
		return Begun{}, &Trouble{Again: plug.row.State == store.Active, Err: errors.New(reason)}
	}
	var status payment.Status
	o.o.Crash("payment.begin/after-intent")
	failure := o.call(o.traced(ctx, "payment.begin"), plug, func(ctx context.Context) (err error) {
		status, err = plug.payment.Begin(ctx, request)
		return err
	})
	o.o.Crash("payment.begin/after-call")
	return o.begun(ctx, p, plug, status, failure)
}

// begun stores what the provider said of a new payment.
func (o *Outside) begun(ctx context.Context, p ledger.Payment, plug *plug, status payment.Status, failure error) (Begun, error) {
	out := outcomeOf(failure)
	said := paymentSaid(status, plug)
	switch out.Kind {
	case flow.Done:
		if paidAtDoor(plug) {
			said.State = string(payment.Authorised) // promised: nobody waits for it before the door
		}
	case flow.RejectedCall:
		said = flow.PaymentSaid{State: string(payment.Failed), Words: out.Words, Connector: plug.row.ConnectorID, Actor: plug.actor()}
	case flow.Unauthorised:
		err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			return flow.ConnectorRefused(ctx, tx, p.StoreID, plug.row.ConnectorID, out.Words)
		})
		return Begun{}, &Trouble{Err: errors.Join(failure, err)}
	default:
		return Begun{}, &Trouble{Again: true, Err: failure}
	}
	said.Payment = p.PaymentID
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	err := o.db.Update(after, func(ctx context.Context, tx *db.Tx) error {
		_, err := o.paymentSaidSo(ctx, tx, p.StoreID, said)
		return err
	})
	o.o.Crash("payment.begin/after-result")
	if err != nil {
		return Begun{}, err
	}
	return Begun{State: said.State, URL: status.URL, Secret: status.Secret, Words: said.Words}, nil
}

// paymentSaidSo tells flow what a provider says of a payment; false when it is not known here.
func (o *Outside) paymentSaidSo(ctx context.Context, tx *db.Tx, s id.Store, said flow.PaymentSaid) (known bool, err error) {
	known, err = flow.PaymentSaidSo(ctx, tx, s, said)
	if err != nil || !known {
		return known, err
	}
	return true, beforeLapse(ctx, tx, s, said)
}

// paidAtDoor says whether a person takes the money when the parcel arrives.
func paidAtDoor(p *plug) bool {
	var given struct {
		Method string `json:"method"`
	}
	_, byHand := p.payment.(payment.Manual)
	return byHand && json.Unmarshal([]byte(p.row.Settings), &given) == nil && given.Method == manual.Cash
}

// requestOf is a payment as the provider is asked for it; over says that its order was
// cancelled and nothing is to be paid any more.
func (o *Outside) requestOf(ctx context.Context, p ledger.Payment) (r payment.Request, over bool, err error) {
	r = payment.Request{Key: keyOf(string(p.PaymentID)), Amount: money.New(p.AmountMinor, p.Currency), Capture: p.CaptureNow}
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		placed, err := order.Get(ctx, tx, p.StoreID, p.OrderID)
		if err != nil {
			return fmt.Errorf("order %s: %w", p.OrderID, err)
		}
		over = placed.State == order.Cancelled || placed.State == order.Cancelling
		billing, err := order.ParseAddress(placed.Billing)
		if err != nil {
			return err
		}
		r.Order, r.Email, r.Locale, r.Country = fmt.Sprint(placed.Number), placed.Email, placed.Locale, billing.Country
		return nil
	})
	return r, over, err
}

// stateWord is one of our states in the provider's words.
func stateWord(s ledger.PaymentState) string {
	switch s {
	case ledger.PaymentCreated:
		return string(payment.Pending)
	case ledger.PaymentCapturing:
		return string(payment.Authorised)
	case ledger.PaymentVoiding:
		return string(payment.Voided)
	}
	return string(s)
}

// AskPayment asks the provider how a payment stands, for a customer who comes back before
// the provider's message does. It changes nothing where the provider cannot be asked.
func (o *Outside) AskPayment(ctx context.Context, s id.Store, name id.Payment) error {
	_, err := o.askPayment(ctx, s, name)
	return err
}

// askPayment is AskPayment, and says why the provider cannot be asked at present.
func (o *Outside) askPayment(ctx context.Context, s id.Store, name id.Payment) (mute string, err error) {
	p, plug, err := o.aboutPayment(ctx, s, name)
	if err != nil {
		return "", err
	}
	finder, ok := plug.payment.(payment.Finder)
	if !ok || p.Ref == "" {
		return "", nil
	}
	if mute, _ = plug.mute(); mute != "" {
		return mute, nil
	}
	var status payment.Status
	err = o.call(ctx, plug, func(ctx context.Context) (err error) {
		status, err = finder.Find(ctx, p.Ref, keyOf(string(name)))
		return err
	})
	if errors.Is(err, connector.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", &Trouble{Again: true, Err: err}
	}
	said := paymentSaid(status, plug)
	said.Payment = name
	return "", o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := o.paymentSaidSo(ctx, tx, s, said)
		return err
	})
}
