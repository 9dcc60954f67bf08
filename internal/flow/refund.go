package flow

import (
	"cmp"
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
	"doorstep/money"
)

// RefundSaid is what a provider says of a refund, by our name of it or by theirs.
type RefundSaid struct {
	Refund      id.Refund // ours, or
	Connector   id.Connector
	PaymentRef  string
	Ref         string
	State       string // pending, succeeded, failed
	AmountMinor int64
	Words       string
	Actor       Actor
}

// RefundCall is what the provider is asked for.
type RefundCall struct {
	Refund  ledger.Refund
	Payment ledger.Payment
}

// giveBack is how money goes back.
type giveBack struct {
	Reason   string
	Actor    Actor
	ToCredit bool       // as store credit
	Claim    id.Claim   // that it settles
	Payment  id.Payment // only of this one; empty: of all that there are
}

// AskRefund gives money back: never more than is refundable, never while a chargeback is
// open. It leaves by a job. What was paid with store credit goes back there first, at once;
// the refund that is answered is the last one that was made.
func AskRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, amount int64, reason string, actor Actor) (ledger.Refund, error) {
	return orderRefund(ctx, tx, s, name, amount, giveBack{Reason: reason, Actor: actor})
}

// RefundAsCredit is AskRefund onto the customer's store credit: it is there at once.
func RefundAsCredit(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, amount int64, reason string, actor Actor) (ledger.Refund, error) {
	return orderRefund(ctx, tx, s, name, amount, giveBack{Reason: reason, Actor: actor, ToCredit: true})
}

func orderRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, amount int64, how giveBack) (made ledger.Refund, err error) {
	err = change(ctx, tx, s, name, func(o order.Order) (err error) {
		made, err = askRefund(ctx, tx, o, amount, how)
		return err
	})
	if err != nil || made.RefundID == "" {
		return made, err
	}
	return ledger.GetRefund(ctx, tx, s, made.RefundID)
}

// askRefund spreads an amount over the order's payments: store credit first, then the one
// that has most to give back.
func askRefund(ctx context.Context, tx *db.Tx, o order.Order, amount int64, how giveBack) (made ledger.Refund, err error) {
	if amount <= 0 {
		return made, &Refusal{Code: "amount", Field: "amount", Words: "A refund is more than nothing."}
	}
	parts, err := refundable(ctx, tx, o)
	if err != nil {
		return made, err
	}
	if how.Payment != "" {
		parts = slices.DeleteFunc(parts, func(p part) bool { return p.payment.PaymentID != how.Payment })
	}
	if most := mostOf(parts); amount > most {
		return made, &Refusal{Code: "not-refundable", Field: "amount",
			Words: "At most " + money.New(most, o.Currency).String() + " can be given back now."}
	}
	for _, p := range parts {
		n := min(p.most, amount)
		if n <= 0 || err != nil {
			break
		}
		amount -= n
		made, err = refundPart(ctx, tx, o, p.payment, n, how)
	}
	return made, err
}

