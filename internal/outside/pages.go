package outside

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
)

// Reading is done page by page, one job a page: each goes on where the last one ended, also
// after a restart. A page that cannot be read is halved, until one thing is left; that is
// tried a few times and passed over, so that it does not keep the rest from being read. Pages
// grow again when they succeed.

// errNobody says that a supplier is gone or only people talk to it.
var errNobody = errors.New("there is nobody to ask")

// maxPageTries is how often a page that cannot be halved is read in vain before the next one
// is read.
const maxPageTries = 5

// pageJob is what a job about a supplier's page carries.
type pageJob struct {
	Supplier id.Supplier `json:"supplier"`
	After    string      `json:"after,omitempty"`  // the last name of the page before
	SKUs     []string    `json:"skus,omitempty"`   // what is being read
	Cursor   string      `json:"cursor,omitempty"` // the supplier's, within SKUs
	Once     bool        `json:"once,omitempty"`   // only these
	Limit    int         `json:"limit,omitempty"`  // of a page that was halved; 0 is all that fits
}

// size is how much is read at once, where most is what fits.
func (p pageJob) size(most int) int {
	if p.Limit > 0 {
		return min(p.Limit, most)
	}
	return most
}

// following is the page after one that succeeded.
func (p pageJob) following(after string) pageJob {
	return pageJob{Supplier: p.Supplier, After: after, Limit: p.Limit * 2}
}

// aboutSupplier reads a supplier and its open connector; nil when there is nobody to ask.
func (o *Outside) aboutSupplier(ctx context.Context, s id.Store, name id.Supplier) (inventory.Supplier, *plug, error) {
	var sup inventory.Supplier
	plug, err := o.plugRead(ctx, func(ctx context.Context, tx *db.Tx) (w wire, err error) {
		sup, err = inventory.SupplierByID(ctx, tx, s, name)
		if errors.Is(err, sql.ErrNoRows) || err == nil && sup.ConnectorID == "" {
			return w, errNobody
		}
		if err != nil {
			return w, err
		}
		return wireOf(ctx, tx, s, sup.ConnectorID)
	})
	if errors.Is(err, errNobody) {
		return sup, nil, nil
	}
	if err == nil && plug.supplier == nil {
		err = fmt.Errorf("connector %s is no supplier's", plug.row.Name)
	}
	return sup, plug, err
}

// read makes the call of a page. Where it did not get through, the job is given back, or
// replaced by what halve makes (nil: it cannot be halved), and done is true; where it never
// does, skip is true.
func (o *Outside) read(ctx context.Context, j job.Job, p *plug, call func(ctx context.Context) error, halve func(ctx context.Context, tx *db.Tx) error) (done, skip bool, err error) {
	if reason, pause := p.mute(); reason != "" {
		return true, false, o.again(ctx, j, pause, reason)
	}
	o.crash(j, "before-call")
	failure := o.call(o.traced(ctx, j.Kind), p, call)
	o.crash(j, "after-call")
	out := outcomeOf(failure)
	switch {
	case failure == nil:
		return false, false, nil
	case out.Kind == flow.NotSent || out.Kind == flow.Unauthorised: // nothing was read: patience
	case halve != nil:
		return true, false, o.db.Update(ctx, halve)
	case j.Attempt/2 >= maxPageTries:
		o.log.Warn("a page could not be read and is passed over", "connector", p.row.Name, "kind", j.Kind, "error", failure)
		return false, true, nil
	}
	return true, false, o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		return o.end(ctx, tx, j, p, out, true, connector.Wait(failure))
	})
}

// next ends a page's job and makes that of the next page, under the same key.
func next(ctx context.Context, tx *db.Tx, j job.Job, payload any) error {
	return replace(ctx, tx, j, payload, 0)
}

// replace puts another payload into a job, to be worked after a pause.
func replace(ctx context.Context, tx *db.Tx, j job.Job, payload any, pause time.Duration) error {
	if err := job.Finish(ctx, tx, j); err != nil {
		return err
	}
	return job.Add(ctx, tx, job.New{Store: j.Store, Kind: j.Kind, Key: j.Key, Lane: j.Lane, Payload: payload, At: tx.Now.Add(pause)})
}
