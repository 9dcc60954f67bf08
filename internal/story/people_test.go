package story_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"doorstep/connector/emulator"
	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	bank "doorstep/payment/stripe/emulator"
)

const staff = flow.Actor("staff:us_mo")

// addressOf is an order's address as people type it.
func addressOf(a order.Address) address.Address { return address.Address(a) }

// customer is somebody who buys.
type customer struct {
	s     *story
	name  string
	pays  string // connector
	fails bool   // leaves the page without paying
	code  string // of a discount
}

// Customer is a person who pays by card.
func (s *story) Customer(name string) customer { return customer{s: s, name: name, pays: "card"} }

// ByTransfer pays by bank transfer.
func (c customer) ByTransfer() customer { c.pays = "transfer"; return c }

// With enters a discount's code.
func (c customer) With(code string) customer { c.code = code; return c }

// LeavesThePage does not pay.
func (c customer) LeavesThePage() customer { c.fails = true; return c }

// sale is an order as its story goes on.
type sale struct {
	s     *story
	id    id.Order
	token string
	mail  string
}

// Buys goes through the shop's checkout with pairs of article and quantity, and pays.
func (c customer) Buys(what ...any) sale {
	s := c.s
	s.t.Helper()
	cart := c.fills(what...)
	var placed struct {
		Order struct {
			ID    id.Order `json:"id"`
			Token string   `json:"token"`
		} `json:"order"`
	}
	s.api(http.MethodPost, "/cart/checkout", cart, map[string]any{"payment": c.pays}, &placed)
	sold := sale{s: s, id: placed.Order.ID, token: placed.Order.Token, mail: c.mail()}
	if c.pays == "card" && !c.fails {
		s.must(s.bank.Pay(sold.payment().Ref, bank.Paid))
	}
	s.work()
	return sold
}

func (c customer) mail() string { return c.name + "@customers.example" }

// fills a cart until nothing but paying is left, and answers its token.
func (c customer) fills(what ...any) string {
	s := c.s
	s.t.Helper()
	var cart struct {
		Token string `json:"token"`
	}
	s.api(http.MethodPost, "/carts", "", map[string]any{"locale": "en"}, &cart)
	for i := 0; i < len(what); i += 2 {
		s.api(http.MethodPost, "/cart/lines", cart.Token, map[string]any{"variant": s.variants[what[i].(string)], "quantity": what[i+1]}, nil)
	}
	s.api(http.MethodPut, "/cart/contact", cart.Token, map[string]any{"email": c.mail(), "shipping_address": map[string]string{
		"name": strings.ToUpper(c.name[:1]) + c.name[1:] + " Müller", "line1": "Gasse 1", "locality": "Berlin", "postal_code": "10115", "country": "DE", "phone": "+49301234567"}}, nil)
	if c.code != "" {
		s.api(http.MethodPut, "/cart/code", cart.Token, map[string]any{"code": c.code}, nil)
	}
	var offered struct {
		Options []struct {
			Key string `json:"key"`
		} `json:"shipping_options"`
	}
	s.api(http.MethodPost, "/cart/shipping-options", cart.Token, nil, &offered)
	s.api(http.MethodPut, "/cart/shipping-option", cart.Token, map[string]any{"key": offered.Options[0].Key}, nil)
	return cart.Token
}

// IsCancelled is what the customer asks for.
func (o sale) IsCancelled() {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.CancelOrder(ctx, tx, o.s.Store.StoreID, o.id, "changed my mind", "customer")
	})
	o.s.work()
}

// IsConfirmed says that a person saw the transfer.
func (o sale) IsConfirmed() {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.ConfirmManual(ctx, tx, o.s.Store.StoreID, o.id, staff)
	})
	o.s.work()
}

// IsRefunded gives some of the money back.
func (o sale) IsRefunded(minor int64) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.AskRefund(ctx, tx, o.s.Store.StoreID, o.id, minor, "goodwill", staff)
		return err
	})
	o.s.work()
}

func (o sale) payment() (p ledger.Payment) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := ledger.PaymentsOf(ctx, tx, o.s.Store.StoreID, o.id)
		if err == nil {
			p = list[len(list)-1]
		}
		return err
	})
	return p
}

func (o sale) purchases() (list []purchase.Purchase) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = purchase.OfOrder(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return list
}

func (o sale) parcels() (list []shipment.Shipment) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = shipment.OfOrder(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return list
}

// Expect wants an order's state, goods and money, and the codes of its reasons for attention.
func (s *story) Expect(o sale, want string) {
	s.t.Helper()
	var found order.Order
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = order.Get(ctx, tx, s.Store.StoreID, o.id)
		return err
	})
	words := []string{string(found.State), found.Goods, found.Money}
	for _, r := range found.Reasons() {
		words = append(words, r.Code)
	}
	if got := strings.Join(words, ", "); got != want {
		s.t.Errorf("%s is %s; want %s", found.Name(), got, want)
	}
	var seen struct {
		Status struct{ Goods, Money string } `json:"status"`
	}
	s.api(http.MethodGet, "/orders/"+string(o.id), o.token, nil, &seen)
}

// ExpectBuys wants an order's purchases: "aliexpress rejected; cj accepted".
func (s *story) ExpectBuys(o sale, want string) {
	s.t.Helper()
	var got []string
	for _, p := range o.purchases() {
		got = append(got, s.column("SELECT name FROM suppliers WHERE supplier_id = $1", string(p.SupplierID))[0]+" "+string(p.State))
	}
	if text := strings.Join(got, "; "); text != want {
		s.t.Errorf("purchases are %q; want %q", text, want)
	}
}

