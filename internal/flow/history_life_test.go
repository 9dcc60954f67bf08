package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// life is one history while it is lived.
type life struct {
	*house

	seed    uint64
	random  *rand.Rand // of the step that is taken
	step    int
	alone   bool  // somebody looks after each step, and not only now and then
	without []int // steps that are left out
	email   string
	who     id.Customer
	bought  []flow.Placement // what was placed, by cart
	orders  []id.Order
	books   map[string]bool // what suppliers have, by our key
	bank    map[string]bool // refunds that the bank has made
	told    []string
	broken  error
}

// step is something that may happen to an order; it says what was done, or nothing where there
// was nothing to do.
type step struct {
	weight int
	take   func(l *life, o id.Order) string
}

// round takes the steps of one day, or week: more in the beginning, when most happens.
func (l *life) round(round int) {
	if round == 0 {
		l.takes(0, func() string { return l.places() })
		l.step = 1
	}
	n := rand.New(rand.NewPCG(l.seed, uint64(round)+1<<32)).IntN(3)
	if round == 0 {
		n = 2 + n
	}
	for range n {
		l.takes(l.step, func() string { return l.draw() })
		l.step++
	}
}

// takes takes one step, unless it is left out or something broke before, and looks at what came of it.
func (l *life) takes(name int, do func() string) {
	for _, left := range l.without {
		if left == name {
			return
		}
	}
	if l.broken != nil {
		return
	}
	l.random = rand.New(rand.NewPCG(l.seed, uint64(name)))
	words := do()
	if words == "" && l.broken == nil {
		return
	}
	l.told = append(l.told, fmt.Sprintf("%3d  %s  %s", name, l.clock.Now().Format(time.DateOnly), words))
	l.steps++
	if l.alone || l.chance(4) {
		l.holds()
	}
}

// draw draws steps until there is one that can be taken.
func (l *life) draw() string {
	all := 0
	for _, s := range stepsOfLife {
		all += s.weight
	}
	for range 12 {
		at := l.random.IntN(all)
		for _, s := range stepsOfLife {
			if at -= s.weight; at >= 0 {
				continue
			}
			if len(l.orders) == 0 {
				return l.places()
			}
			if words := s.take(l, l.orders[l.random.IntN(len(l.orders))]); words != "" || l.broken != nil {
				return words
			}
			break
		}
	}
	return ""
}

// try runs a command: true where it was done. A refusal is an answer; any other error breaks the history.
func (l *life) try(fn func(ctx context.Context, tx *db.Tx) error) bool {
	l.later(time.Microsecond)
	err := l.Update(l.t.Context(), fn)
	var r *flow.Refusal
	if err != nil && !errors.As(err, &r) {
		l.breaks("an error that is no refusal: %v", err)
	}
	return err == nil
}

// sees reads something.
func (l *life) sees(fn func(ctx context.Context, tx *db.Tx) error) {
	if err := l.View(l.t.Context(), fn); err != nil {
		l.breaks("reading: %v", err)
	}
}

func (l *life) breaks(format string, args ...any) {
	if l.broken == nil {
		l.broken = fmt.Errorf(format, args...)
	}
}

// done says what was done where it was, for the count as well.
func (l *life) done(did bool, name, format string, args ...any) string {
	if !did {
		return ""
	}
	l.did[name]++
	return name + " " + fmt.Sprintf(format, args...)
}

// chance is true once in n times.
func (l *life) chance(n int) bool { return l.random.IntN(n) == 0 }

// among picks one of a list; false where it is empty.
func among[T any](l *life, list []T) (one T, some bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[l.random.IntN(len(list))], true
}

// word picks one of several words; those that stand there more often come more often.
func (l *life) word(words ...string) string {
	return words[l.random.IntN(len(words))]
}

// holds looks at all of the customer's orders, as the audit does, and at what never may be.
func (l *life) holds() {
	l.sees(func(ctx context.Context, tx *db.Tx) error {
		for _, o := range l.orders {
			found, err := flow.AuditOrder(ctx, tx, l.store, o)
			if err != nil {
				return err
			}
			for _, d := range found {
				l.breaks("audit %s: of %s is %s, computed %s", d.What, d.Subject, d.Stored, d.Computed)
			}
			if err := l.never(ctx, tx, o); err != nil {
				return err
			}
		}
		return l.credit(ctx, tx)
	})
}

