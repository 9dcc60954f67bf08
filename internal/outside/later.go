package outside

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/purchase"
	"doorstep/supplier"
)

// A message may come before what it speaks of is known here: the supplier was quicker than
// its own answer. Then its words are kept in a job and told again a few times. What nobody
// knows after that is somebody else's: an account may serve several shops.

// said is what a message tells, in flow's words; it travels in a job where it came too early.
type said struct {
	Orders   []flow.SupplierSaid `json:"orders,omitempty"`
	Payments []flow.PaymentSaid  `json:"payments,omitempty"`
	Refunds  []flow.RefundSaid   `json:"refunds,omitempty"`
	Disputes []flow.DisputeSaid  `json:"disputes,omitempty"`
	Tracks   []flow.TrackSaid    `json:"tracks,omitempty"`
	Recheck  []supplier.Ref      `json:"recheck,omitempty"`
}

func (s said) empty() bool {
	return len(s.Orders)+len(s.Payments)+len(s.Refunds)+len(s.Disputes)+len(s.Tracks)+len(s.Recheck) == 0
}

// laterJob is words that came too early.
type laterJob struct {
	Connector id.Connector `json:"connector"`
	Said      said         `json:"said"`
}

// laterPauses are the pauses before words that came too early are told again. The first is as long
// as an answer that a message overtook may still take.
var laterPauses = []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second, 30 * time.Second, 3 * time.Minute, 20 * time.Minute, 2 * time.Hour, 12 * time.Hour}

// hear tells flow a new message, makes the jobs that it asks for, and keeps what nobody knows.
func (o *Outside) hear(ctx context.Context, tx *db.Tx, p *plug, m message) error {
	sups, err := inventory.SuppliersOf(ctx, tx, p.row.StoreID, p.row.ConnectorID)
	if err != nil {
		return err
	}
	for _, sup := range sups {
		if len(m.offers) > 0 {
			if err := o.offersSaid(ctx, tx, p, sup, supplier.Page{Offers: m.offers}); err != nil {
				return err
			}
		}
		if err := askSome(ctx, tx, sup, m.skus); err != nil {
			return err
		}
	}
	m.said.Recheck = m.recheck
	rest, err := o.tellSaid(ctx, tx, p, sups, m.said)
	if err != nil || rest.empty() {
		return err
	}
	return job.Add(ctx, tx, job.New{Store: p.row.StoreID, Kind: "inbox.later",
		Key: "inbox/" + string(p.row.ConnectorID) + "/" + m.key, Payload: laterJob{p.row.ConnectorID, rest}, At: tx.Now.Add(laterPauses[0])})
}

// lookFor makes the jobs that ask how purchases stand, where they are known here. What is not known
// is not waited for: a report that is due anyway makes good what a message told too early.
func (o *Outside) lookFor(ctx context.Context, tx *db.Tx, p *plug, refs []supplier.Ref) error {
	sups, err := inventory.SuppliersOf(ctx, tx, p.row.StoreID, p.row.ConnectorID)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if _, err := askReport(ctx, tx, sups, ref); err != nil {
			return err
		}
	}
	return nil
}

// hearLater tells words again that came too early: job inbox.later.
func (o *Outside) hearLater(ctx context.Context, j job.Job) error {
	var payload laterJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	p, err := o.plugFor(ctx, j.Store, payload.Connector)
	if err != nil {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		sups, err := inventory.SuppliersOf(ctx, tx, j.Store, payload.Connector)
		if err != nil {
			return err
		}
		rest, err := o.tellSaid(ctx, tx, p, sups, payload.Said)
		if err != nil {
			return err
		}
		told := int(j.Attempt/2) + 1 // the fence is raised by two each time
		switch {
		case rest.empty():
			return job.Finish(ctx, tx, j)
		case told < len(laterPauses):
			return job.Again(ctx, tx, j, tx.Now.Add(laterPauses[told]), "what it speaks of is not known here yet")
		}
		tx.AfterCommit(func() {
			o.log.Warn("a message speaks of what nobody here knows", "connector", p.row.Name, "key", j.Key)
		})
		return job.Finish(ctx, tx, j)
	})
}