// ExpectMails wants the customer's mails, each told by a word of its subject, in any order.
func (s *story) ExpectMails(o sale, words ...string) {
	s.t.Helper()
	var subjects []string
	for _, m := range s.post.To(o.mail) {
		subjects = append(subjects, m.Subject)
	}
	left := slices.Clone(subjects)
	for _, w := range words {
		i := slices.IndexFunc(left, func(text string) bool { return strings.Contains(text, w) })
		if i < 0 {
			s.t.Errorf("no (further) mail with %q in %q", w, subjects)
			return
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		s.t.Errorf("mails too many: %q", left)
	}
}

// column is the first column of a query.
func (s *story) column(query string, args ...any) (got []string) {
	s.t.Helper()
	s.must(s.DB.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		got = nil
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			got = append(got, text)
		}
		return rows.Err()
	}))
	return got
}

// vendor is a supplier as a story tells of it.
type vendor struct {
	s    *story
	name string
}

// Supplier is "aliexpress", "cj" or "workshop".
func (s *story) Supplier(name string) vendor { return vendor{s, name} }

// Rejects makes the supplier refuse the next order.
func (v vendor) Rejects(words string) {
	switch v.name {
	case "aliexpress":
		v.s.ali.Reject("INVENTORY_HOLD_ERROR", words)
	case "cj":
		v.s.cj.Reject(1603102, words)
	}
}

// Suffers makes the supplier's server fail the next order in a way.
func (v vendor) Suffers(f emulator.Fault) {
	switch v.name {
	case "aliexpress":
		v.s.ali.Knobs.Once(f, "order.create")
	case "cj":
		v.s.cj.Knobs.Once(f, "createOrder")
	}
}

// books are the keys of the orders in the supplier's own books, by state.
func (v vendor) books() (keys []string) {
	if v.name == "cj" {
		for _, b := range v.s.cj.Books() {
			keys = append(keys, b.Key)
		}
		return keys
	}
	for _, b := range v.s.ali.Books() {
		keys = append(keys, b.Key)
	}
	return keys
}

// Has wants so many orders in the supplier's own books.
func (v vendor) Has(n int) {
	v.s.t.Helper()
	if got := v.books(); len(got) != n {
		v.s.t.Errorf("%s has %d orders: %v; want %d", v.name, len(got), got, n)
	}
}

// Accepts is what the workshop writes back; the staff enters it.
func (v vendor) Accepts(o sale) {
	v.s.t.Helper()
	p := v.of(o).PurchaseID
	v.s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.Accept(ctx, tx, v.s.Store.StoreID, p, "W-7", staff)
	})
	v.s.work()
}

// Ships a parcel under a number that travels through the world.
func (v vendor) Ships(o sale, number string) {
	v.s.t.Helper()
	v.s.world.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "GB", To: "DE", City: "Berlin", Label: v.s.clock.Now()})
	p := v.of(o).PurchaseID
	v.s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.ShipByHand(ctx, tx, v.s.Store.StoreID, p, flow.ParcelSaid{Number: number, Carrier: "royal-mail", CarrierName: "Royal Mail"}, staff)
	})
	v.s.work()
}

// ShipsSome prints in a parcel.
func (v vendor) ShipsSome(o sale, number string, prints int64) {
	v.s.t.Helper()
	v.s.world.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "GB", To: "DE", City: "Berlin", Label: v.s.clock.Now()})
	p := v.of(o).PurchaseID
	v.s.by(func(ctx context.Context, tx *db.Tx) error {
		return flow.ShipByHand(ctx, tx, v.s.Store.StoreID, p, flow.ParcelSaid{Number: number, Carrier: "royal-mail", CarrierName: "Royal Mail",
			Lines: []flow.PackedSaid{{SKU: "PRINT-A3", Quantity: prints}}}, staff)
	})
}

// of is the order's purchase with the supplier.
func (v vendor) of(o sale) purchase.Purchase {
	v.s.t.Helper()
	for _, p := range o.purchases() {
		if v.s.column("SELECT name FROM suppliers WHERE supplier_id = $1", string(p.SupplierID))[0] == v.name {
			return p
		}
	}
	v.s.t.Fatalf("nothing is bought from %s", v.name)
	return purchase.Purchase{}
}

// end wants everything in order: audit, jobs, and the suppliers' own books.
func (s *story) end() {
	s.t.Helper()
	s.work()
	found, err := flow.Audit(s.t.Context(), s.DB, s.Store.StoreID)
	s.must(err)
	for _, d := range found {
		s.t.Errorf("audit: %s of %s is %s, computed %s", d.What, d.Subject, d.Stored, d.Computed)
	}
	s.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := job.Parked(ctx, tx, s.Store.StoreID)
		for _, j := range list {
			s.t.Errorf("given up: %s %s: %s", j.Kind, j.Key, j.Error)
		}
		return err
	})
	ours := s.column("SELECT key FROM purchases")
	for _, name := range []string{"aliexpress", "cj"} {
		seen := map[string]bool{}
		for _, key := range s.Supplier(name).books() {
			if seen[key] || !slices.Contains(ours, key) {
				s.t.Errorf("%s has %s twice, or we do not know it", name, key)
			}
			seen[key] = true
		}
	}
	s.t.Log(fmt.Sprint(len(ours), " purchases"))
}

// exec runs a statement, for what no command does.
func (s *story) exec(statement string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
}

// Asks is the customer who presses "cancel" on the order's page.
func (o sale) Asks() {
	o.s.t.Helper()
	o.s.api(http.MethodPost, "/orders/"+string(o.id)+"/cancel", o.token, map[string]string{"reason": "changed my mind"}, nil)
	o.s.work()
}
