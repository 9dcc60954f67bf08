package flow

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// askPerson marks an uncertain purchase whose supplier cannot be asked.
const askPerson = "ask-person"

// gather reads all that an order's words are derived from.
func gather(ctx context.Context, tx *db.Tx, o order.Order) (order.Facts, error) {
	f := order.Facts{State: o.State, Total: o.TotalMinor, GaveUp: o.GaveUp()}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return f, err
	}
	for _, l := range lines {
		f.Units += l.Left()
	}
	if err := gatherMoney(ctx, tx, o, &f); err != nil {
		return f, err
	}
	there, err := besideOf(ctx, tx, o)
	if err != nil {
		return f, err
	}
	if there.Talk {
		if err := gatherMessages(ctx, tx, o, &f); err != nil {
			return f, err
		}
	}
	if o.State == order.Pending {
		return f, nil // nothing is bought before the order is confirmed
	}
	if err := gatherPurchases(ctx, tx, o, lines, &f); err != nil {
		return f, err
	}
	if there.Shipments {
		if err := gatherShipments(ctx, tx, o, &f); err != nil {
			return f, err
		}
	}
	if there.Claims || there.Disputes {
		if err := gatherClaims(ctx, tx, o, &f); err != nil {
			return f, err
		}
	}
	if there.Bills {
		err = gatherBills(ctx, tx, o, &f)
	}
	return f, err
}

// besideOf says of what seldom stands beside an order whether there is any: most orders have no
// refund, chargeback, claim, dispute, bill or letter, and for a while no parcel.
func besideOf(ctx context.Context, tx *db.Tx, o order.Order) (BesideRow, error) {
	return db.Known(tx, string(o.OrderID), func() (BesideRow, error) {
		return New(tx).Beside(ctx, BesideParams{StoreID: o.StoreID, OrderID: o.OrderID})
	}, "refunds", "chargebacks", "shipments", "claims", "disputes", "statement_lines", "conversations")
}

func gatherMoney(ctx context.Context, tx *db.Tx, o order.Order, f *order.Facts) error {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	alive := false
	for _, p := range payments {
		f.Captured += p.CapturedMinor
		switch p.State {
		case ledger.PaymentAuthorised, ledger.PaymentCapturing:
			f.Authorised += p.AmountMinor
		}
		if what := map[ledger.PaymentState]string{ledger.PaymentAuthorised: "capture", ledger.PaymentVoiding: "void"}[p.State]; what != "" &&
			strings.HasPrefix(p.Words, refusedWords(what)) {
			f.PayRefused = append(f.PayRefused, order.PaymentFact{ID: string(p.PaymentID), Words: p.Words})
		}
		if p.State == ledger.PaymentVoiding && p.Slow {
			f.VoidSlow = append(f.VoidSlow, order.PaymentFact{ID: string(p.PaymentID), Words: p.Words})
		}
		if p.OfCredit() {
			continue // it is there or given back: it does not fail
		}
		if dead := cameToNothing(p); dead != "" {
			f.PayFailed = dead
		} else {
			alive = true
		}
	}
	if alive {
		f.PayFailed = ""
	}
	if f.Captured == 0 {
		return nil
	}
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Refunds && !there.Chargebacks {
		return err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, r := range refunds {
		if r.State == ledger.RefundSucceeded {
			f.Refunded += r.AmountMinor
		}
		f.Refunds = append(f.Refunds, order.RefundFact{ID: string(r.RefundID), State: string(r.State), Words: r.Words, Slow: r.Slow,
			Replaced: ledger.Replaced(refunds, r)})
	}
	chargebacks, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	for _, c := range chargebacks {
		f.InDispute = f.InDispute || c.Open()
		if c.Open() {
			fact, err := bankFact(ctx, tx, c)
			if err != nil {
				return err
			}
			f.Bank = append(f.Bank, fact)
		}
		if c.State == ledger.ChargebackLost || c.State == ledger.ChargebackConceded {
			f.Taken += c.AmountMinor
		}
	}
	return err
}

// cameToNothing says why there will be no money from a payment; empty while there may be.
func cameToNothing(p ledger.Payment) string {
	switch p.State {
	case ledger.PaymentFailed:
		return "The payment failed: " + p.Words
	case ledger.PaymentExpired:
		return "The payment lapsed: " + p.Words
	case ledger.PaymentVoided:
		return "The payment was let go: " + p.Words
	}
	return ""
}

func gatherPurchases(ctx context.Context, tx *db.Tx, o order.Order, lines []order.OrderLine, f *order.Facts) error {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	bought, err := purchase.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	covered := map[int64]int64{}
	for _, p := range purchases {
		fact := order.PurchaseFact{ID: string(p.PurchaseID), Number: p.Number, State: string(p.State), HoldCode: p.HoldCode,
			HoldWhy: p.HoldReason, Unpaid: p.Unpaid, Words: p.Words,
			Stuck: p.State == purchase.Uncertain && p.HoldCode == askPerson, Late: p.Late, Cause: p.Cause}
		for _, l := range bought {
			if l.PurchaseID != p.PurchaseID {
				continue
			}
			fact.Units += l.Left()
			fact.Short += l.Short
			if p.Live() && p.ClaimID == "" {
				covered[l.OrderLineID] += l.Left()
			}
		}
		if p.State == purchase.Uncertain || p.Unpaid {
			s, err := inventory.SupplierByID(ctx, tx, o.StoreID, p.SupplierID)
			if err != nil {
				return err
			}
			fact.Supplier = s.Name
		}
		f.Purchases = append(f.Purchases, fact)
	}
	f.BadAddress = addressRefused(purchases)
	for _, l := range lines {
		f.Unplaced += max(l.Left()-covered[l.LineID], 0)
	}
	if f.Unplaced == 0 {
		return nil
	}
	paid, err := paidUnsent(ctx, tx, o, purchases)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(lines, func(l order.OrderLine) bool { return l.Left()-covered[l.LineID] > paid[l.LineID] }) {
		f.Why = "A claim has paid for the units that nobody sends: take them off the order."
		return nil
	}
	f.Why, err = whyUnplaced(ctx, tx, o)
	return err
}

func gatherShipments(ctx context.Context, tx *db.Tx, o order.Order, f *order.Facts) error {
	if len(f.Purchases) == 0 {
		return nil
	}
	shipments, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(shipments) == 0 {
		return err
	}
	flags, err := shipment.Flags(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	lines, err := shipment.AllLines(ctx, tx, o.StoreID, o.OrderID)
	for _, s := range shipments {
		fact := order.ShipmentFact{ID: string(s.ShipmentID), Number: s.Number, State: string(s.State), Words: s.Words, Late: s.Late}
		for _, flag := range flags {
			if flag.ShipmentID == s.ShipmentID && flag.SettledAt == 0 {
				fact.Flags = append(fact.Flags, order.FlagFact{Flag: flag.Flag, Words: flag.Words})
			}
		}
		for _, l := range lines {
			if l.ShipmentID == s.ShipmentID {
				fact.Units += l.Quantity
			}
		}
		f.Shipments = append(f.Shipments, fact)
	}
	if err != nil {
		return err
	}
	return countOnce(ctx, tx, o, shipments, lines, f)
}
