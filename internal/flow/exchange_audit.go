package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// besideExchange is what an exchange must fit: all of its order.
type besideExchange struct {
	entries     []ledger.LedgerEntry
	payments    []ledger.Payment
	refunds     []ledger.Refund
	chargebacks []ledger.Chargeback
	purchases   []purchase.Purchase
	reserved    []inventory.Reservation
	claims      []claim.Claim
}

func gatherBeside(ctx context.Context, tx *db.Tx, o order.Order) (b besideExchange, err error) {
	if b.entries, err = ledger.Entries(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	if b.payments, err = ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	if b.refunds, err = ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	if b.chargebacks, err = ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	if b.purchases, err = purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	if b.reserved, err = inventory.ReservationsOf(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return b, err
	}
	b.claims, err = claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	return b, err
}

// exchanges compares exchanges with the stock, the money, the purchases and the claims that they
// rest on.
func (d *differences) exchanges(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := claim.ExchangesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(list) == 0 {
		return err
	}
	b, err := gatherBeside(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, x := range list {
		name := string(x.ExchangeID)
		d.compare("exchange currency", name, x.Currency, o.Currency)
		if want, sure := b.holds(x); sure {
			d.compare("exchange reserved", name, want, b.reservedFor(x))
		}
		d.compare("exchange booked", name, b.owed(x), sumOfSubject(b.entries, name, ledger.Exchanged)-sumOfSubject(b.entries, name, ledger.Credit))
		d.compare("exchange due", name, x.State == claim.ExchangeWaiting, x.DueAt != 0)
		d.compare("exchange claim", name, true, b.claimFits(x))
		switch x.State {
		case claim.ExchangeDone:
			d.compare("exchange purchase", name, true, slices.ContainsFunc(b.purchases, func(p purchase.Purchase) bool { return p.ClaimID == x.ClaimID && p.Live() }))
			d.compare("exchange paid", name, true, b.settled(x))
		case claim.ExchangeLapsed:
			d.compare("exchange given back", name, true, b.givenBack(x))
		}
	}
	return nil
}

// owed is what the customer owes for an exchange, or paid.
func (b besideExchange) owed(x claim.Exchange) int64 {
	if x.State != claim.ExchangeDone {
		return 0
	}
	return max(x.Difference().Minor, 0)
}

// holds is how much must be reserved for an exchange; not sure while its purchase is on its way
// to the supplier.
func (b besideExchange) holds(x claim.Exchange) (units int64, sure bool) {
	if x.Live() {
		return x.Quantity, true
	}
	return 0, x.State == claim.ExchangeLapsed
}

func (b besideExchange) reservedFor(x claim.Exchange) (units int64) {
	for _, r := range b.reserved {
		if r.LineID == x.HoldLine {
			units += r.Quantity
		}
	}
	return units
}

// claimFits says whether the claim of an exchange that is not over stands where it must.
func (b besideExchange) claimFits(x claim.Exchange) bool {
	i := slices.IndexFunc(b.claims, func(c claim.Claim) bool { return c.ClaimID == x.ClaimID })
	if i < 0 {
		return false
	}
	switch state := b.claims[i].State; x.State {
	case claim.ExchangeHeld:
		return state == claim.Returning || state == claim.Inspecting
	case claim.ExchangeWaiting:
		return state == claim.Settling
	}
	return true
}

// settled says whether the difference of an exchange that came to pass was paid, or given back.
func (b besideExchange) settled(x claim.Exchange) bool {
	more := x.Difference().Minor
	if more > 0 {
		return slices.ContainsFunc(b.payments, func(p ledger.Payment) bool {
			return p.PaymentID == x.PaymentID && p.ExchangeID == x.ExchangeID && p.CapturedMinor >= more
		})
	}
	for _, r := range b.refunds {
		if r.ClaimID != x.ClaimID {
			continue
		}
		if by, found := ledger.InPlaceOf(b.refunds, r); !found || by.ClaimID != x.ClaimID { // else it counts itself
			more += r.AmountMinor
		}
	}
	return more >= 0
}

// givenBack says whether what was paid for an exchange that is over went back, or is on its way;
// what a bank took is not ours to give.
func (b besideExchange) givenBack(x claim.Exchange) bool {
	for _, p := range b.payments {
		if p.ExchangeID != x.ExchangeID || p.CapturedMinor == 0 || len(b.chargebacks) > 0 {
			continue
		}
		left := p.CapturedMinor
		for _, r := range b.refunds {
			if r.PaymentID == p.PaymentID {
				left -= r.AmountMinor
			}
		}
		if left > 0 {
			return false
		}
	}
	return true
}
