package dashboard

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/money"
)

// orderDoc is one order with everything about it.
type orderDoc struct {
	report.Document
	Reasons    []order.Reason
	Offers     map[id.Variant][]offerNow // stock of each supplier, now
	Refundable money.Amount
	Happened   []said // the newest first
	Option     flow.Option
	Notes      map[id.Purchase]purchaseNotes
	Senders    []senderLine       // who could send it; only while that is open
	Choice     flow.Choice        // what the customer was asked about units that nobody sends
	Talk       flow.TalkView      // what customer and staff wrote to each other
	Agreed     []order.AgreedText // the policies that it was placed under
	About      string             // what the timeline is narrowed to
}

// offerNow is what a supplier has of a variant now.
type offerNow struct {
	Supplier string
	Free     int64
	Cost     money.Amount
	AsOf     clock.Time
	Believed bool
	Active   bool
}

// purchaseNotes are a purchase's stored reasons, read.
type purchaseNotes struct {
	Reasons []purchase.Reason
}

func (d *Dashboard) order(v *visit) error {
	var p orderDoc
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = readOrder(ctx, tx, v, v.path("order")); err != nil {
			return err
		}
		p.About = v.query("about")
		p.Happened = narrowed(p.Happened, p.About)
		if !p.Unplaced() && len(p.openPurchases()) == 0 {
			return nil
		}
		o, err := order.Get(ctx, tx, v.store, p.ID)
		if err != nil {
			return err
		}
		list, err := flow.Senders(ctx, tx, o)
		p.Senders = sendersOf(p.Lines, list)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Order #" + plainNumber(p.Number), At: "orders", Live: true, Refresh: 30, Back: Prefix + "/orders"}
	return d.show(v, at, orderPage(v, at, p))
}

func readOrder(ctx context.Context, tx *db.Tx, v *visit, name string) (p orderDoc, err error) {
	if p.Document, err = report.OrderDocument(ctx, tx, v.store, name); err != nil {
		return p, err
	}
	p.Reasons = reasonsOf(p.Attention)
	_ = json.Unmarshal(p.ShippingOption, &p.Option) // an order without one shows none
	p.Notes = map[id.Purchase]purchaseNotes{}
	for _, one := range p.Purchases {
		var list []purchase.Reason
		if json.Unmarshal(one.Reasons, &list) == nil {
			p.Notes[one.ID] = purchaseNotes{list}
		}
	}
	who, err := namesOf(ctx, tx, v.store)
	if err != nil {
		return p, err
	}
	for _, e := range slices.Backward(p.Timeline) {
		p.Happened = append(p.Happened, v.said(e, who))
	}
	if p.Unplaced() {
		if p.Choice, err = flow.ChoiceOf(ctx, tx, v.store, p.ID); err != nil {
			return p, err
		}
	}
	if c, known, err := message.OfOrder(ctx, tx, v.store, p.ID); err != nil {
		return p, err
	} else if known {
		if p.Talk, err = flow.LookAtTalk(ctx, tx, v.store, c.ConversationID); err != nil {
			return p, err
		}
	}
	if p.Agreed, err = flow.Agreed(ctx, tx, v.store, p.ID); err != nil {
		return p, err
	}
	if p.Offers, err = offersNow(ctx, tx, v, p.Lines); err != nil {
		return p, err
	}
	p.Refundable, err = refundableOf(ctx, tx, v.store, p.Order)
	return p, err
}

// offersNow is what every supplier has of the order's variants.
func offersNow(ctx context.Context, tx *db.Tx, v *visit, lines []report.Line) (map[id.Variant][]offerNow, error) {
	suppliers, err := inventory.Suppliers(ctx, tx, v.store)
	if err != nil {
		return nil, err
	}
	of := map[id.Supplier]inventory.Supplier{}
	for _, s := range suppliers {
		of[s.SupplierID] = s
	}
	out := map[id.Variant][]offerNow{}
	for _, l := range lines {
		if out[l.Variant] != nil {
			continue
		}
		list, err := inventory.OffersOf(ctx, tx, v.store, l.Variant)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			s := of[o.SupplierID]
			out[l.Variant] = append(out[l.Variant], offerNow{Supplier: s.Name, Free: o.Free(), Cost: o.Cost(), AsOf: o.AsOf,
				Believed: s.Believes(o.AsOf, tx.Now), Active: o.Active})
		}
	}
	return out, nil
}

