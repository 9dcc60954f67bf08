package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// shop is a store that sells mugs and bowls of two suppliers, cheap Ali and dear Bert, with
// its workers played by the test: nothing leaves and nothing comes in by itself.
type shop struct {
	*db.DB
	t         *testing.T
	clock     *clock.Virtual
	store     id.Store
	mug, bowl id.Variant
	ali, bert inventory.Supplier
	carts     int
	in        money.Currency
}

const (
	bank = id.Connector("cn_bank")
	hand = id.Connector("cn_hand")
	me   = flow.Actor("staff:us_me")
)

// each runs fn in a new shop on each of the databases, and wants everything to be in order
// at the end: the audit finds nothing and nothing that is under way has lost its job.
func each(t *testing.T, settings string, fn func(s *shop)) {
	t.Helper()
	eachShop(t, settings, func(s *shop) {
		fn(s)
		s.inOrder()
	})
}

// eachIn is each in a shop of another currency: prices are as many of its smallest coins.
func eachIn(t *testing.T, in money.Currency, settings string, fn func(s *shop)) {
	t.Helper()
	eachShopIn(t, in, settings, func(s *shop) {
		fn(s)
		s.inOrder()
	})
}

// eachShop is each without the look at the end.
func eachShop(t *testing.T, settings string, fn func(s *shop)) {
	t.Helper()
	eachShopIn(t, "EUR", settings, fn)
}

func eachShopIn(t *testing.T, in money.Currency, settings string, fn func(s *shop)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		s := &shop{DB: dbtest.Open(t, dsn, c.Now), t: t, clock: c, in: in}
		s.build(settings)
		fn(s)
	})
}

func (s *shop) build(settings string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Mug & Moon", s.in)
		if err != nil {
			return err
		}
		s.store = made.StoreID
		for pair := range strings.FieldsSeq("rate.USD.EUR=0.5 sourcing.day_worth=0 " + settings) {
			key, value, _ := strings.Cut(pair, "=")
			if err := store.Set(ctx, tx, s.store, key, value); err != nil {
				return err
			}
		}
		for _, p := range []struct {
			variant *id.Variant
			title   string
			price   int64
		}{{&s.mug, "Mug", 2000}, {&s.bowl, "Bowl", 3000}} {
			put, err := catalog.Put(ctx, tx, s.store, catalog.Draft{Handle: strings.ToLower(p.title), Title: p.title, Status: catalog.Active,
				Variants: []catalog.DraftVariant{{SKU: p.title, Price: money.New(p.price, s.in), RequiresShipping: true, Taxable: true}}}, false)
			if err != nil {
				return err
			}
			*p.variant = put.Variants[0]
		}
		return nil
	})
	s.ali, s.bert = s.supplier("Ali", "cn_ali"), s.supplier("Bert", "cn_bert")
	s.offer(s.ali, s.mug, 500, 10)
	s.offer(s.ali, s.bowl, 800, 10)
	s.offer(s.bert, s.mug, 700, 10)
	s.offer(s.bert, s.bowl, 900, 10)
}

func (s *shop) supplier(name string, c id.Connector) (made inventory.Supplier) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made = inventory.NewSupplier(s.store, name)
		made.ConnectorID, made.Reliability = c, 10_000
		made, err = inventory.AddSupplier(ctx, tx, made)
		return err
	})
	return made
}

func (s *shop) offer(by inventory.Supplier, v id.Variant, cost, quantity int64) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := inventory.PutOffer(ctx, tx, by, inventory.Offer{VariantID: v, SupplierSku: by.Name + "-" + s.name(v), CostMinor: cost,
			Currency: s.in, Quantity: quantity, Active: true, AsOf: tx.Now})
		return err
	})
}

func (s *shop) name(v id.Variant) string {
	if v == s.mug {
		return "mug"
	}
	return "bowl"
}

// do runs fn in a transaction, a moment after the one before: names sort by their time.
func (s *shop) do(fn func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	s.later(time.Microsecond)
	s.must(s.Update(s.t.Context(), fn))
}

// refused runs fn and wants a refusal of that code.
func (s *shop) refused(code string, fn func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	var r *flow.Refusal
	if err := s.Update(s.t.Context(), fn); !errors.As(err, &r) || r.Code != code || r.Words == "" {
		s.t.Fatalf("refused with %v, want %s", err, code)
	}
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// later turns the clock.
func (s *shop) later(d time.Duration) { s.clock.Advance(d) }

// cart fills a cart up to the click on "buy".
func (s *shop) cart(mugs, bowls int64) (name id.Cart) {
	s.t.Helper()
	s.carts++
	s.do(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, s.store, "en")
		if err != nil {
			return err
		}
		name = c.CartID
		for v, n := range map[id.Variant]int64{s.mug: mugs, s.bowl: bowls} {
			if n > 0 {
				if err := flow.PutInCart(ctx, tx, s.store, name, v, n, false); err != nil {
					return err
				}
			}
		}
		return cart.SetContact(ctx, tx, s.store, name, cart.Contact{Email: fmt.Sprintf("ann%d@shop.example", s.carts), Shipping: home()})
	})
	s.ship(name)
	return name
}