// tellSaid tells flow all of it and answers what it does not know.
func (o *Outside) tellSaid(ctx context.Context, tx *db.Tx, p *plug, sups []inventory.Supplier, s said) (rest said, err error) {
	store := p.row.StoreID
	rest.Orders, err = unknown(s.Orders, func(one flow.SupplierSaid) (bool, error) {
		for _, sup := range sups {
			known, part, err := flow.SupplierTold(ctx, tx, store, sup.SupplierID, one, p.actor())
			if part && !slices.ContainsFunc(s.Recheck, func(ref supplier.Ref) bool { return ref.Ref == one.Ref }) {
				s.Recheck = append(s.Recheck, supplier.Ref{Key: one.Key, Ref: one.Ref})
			}
			if known || err != nil {
				return known, err
			}
		}
		return false, nil
	})
	if err != nil {
		return rest, err
	}
	rest.Payments, err = unknown(s.Payments, func(one flow.PaymentSaid) (bool, error) { return o.paymentSaidSo(ctx, tx, store, one) })
	if err != nil {
		return rest, err
	}
	rest.Refunds, err = unknown(s.Refunds, func(one flow.RefundSaid) (bool, error) { return flow.RefundSaidSo(ctx, tx, store, one) })
	if err != nil {
		return rest, err
	}
	rest.Disputes, err = unknown(s.Disputes, func(one flow.DisputeSaid) (bool, error) { return flow.DisputeSaidSo(ctx, tx, store, one) })
	if err != nil {
		return rest, err
	}
	rest.Tracks, err = unknown(s.Tracks, func(one flow.TrackSaid) (bool, error) { return flow.TrackSaidSo(ctx, tx, store, one) })
	if err != nil {
		return rest, err
	}
	rest.Recheck, err = unknown(s.Recheck, func(one supplier.Ref) (bool, error) { return askReport(ctx, tx, sups, one) })
	return rest, err
}

// unknown are those of the list that tell does not know.
func unknown[T any](list []T, tell func(T) (bool, error)) (rest []T, err error) {
	for _, one := range list {
		known, err := tell(one)
		if err != nil {
			return rest, err
		}
		if !known {
			rest = append(rest, one)
		}
	}
	return rest, nil
}

// askReport makes the job that asks how a purchase stands, with all parts into which it was split;
// false when it is not known here. A second job waits while one is being worked on, which may have
// asked a moment too early.
func askReport(ctx context.Context, tx *db.Tx, sups []inventory.Supplier, ref supplier.Ref) (known bool, err error) {
	for _, sup := range sups {
		p, err := purchaseOf(ctx, tx, sup, ref)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("purchase %s %s: %w", ref.Key, ref.Ref, err)
		}
		if len(ref.Parts) > 0 {
			if err := flow.NoteParts(ctx, tx, sup.StoreID, p.PurchaseID, ref.Parts); err != nil {
				return true, err
			}
		}
		n := job.New{Store: sup.StoreID, Kind: "purchase.report", Key: "purchase/" + string(p.PurchaseID) + "/report",
			Lane: string(sup.ConnectorID), Payload: flow.PurchaseJob{Purchase: p.PurchaseID}}
		made, err := job.Insert(ctx, tx, n)
		if err == nil && !made {
			n.Key += "/again"
			err = job.Add(ctx, tx, n)
		}
		return true, err
	}
	return false, nil
}

func purchaseOf(ctx context.Context, tx *db.Tx, sup inventory.Supplier, ref supplier.Ref) (purchase.Purchase, error) {
	if ref.Key != "" {
		p, err := purchase.ByKey(ctx, tx, sup.StoreID, ref.Key)
		if err == nil && p.SupplierID == sup.SupplierID || err != nil && !errors.Is(err, sql.ErrNoRows) {
			return p, err
		}
	}
	if ref.Ref == "" {
		return purchase.Purchase{}, sql.ErrNoRows
	}
	return purchase.ByRef(ctx, tx, sup.StoreID, sup.SupplierID, ref.Ref)
}
