package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Most is how many orders one run takes.
const Most = 500

// The actions of a run.
const (
	Release = "release" // what waits is sent to the suppliers
	Hold    = "hold"    // what is planned waits until somebody releases it
	Cancel  = "cancel"  // the orders are stopped
)

// The states of a run.
const (
	Draft   = "draft"
	Running = "running"
	Ended   = "ended"
)

// The states of an order in a run.
const (
	Ready   = "ready"   // it would be done
	Out     = "out"     // it cannot be done, and is left out
	Waiting = "waiting" // it is its turn soon
	Done    = "done"
	Failed  = "failed"
)

// keepDrafts is how long a draft that nobody confirmed is kept.
const keepDrafts = 24 * time.Hour

// ErrAction says that a run cannot do what was asked for.
var ErrAction = errors.New("a run releases, holds or cancels")

// NewRun is a draft to be written. FormKey makes the same form one run.
type NewRun struct {
	Store   id.Store
	Staff   id.Staff
	FormKey string
	Action  string
	More    bool // further orders matched than Most
	Items   []NewItem
}

// NewItem is an order of a draft: whether it can be done, and what would happen or why not.
type NewItem struct {
	Order  id.Order
	Number int64
	OK     bool
	Words  string
}

// Write stores a draft; the same form again is the run that it made before.
func Write(ctx context.Context, tx *db.Tx, n NewRun) (BulkRun, error) {
	if n.Action != Release && n.Action != Hold && n.Action != Cancel {
		return BulkRun{}, ErrAction
	}
	q := New(tx)
	old := tx.Now.Add(-keepDrafts)
	if err := q.DeleteDraftItems(ctx, DeleteDraftItemsParams{n.Store, old}); err != nil {
		return BulkRun{}, err
	}
	if err := q.DeleteDrafts(ctx, DeleteDraftsParams{n.Store, old}); err != nil {
		return BulkRun{}, err
	}
	run := id.Run(id.New("br", tx.Now.Std()))
	fresh, err := q.InsertRun(ctx, InsertRunParams{StoreID: n.Store, RunID: run, StaffID: n.Staff, FormKey: n.FormKey,
		Action: n.Action, More: n.More, CreatedAt: tx.Now})
	if err != nil || fresh == 0 {
		if err != nil {
			return BulkRun{}, err
		}
		return q.RunByForm(ctx, RunByFormParams{n.Store, n.Staff, n.FormKey})
	}
	for i, item := range n.Items {
		state := Out
		if item.OK {
			state = Ready
		}
		err := q.InsertItem(ctx, InsertItemParams{StoreID: n.Store, RunID: run, Position: int64(i + 1), OrderID: item.Order,
			Number: item.Number, State: state, Words: item.Words})
		if err != nil {
			return BulkRun{}, err
		}
	}
	return RunByID(ctx, tx, n.Store, run)
}

// RunOfForm is the run that a form made; the error of one that made none wraps sql.ErrNoRows.
func RunOfForm(ctx context.Context, tx *db.Tx, s id.Store, staff id.Staff, form string) (BulkRun, error) {
	r, err := New(tx).RunByForm(ctx, RunByFormParams{s, staff, form})
	if err != nil {
		return r, fmt.Errorf("run of a form: %w", err)
	}
	return r, nil
}

// RunByID reads a run; the error of one that is not there wraps sql.ErrNoRows.
func RunByID(ctx context.Context, tx *db.Tx, s id.Store, run id.Run) (BulkRun, error) {
	r, err := New(tx).GetRun(ctx, GetRunParams{s, run})
	if err != nil {
		return r, fmt.Errorf("run %s: %w", run, err)
	}
	return r, nil
}

// Items are the orders of a run, in their order.
func Items(ctx context.Context, tx *db.Tx, s id.Store, run id.Run) ([]BulkRunItem, error) {
	return New(tx).ItemsOf(ctx, ItemsOfParams{s, run})
}

// Runs are the newest runs that somebody confirmed.
func Runs(ctx context.Context, tx *db.Tx, s id.Store, limit int32) ([]BulkRun, error) {
	return New(tx).RecentRuns(ctx, RecentRunsParams{s, limit})
}

// Begin makes a draft a run, for a reason in words: its ready orders wait for their turn. It
// answers false when the run was begun before, or none of its orders is ready.
func Begin(ctx context.Context, tx *db.Tx, s id.Store, run id.Run, reason string) (BulkRun, bool, error) {
	return queue(ctx, tx, s, run, reason, Draft, Ready)
}

// Retry lets the failed orders of an ended run wait for their turn again. It answers false
// when there is nothing to try again.
func Retry(ctx context.Context, tx *db.Tx, s id.Store, run id.Run) (BulkRun, bool, error) {
	return queue(ctx, tx, s, run, "", Ended, Failed)
}

func queue(ctx context.Context, tx *db.Tx, s id.Store, run id.Run, reason, from, items string) (BulkRun, bool, error) {
	q := New(tx)
	r, err := q.LockRun(ctx, LockRunParams{s, run})
	if err != nil {
		return r, false, fmt.Errorf("run %s: %w", run, err)
	}
	if r.State != from {
		return r, false, nil
	}
	n, err := q.QueueItems(ctx, QueueItemsParams{s, run, items})
	if err != nil || n == 0 {
		return r, false, err
	}
	r.State, r.EndedAt = Running, 0
	if from == Draft {
		r.BegunAt, r.Reason = tx.Now, reason
	}
	return r, true, q.SetRun(ctx, SetRunParams{s, run, r.State, r.BegunAt, r.EndedAt, r.Reason})
}

// WaitingBetween are the orders of a run that wait, from one position to another.
func WaitingBetween(ctx context.Context, tx *db.Tx, s id.Store, run id.Run, from, to int64) ([]BulkRunItem, error) {
	return New(tx).ItemsBetween(ctx, ItemsBetweenParams{StoreID: s, RunID: run, FromPosition: from, ToPosition: to})
}

// Settle notes what became of an order of a run. It answers false when that was noted
// before: whatever else is in the transaction is to be rolled back then.
func Settle(ctx context.Context, tx *db.Tx, item BulkRunItem, done bool, words string) (bool, error) {
	state := Failed
	if done {
		state = Done
	}
	n, err := New(tx).SetItem(ctx, SetItemParams{StoreID: item.StoreID, RunID: item.RunID, Position: item.Position, State: state, Words: words, At: tx.Now})
	return n > 0, err
}

// End ends a run of which no order waits any more; it answers whether it did.
func End(ctx context.Context, tx *db.Tx, s id.Store, run id.Run) (BulkRun, bool, error) {
	q := New(tx)
	r, err := q.LockRun(ctx, LockRunParams{s, run})
	if err != nil || r.State != Running {
		return r, false, err
	}
	left, err := q.CountWaiting(ctx, CountWaitingParams{s, run})
	if err != nil || left > 0 {
		return r, false, err
	}
	r.State, r.EndedAt = Ended, tx.Now
	return r, true, q.SetRun(ctx, SetRunParams{s, run, r.State, r.BegunAt, r.EndedAt, r.Reason})
}
