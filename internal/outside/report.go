package outside

import (
	"context"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/purchase"
	"doorstep/supplier"
)

const (
	reportAtOnce = 50 // the contract's largest number of orders in one Report
	tellAtOnce   = 10 // how many of them are told to flow in one transaction
)

// reportPage asks a supplier how up to fifty open purchases stand: job report.page.
func (o *Outside) reportPage(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, o.reportPageOnce)
}

func (o *Outside) reportPageOnce(ctx context.Context, j job.Job) error {
	var page pageJob
	if err := j.Decode(&page); err != nil {
		return err
	}
	sup, plug, err := o.aboutSupplier(ctx, j.Store, page.Supplier)
	if err != nil {
		return o.cannotOpen(ctx, j, sup.ConnectorID, err)
	}
	if plug == nil {
		return o.finish(ctx, j)
	}
	var open []purchase.Purchase
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		follows, err := trackerRow(ctx, tx, j.Store)
		if err != nil {
			return err
		}
		open, err = purchase.Open(ctx, tx, j.Store, sup.SupplierID, id.Purchase(page.After), int32(page.size(reportAtOnce)), follows == nil)
		return err
	})
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return o.finish(ctx, j)
	}
	var halve func(ctx context.Context, tx *db.Tx) error
	if half := len(open) / 2; half > 0 {
		halve = func(ctx context.Context, tx *db.Tx) error {
			return replace(ctx, tx, j, pageJob{Supplier: page.Supplier, After: page.After, Limit: half}, o.o.SlowDown)
		}
	}
	done, err := o.report(ctx, j, plug, sup, open, halve)
	if done {
		return err
	}
	if err != nil { // one purchase must not keep the rest from being reported on
		o.log.Error("a supplier's report could not be taken in", "supplier", sup.Name, "error", err)
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if len(open) < page.size(reportAtOnce) {
			return job.Finish(ctx, tx, j)
		}
		return next(ctx, tx, j, page.following(string(open[len(open)-1].PurchaseID)))
	})
}

// reportOne asks how one purchase stands, because its supplier said that it is worth while:
// job purchase.report.
func (o *Outside) reportOne(ctx context.Context, j job.Job) error {
	p, plug, err := o.aboutPurchase(ctx, j)
	if err != nil {
		return o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	done, err := o.report(ctx, j, plug, inventory.Supplier{StoreID: j.Store, SupplierID: p.SupplierID}, []purchase.Purchase{p}, nil)
	if err != nil || done {
		return err
	}
	return o.finish(ctx, j)
}

// report asks for purchases and tells flow the answers; done when the job was given back.
func (o *Outside) report(ctx context.Context, j job.Job, plug *plug, sup inventory.Supplier, open []purchase.Purchase,
	halve func(ctx context.Context, tx *db.Tx) error) (done bool, err error) {
	refs := make([]supplier.Ref, 0, len(open))
	for _, p := range open {
		refs = append(refs, refOf(p.Key, p.Ref, p.Parts))
	}
	var answers []supplier.Status
	done, _, err = o.read(ctx, j, plug, func(ctx context.Context) (err error) {
		answers, err = plug.supplier.Report(ctx, refs)
		return err
	}, halve)
	if err != nil || done {
		return done, err
	}
	said := make([]flow.SupplierSaid, 0, len(answers))
	for _, a := range answers {
		said = append(said, supplierSaid(a))
	}
	return false, o.tellAll(ctx, j.Store, sup.SupplierID, plug.actor(), said)
}

// tellAll tells flow a supplier's words, some in each transaction. Where one of them cannot
// be taken in, the others are, one by one, and the error names it.
func (o *Outside) tellAll(ctx context.Context, s id.Store, sup id.Supplier, actor flow.Actor, said []flow.SupplierSaid) error {
	var failed error
	for start := 0; start < len(said); start += tellAtOnce {
		chunk := said[start:min(start+tellAtOnce, len(said))]
		if err := o.tell(ctx, s, sup, actor, chunk); err == nil {
			continue
		}
		for i := range chunk {
			if err := o.tell(ctx, s, sup, actor, chunk[i:i+1]); err != nil {
				failed = errors.Join(failed, fmt.Errorf("purchase %s %s: %w", chunk[i].Key, chunk[i].Ref, err))
			}
		}
	}
	return failed
}

func (o *Outside) tell(ctx context.Context, s id.Store, sup id.Supplier, actor flow.Actor, said []flow.SupplierSaid) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, one := range said {
			if _, err := flow.SupplierSaidSo(ctx, tx, s, sup, one, actor); err != nil {
				return err
			}
		}
		return nil
	})
}
