package outside

import (
	"context"
	"errors"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/job"
	"doorstep/internal/store"
	"doorstep/supplier"
)

// subscribed is the name in the vault under which it is kept where a supplier was told that
// messages go.
const subscribed = "doorstep.subscribed"

// callbackOf is where a connector's messages come in; empty without a public address.
func callbackOf(set store.Settings, row store.Connector) string {
	if set.PublicURL == "" {
		return ""
	}
	return set.PublicURL + webhookPath + row.Kind + "/" + row.Name
}

// subscribeAll makes jobs for the suppliers that were not told our present address.
func (o *Outside) subscribeAll(ctx context.Context, tx *db.Tx, set store.Settings) error {
	list, err := store.Connectors(ctx, tx, set.StoreID)
	if err != nil {
		return err
	}
	for _, row := range list {
		callback := callbackOf(set, row)
		if row.Kind != string(connector.Supplier) || row.State != store.Active || callback == "" {
			continue
		}
		told, _, err := store.Learned(ctx, tx, o.box, set.StoreID, row.ConnectorID, subscribed)
		if err != nil {
			return err
		}
		if told == callback {
			continue
		}
		if err := askSubscribe(ctx, tx, row); err != nil {
			return err
		}
	}
	return nil
}

func askSubscribe(ctx context.Context, tx *db.Tx, row store.Connector) error {
	return job.Add(ctx, tx, job.New{Store: row.StoreID, Kind: "connector.subscribe",
		Key: subscribeKey(row), Lane: string(row.ConnectorID), Payload: connectorJob{row.ConnectorID}})
}

func subscribeKey(row store.Connector) string {
	return "connector/" + string(row.ConnectorID) + "/subscribe"
}

// subscribe tells a supplier where its messages go: job connector.subscribe. Without a public
// address of ours, and until the supplier takes it, purchases are asked for instead.
func (o *Outside) subscribe(ctx context.Context, j job.Job) error {
	var payload connectorJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	p, err := o.plugFor(ctx, j.Store, payload.Connector)
	if err != nil {
		return o.cannotOpen(ctx, j, payload.Connector, err)
	}
	callback := ""
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		set, err := store.LoadSettings(ctx, tx, j.Store)
		callback = callbackOf(set, p.row)
		return err
	})
	if err != nil {
		return err
	}
	if callback == "" {
		return o.finish(ctx, j)
	}
	if done, err := o.tellCallback(ctx, j, p, callback); err != nil || done {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, version, err := store.Learned(ctx, tx, o.box, j.Store, p.row.ConnectorID, subscribed)
		if err != nil {
			return err
		}
		if _, err := store.Learn(ctx, tx, o.box, j.Store, p.row.ConnectorID, subscribed, callback, version); err != nil {
			return err
		}
		return job.Finish(ctx, tx, j)
	})
}

// callbackPauses are the pauses before a supplier that did not take our address is told it again. It
// may have tried to reach us while we were starting, or before the world knew our name. Until it
// takes it no message comes, and the reports that are asked for tell the same, later.
var callbackPauses = []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

// tellCallback tells a supplier that can be told; done when the job was given back.
func (o *Outside) tellCallback(ctx context.Context, j job.Job, p *plug, callback string) (done bool, err error) {
	subscriber, ok := p.supplier.(supplier.Subscriber)
	if !ok {
		return false, nil
	}
	var refused error
	done, skip, err := o.read(ctx, j, p, func(ctx context.Context) error {
		err := subscriber.Subscribe(ctx, callback)
		if connector.OutcomeOf(err) != connector.WasRejected {
			return err
		}
		refused = err
		return nil
	}, nil)
	if done || err != nil {
		return done, err
	}
	if skip {
		refused = errors.New("it does not answer")
	}
	if refused == nil {
		return false, nil
	}
	pause := callbackPauses[min(int(j.Attempt/2), len(callbackPauses)-1)] // the fence is raised by two each time
	o.log.Warn("a supplier does not take our address for messages; it is asked instead, and told again later",
		"connector", p.row.Name, "later", pause, "error", refused)
	return true, o.again(ctx, j, pause, refused.Error())
}
