package outside

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"doorstep/connector"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/purchase"
	"doorstep/supplier"
)

func lineID(n int64) string { return strconv.FormatInt(n, 10) }

// aboutPurchase reads what a job about a purchase needs: the row and its open connector.
func (o *Outside) aboutPurchase(ctx context.Context, j job.Job) (purchase.Purchase, *plug, error) {
	var payload flow.PurchaseJob
	var p purchase.Purchase
	if err := j.Decode(&payload); err != nil {
		return p, nil, err
	}
	if c := id.Connector(j.Lane); j.Kind == "purchase.submit" && c != "" { // the intent reads the rest
		plug, err := o.plugFor(ctx, j.Store, c)
		if err == nil && plug.supplier == nil {
			err = fmt.Errorf("connector %s is no supplier's", plug.row.Name)
		}
		return purchase.Purchase{StoreID: j.Store, PurchaseID: payload.Purchase, ConnectorID: c}, plug, err
	}
	plug, err := o.plugRead(ctx, func(ctx context.Context, tx *db.Tx) (w wire, err error) {
		if p, err = purchase.Get(ctx, tx, j.Store, payload.Purchase); err != nil {
			return w, fmt.Errorf("purchase %s: %w", payload.Purchase, err)
		}
		return wireOf(ctx, tx, j.Store, p.ConnectorID)
	})
	if err == nil && plug.supplier == nil {
		err = fmt.Errorf("connector %s is no supplier's", plug.row.Name)
	}
	return p, plug, err
}

// powers says what can be done about a purchase whose answer was lost.
func powers(c supplier.Connector) flow.Powers {
	var can flow.Powers
	_, can.Cancel = c.(supplier.Canceller)
	_, can.Pay = c.(supplier.Payer)
	if f, ok := c.(supplier.Finder); ok {
		can.Find, can.Settles = true, f.Settles()
	}
	if r, ok := c.(supplier.Repeatable); ok {
		can.Repeats = r.Repeats()
	}
	return can
}

// submit places a purchase with its supplier: job purchase.submit.
func (o *Outside) submit(ctx context.Context, j job.Job) error {
	p, plug, err := o.aboutPurchase(ctx, j)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	var s *flow.Submission
	var said *flow.SupplierSaid
	can := powers(plug.supplier)
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			s, err = flow.BeginSubmit(ctx, tx, j.Store, p.PurchaseID, can)
			return s != nil, err
		},
		call: func(ctx context.Context) error {
			status, err := plug.supplier.Submit(ctx, orderOf(s, plug.set))
			said = saidIf(status, err)
			if errors.Is(err, supplier.ErrRepeated) {
				can = flow.Powers{} // it is there and does not tell its number: a person must
			}
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndSubmit(ctx, tx, j.Store, p.PurchaseID, withRaw(out, said), said, can)
		},
	})
}

// saidIf is the supplier's word of an order, nil where there was none.
func saidIf(s supplier.Status, err error) *flow.SupplierSaid {
	if err != nil {
		return nil
	}
	said := supplierSaid(s)
	return &said
}

func withRaw(out flow.Outcome, said *flow.SupplierSaid) flow.Outcome {
	if said != nil && out.Raw == "" {
		out.Raw = said.Raw
	}
	return out
}

// find asks what became of a purchase whose answer was lost: job purchase.find.
func (o *Outside) find(ctx context.Context, j job.Job) error {
	p, plug, err := o.aboutPurchase(ctx, j)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	last, err := o.lastSent(ctx, j.Store, p)
	if err != nil {
		return err
	}
	finder, can := plug.supplier.(supplier.Finder)
	var s *flow.Submission
	var said *flow.SupplierSaid
	absent := false
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			s, err = flow.BeginFind(ctx, tx, j.Store, p.PurchaseID)
			return s != nil, err
		},
		call: func(ctx context.Context) error {
			if !can {
				return &connector.Rejected{Code: "no-find", Words: plug.row.Name + " cannot be asked by our key", Cause: connector.CauseOther}
			}
			status, err := finder.Find(ctx, s.Purchase.Key)
			said = saidIf(status, err)
			err = o.settled(err, last.Add(finder.Settles()))
			absent = errors.Is(err, connector.ErrNotFound)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			if absent { // whatever was refused before: it is certain that nothing is there
				out.Kind = flow.NotFound
			}
			return flow.EndFind(ctx, tx, j.Store, p.PurchaseID, withRaw(out, said), said)
		},
	})
}

