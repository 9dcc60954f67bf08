package outside

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/promise"
	"doorstep/internal/report"
	"doorstep/internal/score"
)

// learnEvery is how often the past is learned from anew.
const learnEvery = 6 * time.Hour

// tickLearn learns how long parcels take and how reliable suppliers are. It reads in one transaction, thinks in none, and
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
	if err != nil {
		return err
	}
	if len(past) == 0 {
		return o.count(ctx, s)
	}
	lanes := promise.Learn(past, o.o.Clock())
	err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return promise.KeepLanes(ctx, tx, s, lanes) })
	if err != nil {
		return err
	}
	return o.count(ctx, s)
}

// count counts how reliable suppliers are.
func (o *Outside) count(ctx context.Context, s id.Store) error {
	var cards score.Cards
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		cards, err = report.CountScores(ctx, tx, s)
		return err
	})
	if err != nil {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return score.Keep(ctx, tx, s, cards) })
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
