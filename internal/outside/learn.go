package outside

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/promise"
)

// learnEvery is how often the past is learned from anew.
const learnEvery = 6 * time.Hour

// tickLearn learns how long parcels take. It reads in one transaction, thinks in none, and
// writes a few rows in another.
func (o *Outside) tickLearn(ctx context.Context, j job.Job) error {
	if err := o.learn(ctx, j.Store); err != nil {
		o.log.Error("what parcels teach could not be learned", "error", err)
	}
	return o.come(ctx, j, func(context.Context, *db.Tx, job.Job, tickJob) (time.Duration, error) { return learnEvery, nil })
}

func (o *Outside) learn(ctx context.Context, s id.Store) error {
	var past []promise.Past
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		past, err = flow.PastParcels(ctx, tx, s)
		return err
	})
	if err != nil || len(past) == 0 {
		return err
	}
	lanes := promise.Learn(past, o.o.Clock())
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return promise.KeepLanes(ctx, tx, s, lanes) })
}

// sayDue says anew when orders are expected whose promise is about to end; who must wait
// longer than promised is told.
func (o *Outside) sayDue(ctx context.Context, s id.Store) error {
	var after flow.Due
	for {
		var list []id.Order
		var next flow.Due
		err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			list, next, err = flow.FindDue(ctx, tx, s, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, name := range list {
			if err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return flow.SetDue(ctx, tx, s, name) }); err != nil {
				return err
			}
		}
		if after = next; after.Order == "" {
			return nil
		}
	}
}
