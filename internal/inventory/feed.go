package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// FeedState is what became of a page of offers.
type FeedState string

// The states of a feed. Only a parked one still waits for somebody.
const (
	Applied  FeedState = "applied"  // believed by the guard
	Parked   FeedState = "parked"   // not believed: a person decides
	Believed FeedState = "believed" // applied by a person
	Refused  FeedState = "refused"  // by a person, or overtaken by a newer page
)

// overtaken is the reason of a parked feed that a newer page made pointless.
const overtaken = "overtaken by a newer page"

// ApplyPage judges what a supplier says within limits (whose MaxAge is the supplier's) and, if it is believed, writes what differs and
// counts the variants again; otherwise the page is parked. For each offer time goes forward
// only: an older word than the stored one is passed over. Pages that were parked and have
// the same articles are overtaken by this one.
func ApplyPage(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier, page Page, limits Limits) (Verdict, error) {
	s, err := SupplierByID(ctx, tx, store, supplier)
	if err != nil {
		return Verdict{}, err
	}
	list, asOf := normalise(page, tx.Now)
	stored, err := storedOffers(ctx, tx, s, list)
	if err != nil {
		return Verdict{}, err
	}
	limits.MaxAge = time.Duration(s.MaxAgeSeconds) * time.Second
	v := Judge(known(stored), list, asOf, tx.Now, limits)
	if v.Again, err = overtake(ctx, tx, s, list, strings.Join(v.Reasons, "; ")); err != nil {
		return Verdict{}, err
	}
	f := Feed{StoreID: store, SupplierID: supplier, State: Applied, Seen: int64(v.Seen), Reason: strings.Join(v.Reasons, "; ")}
	switch {
	case v.Believe:
		if v.Changed, err = apply(ctx, tx, s, list, stored); err != nil || v.Changed == 0 {
			return v, err
		}
		f.Changed = int64(v.Changed)
	default:
		f.State = Parked
		if f.Offers, err = encode(list); err != nil {
			return Verdict{}, err
		}
	}
	v.Feed, err = addFeed(ctx, tx, f)
	return v, err
}

// Believe applies a parked page as it is, because a person says that it is true; false
// when it is not parked (any more).
func Believe(ctx context.Context, tx *db.Tx, store id.Store, feed id.Feed) (bool, error) {
	f, err := New(tx).LockFeed(ctx, LockFeedParams{store, feed})
	if err != nil {
		return false, fmt.Errorf("feed %s: %w", feed, err)
	}
	if f.State != Parked {
		return false, nil
	}
	list, err := f.Page()
	if err != nil {
		return false, fmt.Errorf("feed %s: %w", feed, err)
	}
	s, err := SupplierByID(ctx, tx, store, f.SupplierID)
	if err != nil {
		return false, err
	}
	stored, err := storedOffers(ctx, tx, s, list)
	if err != nil {
		return false, err
	}
	changed, err := apply(ctx, tx, s, list, stored)
	if err != nil {
		return false, err
	}
	return closeFeed(ctx, tx, f, Believed, f.Reason, int64(changed))
}

// Refuse forgets a parked page; false when it is not parked (any more).
func Refuse(ctx context.Context, tx *db.Tx, store id.Store, feed id.Feed) (bool, error) {
	f, err := FeedByID(ctx, tx, store, feed)
	if err != nil {
		return false, err
	}
	return closeFeed(ctx, tx, f, Refused, f.Reason, 0)
}

// FeedByID is the feed of an id.
func FeedByID(ctx context.Context, tx *db.Tx, store id.Store, feed id.Feed) (Feed, error) {
	f, err := New(tx).FeedByID(ctx, FeedByIDParams{store, feed})
	if err != nil {
		return Feed{}, fmt.Errorf("feed %s: %w", feed, err)
	}
	return f, nil
}

// ParkedFeeds are the pages of a supplier that wait for a person, the oldest first.
func ParkedFeeds(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) ([]Feed, error) {
	return New(tx).ParkedFeeds(ctx, ParkedFeedsParams{store, supplier})
}

// Feeds are a supplier's feeds before one of them (empty: the newest), the newest first.
func Feeds(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier, before id.Feed, limit int) ([]Feed, error) {
	if before == "" {
		before = "fe_zzzzzzzzzzzzzzzzzzzzzzzzzzz" // behind every id
	}
	return New(tx).FeedsOfSupplier(ctx, FeedsOfSupplierParams{store, supplier, before, int32(limit)})
}

// Page is the articles of a parked feed.
func (f Feed) Page() ([]Offered, error) {
	var list []Offered
	if f.Offers == "" {
		return nil, nil
	}
	err := json.Unmarshal([]byte(f.Offers), &list)
	return list, err
}

// storedOffers are our offers for the articles of a page, by the supplier's SKU.
func storedOffers(ctx context.Context, tx *db.Tx, s Supplier, list []Offered) (map[string][]Offer, error) {
	stored := map[string][]Offer{}
	for _, o := range list {
		rows, err := New(tx).OffersBySKU(ctx, OffersBySKUParams{s.StoreID, s.SupplierID, o.SKU})
		if err != nil {
			return nil, fmt.Errorf("offers of %s for %s: %w", s.Name, o.SKU, err)
		}
		if len(rows) > 0 {
			stored[o.SKU] = rows
		}
	}
	return stored, nil
}

