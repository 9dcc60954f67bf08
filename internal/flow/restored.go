package flow

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// Doubts is what a store that came out of a backup must not simply go on with.
type Doubts struct {
	Purchases int `json:"purchases"` // were to be sent: suppliers are asked first, or a person is
	Held      int `json:"held"`      // waited for a person, who may have released them since
	Refunds   int `json:"refunds"`   // were to be sent: the provider is asked first
	Mails     int `json:"mails"`     // were to be sent: a person may send them again
}

// Restored is called once after a store was filled from a backup, with its jobs frozen. What was about to leave when
// the backup was taken has perhaps left since, and nobody here knows: it is the answer that is
// lost. So everything that was to be sent counts as being sent by a worker that died, which
// the usual way of finding out then takes care of. Nothing is placed or paid twice.
func Restored(ctx context.Context, tx *db.Tx, s id.Store, taken time.Time) (d Doubts, err error) {
	words := "Restored from the backup of " + taken.UTC().Format("2006-01-02 15:04 UTC")
	if err := job.Thaw(ctx, tx); err != nil {
		return d, err
	}
	if d.Purchases, err = doubtPurchases(ctx, tx, s); err != nil {
		return d, err
	}
	if d.Held, err = doubtHeld(ctx, tx, s, words+": look whether it was sent since. "); err != nil {
		return d, err
	}
	if d.Refunds, err = doubtRefunds(ctx, tx, s); err != nil {
		return d, err
	}
	mails, err := New(tx).DoubtQueuedMails(ctx, DoubtQueuedMailsParams{StoreID: s, Words: words + ": it may have been sent since."})
	if err != nil {
		return d, err
	}
	d.Mails = int(mails)
	return d, Record(ctx, tx, event.Fact{Store: s, Kind: "store.restored", Subject: string(s), Actor: string(System),
		Data: data{"taken": taken.UTC().Format(time.RFC3339), "purchases": d.Purchases, "held": d.Held, "refunds": d.Refunds, "mails": d.Mails}})
}

func doubtPurchases(ctx context.Context, tx *db.Tx, s id.Store) (int, error) {
	list, err := New(tx).PlannedPurchases(ctx, s)
	if err != nil {
		return 0, err
	}
	for _, name := range list {
		err := onPurchase(ctx, tx, s, name, func(_ order.Order, p *purchase.Purchase) error {
			if err := p.Move(purchase.Submit); err != nil {
				return err
			}
			if err := purchase.Save(ctx, tx, *p); err != nil {
				return err
			}
			return purchaseJob(ctx, tx, *p, "submit", 0)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

func doubtHeld(ctx context.Context, tx *db.Tx, s id.Store, words string) (int, error) {
	list, err := New(tx).HeldPurchases(ctx, s)
	if err != nil {
		return 0, err
	}
	for _, name := range list {
		err := onPurchase(ctx, tx, s, name, func(_ order.Order, p *purchase.Purchase) error {
			p.HoldReason = words + p.HoldReason
			return purchase.Save(ctx, tx, *p)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

func doubtRefunds(ctx context.Context, tx *db.Tx, s id.Store) (int, error) {
	list, err := New(tx).ApprovedRefunds(ctx, s)
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		err := change(ctx, tx, s, row.OrderID, func(order.Order) error {
			call, err := loadRefund(ctx, tx, s, row.RefundID)
			if err != nil {
				return err
			}
			if call.Refund.State, err = ledger.Refunds.Next(call.Refund.State, ledger.SendRefund); err != nil {
				return err
			}
			if err := ledger.SaveRefund(ctx, tx, call.Refund); err != nil {
				return err
			}
			return refundJob(ctx, tx, call.Refund, call.Payment, "refund.send")
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
