package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// Difference is a stored figure or word that is not what the facts come to.
type Difference struct {
	What     string `json:"what"` // "order goods", "variant reserved" …
	Subject  string `json:"subject"`
	Stored   string `json:"stored"`
	Computed string `json:"computed"`
}

// auditPage is how many rows are looked at in one transaction.
const auditPage = 200

// Audit derives every order's words, every balance and every stock figure anew and names
// each difference. It changes nothing.
func Audit(ctx context.Context, d *db.DB, s id.Store) ([]Difference, error) {
	var found []Difference
	for _, check := range []func(context.Context, *db.DB, id.Store) ([]Difference, error){auditOrders, auditStock, auditOffers, auditRatings, auditCredit} {
		list, err := check(ctx, d, s)
		if err != nil {
			return found, err
		}
		found = append(found, list...)
	}
	return found, nil
}

// auditOrders looks at all orders, page by page.
func auditOrders(ctx context.Context, d *db.DB, s id.Store) (found []Difference, err error) {
	last := id.Order("")
	for {
		var page []id.Order
		var list []Difference
		err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			list = nil
			if page, err = New(tx).OrdersAfter(ctx, OrdersAfterParams{StoreID: s, OrderID: last, Limit: auditPage}); err != nil {
				return err
			}
			for _, o := range page {
				differences, err := auditOrder(ctx, tx, s, o)
				if err != nil {
					return err
				}
				list = append(list, differences...)
			}
			return nil
		})
		found = append(found, list...)
		if err != nil || len(page) < auditPage {
			return found, err
		}
		last = page[len(page)-1]
	}
}

// auditOrder compares one order's words, totals and money with its facts.
func auditOrder(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) ([]Difference, error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	facts, err := gather(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	words := order.Derive(facts)
	attention := ""
	if len(words.Reasons) > 0 {
		b, err := json.Marshal(words.Reasons)
		if err != nil {
			return nil, err
		}
		attention = string(b)
	}
	var list differences
	list.compare("order goods", o.Name(), o.Goods, words.Goods)
	list.compare("order money", o.Name(), o.Money, words.Money)
	list.compare("order attention", o.Name(), o.Attention, attention)
	list.compare("order needs a person", o.Name(), o.NeedsPerson, words.NeedsPerson())
	if err := list.totals(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.money(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.costs(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.claims(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.returns(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.exchanges(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.disputes(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.answers(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.bills(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.profit(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := list.promises(ctx, tx, o); err != nil {
		return nil, err
	}
	return list, list.parcels(ctx, tx, o)
}

type differences []Difference

func (d *differences) compare(what, subject string, stored, computed any) {
	a, b := fmt.Sprint(stored), fmt.Sprint(computed)
	if a != b {
		*d = append(*d, Difference{what, subject, a, b})
	}
}

// totals adds up the units.
func (d *differences) totals(ctx context.Context, tx *db.Tx, o order.Order) error {
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var price, discount, shipping, tax int64
	for _, u := range units {
		price += u.PriceMinor * u.Units
		discount += u.DiscountMinor * u.Units
		shipping += u.ShippingMinor * u.Units
		tax += u.TaxMinor * u.Units
	}
	d.compare("order subtotal", o.Name(), o.SubtotalMinor, price)
	d.compare("order discount", o.Name(), o.DiscountMinor, discount)
	d.compare("order shipping", o.Name(), o.ShippingMinor, shipping)
	d.compare("order tax", o.Name(), o.TaxMinor, tax)
	total := price - discount + shipping
	if o.TotalMinor != total { // else the tax is contained
		total += tax
	}
	d.compare("order total", o.Name(), o.TotalMinor, total)
	return nil
}

// money compares payments and refunds with the ledger, and what the customer owes.
func (d *differences) money(ctx context.Context, tx *db.Tx, o order.Order) error {
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var captured, refunded int64
	for _, p := range payments {
		captured += p.CapturedMinor
	}
	for _, r := range refunds {
		if r.State == ledger.RefundSucceeded {
			refunded += r.AmountMinor
		}
	}
	d.compare("ledger captured", o.Name(), ledger.Sum(entries, ledger.Captured), captured)
	d.compare("ledger refunded", o.Name(), ledger.Sum(entries, ledger.Refunded)-bounced(entries), refunded)
	sold := int64(0)
	if o.PaidAt != 0 {
		sold = o.TotalMinor
	}
	d.compare("ledger sale", o.Name(), ledger.Sum(entries, ledger.Sale), sold)
	if o.State == order.Cancelled {
		d.compare("ledger rest of the sale", o.Name(), -ledger.Balance(entries)[ledger.Sales], 0)
	}
	chargebacks, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	var taken int64
	for _, c := range chargebacks {
		if c.Withdrawn {
			taken += c.AmountMinor
		}
	}
	d.compare("ledger disputed", o.Name(), ledger.Balance(entries)[ledger.Disputed], taken)
	return err
}

// costs compares what purchases cost with the ledger.
func (d *differences) costs(ctx context.Context, tx *db.Tx, o order.Order) error {
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	var cost int64
	for _, p := range purchases {
		if p.Known() {
			cost += p.BookedMinor
		}
	}
	if err != nil {
		return err
	}
	billed, err := billedOf(ctx, tx, o)
	d.compare("ledger cost", o.Name(), ledger.Balance(entries)[ledger.Cost]-ledger.Sum(entries, ledger.ReturnFreight), cost+billed)
	return err
}

// parcels folds every parcel's state anew from its facts.
func (d *differences) parcels(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, s := range list {
		facts, err := shipment.Tracking(ctx, tx, o.StoreID, s.ShipmentID)
		if err != nil {
			return err
		}
		f := shipment.Fold(facts)
		d.compare("parcel state", s.Number, s.State, f.State)
		d.compare("parcel delivered at", s.Number, s.DeliveredAt, f.Delivered)
	}
	return nil
}

// bounced is the money that came back from refunds that failed late.
func bounced(entries []ledger.LedgerEntry) (total int64) {
	for _, e := range entries {
		if e.Kind == ledger.Bounced && e.Debit == ledger.Cash {
			total += e.AmountMinor
		}
	}
	return total
}

// auditStock compares what is reserved of every variant with its reservations.
func auditStock(ctx context.Context, d *db.DB, s id.Store) (found []Difference, err error) {
	last := id.Variant("")
	for {
		var page []StockFiguresRow
		err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = New(tx).StockFigures(ctx, StockFiguresParams{StoreID: s, VariantID: last, Limit: auditPage})
			return err
		})
		var list differences
		for _, v := range page {
			list.compare("variant reserved", string(v.VariantID)+" "+v.Sku, v.Reserved, v.Reservations)
		}
		found = append(found, list...)
		if err != nil || len(page) < auditPage {
			return found, err
		}
		last = page[len(page)-1].VariantID
	}
}

// auditOffers compares what is promised on offers with the purchases that are not yet sent.
func auditOffers(ctx context.Context, d *db.DB, s id.Store) ([]Difference, error) {
	var list differences
	err := d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		rows, err := New(tx).CommittedFigures(ctx, s)
		for _, r := range rows {
			list.compare("offer committed", string(r.OfferID)+" "+r.SupplierSku, r.Committed, r.Planned)
		}
		return err
	})
	return list, err
}
