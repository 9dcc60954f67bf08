package outside

import (
	"context"
	"errors"
	"fmt"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
)

// scanAtOnce is how many moving parcels are looked through at a time.
const scanAtOnce = 500

// trackJob is where reading tracks goes on.
type trackJob struct {
	After id.Shipment `json:"after,omitempty"`
}

// tracker is the store's tracking service: the first active carrier connector by name; nil
// when it has none, and then the suppliers' own tracking must do.
func (o *Outside) tracker(ctx context.Context, s id.Store) (*plug, error) {
	var row *store.Connector
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = trackerRow(ctx, tx, s)
		return err
	})
	if err != nil || row == nil {
		return nil, err
	}
	return o.plugFor(ctx, s, row.ConnectorID)
}

// trackerRow is the row of the store's tracking service; nil when it has none.
func trackerRow(ctx context.Context, tx *db.Tx, s id.Store) (*store.Connector, error) {
	list, err := store.Connectors(ctx, tx, s)
	for i := range list {
		if list[i].Kind == string(connector.Carrier) && list[i].State == store.Active {
			return &list[i], err
		}
	}
	return nil, err
}

// register sees to it that a parcel is followed by the tracking service: job
// tracking.register. Registering is done in bulk; this job stays until its parcel is in.
func (o *Outside) register(ctx context.Context, j job.Job) error {
	var payload flow.ShipmentJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	t, err := o.tracker(ctx, j.Store)
	if errors.Is(err, errNotOpen) {
		return o.again(ctx, j, whenPaused, err.Error())
	}
	if err != nil {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		parcel, err := shipment.Get(ctx, tx, j.Store, payload.Shipment)
		if err != nil {
			return err
		}
		if t == nil || parcel.RegisteredAt != 0 || over(parcel) {
			return job.Finish(ctx, tx, j)
		}
		made, err := askBatch(ctx, tx, j.Store)
		if err != nil {
			return err
		}
		if made {
			return job.Finish(ctx, tx, j)
		}
		return job.Again(ctx, tx, j, tx.Now.Add(2*time.Second), "others are being registered")
	})
}

// askBatch makes the job that registers what is not registered yet; false when it is there
// already, and perhaps has looked before this transaction's parcel was to be seen.
func askBatch(ctx context.Context, tx *db.Tx, s id.Store) (bool, error) {
	return job.Insert(ctx, tx, flow.TrackingBatch(s))
}

// over says whether a parcel brings no more news.
func over(s shipment.Shipment) bool {
	return s.State == shipment.Delivered || s.State == shipment.Returned || s.State == shipment.Lost
}

// registerBatch registers as many parcels as the service takes at once: job tracking.batch.
func (o *Outside) registerBatch(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, o.registerBatchOnce)
}

func (o *Outside) registerBatchOnce(ctx context.Context, j job.Job) error {
	t, err := o.tracker(ctx, j.Store)
	if errors.Is(err, errNotOpen) {
		return o.again(ctx, j, whenPaused, err.Error())
	}
	if err != nil {
		return err
	}
	if t == nil {
		return o.finish(ctx, j)
	}
	names, parcels, more, err := o.unregistered(ctx, j.Store, max(t.carrier.Batch(), 1))
	if err != nil {
		return err
	}
	if len(parcels) == 0 {
		return o.finish(ctx, j)
	}
	var refused map[string]error
	if registrar, ok := t.carrier.(carrier.Registrar); ok {
		done, skip, err := o.read(ctx, j, t, func(ctx context.Context) (err error) {
			refused, err = registrar.Register(ctx, parcels)
			return err
		}, nil)
		if err != nil || done {
			return err
		}
		if skip {
			return o.again(ctx, j, longest, "the service takes no parcels at present")
		}
	}
	for n, why := range refused {
		o.log.Warn("a tracking service does not follow a parcel", "connector", t.row.Name, "number", n, "error", why)
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.Registered(ctx, tx, j.Store, names); err != nil {
			return err
		}
		if more {
			return next(ctx, tx, j, nil)
		}
		return job.Finish(ctx, tx, j)
	})
}

