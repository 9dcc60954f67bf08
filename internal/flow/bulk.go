package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// One thing done to many orders. Every order goes through the same command as alone, in a
// transaction of its own together with the word about what became of it:
//
//	DraftRun ──► BeginRun ──► jobs bulk.chunk ──► RunItem for each ──► EndChunk
//
// A dry run is the command itself, taken back: see TryItem.

// chunk is how many orders of a run one job takes.
const chunk = 25

// RunJob is the payload of bulk.chunk: orders of a run, from one position to another.
type RunJob struct {
	Run  id.Run `json:"run"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

// errTakenBack ends a transaction that was only to show what would happen.
var errTakenBack = errors.New("taken back")

// TryItem says what an action would do to an order, and whether it can be done: it does it
// and takes it back. Call it outside of any transaction.
func TryItem(ctx context.Context, d *db.DB, s id.Store, name id.Order, action, reason string, actor Actor) (item desk.NewItem, err error) {
	err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		item = desk.NewItem{Order: name}
		o, err := order.Get(ctx, tx, s, name)
		if err != nil {
			return err
		}
		item.Number = o.Number
		item.Words, err = bulkOne(ctx, tx, o, action, reason, actor)
		if err != nil {
			return err
		}
		return errTakenBack
	})
	if r, ok := errors.AsType[*Refusal](err); ok {
		item.Words = r.Words
		return item, nil
	}
	if errors.Is(err, errTakenBack) {
		item.OK = true
		return item, nil
	}
	return item, err
}

// DraftRun stores what would happen to many orders, for a person to confirm.
func DraftRun(ctx context.Context, tx *db.Tx, n desk.NewRun) (desk.BulkRun, error) {
	run, err := desk.Write(ctx, tx, n)
	if errors.Is(err, desk.ErrAction) {
		return run, refuse("not-possible", "This cannot be done to many orders at once.")
	}
	return run, err
}

// BeginRun starts a draft that a person confirmed; doing so again changes nothing.
func BeginRun(ctx context.Context, tx *db.Tx, s id.Store, run id.Run, reason string, actor Actor) error {
	r, begun, err := desk.Begin(ctx, tx, s, run, reason)
	if err != nil {
		return err
	}
	if !begun && r.State == desk.Draft {
		return refuse("not-possible", "None of these orders can be done.")
	}
	return chunks(ctx, tx, r, begun, "bulk.begun", actor)
}

// RetryRun tries the orders of a run again that could not be done.
func RetryRun(ctx context.Context, tx *db.Tx, s id.Store, run id.Run, actor Actor) error {
	r, begun, err := desk.Retry(ctx, tx, s, run)
	if err != nil {
		return err
	}
	return chunks(ctx, tx, r, begun, "bulk.retried", actor)
}

// chunks makes the jobs of a run that has just been begun, for the orders that wait.
func chunks(ctx context.Context, tx *db.Tx, r desk.BulkRun, begun bool, kind string, actor Actor) error {
	if !begun {
		return nil
	}
	waiting, err := desk.WaitingBetween(ctx, tx, r.StoreID, r.RunID, 1, desk.Most)
	if err != nil {
		return err
	}
	for first := 0; first < len(waiting); first += chunk {
		last := min(first+chunk, len(waiting)) - 1
		part := RunJob{Run: r.RunID, From: waiting[first].Position, To: waiting[last].Position}
		err := job.Add(ctx, tx, job.New{Store: r.StoreID, Kind: "bulk.chunk", Key: fmt.Sprintf("bulk/%s/%d", r.RunID, part.From), Payload: part})
		if err != nil {
			return err
		}
	}
	return Record(ctx, tx, event.Fact{Store: r.StoreID, Kind: kind, Subject: string(r.RunID), Actor: string(actor),
		Data: data{"action": r.Action, "orders": len(waiting), "reason": r.Reason}})
}

// RunItem does a run's action to one of its orders, or notes why that is not possible. The
// order and the note are one transaction: an order is never done twice, nor forgotten.
func RunItem(ctx context.Context, d *db.DB, r desk.BulkRun, item desk.BulkRunItem) error {
	actor := Actor("staff:" + string(r.StaffID))
	settle := func(ctx context.Context, tx *db.Tx, done bool, words string) error {
		fresh, err := desk.Settle(ctx, tx, item, done, words)
		if err == nil && !fresh {
			return errTakenBack // another worker was faster
		}
		return err
	}
	err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := order.Get(ctx, tx, r.StoreID, item.OrderID)
		if err != nil {
			return err
		}
		words, err := bulkOne(ctx, tx, o, r.Action, r.Reason, actor)
		if err != nil {
			return err
		}
		return settle(ctx, tx, true, words)
	})
	if refused, ok := errors.AsType[*Refusal](err); ok {
		err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return settle(ctx, tx, false, refused.Words) })
	}
	if errors.Is(err, errTakenBack) {
		return nil
	}
	return err
}

// EndChunk ends the run when none of its orders waits any more.
func EndChunk(ctx context.Context, tx *db.Tx, s id.Store, run id.Run) error {
	r, ended, err := desk.End(ctx, tx, s, run)
	if err != nil || !ended {
		return err
	}
	items, err := desk.Items(ctx, tx, s, run)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, i := range items {
		count[i.State]++
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "bulk.ended", Subject: string(run), Actor: "staff:" + string(r.StaffID),
		Data: data{"action": r.Action, "done": count[desk.Done], "failed": count[desk.Failed]}})
}

// bulkOne does an action to one order and says what came of it; what cannot be done is a
// Refusal with the reason.
func bulkOne(ctx context.Context, tx *db.Tx, o order.Order, action, reason string, actor Actor) (string, error) {
	switch action {
	case desk.Cancel:
		return bulkCancel(ctx, tx, o, reason, actor)
	case desk.Hold:
		return onEach(ctx, tx, o, "held", "nothing is planned that could still be held", func(p purchase.Purchase) error {
			return HoldPurchase(ctx, tx, o.StoreID, p.PurchaseID, reason, actor)
		}, purchase.Planned)
	case desk.Release:
		return onEach(ctx, tx, o, "released", "nothing waits to be released", func(p purchase.Purchase) error {
			return Release(ctx, tx, o.StoreID, p.PurchaseID, actor)
		}, purchase.Held, purchase.Planned)
	}
	return "", refuse("not-possible", "This cannot be done to many orders at once.")
}

// onEach runs a command on the order's purchases in some states. Those that refuse are
// named; where all refuse, or there are none, the order is refused.
func onEach(ctx context.Context, tx *db.Tx, o order.Order, did, nothing string, command func(purchase.Purchase) error, states ...purchase.State) (string, error) {
	list, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return "", err
	}
	var done, refused []string
	for _, p := range list {
		if !oneOf(p.State, states) {
			continue
		}
		err := command(p)
		if r, ok := errors.AsType[*Refusal](err); ok {
			refused = append(refused, strings.TrimSuffix(r.Words, "."))
			continue
		}
		if err != nil {
			return "", err
		}
		done = append(done, p.Number)
	}
	if len(done) == 0 && len(refused) == 0 {
		return "", refuse("nothing-to-do", "%s: %s.", whereItStands(o, list), nothing)
	}
	if len(done) == 0 {
		return "", refuse("not-possible", "%s.", strings.Join(refused, ". "))
	}
	words := strings.Join(done, ", ") + " " + did
	if len(refused) > 0 {
		words += ", but " + strings.Join(refused, ". ")
	}
	return words, nil
}

func oneOf(state purchase.State, list []purchase.State) bool {
	for _, s := range list {
		if s == state {
			return true
		}
	}
	return false
}

// whereItStands says in a word or two why nothing can be done.
func whereItStands(o order.Order, list []purchase.Purchase) string {
	switch {
	case o.State == order.Pending:
		return "Not paid yet"
	case o.State == order.Cancelled:
		return "Already cancelled"
	case o.Goods == "delivered":
		return "Already delivered"
	case o.Goods == "shipped", o.Goods == "partly shipped", o.Goods == "partly delivered":
		return "Already shipped"
	case len(list) == 0:
		return "No supplier has it yet"
	case anyHeld(list):
		return "Held already"
	}
	return "Already sent to the supplier"
}

func anyHeld(list []purchase.Purchase) bool {
	for _, p := range list {
		if p.State == purchase.Held {
			return true
		}
	}
	return false
}

// bulkCancel asks for an order to be stopped and says how far that went.
func bulkCancel(ctx context.Context, tx *db.Tx, o order.Order, reason string, actor Actor) (string, error) {
	if o.State == order.Cancelled || o.State == order.Cancelling {
		return "", refuse("not-possible", "It is %s already.", o.State)
	}
	if err := refuseShipped(ctx, tx, o); err != nil {
		return "", err
	}
	if err := CancelOrder(ctx, tx, o.StoreID, o.OrderID, reason, actor); err != nil {
		return "", err
	}
	now, err := order.Get(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return "", err
	}
	switch now.State {
	case order.Cancelled:
		return cancelledWords(ctx, tx, now)
	case order.Cancelling:
		return askedWords(ctx, tx, now)
	}
	return "", refuse("not-possible", "It cannot be cancelled any more: it stays %s.", now.State)
}

// refuseShipped refuses an order of which everything has left already.
func refuseShipped(ctx context.Context, tx *db.Tx, o order.Order) error {
	if o.Goods == "delivered" {
		return refuse("not-possible", "Already delivered: cannot be cancelled.")
	}
	if o.Goods != "shipped" {
		return nil
	}
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	words := ""
	for _, p := range parcels {
		words = " (" + p.Number + ")"
	}
	return refuse("not-possible", "Already shipped%s: cannot be cancelled.", words)
}

func cancelledWords(ctx context.Context, tx *db.Tx, o order.Order) (string, error) {
	facts, err := gather(ctx, tx, o)
	if err != nil {
		return "", err
	}
	switch {
	case facts.Captured > facts.Refunded:
		return "cancelled; " + money.New(facts.Captured-facts.Refunded, o.Currency).Format("en") + " goes back", nil
	case facts.Authorised > 0:
		return "cancelled; the payment is let go", nil
	}
	return "cancelled; nothing was paid", nil
}

func askedWords(ctx context.Context, tx *db.Tx, o order.Order) (string, error) {
	list, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return "", err
	}
	var asked []string
	for _, p := range list {
		if p.State == purchase.Cancelling || p.State == purchase.Submitting || p.State == purchase.Uncertain {
			asked = append(asked, p.Number)
		}
	}
	return "the supplier of " + strings.Join(asked, ", ") + " is asked to stop; it is cancelled if they agree", nil
}
