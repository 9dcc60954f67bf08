package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Cost is what one unit costs us, without freight.
func (o Offer) Cost() money.Amount { return money.New(o.CostMinor, o.Currency) }

// Buffer is how many of the offer's units are kept back: never promised to customers.
func (o Offer) Buffer() int64 {
	return min(o.Quantity, o.BufferUnits+(o.Quantity*o.BufferPercent+99)/100)
}

// Free is how many units can still be planned on the offer; never negative. What is kept
// back counts: an order that is paid may have it.
func (o Offer) Free() int64 { return max(0, o.Quantity-o.Committed) }

// Candidate is an active offer with its supplier: what sourcing chooses from.
type Candidate struct {
	Offer    Offer
	Supplier Supplier
}

// Believable says whether the offer is new enough to count.
func (c Candidate) Believable(now clock.Time) bool { return c.Supplier.Believes(c.Offer.AsOf, now) }

// HandlingDays is how long it takes to leave: the offer's own word or else the supplier's.
func (c Candidate) HandlingDays() int64 {
	if c.Offer.HandlingDays > 0 {
		return c.Offer.HandlingDays
	}
	return c.Supplier.HandlingDays
}

// Priority is the merchant's preference: the supplier's and the offer's together.
func (c Candidate) Priority() int64 { return c.Supplier.Priority + c.Offer.Priority }

// MaxSKU is how long a supplier's SKU may be, in bytes: it must fit an index.
const MaxSKU = 1000

// check tidies an offer and refuses what makes no sense.
func (o *Offer) check() error {
	o.Pack = max(1, o.Pack)
	switch {
	case o.SupplierSku == "" || len(o.SupplierSku) > MaxSKU:
		return fmt.Errorf("offer: %w: the supplier's SKU has %d bytes, not 1 to %d", ErrInvalid, len(o.SupplierSku), MaxSKU)
	case o.BufferUnits < 0 || o.BufferPercent < 0 || o.BufferPercent > 100:
		return fmt.Errorf("offer %s: %w: the buffer is at least 0, and at most 100 %%", o.SupplierSku, ErrInvalid)
	case o.CostMinor < 0 || o.Quantity < 0 || o.HandlingDays < 0:
		return fmt.Errorf("offer %s: %w: cost, quantity and days are not negative", o.SupplierSku, ErrInvalid)
	case !o.Currency.Valid():
		return fmt.Errorf("offer %s: %w: no such currency %q", o.SupplierSku, ErrInvalid, o.Currency)
	}
	return nil
}

// PutOffer stores what supplier s offers for a variant, by (supplier, supplier's SKU,
// variant), and counts the variant's stock again. AsOf is when the supplier said so; zero
// means that it has said nothing yet: then quantity, cost and time of a stored offer stay.
// It returns the offer as stored and whether anything was written: an offer that differs
// from the stored one by its time alone is written only when that is about to matter (see
// refreshAfter). Committed units stay as they are.
func PutOffer(ctx context.Context, tx *db.Tx, s Supplier, o Offer) (Offer, bool, error) {
	if err := o.check(); err != nil {
		return Offer{}, false, err
	}
	q := New(tx)
	o.StoreID, o.SupplierID, o.UpdatedAt = s.StoreID, s.SupplierID, tx.Now
	unsaid := o.AsOf == 0
	old, err := q.OfferByKey(ctx, OfferByKeyParams{o.StoreID, o.SupplierID, o.SupplierSku, o.VariantID})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		o.OfferID = id.Offer(id.Ordered("of", tx.Now.Std(), tx.Next()))
	case err != nil:
		return Offer{}, false, fmt.Errorf("offer %s of %s: %w", o.SupplierSku, s.Name, err)
	case o.AsOf == 0:
		o.Quantity, o.CostMinor, o.Currency, o.AsOf = old.Quantity, old.CostMinor, old.Currency, old.AsOf
	}
	if o.OfferID == "" && !differs(old, o, s) {
		return old, false, nil
	}
	if _, err := q.LockVariant(ctx, LockVariantParams{o.StoreID, o.VariantID}); err != nil {
		return Offer{}, false, fmt.Errorf("offer %s of %s: variant %s: %w", o.SupplierSku, s.Name, o.VariantID, err)
	}
	if unsaid && o.OfferID == "" { // what stays is read under the lock: units may have been settled meanwhile
		if old, err = q.OfferByKey(ctx, OfferByKeyParams{o.StoreID, o.SupplierID, o.SupplierSku, o.VariantID}); err != nil {
			return Offer{}, false, fmt.Errorf("offer %s of %s: %w", o.SupplierSku, s.Name, err)
		}
		o.Quantity, o.CostMinor, o.Currency, o.AsOf = old.Quantity, old.CostMinor, old.Currency, old.AsOf
	}
	stored, err := q.UpsertOffer(ctx, UpsertOfferParams{
		StoreID: o.StoreID, OfferID: o.OfferID, SupplierID: o.SupplierID, VariantID: o.VariantID, SupplierSku: o.SupplierSku,
		CostMinor: o.CostMinor, Currency: o.Currency, Quantity: o.Quantity, ShipFrom: o.ShipFrom, HandlingDays: o.HandlingDays,
		Pack: o.Pack, Priority: o.Priority, Active: o.Active, AsOf: o.AsOf, UpdatedAt: o.UpdatedAt,
	})
	if err != nil {
		return Offer{}, false, fmt.Errorf("offer %s of %s: %w", o.SupplierSku, s.Name, err)
	}
	return stored, true, recount(ctx, tx, o.StoreID, o.VariantID)
}