// ship quotes 3.00 EUR for each supplier and chooses the standard way.
func (s *shop) ship(name id.Cart) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		w, err := flow.WantedOf(ctx, tx, s.store, name)
		if err != nil {
			return err
		}
		var quotes []flow.Quote
		for _, by := range []inventory.Supplier{s.ali, s.bert} {
			quotes = append(quotes, flow.Quote{Supplier: by.SupplierID, Service: "POST", Name: "Post", CostMinor: 300, Currency: s.in, MinDays: 5, MaxDays: 9})
		}
		if _, err := flow.OfferShipping(ctx, tx, w, quotes); err != nil {
			return err
		}
		return flow.ChooseShipping(ctx, tx, s.store, name, "standard")
	})
}

func (s *shop) placement(c id.Cart) flow.Placement {
	return flow.Placement{Store: s.store, Cart: c, Connector: bank, Driver: "stripe", Actor: "customer"}
}

// place clicks on "buy".
func (s *shop) place(p flow.Placement) (placed flow.Placed) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PlaceOrder(ctx, tx, p)
		return err
	})
	return placed
}

// placed is a new order, not yet paid.
func (s *shop) placed(mugs, bowls int64) flow.Placed {
	s.t.Helper()
	return s.place(s.placement(s.cart(mugs, bowls)))
}

// bought is a new order whose money is there.
func (s *shop) bought(mugs, bowls int64) flow.Placed {
	s.t.Helper()
	placed := s.placed(mugs, bowls)
	s.paid(placed, "captured")
	return placed
}

// paid lets the provider say how the payment stands.
func (s *shop) paid(p flow.Placed, state string) {
	s.t.Helper()
	s.pays(flow.PaymentSaid{Payment: p.Payment.PaymentID, Connector: bank, Ref: "pi_" + string(p.Payment.PaymentID), State: state, Actor: "payment:bank"})
}

func (s *shop) pays(said flow.PaymentSaid) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		known, err := flow.PaymentSaidSo(ctx, tx, s.store, said)
		if err == nil && !known {
			err = fmt.Errorf("payment %s is not known", said.Payment)
		}
		return err
	})
}

// task is an undone job.
type task struct {
	key, kind string
	payload   struct {
		Order    id.Order    `json:"order"`
		Purchase id.Purchase `json:"purchase"`
		Payment  id.Payment  `json:"payment"`
		Refund   id.Refund   `json:"refund"`
		Mail     id.Mail     `json:"mail"`
		Shipment id.Shipment `json:"shipment"`
	}
	at clock.Time
}

// tasks lists the undone jobs of a kind, the oldest first.
func (s *shop) tasks(kind string) (list []task) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		list = nil
		rows, err := tx.QueryContext(ctx, "SELECT key, kind, payload, run_at FROM jobs WHERE kind = $1 ORDER BY run_at, created_at, job_id", kind)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t task
			var payload string
			if err := rows.Scan(&t.key, &t.kind, &payload, (*int64)(&t.at)); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(payload), &t.payload); err != nil {
				return err
			}
			list = append(list, t)
		}
		return rows.Err()
	}))
	return list
}

// sending is the job that submits a purchase.
func (s *shop) sending(p purchase.Purchase) task {
	s.t.Helper()
	list := s.tasks("purchase.submit")
	i := slices.IndexFunc(list, func(t task) bool { return t.payload.Purchase == p.PurchaseID })
	if i < 0 {
		s.t.Fatalf("nobody sends %s", p.Number)
	}
	return list[i]
}

// finish deletes a job in the transaction of its result.
func finish(ctx context.Context, tx *db.Tx, t task) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE key = $1", t.key)
	return err
}

// submit works every purchase.submit job there is, whenever it is due, with one outcome.
func (s *shop) submit(out flow.Outcome, said *flow.SupplierSaid, can flow.Powers) {
	s.t.Helper()
	for _, t := range s.tasks("purchase.submit") {
		if s.beginSubmit(t, can) {
			s.endSubmit(t, out, said, can)
		}
	}
}

func (s *shop) beginSubmit(t task, can flow.Powers) (begun bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		sub, err := flow.BeginSubmit(ctx, tx, s.store, t.payload.Purchase, can)
		if err == nil && sub == nil {
			err = finish(ctx, tx, t)
		}
		begun = sub != nil
		return err
	})
	return begun
}

func (s *shop) endSubmit(t task, out flow.Outcome, said *flow.SupplierSaid, can flow.Powers) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		again, err := flow.EndSubmit(ctx, tx, s.store, t.payload.Purchase, out, said, can)
		if err != nil || again {
			return err
		}
		return finish(ctx, tx, t)
	})
}

// acknowledged works the submit jobs: the suppliers take the purchases.
func (s *shop) acknowledged() {
	s.t.Helper()
	for _, t := range s.tasks("purchase.submit") {
		if s.beginSubmit(t, flow.Powers{}) {
			s.endSubmit(t, flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "ref-" + string(t.payload.Purchase), State: "placed"}, flow.Powers{})
		}
	}
}

