package outside

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/store"
)

const (
	keepMessages = 30 * 24 * time.Hour // what came in; providers repeat for days, not for weeks
	keepAnswers  = 48 * time.Hour      // to requests with an idempotency key
	dueAtOnce    = 1000
)

// expire ends an order that nobody paid in time: job order.expire.
func (o *Outside) expire(ctx context.Context, j job.Job) error {
	var payload flow.OrderJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	unsure, err := o.askBeforeEnd(ctx, j, payload.Order)
	if err != nil {
		return err
	}
	if unsure != "" {
		return o.again(ctx, j, whenPaused, unsure)
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		again, err := flow.ExpireOrder(ctx, tx, j.Store, payload.Order)
		if err != nil {
			return err
		}
		if again > 0 {
			return job.Again(ctx, tx, j, tx.Now.Add(again), "a person may still confirm the money")
		}
		return job.Finish(ctx, tx, j)
	})
}

// tickJanitor looks after what has run out: stock that is reserved for orders that were never
// paid, offers that have become too old to be believed, and what need not be remembered.
func (o *Outside) tickJanitor(ctx context.Context, j job.Job) error {
	// PostgreSQL is to know how large its tables have become: its plans are those of the first
	// minutes otherwise. If it does not, they are worse until the next round, and that is all.
	if err := o.db.Analyse(ctx); err != nil {
		o.log.Warn("the database did not look at its tables", "error", err)
	}
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, _ tickJob) (time.Duration, error) {
		if err := endDue(ctx, tx, j); err != nil {
			return 0, err
		}
		if err := flow.NoticeGivenUp(ctx, tx, j.Store); err != nil {
			return 0, err
		}
		if _, err := flow.RunOutClaims(ctx, tx, j.Store); err != nil {
			return 0, err
		}
		if _, err := inventory.ForgetOld(ctx, tx, j.Store, tx.Now.Add(-3*janitorEvery)); err != nil {
			return 0, err
		}
		_, err := store.Forget(ctx, tx, tx.Now.Add(-keepMessages), tx.Now.Add(-keepAnswers))
		return janitorEvery, err
	})
}

// lateEvery is how often it is looked what takes longer than it should.
const lateEvery = time.Hour

// tickLate looks for purchases and parcels that take longer than they mostly do. Each one that
// is found is noted in a transaction of its own.
func (o *Outside) tickLate(ctx context.Context, j job.Job) error {
	var found []flow.Late
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = flow.FindLate(ctx, tx, j.Store)
		return err
	})
	for _, l := range found {
		if err == nil {
			err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return flow.SetLate(ctx, tx, j.Store, l) })
		}
	}
	if err == nil {
		err = o.sayDue(ctx, j.Store)
	}
	if err == nil {
		err = o.giveGoodwill(ctx, j.Store)
	}
	if err != nil {
		o.log.Error("what is late could not be noted", "error", err)
	}
	return o.come(ctx, j, func(context.Context, *db.Tx, job.Job, tickJob) (time.Duration, error) { return lateEvery, nil })
}

// pricesEvery is how often costs are compared with prices.
const pricesEvery = 15 * time.Minute

// tickPrices pauses variants that would be sold below the guard, and resumes them.
func (o *Outside) tickPrices(ctx context.Context, j job.Job) error {
	if err := o.judgePrices(ctx, j.Store); err != nil {
		o.log.Error("costs could not be compared with prices", "error", err)
	}
	return o.come(ctx, j, func(context.Context, *db.Tx, job.Job, tickJob) (time.Duration, error) { return pricesEvery, nil })
}

func (o *Outside) judgePrices(ctx context.Context, s id.Store) error {
	var after id.Variant
	for {
		var list []flow.PriceChange
		var next id.Variant
		err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			list, next, err = flow.FindPriceChanges(ctx, tx, s, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return flow.SetPriceChange(ctx, tx, s, c) }); err != nil {
				return err
			}
		}
		if after = next; after == "" {
			return nil
		}
	}
}

// endDue makes a job for each order whose reservations have run out, where none is there:
// each order is a transaction of its own.
func endDue(ctx context.Context, tx *db.Tx, j job.Job) error {
	due, err := inventory.ExpireDue(ctx, tx, tx.Now, dueAtOnce)
	if err != nil {
		return err
	}
	for _, d := range due {
		if d.Store != j.Store {
			continue
		}
		if err := job.Add(ctx, tx, job.New{Store: d.Store, Kind: "order.expire", Key: "order/" + string(d.Order) + "/expire",
			Payload: flow.OrderJob{Order: d.Order}}); err != nil {
			return err
		}
	}
	return nil
}