// refundableOf is how much can be given back at once, of all payments together.
func refundableOf(ctx context.Context, tx *db.Tx, s id.Store, o report.Order) (money.Amount, error) {
	most := money.Zero(o.Totals.Total.Currency)
	payments, err := ledger.PaymentsOf(ctx, tx, s, o.ID)
	if err != nil {
		return most, err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, s, o.ID)
	if err != nil {
		return most, err
	}
	chargebacks, err := ledger.ChargebacksOf(ctx, tx, s, o.ID)
	if err != nil {
		return most, err
	}
	for _, p := range payments {
		own := slices.DeleteFunc(slices.Clone(refunds), func(r ledger.Refund) bool { return r.PaymentID != p.PaymentID })
		taken := slices.DeleteFunc(slices.Clone(chargebacks), func(c ledger.Chargeback) bool { return c.PaymentID != p.PaymentID })
		most.Minor += ledger.Refundable(p.CapturedMinor, own, taken)
	}
	return most, nil
}

// waitsForMoney says whether a person can confirm a payment.
func (p orderDoc) waitsForMoney() bool {
	return slices.ContainsFunc(p.Payments, func(m report.Payment) bool {
		return m.Manual && m.State != "captured" && m.State != "voided"
	})
}

// cancellable says whether the order can still be asked to stop.
func (p orderDoc) cancellable() bool { return p.State == "pending" || p.State == "open" }

// purchase is one of the order's purchases by its id; nil when it is none.
func (p orderDoc) purchase(name string) *report.Purchase {
	for i := range p.Purchases {
		if string(p.Purchases[i].ID) == name {
			return &p.Purchases[i]
		}
	}
	return nil
}

// profit is what the order leaves so far: sold, less tax, cost and fees.
func (p orderDoc) profit() money.Amount {
	var left int64
	for _, e := range p.Ledger {
		switch e.Kind {
		case ledger.Sale, ledger.NotBought, ledger.Recovery:
			left += e.Amount.Minor
		case ledger.Credit, ledger.Bought, ledger.Fee, ledger.ReturnFreight:
			left -= e.Amount.Minor
		}
		if total := p.Totals.Total.Minor; total > 0 && e.Kind == ledger.Sale {
			left -= p.Totals.Tax.Minor
		} else if total > 0 && e.Kind == ledger.Credit {
			left += e.Amount.Minor * p.Totals.Tax.Minor / total
		}
	}
	return money.New(left, p.Totals.Total.Currency)
}

// addressLines is an address as people of its country write it, with the country's name.
func addressLines(a address.Address) []string {
	if a.IsEmpty() {
		return nil
	}
	return address.Lines(a, "")
}

// --- what a person may do about it

func (d *Dashboard) cancelOrder(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "The order is being cancelled: what was not sent is dropped, and suppliers are asked.", func(ctx context.Context, tx *db.Tx) error {
		return flow.CancelOrder(ctx, tx, v.store, name, v.form("reason"), v.actor())
	})
}

func (d *Dashboard) confirmPayment(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "The payment is confirmed; the order goes on.", func(ctx context.Context, tx *db.Tx) error {
		return flow.ConfirmManual(ctx, tx, v.store, name, v.actor())
	})
}

