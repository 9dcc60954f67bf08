package flow_test

import (
	"context"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/shipment"
)

// works has a worker run one of the jobs of an order: the call works out, is refused, does not
// leave, loses its answer, or the worker dies in the middle of it.
func (l *life) works(o id.Order) string {
	var todo []work
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		todo, err = l.todo(ctx, tx, o)
		return err
	})
	w, some := among(l, todo)
	if !some {
		return ""
	}
	return l.work(w, l.outcome(), l.chance(25))
}

// work runs a job; where its worker dies the call may have reached the other side all the same.
func (l *life) work(w work, out flow.Outcome, dies bool) string {
	begun := false
	did := l.try(func(ctx context.Context, tx *db.Tx) (err error) {
		if begun, err = w.begin(ctx, tx); err != nil || begun {
			return err
		}
		return over(ctx, tx, w.key)
	})
	if !did || !begun {
		return l.done(did, w.kind+" has nothing to do", "%s", w.key)
	}
	out = l.reaches(w, out.Kind)
	if dies {
		return l.done(true, w.kind+" whose worker died", "%s", w.key)
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		again, err := w.end(ctx, tx, out)
		if err != nil || again {
			return err
		}
		return over(ctx, tx, w.key)
	}), w.kind+" "+out.Kind, "%s", w.key)
}

// goesWell is an order that goes all the way: paid, bought, sent and delivered.
func (l *life) goesWell(o id.Order) string {
	for _, p := range l.payments(o) {
		if p.State == ledger.PaymentCreated && !p.OfCredit() && !p.Manual {
			l.try(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.PaymentSaidSo(ctx, tx, l.store, flow.PaymentSaid{Payment: p.PaymentID, Connector: bank, Ref: "pi_" + string(p.PaymentID), State: "captured", Actor: "payment:bank"})
				return err
			})
		}
	}
	var todo []work
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		todo, err = l.todo(ctx, tx, o)
		return err
	})
	for _, w := range todo {
		l.work(w, flow.Outcome{Kind: flow.Done}, false)
	}
	arrived := 0
	for _, p := range l.purchases(o) {
		number := "W" + p.Number
		if !l.books[p.Key] || !p.Live() || p.ShippedAt != 0 {
			continue
		}
		said := parcel(number)
		said.Key, arrived = p.Key, arrived+1
		l.try(func(ctx context.Context, tx *db.Tx) error {
			if _, err := flow.SupplierSaidSo(ctx, tx, l.store, p.SupplierID, said, "supplier:x"); err != nil {
				return err
			}
			_, err := flow.TrackSaidSo(ctx, tx, l.store, flow.TrackSaid{Number: number, Source: "17", Actor: "carrier:17",
				Events: []flow.TrackingSaid{{At: clock.Of(l.clock.Now()), Kind: shipment.KindDelivered, Words: "here"}}})
			return err
		})
	}
	return l.done(len(todo)+arrived > 0, "all went well", "%d calls, %d parcels", len(todo), arrived)
}

func over(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE key = $1", key)
	return err
}

// work is a job with what begins and ends it.
type work struct {
	key, kind string
	name      string          // of the call, in the other side's books
	books     map[string]bool // … which are these; nil: what comes twice does no harm
	repeats   bool            // the other side knows the name when it comes twice
	finds     bool            // it only asks
	begin     func(ctx context.Context, tx *db.Tx) (bool, error)
	end       func(ctx context.Context, tx *db.Tx, out flow.Outcome) (again bool, err error)
}

func (l *life) outcome() flow.Outcome {
	return flow.Outcome{Kind: l.word(flow.Done, flow.Done, flow.Done, flow.Done, flow.Done, flow.Done, flow.RejectedCall, flow.NotSent, flow.Lost, flow.Lost)}
}

// reaches writes what the other side has then into its books, and says what it answers. What it
// has already must not be sent to it once more, unless it knows the name.
func (l *life) reaches(w work, kind string) flow.Outcome {
	out := flow.Outcome{Kind: kind, Words: "so it is"}
	switch {
	case w.books == nil:
	case w.finds:
		if kind == flow.Done && !w.books[w.name] {
			out.Kind = flow.NotFound
		}
	case kind == flow.Done || kind == flow.Lost && l.chance(2):
		if w.books[w.name] && !w.repeats {
			l.breaks("sent twice: %s, which the other side has", w.key)
		}
		w.books[w.name] = true
	}
	if kind == flow.RejectedCall {
		out.Code, out.Cause = "OOS", "sold-out"
	}
	return out
}

// can is what a customer's suppliers can do, the same all their life.
func (l *life) can() flow.Powers {
	return []flow.Powers{{Find: true, Cancel: true}, {Repeats: 1000 * day, Cancel: true}, {}, {Find: true}}[l.seed%4]
}