// differs says whether new is worth writing over old.
func differs(old, new Offer, s Supplier) bool {
	if new.AsOf.Sub(old.AsOf) >= refreshAfter(s) {
		return true
	}
	new.OfferID, new.Committed, new.AsOf, new.UpdatedAt = old.OfferID, old.Committed, old.AsOf, old.UpdatedAt
	new.BufferUnits, new.BufferPercent = old.BufferUnits, old.BufferPercent // the merchant's, and not said by a supplier
	return new != old
}

// refreshAfter is how much newer the supplier's word must be to be written when it says
// nothing new: rows are not rewritten at every pull, and no offer grows too old because
// it did not change.
func refreshAfter(s Supplier) time.Duration {
	if s.MaxAgeSeconds == 0 {
		return 6 * time.Hour
	}
	return min(6*time.Hour, time.Duration(s.MaxAgeSeconds)*time.Second/4)
}

// Revise stores what a person says of an offer: cost, stock, terms and buffer. Committed
// units, supplier, SKU and variant stay as they are. It counts the variant's stock again.
func Revise(ctx context.Context, tx *db.Tx, o Offer) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := lock(ctx, tx, o.StoreID, []id.Variant{o.VariantID}); err != nil {
		return err
	}
	_, err := New(tx).ReviseOffer(ctx, ReviseOfferParams{
		StoreID: o.StoreID, OfferID: o.OfferID, CostMinor: o.CostMinor, Currency: o.Currency, Quantity: o.Quantity, ShipFrom: o.ShipFrom,
		HandlingDays: o.HandlingDays, Pack: o.Pack, Priority: o.Priority, BufferUnits: o.BufferUnits, BufferPercent: o.BufferPercent,
		Active: o.Active, AsOf: o.AsOf, UpdatedAt: tx.Now,
	})
	if err != nil {
		return fmt.Errorf("offer %s: %w", o.SupplierSku, err)
	}
	return recount(ctx, tx, o.StoreID, o.VariantID)
}

// Remove takes an offer away, or retires it where a purchase names it: what was bought keeps
// its story. It says which of the two.
func Remove(ctx context.Context, tx *db.Tx, o Offer) (gone bool, err error) {
	if err := lock(ctx, tx, o.StoreID, []id.Variant{o.VariantID}); err != nil {
		return false, err
	}
	n, err := New(tx).RemoveOffer(ctx, RemoveOfferParams{o.StoreID, o.OfferID})
	if err == nil && n == 0 {
		_, err = New(tx).RetireOffer(ctx, RetireOfferParams{o.StoreID, o.OfferID, tx.Now})
	}
	if err != nil {
		return false, fmt.Errorf("offer %s: remove: %w", o.SupplierSku, err)
	}
	return n > 0, recount(ctx, tx, o.StoreID, o.VariantID)
}

// OfferByID is the offer of an id.
func OfferByID(ctx context.Context, tx *db.Tx, store id.Store, offer id.Offer) (Offer, error) {
	o, err := New(tx).OfferByID(ctx, OfferByIDParams{store, offer})
	if err != nil {
		return Offer{}, fmt.Errorf("offer %s: %w", offer, err)
	}
	return o, nil
}

// OffersOf are all offers for a variant, also those that are retired.
func OffersOf(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant) ([]Offer, error) {
	return New(tx).OffersByVariant(ctx, OffersByVariantParams{store, variant})
}

// SKUs are the supplier's SKUs that the store sells, after one of them, at most limit: what
// to ask the supplier about.
func SKUs(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier, after string, limit int) ([]string, error) {
	return New(tx).SupplierSKUs(ctx, SupplierSKUsParams{store, supplier, after, int32(limit)})
}

// Candidates are the active offers for each of the variants (at most some hundred), those
// that are too old included, so that sourcing can say why they lost.
func Candidates(ctx context.Context, tx *db.Tx, store id.Store, variants []id.Variant) ([]Candidate, error) {
	var list []Candidate
	for part := range slices.Chunk(distinct(variants), atOnce) {
		rows, err := New(db.Among(tx, part)).CandidateOffers(ctx, CandidateOffersParams{StoreID: store})
		if err != nil {
			return nil, fmt.Errorf("offers for %d variants: %w", len(part), err)
		}
		for _, r := range rows {
			list = append(list, Candidate(r))
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(a.Offer.VariantID, b.Offer.VariantID) })
	return list, nil
}

// Retire ends all offers for variants that are no longer sold.
func Retire(ctx context.Context, tx *db.Tx, store id.Store, variants ...id.Variant) (int64, error) {
	var retired int64
	for _, v := range distinct(variants) {
		if _, err := New(tx).LockVariant(ctx, LockVariantParams{store, v}); err != nil {
			return 0, fmt.Errorf("variant %s: %w", v, err)
		}
		n, err := New(tx).RetireOffers(ctx, RetireOffersParams{StoreID: store, VariantID: v, UpdatedAt: tx.Now})
		if err != nil {
			return 0, fmt.Errorf("offers for variant %s: %w", v, err)
		}
		if retired += n; n > 0 {
			if err := recount(ctx, tx, store, v); err != nil {
				return 0, err
			}
		}
	}
	return retired, nil
}

// atOnce is how many variants one statement names at most.
const atOnce = 400

// distinct is the list sorted, each once: the order in which rows are locked.
func distinct(variants []id.Variant) []id.Variant {
	list := slices.Clone(variants)
	slices.Sort(list)
	return slices.Compact(list)
}

// Survey has PostgreSQL look at the offers again: see catalog.Survey.
func Survey(ctx context.Context, tx *db.Tx) error {
	if tx.Kind() != db.Postgres {
		return nil
	}
	if err := New(tx).SurveyOffers(ctx); err != nil {
		return fmt.Errorf("survey of offers: %w", err)
	}
	return nil
}
