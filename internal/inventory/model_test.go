package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// model is what the stock must be, kept by the simplest means.
type model struct {
	w        *world
	offers   []id.Offer
	variant  map[id.Offer]int // its index
	quantity map[id.Offer]int64
	commit   map[id.Offer]int64
	held     map[string]int64 // by order, line and variant
	orders   []id.Order
}

const lines = 2 // of every order: line l asks for variant l

func key(o id.Order, line int64) string { return fmt.Sprint(o, "/", line) }

// TestStockAddsUp does random things and compares every number with the model after each.
func TestStockAddsUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, lines, 2)
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			m := newModel(w, round)
			rt.Repeat(map[string]func(*rapid.T){
				"reserve": m.reserve, "release": m.release, "release units": m.releaseUnits, "commit": m.commitUnits,
				"uncommit": m.uncommit, "settle": m.settle, "feed": m.feed, "": m.check,
			})
			m.end()
		})
	})
}

func newModel(w *world, round int) *model {
	m := &model{w: w, variant: map[id.Offer]int{}, quantity: map[id.Offer]int64{}, commit: map[id.Offer]int64{}, held: map[string]int64{}}
	for i, s := range w.suppliers {
		for v := range w.variants {
			o := w.offer(s, w.variants[v], fmt.Sprintf("sku-%d", v), 100, int64(5+i))
			m.offers, m.variant[o.OfferID], m.quantity[o.OfferID] = append(m.offers, o.OfferID), v, int64(5+i)
			m.commit[o.OfferID] = o.Committed
		}
	}
	for i := range 3 {
		m.orders = append(m.orders, id.Order(fmt.Sprintf("or_%d_%d", round, i)))
	}
	return m
}