// refundPart gives an amount of one payment back.
func refundPart(ctx context.Context, tx *db.Tx, o order.Order, p ledger.Payment, amount int64, how giveBack) (ledger.Refund, error) {
	r := ledger.Refund{StoreID: o.StoreID, RefundID: id.Refund(id.Ordered("re", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, PaymentID: p.PaymentID,
		State: ledger.RefundApproved, AmountMinor: amount, Currency: o.Currency, Reason: how.Reason, ToCredit: how.ToCredit, ClaimID: how.Claim}
	if err := ledger.InsertRefund(ctx, tx, r); err != nil {
		return r, err
	}
	told := data{"amount": r.Amount(), "reason": how.Reason}
	if r.BackTo(p) == ledger.StoreCredit {
		told["to"] = ledger.StoreCredit
	}
	return r, note(ctx, tx, o, "refund.approved", string(r.RefundID), how.Actor, told)
}

// part is a payment and what may be given back of it.
type part struct {
	payment ledger.Payment
	most    int64
}

// mostOf is what may be given back of all.
func mostOf(parts []part) (sum int64) {
	for _, p := range parts {
		sum += p.most
	}
	return sum
}

// refundable are the order's payments of which something may be given back, in the order in
// which it is: store credit first, then the largest.
func refundable(ctx context.Context, tx *db.Tx, o order.Order) (list []part, err error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	chargebacks, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	for _, p := range payments {
		if left := ledger.Refundable(p.CapturedMinor, ofPayment(refunds, p.PaymentID), against(chargebacks, p.PaymentID)); left > 0 {
			list = append(list, part{p, left})
		}
	}
	slices.SortStableFunc(list, func(a, b part) int {
		if a.payment.OfCredit() != b.payment.OfCredit() {
			return map[bool]int{true: -1, false: 1}[a.payment.OfCredit()]
		}
		return cmp.Compare(b.most, a.most)
	})
	return list, nil
}

// against are the chargebacks of a payment, and those that are open: they block the order.
func against(list []ledger.Chargeback, p id.Payment) []ledger.Chargeback {
	return slices.DeleteFunc(slices.Clone(list), func(c ledger.Chargeback) bool { return c.PaymentID != p && !c.Open() })
}

func ofPayment(list []ledger.Refund, p id.Payment) []ledger.Refund {
	var own []ledger.Refund
	for _, r := range list {
		if r.PaymentID == p {
			own = append(own, r)
		}
	}
	return own
}

// sendRefund makes the job that gives the money back.
func sendRefund(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, err := ledger.GetRefund(ctx, tx, e.StoreID, id.Refund(e.Subject))
	if err != nil {
		return err
	}
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, r.PaymentID)
	if err != nil {
		return err
	}
	if r.BackTo(p) != ledger.StoreCredit {
		return refundJob(ctx, tx, r, p, "refund.send")
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return refundCredit(ctx, tx, o, r, p)
}

func refundJob(ctx context.Context, tx *db.Tx, r ledger.Refund, p ledger.Payment, kind string) error {
	return ensure(ctx, tx, job.New{Store: r.StoreID, Kind: kind, Key: kind + "/" + string(r.RefundID),
		Lane: string(p.ConnectorID), Payload: RefundJob{r.RefundID}})
}

// BeginRefund moves the refund to sending; nil when there is nothing to send. A refund that
// is found sending belongs to a dead worker: its answer is lost, and it is looked up.
func BeginRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund) (begun *RefundCall, err error) {
	found, err := ledger.GetRefund(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	err = change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		call, err := loadRefund(ctx, tx, s, name)
		if err != nil {
			return err
		}
		r := &call.Refund
		if r.State == ledger.RefundSending {
			return moveRefund(ctx, tx, r, ledger.LoseRefund, call.Payment)
		}
		if blocked, err := inDispute(ctx, tx, o); err != nil || blocked {
			return err // it stays approved until the bank has decided: see sendWaiting
		}
		next, err := ledger.Refunds.Next(r.State, ledger.SendRefund)
		if err != nil {
			return nil //nolint:nilerr // moved on meanwhile: nothing to do is no error
		}
		r.State, begun = next, call
		r.Tries++
		return ledger.SaveRefund(ctx, tx, *r)
	})
	return begun, err
}

// inDispute says whether a bank has yet to decide about money of the order.
func inDispute(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	list, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	return slices.ContainsFunc(list, ledger.Chargeback.Open), err
}

// sendWaiting goes on with refunds that were approved before a bank stepped in, now that it
// has decided: those that are still covered are sent, those whose money it took are not.
func sendWaiting(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	if blocked, err := inDispute(ctx, tx, o); err != nil || blocked {
		return err
	}
	chargebacks, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for i := range refunds {
		r := &refunds[i]
		if r.State != ledger.RefundApproved {
			continue
		}
		p, err := ledger.GetPayment(ctx, tx, r.StoreID, r.PaymentID)
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(ofPayment(refunds, p.PaymentID), func(x ledger.Refund) bool { return x.RefundID == r.RefundID })
		if ledger.Refundable(p.CapturedMinor, others, against(chargebacks, p.PaymentID)) >= r.AmountMinor {
			err = refundJob(ctx, tx, *r, p, "refund.send")
		} else {
			err = declineRefund(ctx, tx, o, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// declineRefund ends a refund that was not sent, because the bank has given the money back.
func declineRefund(ctx context.Context, tx *db.Tx, o order.Order, r *ledger.Refund) (err error) {
	if r.State, err = ledger.Refunds.Next(r.State, ledger.DeclineRefund); err != nil {
		return err
	}
	r.Words = "the bank has given the money back"
	if err := ledger.SaveRefund(ctx, tx, *r); err != nil {
		return err
	}
	return note(ctx, tx, o, "refund.declined", string(r.RefundID), System, data{"amount": r.Amount(), "words": r.Words})
}

// BeginFindRefund returns the refund to look up; nil when its fate is known.
func BeginFindRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund) (*RefundCall, error) {
	call, err := loadRefund(ctx, tx, s, name)
	if err != nil || call.Refund.State != ledger.RefundUncertain {
		return nil, err
	}
	return call, nil
}

// LookForRefund puts back, and hurries, the look-up of a refund whose answer was lost: where the
// provider refused it nothing else would ask again.
func LookForRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund) error {
	found, err := ledger.GetRefund(ctx, tx, s, name)
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(order.Order) error {
		call, err := loadRefund(ctx, tx, s, name)
		if err != nil || call.Refund.State != ledger.RefundUncertain {
			return err
		}
		if err := refundJob(ctx, tx, call.Refund, call.Payment, "refund.find"); err != nil {
			return err
		}
		return job.Sooner(ctx, tx, "refund.find/"+string(name), tx.Now)
	})
}

func loadRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund) (*RefundCall, error) {
	r, err := ledger.LockRefund(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	p, err := ledger.GetPayment(ctx, tx, s, r.PaymentID)
	return &RefundCall{r, p}, err
}

// moveRefund applies an event of the call itself and makes the job that it asks for.
func moveRefund(ctx context.Context, tx *db.Tx, r *ledger.Refund, e ledger.RefundEvent, p ledger.Payment) error {
	next, err := ledger.Refunds.Next(r.State, e)
	if err != nil {
		return nil //nolint:nilerr // news overtook the call
	}
	r.State = next
	if err := ledger.SaveRefund(ctx, tx, *r); err != nil {
		return err
	}
	switch e {
	case ledger.LoseRefund:
		return refundJob(ctx, tx, *r, p, "refund.find")
	case ledger.FindNoRefund:
		return refundJob(ctx, tx, *r, p, "refund.send")
	}
	return nil
}

// EndRefund records what came of refund.send or refund.find.
func EndRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund, out Outcome, said *RefundSaid) error {
	r, err := ledger.GetRefund(ctx, tx, s, name)
	if err != nil {
		return err
	}
	return change(ctx, tx, s, r.OrderID, func(o order.Order) error {
		call, err := loadRefund(ctx, tx, s, name)
		if err != nil {
			return err
		}
		r := &call.Refund
		switch out.Kind {
		case Done:
			if said == nil {
				said = &RefundSaid{State: "pending", Actor: System}
			}
			return applyRefund(ctx, tx, o, *r, *said)
		case NotSent, Unauthorised:
			return moveRefund(ctx, tx, r, ledger.RefundNotSent, call.Payment)
		case NotFound:
			return moveRefund(ctx, tx, r, ledger.FindNoRefund, call.Payment)
		case RejectedCall:
			if r.State == ledger.RefundUncertain { // the look-up was refused: that says nothing of the refund
				r.Words = orElse(out.Code+" "+out.Words, r.Words)
				return ledger.SaveRefund(ctx, tx, *r)
			}
			if r.State != ledger.RefundSending {
				return nil // a message overtook the answer
			}
			return applyRefund(ctx, tx, o, *r, RefundSaid{State: "failed", Words: out.Code + " " + out.Words, Actor: System})
		}
		return moveRefund(ctx, tx, r, ledger.LoseRefund, call.Payment)
	})
}

