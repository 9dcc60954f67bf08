package outside

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/flow"
	"doorstep/internal/job"
)

// bulkChunk does a run's action to some of its orders, one after another, each in a
// transaction of its own: job bulk.chunk. Begun anew after a crash it goes on with those
// that still wait.
func (o *Outside) bulkChunk(ctx context.Context, j job.Job) error {
	var part flow.RunJob
	if err := j.Decode(&part); err != nil {
		return err
	}
	var run desk.BulkRun
	var waiting []desk.BulkRunItem
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if run, err = desk.RunByID(ctx, tx, j.Store, part.Run); err != nil {
			return err
		}
		waiting, err = desk.WaitingBetween(ctx, tx, j.Store, part.Run, part.From, part.To)
		return err
	})
	if err != nil {
		return err
	}
	for _, item := range waiting {
		if err := flow.RunItem(ctx, o.db, run, item); err != nil {
			return err
		}
		o.o.Crash("bulk.chunk/after-item")
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.EndChunk(ctx, tx, j.Store, part.Run); err != nil {
			return err
		}
		return job.Finish(ctx, tx, j)
	})
}