// says lets a purchase's supplier say something.
func (s *shop) says(p purchase.Purchase, said flow.SupplierSaid) {
	s.t.Helper()
	said.Key = p.Key
	s.do(func(ctx context.Context, tx *db.Tx) error {
		known, err := flow.SupplierSaidSo(ctx, tx, s.store, p.SupplierID, said, "supplier:x")
		if err == nil && !known {
			err = fmt.Errorf("purchase %s is not known", p.Key)
		}
		return err
	})
}

// parcel is a package with that number; no units are all units.
func parcel(number string, packed ...flow.PackedSaid) flow.SupplierSaid {
	return flow.SupplierSaid{State: "shipped", Parcels: []flow.ParcelSaid{{Number: number, CarrierName: "Post", Lines: packed}}}
}

// tracked lets a tracking service say one fact of a parcel.
func (s *shop) tracked(number, kind string, at time.Duration) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		known, err := flow.TrackSaidSo(ctx, tx, s.store, flow.TrackSaid{Number: number, Source: "17", Actor: "carrier:17",
			Events: []flow.TrackingSaid{{At: clock.Of(s.start().Add(at)), Kind: kind, Words: kind}}})
		if err == nil && !known {
			err = fmt.Errorf("parcel %s is not known", number)
		}
		return err
	})
}

func (s *shop) start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func (s *shop) cancel(o id.Order) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.CancelOrder(ctx, tx, s.store, o, "changed my mind", "customer")
	})
}

// cancelled works the purchase.cancel jobs with one outcome.
func (s *shop) cancelled(out flow.Outcome, can flow.Powers) {
	s.t.Helper()
	for _, t := range s.tasks("purchase.cancel") {
		begun := false
		s.do(func(ctx context.Context, tx *db.Tx) error {
			sub, err := flow.BeginCancel(ctx, tx, s.store, t.payload.Purchase)
			if begun = sub != nil; err != nil || begun {
				return err
			}
			return finish(ctx, tx, t)
		})
		if !begun {
			continue
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			again, err := flow.EndCancel(ctx, tx, s.store, t.payload.Purchase, out, can)
			if err != nil || again {
				return err
			}
			return finish(ctx, tx, t)
		})
	}
}

// refund works the refund jobs of a kind with one outcome.
func (s *shop) refund(kind string, out flow.Outcome, said *flow.RefundSaid) {
	s.t.Helper()
	begin := flow.BeginRefund
	if kind == "refund.find" {
		begin = flow.BeginFindRefund
	}
	for _, t := range s.tasks(kind) {
		begun := false
		s.do(func(ctx context.Context, tx *db.Tx) error {
			call, err := begin(ctx, tx, s.store, t.payload.Refund)
			if begun = call != nil; err != nil || begun {
				return err
			}
			return finish(ctx, tx, t)
		})
		if !begun {
			continue
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			if err := flow.EndRefund(ctx, tx, s.store, t.payload.Refund, out, said); err != nil || out.Kind == flow.NotSent {
				return err
			}
			return finish(ctx, tx, t)
		})
	}
}

// refunded works the refund.send jobs: the money goes back.
func (s *shop) refunded() {
	s.t.Helper()
	s.refund("refund.send", flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "succeeded", Ref: "re_x", Actor: "payment:bank"})
}

// act works capture or void jobs with one outcome; the new state is what the provider says.
func (s *shop) act(what string, out flow.Outcome, state string) {
	s.t.Helper()
	begin, end := flow.BeginCapture, flow.EndCapture
	if what == "void" {
		begin, end = flow.BeginVoid, flow.EndVoid
	}
	for _, t := range s.tasks("payment." + what) {
		begun := false
		s.do(func(ctx context.Context, tx *db.Tx) error {
			p, err := begin(ctx, tx, s.store, t.payload.Payment)
			if begun = p != nil; err != nil || begun {
				return err
			}
			return finish(ctx, tx, t)
		})
		if !begun {
			continue
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			var said *flow.PaymentSaid
			if state != "" {
				said = &flow.PaymentSaid{State: state, Actor: "payment:bank"}
			}
			if err := end(ctx, tx, s.store, t.payload.Payment, out, said); err != nil {
				return err
			}
			return finish(ctx, tx, t)
		})
	}
}

// delivered lets an order of one purchase go all the way.
func (s *shop) delivered(p flow.Placed) {
	s.t.Helper()
	s.acknowledged()
	s.says(s.purchases(p.Order.OrderID)[0], flow.SupplierSaid{State: "accepted"})
	number := "P" + string(p.Order.OrderID)
	s.says(s.purchases(p.Order.OrderID)[0], parcel(number))
	s.tracked(number, "in-transit", 24*time.Hour)
	s.tracked(number, "out-for-delivery", 48*time.Hour)
	s.tracked(number, "delivered", 50*time.Hour)
}

// split leaves mugs to Ali alone and bowls to Bert.
func (s *shop) split() {
	s.t.Helper()
	s.offer(s.ali, s.bowl, 800, 0)
	s.offer(s.bert, s.mug, 700, 0)
}
