package outside

import (
	"context"
	"errors"
	"fmt"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/money"
	"doorstep/payment"
)

// aboutPayment reads a payment and its open connector.
func (o *Outside) aboutPayment(ctx context.Context, s id.Store, name id.Payment) (ledger.Payment, *plug, error) {
	var p ledger.Payment
	plug, err := o.plugRead(ctx, func(ctx context.Context, tx *db.Tx) (w wire, err error) {
		if p, err = ledger.GetPayment(ctx, tx, s, name); err != nil {
			return w, fmt.Errorf("payment %s: %w", name, err)
		}
		return wireOf(ctx, tx, s, p.ConnectorID)
	})
	if err == nil && plug.payment == nil {
		err = fmt.Errorf("connector %s is no payment provider's", plug.row.Name)
	}
	return p, plug, err
}

// halves are the two transactions around a call about a payment.
type halves struct {
	begin func(context.Context, *db.Tx, id.Store, id.Payment) (*ledger.Payment, error)
	end   func(context.Context, *db.Tx, id.Store, id.Payment, flow.Outcome, *flow.PaymentSaid) error
}

// act works a job about a payment. A repeat first asks how the payment stands, where the
// provider can be asked: after a lost answer it may be done already.
func (o *Outside) act(ctx context.Context, j job.Job, h halves, done payment.State, call func(context.Context, payment.Connector, ledger.Payment) (payment.Status, error)) error {
	var payload flow.PaymentJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	p, plug, err := o.aboutPayment(ctx, j.Store, payload.Payment)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	var begun *ledger.Payment
	var said *flow.PaymentSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			begun, err = h.begin(ctx, tx, j.Store, p.PaymentID)
			return begun != nil, err
		},
		call: func(ctx context.Context) error {
			status, err := before(ctx, j, plug.payment, *begun, done)
			if err == nil && status.State != done {
				status, err = call(ctx, plug.payment, *begun)
			}
			if err != nil {
				return err
			}
			told := paymentSaid(status, plug)
			told.Payment = p.PaymentID
			said = &told
			return nil
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return undecided(out), h.end(ctx, tx, j.Store, p.PaymentID, out, said) // the provider knows the key
		},
	})
}

// before is how the payment stands at the provider, asked at a repeat only. A provider that
// does not know it says so when it is asked to act.
func before(ctx context.Context, j job.Job, c payment.Connector, p ledger.Payment, done payment.State) (payment.Status, error) {
	finder, ok := c.(payment.Finder)
	if !ok || j.Attempt <= 1 || done == "" {
		return payment.Status{}, nil
	}
	status, err := finder.Find(ctx, p.Ref, keyOf(string(p.PaymentID)))
	if errors.Is(err, connector.ErrNotFound) {
		return payment.Status{}, nil
	}
	return status, err
}

// capture takes the money of an authorised payment: job payment.capture.
func (o *Outside) capture(ctx context.Context, j job.Job) error {
	return o.act(ctx, j, halves{flow.BeginCapture, flow.EndCapture}, payment.Captured,
		func(ctx context.Context, c payment.Connector, p ledger.Payment) (payment.Status, error) {
			return c.Capture(ctx, p.Ref, keyOf(string(p.PaymentID)), money.New(p.AmountMinor, p.Currency))
		})
}

// void lets go of an authorisation: job payment.void.
func (o *Outside) void(ctx context.Context, j job.Job) error {
	return o.act(ctx, j, halves{flow.BeginVoid, flow.EndVoid}, payment.Voided,
		func(ctx context.Context, c payment.Connector, p ledger.Payment) (payment.Status, error) {
			voider, ok := c.(payment.Voider)
			if !ok {
				return payment.Status{}, &connector.Rejected{Code: "no-void", Words: "the provider lets go by itself when the authorisation lapses", Cause: connector.CauseOther}
			}
			return voider.Void(ctx, p.Ref, keyOf(string(p.PaymentID)))
		})
}

