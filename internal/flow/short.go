package flow

import (
	"context"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// applyShort notes units that will not come; they are reserved and sourced anew.
func applyShort(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if len(said.Short) == 0 || !purchase.Machine.Can(p.State, purchase.Short) {
		return nil
	}
	lines, err := linesByVariant(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	short := map[int64]int64{}
	for _, said := range said.Short {
		left := said.Quantity // of all lines with the SKU
		for _, l := range lines {
			if n := min(left, l.Quantity); l.SupplierSku == said.SKU && n > 0 {
				left -= n
				short[l.LineID] = max(short[l.LineID], n)
			}
		}
	}
	return shortLines(ctx, tx, o, p, lines, short, said.Short, actor)
}

// endRest takes a supplier's word that it has ended an order of which parcels have left: what
// is in none will not come.
func endRest(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	lines, err := linesByVariant(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	left, err := unpacked(ctx, tx, *p, lines)
	if err != nil {
		return err
	}
	short, words := map[int64]int64{}, []ShortSaid(nil)
	for _, l := range lines {
		if n := left[l.LineID]; n > 0 {
			short[l.LineID] = l.Short + n
			words = append(words, ShortSaid{SKU: l.SupplierSku, Quantity: l.Short + n, Words: orElse(said.Words, "the supplier ended the order")})
		}
	}
	return shortLines(ctx, tx, o, p, lines, short, words, actor)
}

// shortLines notes how many units of each line will not come; fewer than before is old news.
func shortLines(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, lines []purchase.PurchaseLine, short map[int64]int64, words []ShortSaid, actor Actor) error {
	changed, gone := false, int64(0)
	for i, l := range lines {
		n := short[l.LineID]
		if n <= l.Short {
			continue
		}
		if err := shorten(ctx, tx, o, *p, l, n); err != nil {
			return err
		}
		gone += (n - l.Short) * l.UnitCostMinor
		lines[i].Short, changed = n, true
	}
	if !changed {
		return nil
	}
	if err := cheapen(ctx, tx, o, p, lines, gone); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "purchase.shorted", string(p.PurchaseID), actor, data{"number": p.Number, "short": words}); err != nil {
		return err
	}
	return dropRest(ctx, tx, o, p, lines, actor)
}

// cheapen takes the cost of units that will not come off the purchase and out of the books.
func cheapen(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, lines []purchase.PurchaseLine, gone int64) error {
	rate, err := p.Exchange()
	if err != nil {
		return err
	}
	here, err := rate.Convert(money.New(gone, p.Currency))
	if err != nil {
		return err
	}
	less := min(here.Minor, p.BookedMinor)
	p.GoodsMinor, p.BookedMinor = max(p.GoodsMinor-gone, 0), p.BookedMinor-less
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	var short int64
	for _, l := range lines {
		short += l.Short
	}
	_, err = ledger.Post(ctx, tx, p.StoreID, ledger.Posting{Key: fmt.Sprintf("%s/short/%d", p.PurchaseID, short), Order: p.OrderID,
		Subject: string(p.PurchaseID), Kind: ledger.NotBought, Debit: ledger.Supplier, Credit: ledger.Cost, Amount: money.New(less, o.Currency)})
	return err
}

// shorten writes how many units of a line will not come and reserves stock for them again,
// unless they are of a replacement.
func shorten(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, l purchase.PurchaseLine, short int64) error {
	if err := purchase.SetShort(ctx, tx, l, short); err != nil || o.State != order.Open || p.ClaimID != "" {
		return err
	}
	_, err := inventory.Reserve(ctx, tx, o.StoreID, o.OrderID, l.OrderLineID, l.VariantID, short-l.Short, 0)
	return err
}

// dropRest ends a purchase of which everything that will come is in a parcel.
func dropRest(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, lines []purchase.PurchaseLine, actor Actor) error {
	left, err := unpacked(ctx, tx, *p, lines)
	if err != nil || p.State != purchase.Shipping || sum(left) > 0 {
		return err
	}
	if err := p.Move(purchase.DropRest); err != nil {
		return err
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.shipped", string(p.PurchaseID), actor, data{"number": p.Number})
}
