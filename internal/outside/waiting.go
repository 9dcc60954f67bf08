package outside

import (
	"context"
	"errors"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/store"
	"doorstep/payment"
)

// Refunds that a provider calls pending, and payments that it is to let go of, end with a
// message of the provider. Messages get lost: so each provider is asked now and then about
// all that is open with it, a page at a time.

const (
	moneyEvery  = time.Hour
	moneyAtOnce = 25
)

// moneyJob is where asking about open money goes on.
type moneyJob struct {
	Connector id.Connector `json:"connector"`
	Refund    id.Refund    `json:"refund,omitempty"`  // after this one
	Payment   id.Payment   `json:"payment,omitempty"` // and after this one
}

// tickMoney begins a round of asking a provider about open money.
func (o *Outside) tickMoney(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, t tickJob) (time.Duration, error) {
		_, err := store.GetConnector(ctx, tx, j.Store, t.Connector)
		if errors.Is(err, store.ErrUnknown) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		err = job.Add(ctx, tx, job.New{Store: j.Store, Kind: "money.page", Key: "money/" + string(t.Connector),
			Lane: string(t.Connector), Payload: moneyJob{Connector: t.Connector}})
		return moneyEvery, err
	})
}

// moneyPage asks about some refunds and payments: job money.page.
func (o *Outside) moneyPage(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, o.moneyPageOnce)
}

func (o *Outside) moneyPageOnce(ctx context.Context, j job.Job) error {
	var page moneyJob
	if err := j.Decode(&page); err != nil {
		return err
	}
	refunds, voids, err := o.openMoney(ctx, j.Store, page)
	if err != nil {
		return err
	}
	if len(refunds)+len(voids) == 0 {
		return o.finish(ctx, j)
	}
	p, err := o.plugFor(ctx, j.Store, page.Connector)
	if err != nil {
		return o.cannotOpen(ctx, j, page.Connector, err)
	}
	var heard said
	if finder, ok := p.payment.(payment.Finder); ok {
		done, _, err := o.read(ctx, j, p, func(ctx context.Context) (err error) {
			heard, err = o.askMoney(ctx, finder, p, refunds, voids)
			return err
		}, nil)
		if err != nil || done {
			return err
		}
	}
	if err := o.tellMoney(ctx, j.Store, heard, refunds, voids); err != nil { // one must not hide the others
		o.log.Error("a provider's answer about open money could not be taken in", "connector", p.row.Name, "error", err)
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if len(refunds) < moneyAtOnce && len(voids) < moneyAtOnce {
			return job.Finish(ctx, tx, j)
		}
		if len(refunds) > 0 {
			page.Refund = refunds[len(refunds)-1].Refund.RefundID
		}
		if len(voids) > 0 {
			page.Payment = voids[len(voids)-1].PaymentID
		}
		return next(ctx, tx, j, page)
	})
}

// openMoney is what is open with a provider, after what was asked for before.
func (o *Outside) openMoney(ctx context.Context, s id.Store, page moneyJob) (refunds []flow.RefundCall, voids []ledger.Payment, err error) {
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err := ledger.PendingRefunds(ctx, tx, s, page.Connector, page.Refund, moneyAtOnce)
		if err != nil {
			return err
		}
		refunds = make([]flow.RefundCall, len(list))
		for i, r := range list {
			refunds[i].Refund = r
			if refunds[i].Payment, err = ledger.GetPayment(ctx, tx, s, r.PaymentID); err != nil {
				return err
			}
		}
		voids, err = ledger.VoidingPayments(ctx, tx, s, page.Connector, page.Payment, moneyAtOnce)
		return err
	})
	return refunds, voids, err
}

// askMoney asks for each of them. What the provider does not know any more is no news: it
// had it before, so a person is told when nothing comes of it.
func (o *Outside) askMoney(ctx context.Context, finder payment.Finder, p *plug, refunds []flow.RefundCall, voids []ledger.Payment) (heard said, err error) {
	for _, r := range refunds {
		status, err := finder.FindRefund(ctx, r.Payment.Ref, keyOf(string(r.Refund.RefundID)))
		if errors.Is(err, connector.ErrNotFound) {
			continue
		}
		if err != nil {
			return heard, err
		}
		one := refundSaid(status, p)
		one.Refund = r.Refund.RefundID
		heard.Refunds = append(heard.Refunds, one)
	}
	for _, v := range voids {
		status, err := finder.Find(ctx, v.Ref, keyOf(string(v.PaymentID)))
		if errors.Is(err, connector.ErrNotFound) {
			continue
		}
		if err != nil {
			return heard, err
		}
		one := paymentSaid(status, p)
		one.Payment = v.PaymentID
		heard.Payments = append(heard.Payments, one)
	}
	return heard, nil
}

// tellMoney tells flow what was heard, and that time has passed for all of them: each in a
// transaction of its own.
func (o *Outside) tellMoney(ctx context.Context, s id.Store, heard said, refunds []flow.RefundCall, voids []ledger.Payment) error {
	var failed error
	each := func(fn func(ctx context.Context, tx *db.Tx) error) {
		failed = errors.Join(failed, o.db.Update(ctx, fn))
	}
	for _, one := range heard.Refunds {
		each(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RefundSaidSo(ctx, tx, s, one)
			return err
		})
	}
	for _, one := range heard.Payments {
		each(func(ctx context.Context, tx *db.Tx) error {
			_, err := o.paymentSaidSo(ctx, tx, s, one)
			return err
		})
	}
	for _, r := range refunds {
		each(func(ctx context.Context, tx *db.Tx) error { return flow.RefundWaits(ctx, tx, s, r.Refund.RefundID) })
	}
	for _, v := range voids {
		each(func(ctx context.Context, tx *db.Tx) error { return flow.VoidWaits(ctx, tx, s, v.PaymentID) })
	}
	return failed
}

// AskRefund asks the provider how a refund stands, for a person who does not want to wait for
// the next round. One whose answer was lost is looked up by its job, which knows what to do where
// the provider has nothing of it. It changes nothing where the provider cannot be asked.
func (o *Outside) AskRefund(ctx context.Context, s id.Store, name id.Refund) error {
	var r flow.RefundCall
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if r.Refund, err = ledger.GetRefund(ctx, tx, s, name); err != nil {
			return err
		}
		r.Payment, err = ledger.GetPayment(ctx, tx, s, r.Refund.PaymentID)
		return err
	})
	if err != nil {
		return err
	}
	if r.Refund.State == ledger.RefundUncertain {
		return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return flow.LookForRefund(ctx, tx, s, name) })
	}
	p, err := o.plugFor(ctx, s, r.Payment.ConnectorID)
	if err != nil {
		return err
	}
	finder, ok := p.payment.(payment.Finder)
	if reason, _ := p.mute(); !ok || reason != "" || r.Payment.Ref == "" {
		return nil
	}
	var heard said
	err = o.call(ctx, p, func(ctx context.Context) (err error) {
		heard, err = o.askMoney(ctx, finder, p, []flow.RefundCall{r}, nil)
		return err
	})
	if err != nil {
		return &Trouble{Again: true, Err: err}
	}
	return o.tellMoney(ctx, s, heard, nil, nil)
}