// credit wants no store credit to be spent that is not there.
func (l *life) credit(ctx context.Context, tx *db.Tx) error {
	if l.who == "" {
		return nil
	}
	has, err := ledger.Spendable(ctx, tx, l.store, l.who, l.in)
	if has.Minor < 0 {
		l.breaks("store credit below zero: %s", has)
	}
	return err
}

// never looks for what must not be whatever happens: more given back of a payment than was
// taken, more units bought than sold, more sent once more than was claimed.
func (l *life) never(ctx context.Context, tx *db.Tx, o id.Order) error {
	payments, err := ledger.PaymentsOf(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	for _, p := range payments {
		left := p.CapturedMinor
		for _, r := range refunds {
			if r.PaymentID == p.PaymentID && r.State != ledger.RefundFailed && r.State != ledger.RefundDeclined {
				left -= r.AmountMinor
			}
		}
		if left < 0 {
			l.breaks("more goes back than was paid: %d of %s, which brought %d", p.CapturedMinor-left, p.PaymentID, p.CapturedMinor)
		}
	}
	if err := l.boughtOnce(ctx, tx, o); err != nil {
		return err
	}
	return l.paidOnce(ctx, tx, o, refunds)
}

// boughtOnce counts what suppliers are asked for against what was sold and claimed.
func (l *life) boughtOnce(ctx context.Context, tx *db.Tx, o id.Order) error {
	lines, err := order.LinesOf(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	claimed := map[id.Claim]int64{}
	units, err := claim.UnitsOfOrder(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	for _, u := range units {
		claimed[u.ClaimID] += u.Units
	}
	sold, again := map[int64]int64{}, map[id.Claim]int64{}
	purchases, err := purchase.OfOrder(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	bought, err := purchase.AllLines(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	for _, b := range bought {
		i := slices.IndexFunc(purchases, func(p purchase.Purchase) bool { return p.PurchaseID == b.PurchaseID })
		switch p := purchases[i]; {
		case !p.Live():
		case p.ClaimID != "":
			again[p.ClaimID] += b.Left()
		default:
			sold[b.OrderLineID] += b.Left()
		}
	}
	for _, line := range lines {
		if n := sold[line.LineID]; n > line.Quantity {
			l.breaks("bought twice: %d of line %d, of which %d were sold", n, line.LineID, line.Quantity)
		}
	}
	packed, err := shipment.AllLines(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	for c, n := range again {
		if n <= claimed[c] {
			continue
		}
		events, err := event.OfOrder(ctx, tx, l.store, o)
		if err != nil {
			return err
		}
		lost := int64(0) // a person sends it once more
		for _, e := range events {
			if e.Kind == "shipment."+string(shipment.Lost) || e.Kind == "shipment."+string(shipment.Returned) {
				lost += unitsIn(id.Shipment(e.Subject), packed)
			}
		}
		if n > claimed[c]+lost {
			l.breaks("sent more than was claimed: %d for claim %s of %d, and %d lost", n, c, claimed[c], lost)
		}
	}
	return nil
}

// unitsIn counts what is in a parcel.
func unitsIn(parcel id.Shipment, packed []shipment.ShipmentLine) (n int64) {
	for _, line := range packed {
		if line.ShipmentID == parcel {
			n += line.Quantity
		}
	}
	return n
}

// paidOnce adds up, unit by unit, what claims gave back: never more than the unit was sold for.
// What was exchanged has another worth and is left to the audit.
func (l *life) paidOnce(ctx context.Context, tx *db.Tx, o id.Order, refunds []ledger.Refund) error {
	swapped, err := claim.ExchangesOf(ctx, tx, l.store, o)
	if err != nil || len(swapped) > 0 {
		return err
	}
	now, err := order.Get(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	shares, err := order.UnitsOf(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, l.store, o)
	if err != nil {
		return err
	}
	back := map[id.Claim]int64{}
	for _, r := range refunds {
		if r.State != ledger.RefundFailed && r.State != ledger.RefundDeclined {
			back[r.ClaimID] += r.AmountMinor
		}
	}
	for _, u := range units {
		back[u.ClaimID] -= order.Share(shares, u.LineID, u.FirstUnit, u.FirstUnit+u.Units-1, now.TaxIncluded())
	}
	for c, more := range back {
		if c != "" && more > 0 {
			l.breaks("more goes back for a claim than its units were sold for: %d too much for %s", more, c)
		}
	}
	return nil
}