// unregistered is up to limit moving parcels that the service does not follow yet.
func (o *Outside) unregistered(ctx context.Context, s id.Store, limit int) (names []id.Shipment, parcels []carrier.Parcel, more bool, err error) {
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		names, parcels, more = nil, nil, false
		var after id.Shipment
		for {
			list, err := shipment.Followed(ctx, tx, s, after, scanAtOnce)
			if err != nil {
				return err
			}
			for _, parcel := range list {
				after = parcel.ShipmentID
				if parcel.RegisteredAt != 0 {
					continue
				}
				if more = len(parcels) == limit; more {
					return nil
				}
				p, err := parcelOf(ctx, tx, parcel)
				if err != nil {
					return err
				}
				names, parcels = append(names, parcel.ShipmentID), append(parcels, p)
			}
			if len(list) < scanAtOnce {
				return nil
			}
		}
	})
	return names, parcels, more, err
}

// parcelOf is a parcel as a tracking service wants to know it.
func parcelOf(ctx context.Context, tx *db.Tx, s shipment.Shipment) (carrier.Parcel, error) {
	p := carrier.Parcel{Number: s.Number, Carrier: s.Carrier}
	if shipment.IsBack(s.ShipmentID) { // it does not go to the customer
		return p, nil
	}
	placed, err := order.Get(ctx, tx, s.StoreID, s.OrderID)
	if err != nil {
		return p, err
	}
	to, err := order.ParseAddress(placed.Shipping)
	if err != nil {
		return p, err
	}
	p.Postcode, p.Country, p.Order = to.PostalCode, to.Country, placed.Name()
	return p, nil
}

// trackPage asks where some of the moving parcels are: job tracking.page.
func (o *Outside) trackPage(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, o.trackPageOnce)
}

func (o *Outside) trackPageOnce(ctx context.Context, j job.Job) error {
	var page trackJob
	if err := j.Decode(&page); err != nil {
		return err
	}
	t, err := o.tracker(ctx, j.Store)
	if errors.Is(err, errNotOpen) {
		return o.again(ctx, j, whenPaused, err.Error())
	}
	if err != nil {
		return err
	}
	if t == nil {
		return o.finish(ctx, j)
	}
	last, parcels, unknown, err := o.movingPage(ctx, j.Store, t, page.After)
	if err != nil {
		return err
	}
	var tracks []carrier.Track
	if len(parcels) > 0 {
		done, _, err := o.read(ctx, j, t, func(ctx context.Context) (err error) {
			tracks, err = t.carrier.Track(ctx, parcels)
			return err
		}, nil)
		if err != nil || done {
			return err
		}
	}
	if err := o.tellTracks(ctx, j.Store, t, tracks); err != nil { // one parcel must not hide the others
		o.log.Error("a track could not be taken in", "connector", t.row.Name, "error", err)
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if unknown {
			if _, err := askBatch(ctx, tx, j.Store); err != nil {
				return err
			}
		}
		if last == "" {
			return job.Finish(ctx, tx, j)
		}
		return next(ctx, tx, j, trackJob{After: last})
	})
}

// movingPage is the next moving parcels that the service follows, as many as it answers at
// once; last is empty at the end, unknown says that it does not follow all.
func (o *Outside) movingPage(ctx context.Context, s id.Store, t *plug, after id.Shipment) (last id.Shipment, parcels []carrier.Parcel, unknown bool, err error) {
	limit := max(t.carrier.Batch(), 1)
	_, registrar := t.carrier.(carrier.Registrar)
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		last, parcels, unknown = "", nil, false
		list, err := shipment.Followed(ctx, tx, s, after, int32(limit))
		if err != nil {
			return err
		}
		for _, parcel := range list {
			if registrar && parcel.RegisteredAt == 0 {
				unknown = true
				continue
			}
			p, err := parcelOf(ctx, tx, parcel)
			if err != nil {
				return err
			}
			parcels = append(parcels, p)
		}
		if len(list) == limit {
			last = list[len(list)-1].ShipmentID
		}
		return nil
	})
	return last, parcels, unknown, err
}

// tellTracks tells flow where parcels are, each in a transaction of its own: an order with
// several parcels must not be locked in two ways at once.
func (o *Outside) tellTracks(ctx context.Context, s id.Store, t *plug, tracks []carrier.Track) error {
	var failed error
	for _, track := range tracks {
		if track.Err != nil || len(track.Events) == 0 && track.NextNumber == "" && track.Expected.IsZero() {
			continue // nothing new, or this parcel alone: it is asked for again at the next round
		}
		err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.TrackSaidSo(ctx, tx, s, trackSaid(track, t))
			return err
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("parcel %s: %w", track.Number, err))
		}
	}
	return failed
}
