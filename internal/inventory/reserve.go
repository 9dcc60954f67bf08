package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Reserve promises n units of a variant to a line of an order until expires (zero: until
// released), if that many are free; false when they are not, and then nothing has changed.
// A line that has a reservation gets n more. Who reserves several lines does so by variant
// id, so that two orders never wait for each other.
func Reserve(ctx context.Context, tx *db.Tx, store id.Store, order id.Order, line int64, variant id.Variant, n int64, expires clock.Time) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("order %s line %d: reserve %d units: %w", order, line, n, ErrInvalid)
	}
	missing, err := ReserveAll(ctx, tx, store, order, []Want{{Line: line, Variant: variant, Units: n}}, expires)
	return err == nil && missing == nil, err
}

// Want is how many units of a variant a line of an order is to be promised.
type Want struct {
	Line    int64
	Variant id.Variant
	Units   int64 // more than none
}

// ReserveAll is Reserve for several lines, of which it takes the variants in the order of their
// ids. The first line that cannot have its units is returned; what was taken for the others is
// then to be rolled back with the transaction.
func ReserveAll(ctx context.Context, tx *db.Tx, store id.Store, order id.Order, wants []Want, expires clock.Time) (missing *Want, err error) {
	q := New(tx)
	wants = slices.Clone(wants)
	slices.SortStableFunc(wants, func(a, b Want) int { return cmp.Compare(a.Variant, b.Variant) })
	batch := db.NewBatch(tx)
	for _, w := range wants {
		touched, err := q.ReserveVariant(ctx, ReserveVariantParams{StoreID: store, VariantID: w.Variant, Units: w.Units, Now: tx.Now})
		if err != nil {
			return nil, fmt.Errorf("order %s line %d: reserve: %w", order, w.Line, err)
		}
		if touched == 0 {
			return &w, nil
		}
		if _, err := New(batch).AddReservation(ctx, AddReservationParams{
			StoreID: store, ReserveID: id.Reserve(id.New("rs", tx.Now.Std())), VariantID: w.Variant, OrderID: order, LineID: w.Line,
			Quantity: w.Units, ExpiresAt: expires, CreatedAt: tx.Now,
		}); err != nil {
			return nil, err
		}
	}
	taken, err := batch.Taken(ctx)
	if err == nil && taken < int64(len(wants)) {
		err = fmt.Errorf("%w: a line has reserved another variant", ErrInvalid)
	}
	if err != nil {
		return nil, fmt.Errorf("order %s: reserve: %w", order, err)
	}
	return nil, nil
}

// Keep makes an order's reservations stay until they are used or released; false when it
// has none.
func Keep(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) (bool, error) {
	n, err := New(tx).KeepReservations(ctx, KeepReservationsParams{store, order})
	if err != nil {
		return false, fmt.Errorf("order %s: keep reservations: %w", order, err)
	}
	return n > 0, nil
}

// Release gives everything back that is still reserved for an order; false when it has
// nothing.
func Release(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) (bool, error) {
	rows, err := New(tx).DeleteReservationsOfOrder(ctx, DeleteReservationsOfOrderParams{store, order})
	if err != nil {
		return false, fmt.Errorf("order %s: release: %w", order, err)
	}
	sum := map[id.Variant]int64{}
	for _, r := range rows {
		sum[r.VariantID] += r.Quantity
	}
	for _, v := range slices.Sorted(maps.Keys(sum)) {
		if err := unreserve(ctx, tx, store, v, sum[v]); err != nil {
			return false, fmt.Errorf("order %s: release: %w", order, err)
		}
	}
	return len(rows) > 0, nil
}

// ReleaseUnits gives n units of a line back; false when that many are not reserved for it,
// and then nothing has changed.
func ReleaseUnits(ctx context.Context, tx *db.Tx, store id.Store, order id.Order, line, n int64) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("order %s line %d: release %d units: %w", order, line, n, ErrInvalid)
	}
	q := New(tx)
	r, err := q.TakeFromReservation(ctx, TakeFromReservationParams{StoreID: store, OrderID: order, LineID: line, Units: n})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil && r.Quantity == 0 {
		err = q.DeleteReservation(ctx, DeleteReservationParams{store, r.ReserveID})
	}
	if err == nil {
		err = unreserve(ctx, tx, store, r.VariantID, n)
	}
	if err != nil {
		return false, fmt.Errorf("order %s line %d: release: %w", order, line, err)
	}
	return true, nil
}

// unreserve takes n off a variant's reserved. Fewer than n would be an error of ours.
func unreserve(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant, n int64) error {
	touched, err := New(tx).UnreserveVariant(ctx, UnreserveVariantParams{StoreID: store, VariantID: v, Units: n, Now: tx.Now})
	if err == nil && touched == 0 {
		err = fmt.Errorf("variant %s has fewer than %d units reserved", v, n)
	}
	return err
}