// end gives everything back, so that the next round begins from nothing promised.
func (m *model) end() {
	m.w.update(func(ctx context.Context, tx *db.Tx) error {
		for _, o := range m.orders {
			if _, err := inventory.Release(ctx, tx, shop, o); err != nil {
				return err
			}
		}
		for o, n := range m.commit {
			if n > 0 {
				if _, err := inventory.Uncommit(ctx, tx, shop, o, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (m *model) available(v int) (sum int64) {
	for o, at := range m.variant {
		if at == v {
			sum += m.quantity[o]
		}
	}
	return sum
}

func (m *model) reserved(v int) (sum int64) {
	for _, o := range m.orders {
		sum += m.held[key(o, int64(v))]
	}
	return sum
}

func (m *model) pick(t *rapid.T) (id.Order, int64, int64) {
	return rapid.SampledFrom(m.orders).Draw(t, "order"), rapid.Int64Range(0, lines-1).Draw(t, "line"), rapid.Int64Range(1, 5).Draw(t, "units")
}

func (m *model) reserve(t *rapid.T) {
	o, line, n := m.pick(t)
	want := m.available(int(line))-m.reserved(int(line)) >= n
	m.w.ok(want, "reserve", func(ctx context.Context, tx *db.Tx) (bool, error) {
		return inventory.Reserve(ctx, tx, shop, o, line, m.w.variants[line], n, 0)
	})
	if want {
		m.held[key(o, line)] += n
	}
}

func (m *model) release(t *rapid.T) {
	o, _, _ := m.pick(t)
	m.w.ok(m.held[key(o, 0)]+m.held[key(o, 1)] > 0, "release", func(ctx context.Context, tx *db.Tx) (bool, error) {
		return inventory.Release(ctx, tx, shop, o)
	})
	delete(m.held, key(o, 0))
	delete(m.held, key(o, 1))
}

func (m *model) releaseUnits(t *rapid.T) {
	o, line, n := m.pick(t)
	want := m.held[key(o, line)] >= n
	m.w.ok(want, "release units", func(ctx context.Context, tx *db.Tx) (bool, error) {
		return inventory.ReleaseUnits(ctx, tx, shop, o, line, n)
	})
	if want {
		m.held[key(o, line)] -= n
	}
}

func (m *model) commitUnits(t *rapid.T) {
	o, n := rapid.SampledFrom(m.offers).Draw(t, "offer"), rapid.Int64Range(1, 5).Draw(t, "units")
	want := m.quantity[o]-m.commit[o] >= n
	m.w.ok(want, "commit", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Commit(ctx, tx, shop, o, n) })
	if want {
		m.commit[o] += n
	}
}

func (m *model) uncommit(t *rapid.T) {
	o, n := rapid.SampledFrom(m.offers).Draw(t, "offer"), rapid.Int64Range(1, 5).Draw(t, "units")
	want := m.commit[o] >= n
	m.w.ok(want, "uncommit", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Uncommit(ctx, tx, shop, o, n) })
	if want {
		m.commit[o] -= n
	}
}

func (m *model) settle(t *rapid.T) {
	o, n := rapid.SampledFrom(m.offers).Draw(t, "offer"), rapid.Int64Range(1, 5).Draw(t, "units")
	order, line := rapid.SampledFrom(m.orders).Draw(t, "order"), int64(m.variant[o])
	held := m.held[key(order, line)]
	m.w.ok(held >= n, "settle", func(ctx context.Context, tx *db.Tx) (bool, error) {
		return inventory.Settle(ctx, tx, shop, o, order, line, n)
	})
	m.held[key(order, line)] = max(0, held-n)
	m.quantity[o], m.commit[o] = max(0, m.quantity[o]-n), max(0, m.commit[o]-n)
}

// feed is one article's new quantity: small enough that the guard believes it.
func (m *model) feed(t *rapid.T) {
	s, v := rapid.SampledFrom(m.w.suppliers).Draw(t, "supplier"), rapid.IntRange(0, lines-1).Draw(t, "variant")
	n := rapid.Int64Range(0, 8).Draw(t, "quantity")
	verdict := m.w.apply(s, inventory.Page{Offers: []inventory.Offered{{SKU: fmt.Sprintf("sku-%d", v), CostMinor: 100, Currency: "USD", Quantity: n}}})
	if !verdict.Believe {
		t.Fatalf("not believed: %v", verdict.Reasons)
	}
	for i, o := range m.offers {
		if m.variant[o] == v && m.w.suppliers[i/lines].SupplierID == s.SupplierID {
			m.quantity[o] = n
		}
	}
}

func (m *model) check(t *rapid.T) {
	m.w.update(func(ctx context.Context, tx *db.Tx) error {
		for v, name := range m.w.variants {
			got, err := inventory.StockOf(ctx, tx, shop, name)
			if want := (inventory.Stock{Available: m.available(v), Reserved: m.reserved(v)}); got != want || err != nil {
				t.Fatalf("%s: %+v, want %+v: %v", name, got, want, err)
			}
		}
		for _, o := range m.offers {
			got, err := inventory.OfferByID(ctx, tx, shop, o)
			if got.Quantity != m.quantity[o] || got.Committed != m.commit[o] || err != nil {
				t.Fatalf("offer %s: %d and %d, want %d and %d: %v", o, got.Quantity, got.Committed, m.quantity[o], m.commit[o], err)
			}
		}
		for _, o := range m.orders {
			m.checkOrder(ctx, t, tx, o)
		}
		return nil
	})
}

func (m *model) checkOrder(ctx context.Context, t *rapid.T, tx *db.Tx, o id.Order) {
	rows, err := inventory.ReservationsOf(ctx, tx, shop, o)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, r := range rows {
		sum += r.Quantity
		if r.Quantity != m.held[key(o, r.LineID)] || r.Quantity <= 0 {
			t.Fatalf("order %s line %d holds %d", o, r.LineID, r.Quantity)
		}
	}
	if want := m.held[key(o, 0)] + m.held[key(o, 1)]; sum != want {
		t.Fatalf("order %s holds %d, want %d", o, sum, want)
	}
}