// RefundSaidSo takes in what a provider says of a refund; false when it is not known here.
func RefundSaidSo(ctx context.Context, tx *db.Tx, s id.Store, said RefundSaid) (bool, error) {
	r, err := ledger.GetRefund(ctx, tx, s, said.Refund)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, change(ctx, tx, s, r.OrderID, func(o order.Order) error {
		r, err := ledger.LockRefund(ctx, tx, s, r.RefundID)
		if err != nil {
			return err
		}
		return applyRefund(ctx, tx, o, r, said)
	})
}

func applyRefund(ctx context.Context, tx *db.Tx, o order.Order, r ledger.Refund, said RefundSaid) error {
	r.Ref = orElse(said.Ref, r.Ref)
	r.Words = orElse(said.Words, r.Words)
	kind := ""
	switch said.State {
	case "succeeded":
		if next, err := ledger.Refunds.Next(r.State, ledger.SucceedRefund); err == nil {
			r.State, r.Slow, kind = next, false, "refund.succeeded"
		}
	case "pending":
		if next, err := ledger.Refunds.Next(r.State, ledger.FindRefund); err == nil {
			r.State = next
		}
		if r.PendingAt == 0 && r.State == ledger.RefundSending {
			r.PendingAt = tx.Now
		}
	case "failed":
		event, name := ledger.FailRefund, "refund.failed"
		if r.State == ledger.RefundSucceeded {
			event, name = ledger.BounceRefund, "refund.bounced"
		}
		if next, err := ledger.Refunds.Next(r.State, event); err == nil {
			r.State, kind = next, name
		}
	}
	if err := ledger.SaveRefund(ctx, tx, r); err != nil || kind == "" {
		return err
	}
	return note(ctx, tx, o, kind, string(r.RefundID), said.Actor, data{"amount": r.Amount(), "words": r.Words})
}

// bookRefund books money that went back, and the part of the sale that it undoes.
func bookRefund(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, entries, err := refundBooks(ctx, tx, e)
	if err != nil {
		return err
	}
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, r.PaymentID)
	if err != nil {
		return err
	}
	return post(ctx, tx, e.StoreID, ledger.RefundOf(r, p, entries))
}

// unbookRefund books that money came back from a refund that bounced.
func unbookRefund(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, entries, err := refundBooks(ctx, tx, e)
	if err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return post(ctx, tx, e.StoreID, ledger.BounceOf(r, entries, o.State == order.Cancelled))
}

func refundBooks(ctx context.Context, tx *db.Tx, e event.Event) (ledger.Refund, []ledger.LedgerEntry, error) {
	r, err := ledger.GetRefund(ctx, tx, e.StoreID, id.Refund(e.Subject))
	if err != nil {
		return r, nil, err
	}
	entries, err := ledger.Entries(ctx, tx, e.StoreID, e.OrderID)
	return r, entries, err
}

// post books postings.
func post(ctx context.Context, tx *db.Tx, s id.Store, list []ledger.Posting) error {
	for _, p := range list {
		if _, err := ledger.Post(ctx, tx, s, p); err != nil {
			return err
		}
	}
	return nil
}
