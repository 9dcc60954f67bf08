package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// subjects are what jobs name: each kind of job one of them.
type subjects struct {
	Order    id.Order    `json:"order"`
	Purchase id.Purchase `json:"purchase"`
	Payment  id.Payment  `json:"payment"`
	Refund   id.Refund   `json:"refund"`
	Mail     id.Mail     `json:"mail"`
	Shipment id.Shipment `json:"shipment"`
}

// NoticeGivenUp makes work that was given up a reason on the orders that it is about, and
// takes the reason away where the work goes on again.
func NoticeGivenUp(ctx context.Context, tx *db.Tx, s id.Store) error {
	parked, err := job.Parked(ctx, tx, s)
	if err != nil {
		return err
	}
	about := map[id.Order][]job.Job{}
	for _, j := range parked {
		o, err := orderOfJob(ctx, tx, j)
		if err != nil {
			return err
		}
		if o != "" {
			about[o] = append(about[o], j)
		}
	}
	known, err := order.WithGivenUp(ctx, tx, s, "", 1000)
	if err != nil {
		return err
	}
	for o := range about {
		known = append(known, o)
	}
	slices.Sort(known)
	for _, o := range slices.Compact(known) {
		if err := noteGivenUp(ctx, tx, s, o, about[o]); err != nil {
			return err
		}
	}
	return nil
}

// noteGivenUp stores what work about an order is given up now.
func noteGivenUp(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, jobs []job.Job) error {
	seen, err := order.Get(ctx, tx, s, name)
	if err != nil || same(seen.GaveUp(), jobs) {
		return err
	}
	return change(ctx, tx, s, name, func(o order.Order) error {
		before := o.GaveUp()
		var list []order.GivenUp
		for _, j := range jobs {
			i := slices.IndexFunc(before, func(g order.GivenUp) bool { return g.Job == string(j.ID) })
			if i >= 0 {
				list = append(list, before[i])
				continue
			}
			list = append(list, order.GivenUp{Job: string(j.ID), Kind: j.Kind, At: int64(tx.Now)})
			if err := note(ctx, tx, o, "job.given-up", string(j.ID), System, data{"kind": j.Kind, "error": j.Error}); err != nil {
				return err
			}
		}
		return order.SetGivenUp(ctx, tx, o, list)
	})
}

func same(known []order.GivenUp, jobs []job.Job) bool {
	return slices.EqualFunc(known, jobs, func(g order.GivenUp, j job.Job) bool { return g.Job == string(j.ID) })
}

// orderOfJob is the order that a job is about; empty when it is about none.
func orderOfJob(ctx context.Context, tx *db.Tx, j job.Job) (id.Order, error) {
	var of subjects
	if err := j.Decode(&of); err != nil {
		return "", nil //nolint:nilerr // a job of another form is about no order
	}
	var found id.Order
	var err error
	switch {
	case of.Order != "":
		var o order.Order
		o, err = order.Get(ctx, tx, j.Store, of.Order)
		found = o.OrderID
	case of.Purchase != "":
		var p purchase.Purchase
		p, err = purchase.Get(ctx, tx, j.Store, of.Purchase)
		found = p.OrderID
	case of.Payment != "":
		var p ledger.Payment
		p, err = ledger.GetPayment(ctx, tx, j.Store, of.Payment)
		found = p.OrderID
	case of.Refund != "":
		var r ledger.Refund
		r, err = ledger.GetRefund(ctx, tx, j.Store, of.Refund)
		found = r.OrderID
	case of.Mail != "":
		var m Mail
		m, err = New(tx).GetMail(ctx, GetMailParams{StoreID: j.Store, MailID: of.Mail})
		found = m.OrderID
	case of.Shipment != "":
		var p shipment.Shipment
		p, err = shipment.Get(ctx, tx, j.Store, of.Shipment)
		found = p.OrderID
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return found, err
}

// RetryJob lets work that was given up be tried again now.
func RetryJob(ctx context.Context, tx *db.Tx, s id.Store, name id.Job, actor Actor) error {
	parked, err := job.Parked(ctx, tx, s)
	if err != nil {
		return err
	}
	done, err := job.Unpark(ctx, tx, s, name)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-found", "There is no such job that was given up.")
	}
	fact := event.Fact{Store: s, Kind: "job.retried", Subject: string(name), Actor: string(actor)}
	if i := slices.IndexFunc(parked, func(j job.Job) bool { return j.ID == name }); i >= 0 {
		if fact.Order, err = orderOfJob(ctx, tx, parked[i]); err != nil {
			return err
		}
	}
	if fact.Order == "" {
		return Record(ctx, tx, fact)
	}
	return change(ctx, tx, s, fact.Order, func(o order.Order) error {
		list := slices.DeleteFunc(o.GaveUp(), func(g order.GivenUp) bool { return g.Job == string(name) })
		if err := order.SetGivenUp(ctx, tx, o, list); err != nil {
			return err
		}
		return Record(ctx, tx, fact)
	})
}

// ensure makes a job. Where one of its key was given up, that one goes on in its place:
// whoever asks for the work anew has seen to the cause, or the machine has come this way again.
func ensure(ctx context.Context, tx *db.Tx, n job.New) error {
	made, err := job.Insert(ctx, tx, n)
	if err != nil || made {
		return err
	}
	parked, err := job.Parked(ctx, tx, n.Store)
	for _, j := range parked {
		if err == nil && j.Key == n.Key {
			_, err = job.Unpark(ctx, tx, n.Store, j.ID)
		}
	}
	return err
}

// hurry lets a purchase's job run now, whether it waits, was given up, or is not there.
func hurry(ctx context.Context, tx *db.Tx, p purchase.Purchase, what string) error {
	if err := purchaseJob(ctx, tx, p, what, 0); err != nil {
		return err
	}
	return job.Sooner(ctx, tx, "purchase/"+string(p.PurchaseID)+"/"+what, tx.Now)
}