// todo lists the jobs that wait for a worker.
func (l *life) todo(ctx context.Context, tx *db.Tx, o id.Order) (list []work, err error) {
	all, err := l.purchaseWork(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	money, err := l.moneyWork(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	demands, err := l.demandWork(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	byKey, keys := map[string]work{}, []string(nil)
	for _, w := range append(append(all, money...), demands...) {
		byKey[w.key], keys = w, append(keys, "'"+w.key+"'")
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT key FROM jobs WHERE key IN ("+strings.Join(keys, ", ")+") ORDER BY key")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		list = append(list, byKey[key])
	}
	return list, rows.Err()
}

func (l *life) purchaseWork(ctx context.Context, tx *db.Tx, o id.Order) (list []work, err error) {
	can := l.can()
	for _, p := range l.purchasesIn(ctx, tx, o) {
		name, key := p.PurchaseID, "purchase/"+string(p.PurchaseID)+"/"
		placed := &flow.SupplierSaid{Ref: "ref-" + string(name), State: l.word("placed", "placed", "accepted", "unpaid")}
		if l.chance(4) { // it costs more there than was thought, or less
			placed.CostMinor, placed.FreightMinor, placed.Currency = 400+l.random.Int64N(2000), 250+l.random.Int64N(100), p.Currency
		}
		list = append(list, work{key: key + "submit", kind: "purchase.submit", name: p.Key, books: l.books, repeats: can.Repeats > 0,
			begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
				sub, err := flow.BeginSubmit(ctx, tx, l.store, name, can)
				return sub != nil, err
			},
			end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
				return flow.EndSubmit(ctx, tx, l.store, name, out, given(out, placed), can)
			}}, work{key: key + "find", kind: "purchase.find", name: p.Key, books: l.books, finds: true,
			begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
				sub, err := flow.BeginFind(ctx, tx, l.store, name)
				return sub != nil, err
			},
			end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
				return flow.EndFind(ctx, tx, l.store, name, out, given(out, placed))
			}}, work{key: key + "cancel", kind: "purchase.cancel",
			begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
				sub, err := flow.BeginCancel(ctx, tx, l.store, name)
				return sub != nil, err
			},
			end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
				return flow.EndCancel(ctx, tx, l.store, name, out, can)
			}})
	}
	return list, nil
}

// endUnless ends a call, unless its worker would ask again without a word.
func endUnless(again bool, end func() error) error {
	if again {
		return nil
	}
	return end()
}

// given is what the other side says where there is an answer.
func given[T any](out flow.Outcome, said *T) *T {
	if out.Kind != flow.Done {
		return nil
	}
	return said
}

func (l *life) moneyWork(ctx context.Context, tx *db.Tx, o id.Order) (list []work, err error) {
	payments, err := ledger.PaymentsOf(ctx, tx, l.store, o)
	if err != nil {
		return nil, err
	}
	for _, p := range payments {
		name := p.PaymentID
		act := func(kind, state string, begin func(context.Context, *db.Tx, id.Store, id.Payment) (*ledger.Payment, error),
			end func(context.Context, *db.Tx, id.Store, id.Payment, flow.Outcome, *flow.PaymentSaid) error) work {
			said := &flow.PaymentSaid{State: state, Actor: "payment:bank"}
			return work{key: "payment/" + string(name) + "/" + kind, kind: "payment." + kind,
				begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
					found, err := begin(ctx, tx, l.store, name)
					return found != nil, err
				},
				end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
					return out.Kind == flow.Lost || out.Kind == flow.NotSent, end(ctx, tx, l.store, name, out, given(out, said))
				}}
		}
		list = append(list, act("capture", "captured", flow.BeginCapture, flow.EndCapture), act("void", "voided", flow.BeginVoid, flow.EndVoid))
	}
	refunds, err := ledger.RefundsOf(ctx, tx, l.store, o)
	for _, r := range refunds {
		name, said := r.RefundID, &flow.RefundSaid{State: l.word("succeeded", "succeeded", "pending", "failed"), Ref: "re_x", Actor: "payment:bank"}
		act := func(kind string, begin func(context.Context, *db.Tx, id.Store, id.Refund) (*flow.RefundCall, error)) work {
			return work{key: kind + "/" + string(name), kind: kind, name: string(name), books: l.bank, finds: kind == "refund.find",
				begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
					call, err := begin(ctx, tx, l.store, name)
					return call != nil, err
				},
				end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
					if out.Kind == flow.NotSent || out.Kind == flow.Lost && kind == "refund.find" {
						return true, endUnless(kind == "refund.find", func() error { return flow.EndRefund(ctx, tx, l.store, name, out, nil) })
					}
					return false, flow.EndRefund(ctx, tx, l.store, name, out, given(out, said))
				}}
		}
		list = append(list, act("refund.send", flow.BeginRefund), act("refund.find", flow.BeginFindRefund))
	}
	return list, err
}

func (l *life) demandWork(ctx context.Context, tx *db.Tx, o id.Order) (list []work, err error) {
	disputes, err := claim.DisputesOf(ctx, tx, l.store, o)
	for _, d := range disputes {
		name, said := d.DisputeID, &flow.DemandSaid{Ref: "d-" + string(d.DisputeID), State: l.word("open", "granted", "denied"), Actor: "supplier:x"}
		if l.chance(3) {
			said.State, said.AmountMinor, said.Currency = "credited", 1+l.random.Int64N(2*d.AmountMinor), l.in
		}
		list = append(list, work{key: "dispute.file/" + string(name), kind: "dispute.file", name: string(name), books: l.books,
			begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
				call, err := flow.BeginFile(ctx, tx, l.store, name)
				return call != nil, err
			},
			end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
				return flow.EndFile(ctx, tx, l.store, name, out, given(out, said))
			}}, work{key: "dispute.ask/" + string(name), kind: "dispute.ask", name: string(name), books: l.books, finds: true,
			begin: func(ctx context.Context, tx *db.Tx) (bool, error) {
				call, err := flow.BeginAskDispute(ctx, tx, l.store, name)
				return call != nil, err
			},
			end: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
				return flow.EndAskDispute(ctx, tx, l.store, name, out, given(out, said))
			}})
	}
	return list, err
}