// Due is an order with a reservation that has expired.
type Due struct {
	Store id.Store
	Order id.Order
}

// ExpireDue lists orders of all stores whose reservations have expired by now, at most
// limit. It changes nothing: the caller ends the order, which releases them.
func ExpireDue(ctx context.Context, tx *db.Tx, now clock.Time, limit int) ([]Due, error) {
	rows, err := New(tx).DueReservations(ctx, DueReservationsParams{Now: now, AtMost: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("expired reservations: %w", err)
	}
	list := make([]Due, len(rows))
	for i, r := range rows {
		list[i] = Due{r.StoreID, r.OrderID}
	}
	return list, nil
}

// ReservationsOf are what is still reserved for an order, by line.
func ReservationsOf(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) ([]Reservation, error) {
	return New(tx).ReservationsOfOrder(ctx, ReservationsOfOrderParams{store, order})
}

// Commit sets n units of an active offer aside for a purchase, if that many are free;
// false when they are not, and then nothing has changed.
func Commit(ctx context.Context, tx *db.Tx, store id.Store, offer id.Offer, n int64) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("offer %s: commit %d units: %w", offer, n, ErrInvalid)
	}
	touched, err := New(tx).CommitOffer(ctx, CommitOfferParams{StoreID: store, OfferID: offer, Units: n, Now: tx.Now})
	if err != nil {
		return false, fmt.Errorf("offer %s: commit: %w", offer, err)
	}
	return touched > 0, nil
}

// Uncommit takes Commit back: the purchase will not be, or another supplier gets it. False
// when fewer than n are committed, and then nothing has changed.
func Uncommit(ctx context.Context, tx *db.Tx, store id.Store, offer id.Offer, n int64) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("offer %s: uncommit %d units: %w", offer, n, ErrInvalid)
	}
	touched, err := New(tx).UncommitOffer(ctx, UncommitOfferParams{StoreID: store, OfferID: offer, Units: n, Now: tx.Now})
	if err != nil {
		return false, fmt.Errorf("offer %s: uncommit: %w", offer, err)
	}
	return touched > 0, nil
}

// Settle is what follows when the supplier has acknowledged n units for a line of an
// order: they leave the offer's quantity and its committed units, and the line's
// reservation, because the supplier's own next word about its stock counts without them.
// A word that already did so makes the offer n too small until the one after: never too
// large. False says that the line did not have n units reserved any more (it was released
// while the supplier was thinking); what it had is used up all the same.
func Settle(ctx context.Context, tx *db.Tx, store id.Store, offer id.Offer, order id.Order, line, n int64) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("offer %s: settle %d units: %w", offer, n, ErrInvalid)
	}
	o, err := OfferByID(ctx, tx, store, offer)
	if err != nil {
		return false, err
	}
	return SettleOf(ctx, tx, store, offer, o.VariantID, order, line, n)
}

// SettleOf is Settle for who knows the offer's variant, which never changes.
func SettleOf(ctx context.Context, tx *db.Tx, store id.Store, offer id.Offer, variant id.Variant, order id.Order, line, n int64) (bool, error) {
	if n <= 0 {
		return false, fmt.Errorf("offer %s: settle %d units: %w", offer, n, ErrInvalid)
	}
	q := New(tx)
	r, err := q.LockReservation(ctx, LockReservationParams{store, order, line})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("order %s line %d: settle: %w", order, line, err)
	}
	taken := min(n, r.Quantity)
	if r.VariantID != variant {
		taken = 0 // it is put by for another article
	}
	switch {
	case taken > 0 && taken == r.Quantity:
		if err = q.DeleteReservation(ctx, DeleteReservationParams{store, r.ReserveID}); err == nil {
			err = unreserve(ctx, tx, store, r.VariantID, taken)
		}
		if err != nil {
			err = fmt.Errorf("order %s line %d: settle: %w", order, line, err)
		}
	case taken > 0:
		_, err = ReleaseUnits(ctx, tx, store, order, line, taken)
	default:
		err = nil
	}
	if err == nil && taken == 0 { // else its row is ours since it was changed
		err = lock(ctx, tx, store, []id.Variant{variant})
	}
	if err != nil {
		return false, err
	}
	if _, err := q.SettleOffer(ctx, SettleOfferParams{StoreID: store, OfferID: offer, Units: n, Now: tx.Now}); err != nil {
		return false, fmt.Errorf("offer %s: settle: %w", offer, err)
	}
	return taken >= n, recount(ctx, tx, store, variant)
}