func (d *Dashboard) refundOrder(v *visit) error {
	name := id.Order(v.path("order"))
	done, err := d.refundWords(v, name)
	if err != nil {
		return err
	}
	return d.do(v, orderURL(name), done, func(ctx context.Context, tx *db.Tx) error {
		o, err := order.Get(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		amount, err := money.Parse(v.form("amount"), o.Currency)
		if err != nil {
			return &flow.Refusal{Code: "amount", Field: "amount", Words: "The amount is no sum in " + string(o.Currency) + ", such as 12.90."}
		}
		give := flow.AskRefund
		if v.form("to_credit") == "yes" {
			give = flow.RefundAsCredit
		}
		_, err = give(ctx, tx, v.store, name, amount.Minor, v.form("reason"), v.actor())
		return err
	})
}

// refundWords says where the money of a refund is once it is asked for.
func (d *Dashboard) refundWords(v *visit, name id.Order) (string, error) {
	if v.form("to_credit") == "yes" {
		return "The money is store credit now: the customer can spend it at once.", nil
	}
	var paid []ledger.Payment
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		paid, err = ledger.PaymentsOf(ctx, tx, v.store, name)
		return err
	})
	words := "The refund is on its way to the payment provider."
	if slices.ContainsFunc(paid, ledger.Payment.OfCredit) {
		words += " What was paid with store credit is there already."
	}
	return words, err
}

// onPurchase runs a command on the purchase that the address names and leads back to its
// order.
func (d *Dashboard) onPurchase(v *visit, done string, command func(ctx context.Context, tx *db.Tx, name id.Purchase) error) error {
	name := id.Purchase(v.path("purchase"))
	back := Prefix + "/orders"
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		p, err := purchase.Get(ctx, tx, v.store, name)
		back = orderURL(p.OrderID)
		return err
	})
	if err != nil {
		return err
	}
	return d.do(v, back, done, func(ctx context.Context, tx *db.Tx) error { return command(ctx, tx, name) })
}

func (d *Dashboard) releasePurchase(v *visit) error {
	return d.onPurchase(v, "Released: it goes to the supplier now.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.Release(ctx, tx, v.store, name, v.actor())
	})
}

func (d *Dashboard) holdPurchase(v *visit) error {
	return d.onPurchase(v, "Held: it waits until somebody releases it.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.HoldPurchase(ctx, tx, v.store, name, v.form("reason"), v.actor())
	})
}

func (d *Dashboard) placePurchase(v *visit) error {
	return d.onPurchase(v, "Noted: it was ordered by hand.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.PlaceByHand(ctx, tx, v.store, name, v.form("ref"), v.actor())
	})
}

func (d *Dashboard) resolvePurchase(v *visit) error {
	found := v.form("found") == "yes"
	done := "Noted: the supplier does not have it. It is sent again."
	if found {
		done = "Noted: the supplier has it."
	}
	return d.onPurchase(v, done, func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.ResolveUncertain(ctx, tx, v.store, name, found, v.form("ref"), v.actor())
	})
}

func (d *Dashboard) acceptPurchase(v *visit) error {
	return d.onPurchase(v, "Noted: the supplier will ship.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.Accept(ctx, tx, v.store, name, v.form("ref"), v.actor())
	})
}

func (d *Dashboard) rejectPurchase(v *visit) error {
	return d.onPurchase(v, "Noted: the supplier will not ship.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		if v.form("words") == "" {
			return &flow.Refusal{Code: "words-missing", Field: "words", Words: "Please say what the supplier said."}
		}
		return flow.Reject(ctx, tx, v.store, name, v.form("words"), v.actor())
	})
}

func (d *Dashboard) shipPurchase(v *visit) error {
	return d.onPurchase(v, "The parcel is announced to the customer.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.ShipByHand(ctx, tx, v.store, name, flow.ParcelSaid{Number: v.form("number"), CarrierName: v.form("carrier"), At: tx.Now}, v.actor())
	})
}

func (d *Dashboard) answerCancel(v *visit) error {
	stopped := v.form("stopped") == "yes"
	done := "Noted: it will be sent all the same."
	if stopped {
		done = "Noted: the supplier has stopped it."
	}
	return d.onPurchase(v, done, func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.ResolveCancel(ctx, tx, v.store, name, stopped, v.form("words"), v.actor())
	})
}

func plainNumber(n int64) string { return strconv.FormatInt(n, 10) }
