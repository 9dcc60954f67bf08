package outside

import (
	"context"
	"errors"
	"time"

	"doorstep/connector"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/store"
)

// What comes round is one row in the job table for each supplier or store: whoever works it
// makes the job of this round and gives the row back for the next time slot. So every slot
// has one round however many nodes there are, nobody is elected, and a round that takes
// longer than its slot is not overtaken by the next, because its pages have one key.

const janitorEvery = time.Minute

// tickJob is what a tick about a supplier, or about a connector, carries.
type tickJob struct {
	Supplier  id.Supplier  `json:"supplier,omitempty"`
	Connector id.Connector `json:"connector,omitempty"`
}

// Schedule sees to it that everything that should come round does: call it at the start, and
// now and then for suppliers that are new and pauses that were made shorter.
func (o *Outside) Schedule(ctx context.Context) error {
	var all []store.Store
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = store.All(ctx, tx)
		return err
	})
	for _, s := range all {
		err = errors.Join(err, o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return o.schedule(ctx, tx, s.StoreID) }))
	}
	return err
}

func (o *Outside) schedule(ctx context.Context, tx *db.Tx, s id.Store) error {
	set, err := store.LoadSettings(ctx, tx, s)
	if err != nil {
		return err
	}
	suppliers, err := inventory.Suppliers(ctx, tx, s)
	if err != nil {
		return err
	}
	ticks := []tick{
		{"tick.tracking", string(s), set.TrackingEvery, tickJob{}},
		{"tick.janitor", string(s), janitorEvery, tickJob{}},
		{"tick.late", string(s), lateEvery, tickJob{}},
		{"tick.learn", string(s), learnEvery, tickJob{}},
		{"tick.ends", string(s), endsEvery, tickJob{}},
		{"tick.prices", string(s), pricesEvery, tickJob{}},
		{"tick.feedback", string(s), feedbackEvery, tickJob{}},
		{"tick.disputes", string(s), disputesEvery, tickJob{}},
		{"tick.messages", string(s), mailboxEvery, tickJob{}},
	}
	for _, sup := range suppliers {
		if sup.ConnectorID != "" {
			ticks = append(ticks,
				tick{"tick.offers", string(sup.SupplierID), set.OffersEvery, tickJob{Supplier: sup.SupplierID}},
				tick{"tick.reports", string(sup.SupplierID), set.ReportEvery, tickJob{Supplier: sup.SupplierID}})
		}
	}
	plugs, err := store.Connectors(ctx, tx, s)
	if err != nil {
		return err
	}
	for _, c := range plugs {
		if c.Kind == string(connector.Payment) {
			ticks = append(ticks, tick{"tick.money", string(c.ConnectorID), moneyEvery, tickJob{Connector: c.ConnectorID}})
		}
	}
	for _, t := range ticks {
		if err := t.ensure(ctx, tx, s); err != nil {
			return err
		}
	}
	return o.subscribeAll(ctx, tx, set)
}

// tick is something that comes round.
type tick struct {
	kind, name string
	every      time.Duration
	payload    tickJob
}

// ensure makes the tick's row, at once due, where there is none, and brings one that waits
// for longer than the present pause forward.
func (t tick) ensure(ctx context.Context, tx *db.Tx, s id.Store) error {
	key := t.kind + "/" + t.name
	made, err := job.Insert(ctx, tx, job.New{Store: s, Kind: t.kind, Key: key, Payload: t.payload})
	if err != nil || made {
		return err
	}
	return job.Sooner(ctx, tx, key, nextSlot(tx.Now, t.every))
}

// nextSlot is when the next time slot begins.
func nextSlot(now clock.Time, every time.Duration) clock.Time {
	n := clock.Time(max(every, time.Millisecond).Microseconds())
	return now - now%n + n
}

// round is what a tick does in its transaction: make the jobs of this round, and say how
// long the pause is; 0 ends the tick, because what it was for is gone.
type round func(ctx context.Context, tx *db.Tx, j job.Job, t tickJob) (every time.Duration, err error)

// come runs a round and gives the tick back.
func (o *Outside) come(ctx context.Context, j job.Job, fn round) error {
	return o.steady(ctx, j, func(ctx context.Context, j job.Job) error {
		var t tickJob
		if err := j.Decode(&t); err != nil {
			return err
		}
		return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			every, err := fn(ctx, tx, j, t)
			if err != nil {
				return err
			}
			if every == 0 {
				return job.Finish(ctx, tx, j)
			}
			return job.Round(ctx, tx, j, nextSlot(tx.Now, every))
		})
	})
}

// steady works a job that must not be parked, because nothing would come round any more: its
// errors are logged and it is tried again.
func (o *Outside) steady(ctx context.Context, j job.Job, work job.Handler) error {
	err := work(ctx, j)
	if err == nil || errors.Is(err, job.ErrStale) || ctx.Err() != nil {
		return err
	}
	o.log.Error("periodic work went wrong and is tried again", "kind", j.Kind, "key", j.Key, "error", err)
	return o.again(ctx, j, o.backOff(j), err.Error())
}

// aboutTick is the tick's supplier and its pause; 0 when there is nobody to ask any more.
func aboutTick(ctx context.Context, tx *db.Tx, j job.Job, t tickJob, pause func(store.Settings) time.Duration) (inventory.Supplier, time.Duration, error) {
	list, err := inventory.Suppliers(ctx, tx, j.Store)
	if err != nil {
		return inventory.Supplier{}, 0, err
	}
	for _, sup := range list {
		if sup.SupplierID == t.Supplier && sup.ConnectorID != "" {
			set, err := store.LoadSettings(ctx, tx, j.Store)
			return sup, pause(set), err
		}
	}
	return inventory.Supplier{}, 0, nil
}

// tickOffers begins a round of reading a supplier's cost and stock.
func (o *Outside) tickOffers(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, t tickJob) (time.Duration, error) {
		sup, every, err := aboutTick(ctx, tx, j, t, func(s store.Settings) time.Duration { return s.OffersEvery })
		if err != nil || every == 0 {
			return 0, err
		}
		return every, beginRound(ctx, tx, sup, "offers.page", "offers/")
	})
}

// tickReports begins a round of asking a supplier for open purchases.
func (o *Outside) tickReports(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, t tickJob) (time.Duration, error) {
		sup, every, err := aboutTick(ctx, tx, j, t, func(s store.Settings) time.Duration { return s.ReportEvery })
		if err != nil || every == 0 {
			return 0, err
		}
		return every, beginRound(ctx, tx, sup, "report.page", "reports/")
	})
}

// beginRound makes a round's first page; nothing happens while one is being read.
func beginRound(ctx context.Context, tx *db.Tx, sup inventory.Supplier, kind, prefix string) error {
	return job.Add(ctx, tx, job.New{Store: sup.StoreID, Kind: kind, Key: prefix + string(sup.SupplierID),
		Lane: string(sup.ConnectorID), Payload: pageJob{Supplier: sup.SupplierID}})
}

// tickTracking begins a round of asking where parcels are.
func (o *Outside) tickTracking(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, _ tickJob) (time.Duration, error) {
		set, err := store.LoadSettings(ctx, tx, j.Store)
		if err != nil {
			return 0, err
		}
		err = job.Add(ctx, tx, job.New{Store: j.Store, Kind: "tracking.page", Key: "tracking/" + string(j.Store) + "/page",
			Lane: "tracking", Payload: trackJob{}})
		return set.TrackingEvery, err
	})
}
