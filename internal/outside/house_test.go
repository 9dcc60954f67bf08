package outside_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/carrier"
	"doorstep/carrier/seventeentrack"
	tracks "doorstep/carrier/seventeentrack/emulator"
	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/purchase"
	"doorstep/internal/seal"
	"doorstep/internal/shipment"
	"doorstep/internal/smtptest"
	"doorstep/internal/store"
	"doorstep/money"
	"doorstep/payment"
	paidbyhand "doorstep/payment/manual"
	"doorstep/payment/stripe"
	bank "doorstep/payment/stripe/emulator"
	"doorstep/supplier"
	"doorstep/supplier/cj"
	factory "doorstep/supplier/cj/emulator"
	bymail "doorstep/supplier/manual"
)

const (
	cjKey   = "CJ1234567@api@9f2c77aa51d04a3fb2f0c1d2e3f4a5b6"
	vid     = "1392053744945991600"
	payKey  = "sk_test_51Doorstep"
	hookKey = "whsec_doorstep"
	trkKey  = "0123456789ABCDEF0123456789ABCDEF"
)

// house is a shop with its suppliers, bank, tracking service and mail server, all real
// servers on loopback that share one virtual clock.
type house struct {
	t      *testing.T
	clock  *clock.Virtual
	db     *db.DB
	out    *outside.Outside
	worker *job.Worker
	store  id.Store
	url    string // of our webhooks

	bank    *bank.Server
	factory *factory.Server
	tracks  *tracks.Server
	mail    *smtptest.Server
	hooks   *shared.Hooks

	supplier inventory.Supplier
	stripe   store.Connector
	variant  id.Variant
	points   atomic.Pointer[func(string)]
	deaf     atomic.Bool // our webhooks answer 503
}

// each runs fn in a house on each of the databases.
func each(t *testing.T, fn func(h *house)) {
	t.Helper()
	now := func() *clock.Virtual { return clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) }
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := now()
		fn(build(t, c, dbtest.Open(t, dsn, c.Now)))
	})
}

func build(t *testing.T, c *clock.Virtual, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, clock: c, db: d, hooks: &shared.Hooks{Retry: time.Millisecond}}
	box, err := seal.New([]byte("0123456789abcdef0123456789abcdef"))
	h.must(err)
	box.Attach(d)
	h.out = outside.New(outside.Options{
		DB: d, Seal: box, Clock: c.Now, Log: slog.New(slog.DiscardHandler), AllowPrivate: true, BreakAfter: 1000,
		Drivers: outside.Drivers{
			Suppliers: []supplier.Driver{cj.Driver(), bymail.Driver()}, Payments: []payment.Driver{stripe.Driver(), paidbyhand.Driver()},
			Carriers: []carrier.Driver{seventeentrack.Driver()},
		},
		Crash: func(point string) {
			if fn := h.points.Load(); fn != nil {
				(*fn)(point)
			}
		},
	})
	h.worker = job.NewWorker(d, job.Options{Handlers: h.out.Handlers(), Lanes: h.out.Lanes, Log: slog.New(slog.DiscardHandler)})
	h.url = h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.deaf.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.out.Webhooks().ServeHTTP(w, r)
	}))
	h.update(func(ctx context.Context, tx *db.Tx) error {
		s, err := store.Create(ctx, tx, "Mug & Moon", "EUR")
		h.store = s.StoreID
		return err
	})
	h.others()
	h.shop()
	return h
}

// others starts the vendors' servers.
func (h *house) others() {
	world := shared.NewWorld(h.clock.Now, shared.Real())
	h.bank = bank.New(bank.Options{World: world, Hooks: h.hooks, SecretKey: payKey, WebhookSecret: hookKey, WebhookURL: h.url + "/webhooks/payment/card", Merchant: "Mug & Moon"})
	h.factory = factory.New(factory.Options{World: world, Hooks: h.hooks, APIKey: cjKey, OpenID: 12345, Balance: 100_000_00, PlainHTTP: true, Hide: 8 * time.Second})
	h.factory.Put(factory.Variant{VID: vid, PID: "P1", Name: "Mug", Cents: 300, Stock: 50, Country: "CN"})
	h.tracks = tracks.New(tracks.Options{World: world, Hooks: h.hooks, Key: trkKey, Callback: h.url + "/webhooks/carrier/track"})
	var err error
	h.mail, err = smtptest.Start(smtptest.Options{})
	h.must(err)
	h.t.Cleanup(h.mail.Close)
	h.t.Cleanup(h.hooks.Wait)
}

// shop sets the store up with one article.
func (h *house) shop() {
	h.set("url", h.url, "mail.smtp_url", h.mail.URL(), "brand.email", "hello@mug.example", "rate.USD.EUR", "0.92", "hold", "1m")
	h.stripe = h.connect(connector.Payment, "stripe", "card", "secret_key", payKey, "webhook_secret", hookKey, "base_url", h.serve(h.bank.Handler()), "qps", "1000")
	h.connect(connector.Supplier, "cj", "east", "api_key", cjKey, "base_url", h.serve(h.factory.Handler())+factory.Prefix, "qps", "100000")
	h.connect(connector.Carrier, "seventeentrack", "track", "api_key", trkKey, "base_url", h.serve(h.tracks.Handler())+"/track/v2.4", "qps", "1000")
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		if h.supplier, err = inventory.SupplierByName(ctx, tx, h.store, "east"); err != nil {
			return err
		}
		_, err = catalog.Put(ctx, tx, h.store, catalog.Draft{Handle: "mug", Title: "Mug", Status: catalog.Active,
			Variants: []catalog.DraftVariant{{SKU: "MUG", Price: money.New(1990, "EUR"), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		found, err := catalog.BySKU(ctx, tx, h.store, "MUG")
		if err != nil {
			return err
		}
		h.variant = found[0].VariantID
		_, _, err = inventory.PutOffer(ctx, tx, h.supplier, inventory.Offer{VariantID: h.variant, SupplierSku: vid, CostMinor: 300,
			Currency: "USD", Quantity: 40, ShipFrom: "CN", Active: true})
		return err
	})
}

func (h *house) connect(kind connector.Kind, driver, name string, pairs ...string) store.Connector {
	h.t.Helper()
	given := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		given[pairs[i]] = pairs[i+1]
	}
	row, err := h.out.Connect(h.t.Context(), h.store, kind, driver, name, given)
	h.must(err)
	return row
}

func (h *house) set(pairs ...string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		var err error
		for i := 0; i < len(pairs); i += 2 {
			err = errors.Join(err, store.Set(ctx, tx, h.store, pairs[i], pairs[i+1]))
		}
		return err
	})
}