// aboutRefund reads the payment of a refund and its open connector.
func (o *Outside) aboutRefund(ctx context.Context, j job.Job) (ledger.Refund, *plug, error) {
	var payload flow.RefundJob
	var r ledger.Refund
	if err := j.Decode(&payload); err != nil {
		return r, nil, err
	}
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = ledger.GetRefund(ctx, tx, j.Store, payload.Refund)
		return err
	})
	if err != nil {
		return r, nil, fmt.Errorf("refund %s: %w", payload.Refund, err)
	}
	_, plug, err := o.aboutPayment(ctx, j.Store, r.PaymentID)
	return r, plug, err
}

// sendRefund gives money back: job refund.send.
func (o *Outside) sendRefund(ctx context.Context, j job.Job) error {
	r, plug, err := o.aboutRefund(ctx, j)
	if err != nil {
		return o.cannotOpenFor(ctx, j, plug, err)
	}
	var c *flow.RefundCall
	var said *flow.RefundSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			c, err = flow.BeginRefund(ctx, tx, j.Store, r.RefundID)
			return c != nil, err
		},
		call: func(ctx context.Context) error {
			amount := money.New(c.Refund.AmountMinor, c.Refund.Currency)
			status, err := plug.payment.Refund(ctx, c.Payment.Ref, keyOf(string(r.RefundID)), amount)
			said = refundIf(status, err, plug, r.RefundID)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			again := out.Kind == flow.NotSent || out.Kind == flow.Unauthorised // a lost answer is looked up by refund.find
			return again, flow.EndRefund(ctx, tx, j.Store, r.RefundID, out, said)
		},
	})
}

// findRefund asks what became of a refund whose answer was lost: job refund.find. A provider
// that cannot be asked is told again: it knows the key.
func (o *Outside) findRefund(ctx context.Context, j job.Job) error {
	r, plug, err := o.aboutRefund(ctx, j)
	if err != nil {
		return o.cannotOpenFor(ctx, j, plug, err)
	}
	var c *flow.RefundCall
	var said *flow.RefundSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			c, err = flow.BeginFindRefund(ctx, tx, j.Store, r.RefundID)
			return c != nil, err
		},
		call: func(ctx context.Context) error {
			var status payment.RefundStatus
			var err error
			if finder, ok := plug.payment.(payment.Finder); ok {
				status, err = finder.FindRefund(ctx, c.Payment.Ref, keyOf(string(r.RefundID)))
			} else {
				amount := money.New(c.Refund.AmountMinor, c.Refund.Currency)
				status, err = plug.payment.Refund(ctx, c.Payment.Ref, keyOf(string(r.RefundID)), amount)
			}
			said = refundIf(status, err, plug, r.RefundID)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			if undecided(out) {
				return true, nil
			}
			return false, flow.EndRefund(ctx, tx, j.Store, r.RefundID, out, said)
		},
	})
}

func refundIf(s payment.RefundStatus, err error, p *plug, name id.Refund) *flow.RefundSaid {
	if err != nil {
		return nil
	}
	said := refundSaid(s, p)
	said.Refund = name
	return &said
}

// cannotOpenFor is cannotOpen where the connector may not be known.
func (o *Outside) cannotOpenFor(ctx context.Context, j job.Job, p *plug, err error) error {
	if p == nil {
		if errors.Is(err, errNotOpen) {
			return o.again(ctx, j, whenPaused, err.Error())
		}
		return err
	}
	return o.cannotOpen(ctx, j, p.row.ConnectorID, err)
}

// lapseNotice is how long before an authorisation lapses it is taken, if the goods are still
// on their way to being promised: money can be given back, a lapsed promise cannot be had again.
const lapseNotice = 24 * time.Hour

// beforeLapse makes the job that takes an authorised payment before it is lost.
func beforeLapse(ctx context.Context, tx *db.Tx, s id.Store, said flow.PaymentSaid) error {
	if said.State != string(payment.Authorised) || said.Lapses == 0 || said.Payment == "" {
		return nil
	}
	at := max(said.Lapses.Add(-lapseNotice), tx.Now)
	return job.Add(ctx, tx, job.New{Store: s, Kind: "payment.capture", Key: "payment/" + string(said.Payment) + "/capture-in-time",
		Lane: string(said.Connector), Payload: flow.PaymentJob{Payment: said.Payment}, At: at})
}
