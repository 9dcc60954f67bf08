package outside

import (
	"context"
	"time"

	"doorstep/connector"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/store"
)

// endsEvery is how often connectors are asked when their permission ends. They answer from what
// they keep: nothing leaves.
const endsEvery = time.Hour

// tickEnds looks when permissions end that nobody can renew but a person: job tick.ends.
func (o *Outside) tickEnds(ctx context.Context, j job.Job) error {
	if err := o.lookAtEnds(ctx, j.Store); err != nil {
		o.log.Error("it could not be seen when permissions end", "error", err)
	}
	return o.come(ctx, j, func(context.Context, *db.Tx, job.Job, tickJob) (time.Duration, error) { return endsEvery, nil })
}

func (o *Outside) lookAtEnds(ctx context.Context, s id.Store) error {
	var all []store.Connector
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = store.Connectors(ctx, tx, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.State != store.Active {
			continue
		}
		p, err := o.plugFor(ctx, s, c.ConnectorID)
		if err != nil {
			continue // its jobs tell
		}
		if _, can := p.side().(connector.Expirer); !can {
			continue
		}
		ends := clock.Of(expiryOf(ctx, p))
		err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			return flow.ConnectorEnds(ctx, tx, s, c.ConnectorID, ends)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// side is the open connector, of whichever kind it is.
func (p *plug) side() any {
	switch {
	case p.supplier != nil:
		return p.supplier
	case p.payment != nil:
		return p.payment
	}
	return p.carrier
}