func (h *house) serve(handler http.Handler) string {
	s := httptest.NewServer(handler)
	h.t.Cleanup(s.Close)
	return s.URL
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) update(fn func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.db.Update(h.t.Context(), fn))
}

// work does everything that is due now, our side and theirs, until nothing moves.
func (h *house) work() {
	h.t.Helper()
	for range 20 {
		h.bank.Tick(h.t.Context())
		h.factory.Tick(h.t.Context())
		h.tracks.Tick(h.t.Context())
		h.hooks.Wait()
		n, err := h.worker.Drain(h.t.Context())
		h.must(err)
		if n == 0 {
			return
		}
	}
	h.t.Fatal("it does not come to rest")
}

// later lets time pass in steps, with all that happens meanwhile.
func (h *house) later(d, step time.Duration) {
	h.t.Helper()
	for ; d > 0; d -= step {
		h.clock.Advance(min(step, d))
		h.work()
	}
}

// buyer fills a cart and has freight quoted; of further articles it wants one each.
func (h *house) buyer(quantity int64, more ...id.Variant) id.Cart {
	h.t.Helper()
	var wanted flow.Wanted
	h.update(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, h.store, "en")
		if err != nil {
			return err
		}
		if err := flow.PutInCart(ctx, tx, h.store, c.CartID, h.variant, quantity, false); err != nil {
			return err
		}
		for _, v := range more {
			if err := flow.PutInCart(ctx, tx, h.store, c.CartID, v, 1, false); err != nil {
				return err
			}
		}
		to := address.Address{Name: "Ann Müller", Line1: "Gasse 1", Locality: "Berlin", PostalCode: "10115", Country: "DE", Phone: "+49301234567"}
		if err := flow.TellCart(ctx, tx, h.store, c.CartID, cart.Contact{Email: "ann@example.com", Shipping: to}); err != nil {
			return err
		}
		wanted, err = flow.WantedOf(ctx, tx, h.store, c.CartID)
		return err
	})
	quotes, err := h.out.QuotesFor(h.t.Context(), wanted)
	h.must(err)
	h.update(func(ctx context.Context, tx *db.Tx) error {
		options, err := flow.OfferShipping(ctx, tx, wanted, quotes)
		if err != nil {
			return err
		}
		return flow.ChooseShipping(ctx, tx, h.store, wanted.Cart.CartID, options[0].Key)
	})
	return wanted.Cart.CartID
}

// place makes the cart an order that is to be paid by the connector.
func (h *house) place(c id.Cart, by store.Connector, manual bool) flow.Placed {
	h.t.Helper()
	var placed flow.Placed
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: h.store, Cart: c, Connector: by.ConnectorID, Driver: by.Driver, Manual: manual, Actor: "customer"})
		return err
	})
	return placed
}

// paid is an order that the customer has paid by card.
func (h *house) paid(quantity int64, more ...id.Variant) flow.Placed {
	h.t.Helper()
	placed := h.place(h.buyer(quantity, more...), h.stripe, false)
	begun, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url+"/thanks", h.url+"/cart")
	h.must(err)
	if begun.URL == "" || begun.State != "pending" {
		h.t.Fatalf("begun: %+v", begun)
	}
	h.must(h.bank.Pay(h.payment(placed).Ref, bank.Paid))
	h.work()
	return placed
}

func (h *house) payment(p flow.Placed) (out ledger.Payment) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = ledger.GetPayment(ctx, tx, h.store, p.Payment.PaymentID)
		return err
	})
	return out
}

func (h *house) order(p flow.Placed) (out order.Order) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = order.Get(ctx, tx, h.store, p.Order.OrderID)
		return err
	})
	return out
}

func (h *house) purchases(p flow.Placed) (out []purchase.Purchase) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = purchase.OfOrder(ctx, tx, h.store, p.Order.OrderID)
		return err
	})
	return out
}

func (h *house) shipments(p flow.Placed) (out []shipment.Shipment) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = shipment.OfOrder(ctx, tx, h.store, p.Order.OrderID)
		return err
	})
	return out
}

// mails are the subjects that reached the customer, in order.
func (h *house) mails() (subjects []string) {
	for _, m := range h.mail.To("ann@example.com") {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

// expectMails checks that each word begins or is in a subject, each mail once.
func (h *house) expectMails(words ...string) {
	h.t.Helper()
	got := h.mails()
	if len(got) != len(words) {
		h.t.Errorf("mails: %q", got)
	}
	for _, w := range words {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, w) }) {
			h.t.Errorf("no mail with %q in %q", w, got)
		}
	}
}

// stuck are the jobs that were given up.
func (h *house) stuck() (list []job.Job) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = job.Parked(ctx, tx, h.store)
		return err
	})
	return list
}