// settled believes "not found" only when a new order cannot be invisible any more; before
// that it asks for patience.
func (o *Outside) settled(err error, sure clock.Time) error {
	if !errors.Is(err, connector.ErrNotFound) || !o.now().Before(sure) {
		return err
	}
	wait := max(sure.Sub(o.now()), time.Second)
	return &connector.NotSent{After: wait, Err: fmt.Errorf("not visible yet, believed absent after %s", sure)}
}

// lastSent is when a purchase was last sent to its supplier.
func (o *Outside) lastSent(ctx context.Context, s id.Store, p purchase.Purchase) (last clock.Time, err error) {
	last = p.TriedAt
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		attempts, err := purchase.Attempts(ctx, tx, s, p.PurchaseID)
		for _, a := range attempts {
			if a.Action == "submit" {
				last = max(last, a.BeganAt, a.EndedAt)
			}
		}
		return err
	})
	return last, err
}

// cancel asks the supplier not to ship: job purchase.cancel.
func (o *Outside) cancel(ctx context.Context, j job.Job) error {
	p, plug, err := o.aboutPurchase(ctx, j)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	last, err := o.lastSent(ctx, j.Store, p)
	if err != nil {
		return err
	}
	canceller, can := plug.supplier.(supplier.Canceller)
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (bool, error) {
			s, err := flow.BeginCancel(ctx, tx, j.Store, p.PurchaseID)
			return s != nil, err
		},
		call: func(ctx context.Context) error {
			if !can {
				return &connector.Rejected{Code: "no-cancel", Words: plug.row.Name + " takes no cancellations by program", Cause: connector.CauseOther}
			}
			err := canceller.Cancel(ctx, refOf(p.Key, p.Ref, p.Parts))
			if f, ok := plug.supplier.(supplier.Finder); ok {
				err = o.settled(err, last.Add(f.Settles())) // a new order may not be visible yet
			}
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndCancel(ctx, tx, j.Store, p.PurchaseID, out, powers(plug.supplier))
		},
	})
}

// pay pays for an order that the supplier has and does not ship before that: job purchase.pay.
// The order stands unpaid with a link until the supplier says otherwise; a connector that
// cannot pay leaves that to a person. The supplier knows the order, so it is paid once.
func (o *Outside) pay(ctx context.Context, j job.Job) error {
	p, plug, err := o.aboutPurchase(ctx, j)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	payer, can := plug.supplier.(supplier.Payer)
	if !can {
		return o.finish(ctx, j)
	}
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (bool, error) {
			now, err := purchase.Get(ctx, tx, j.Store, p.PurchaseID)
			return now.Unpaid && now.State == purchase.Submitted, err
		},
		call: func(ctx context.Context) error { return payer.Pay(ctx, refOf(p.Key, p.Ref, p.Parts)) },
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return undecided(out), paid(ctx, tx, plug, p, out)
		},
	})
}

// paid has the supplier asked how the order stands, or notes why it is still unpaid.
func paid(ctx context.Context, tx *db.Tx, plug *plug, p purchase.Purchase, out flow.Outcome) error {
	switch out.Kind {
	case flow.Done:
		sup := inventory.Supplier{StoreID: p.StoreID, SupplierID: p.SupplierID, ConnectorID: p.ConnectorID}
		_, err := askReport(ctx, tx, []inventory.Supplier{sup}, supplier.Ref{Key: p.Key, Ref: p.Ref})
		return err
	case flow.RejectedCall, flow.NotFound:
		return flow.Record(ctx, tx, event.Fact{Store: p.StoreID, Order: p.OrderID, Kind: "purchase.pay-refused", Subject: string(p.PurchaseID),
			Actor: string(plug.actor()), Data: map[string]string{"number": p.Number, "code": out.Code, "words": out.Words}})
	}
	return nil
}
