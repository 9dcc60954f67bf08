package outside

import (
	"context"
	"errors"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
)

// askAtMost is how long the end of an unpaid order is put off because its provider cannot be
// asked. Money that comes to light later goes back to the customer.
const askAtMost = 24 * time.Hour

// askBeforeEnd asks the providers of an order that is about to end unpaid how its payments
// stand: their message may have been lost, and then only we believe that nobody has paid. Unsure
// says why one could not be asked; the order is to wait then.
func (o *Outside) askBeforeEnd(ctx context.Context, j job.Job, order id.Order) (unsure string, err error) {
	var open []id.Payment
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		open = nil
		payments, err := ledger.PaymentsOf(ctx, tx, j.Store, order)
		for _, p := range payments {
			if !p.Manual && (p.State == ledger.PaymentCreated || p.State == ledger.PaymentPending) {
				open = append(open, p.PaymentID)
			}
		}
		return err
	})
	if err != nil {
		return "", err
	}
	for _, p := range open {
		mute, err := o.askPayment(ctx, j.Store, p)
		var trouble *Trouble
		if errors.As(err, &trouble) || errors.Is(err, errNotOpen) {
			mute, err = err.Error(), nil
		}
		if err != nil {
			return "", err
		}
		if mute != "" && o.now().Sub(j.CreatedAt) < askAtMost {
			return mute, nil
		}
	}
	return "", nil
}