// known is what the guard wants to know of the stored offers. An article that serves
// several variants counts once: all its offers were written by the same word.
func known(stored map[string][]Offer) []Known {
	list := make([]Known, 0, len(stored))
	for sku, offers := range stored {
		k := Known{SKU: sku, CostMinor: offers[0].CostMinor, Currency: offers[0].Currency, Quantity: offers[0].Quantity}
		for _, o := range offers {
			k.AsOf = max(k.AsOf, o.AsOf)
		}
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b Known) int { return strings.Compare(a.SKU, b.SKU) })
	return list
}

// apply writes what a page says and says how many offers changed.
func apply(ctx context.Context, tx *db.Tx, s Supplier, list []Offered, stored map[string][]Offer) (int, error) {
	var news []Offer
	var touched []id.Variant
	for _, said := range list {
		for _, old := range stored[said.SKU] {
			if o := heard(old, said); o.AsOf >= old.AsOf && differs(old, o, s) {
				news, touched = append(news, o), append(touched, o.VariantID)
			}
		}
	}
	touched = distinct(touched)
	if err := lock(ctx, tx, s.StoreID, touched); err != nil {
		return 0, err
	}
	changed := 0
	for _, o := range news {
		n, err := New(tx).HearOffer(ctx, HearOfferParams{
			StoreID: o.StoreID, OfferID: o.OfferID, Quantity: o.Quantity, CostMinor: o.CostMinor, Currency: o.Currency,
			ShipFrom: o.ShipFrom, HandlingDays: o.HandlingDays, Pack: o.Pack, AsOf: o.AsOf, UpdatedAt: tx.Now,
		})
		if err != nil {
			return 0, fmt.Errorf("offer %s of %s: %w", o.SupplierSku, s.Name, err)
		}
		changed += int(n)
	}
	for _, v := range touched {
		if err := recount(ctx, tx, s.StoreID, v); err != nil {
			return 0, err
		}
	}
	return changed, nil
}

// heard is an offer after the supplier's word; what was not said stays. A quantity or a
// cost below zero, which only a person can have believed, counts as none.
func heard(o Offer, said Offered) Offer {
	o.AsOf, o.Quantity = said.AsOf, max(0, said.Quantity)
	if said.Gone {
		return o
	}
	if said.Currency.Valid() {
		o.CostMinor, o.Currency = max(0, said.CostMinor), said.Currency
	}
	if said.ShipFrom != "" {
		o.ShipFrom = said.ShipFrom
	}
	if said.Handling > 0 {
		o.HandlingDays = said.Handling
	}
	if said.Pack > 0 {
		o.Pack = said.Pack
	}
	return o
}

// overtake ends the parked feeds all of whose articles are on the new page, with a newer
// word, and says whether one of them was parked for the same reasons.
func overtake(ctx context.Context, tx *db.Tx, s Supplier, list []Offered, reasons string) (again bool, err error) {
	parked, err := ParkedFeeds(ctx, tx, s.StoreID, s.SupplierID)
	if err != nil || len(parked) == 0 {
		return false, err
	}
	said := map[string]clock.Time{}
	for _, o := range list {
		said[o.SKU] = o.AsOf
	}
	for _, f := range parked {
		old, err := f.Page()
		if err != nil {
			return false, fmt.Errorf("feed %s: %w", f.FeedID, err)
		}
		older := func(o Offered) bool { asOf, on := said[o.SKU]; return on && o.AsOf <= asOf }
		if slices.ContainsFunc(old, func(o Offered) bool { return !older(o) }) {
			continue
		}
		if len(old) == 0 && len(list) > 0 && reasons != "" {
			continue // an empty page says nothing that another broken page could overtake
		}
		again = again || reasons != "" && sameKind(f.Reason, reasons)
		if _, err := closeFeed(ctx, tx, f, Refused, overtaken, 0); err != nil {
			return false, err
		}
	}
	return again, nil
}

// sameKind says whether two lists of reasons differ in their numbers at most.
func sameKind(a, b string) bool {
	words := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '.' || r == '-' || r == ':' {
				return -1
			}
			return r
		}, s)
	}
	return words(a) == words(b)
}

func encode(list []Offered) (string, error) {
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("page of offers: %w", err)
	}
	return string(text), nil
}

func addFeed(ctx context.Context, tx *db.Tx, f Feed) (id.Feed, error) {
	f.FeedID, f.CreatedAt = id.Feed(id.Ordered("fe", tx.Now.Std(), tx.Next())), tx.Now
	if err := New(tx).InsertFeed(ctx, InsertFeedParams(f)); err != nil {
		return "", fmt.Errorf("feed of supplier %s: %w", f.SupplierID, err)
	}
	return f.FeedID, nil
}

// closeFeed ends a parked feed; false when somebody else did.
func closeFeed(ctx context.Context, tx *db.Tx, f Feed, state FeedState, reason string, changed int64) (bool, error) {
	n, err := New(tx).EndFeed(ctx, EndFeedParams{StoreID: f.StoreID, FeedID: f.FeedID, State: state, Reason: reason, Changed: changed})
	if err != nil {
		return false, fmt.Errorf("feed %s: %s: %w", f.FeedID, state, err)
	}
	return n > 0, nil
}
