package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// OffersSaid takes in a page of a supplier's offers, through the guard: a page that is not
// to be believed is parked for a person and changes nothing.
func OffersSaid(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, page inventory.Page, actor Actor) (inventory.Verdict, error) {
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return inventory.Verdict{}, err
	}
	limits := inventory.StandardLimits()
	limits.DropPercent, limits.FlipPercent, limits.CostPercent = set.Feed.DropPercent, set.Feed.FlipPercent, set.Feed.CostPercent
	v, err := inventory.ApplyPage(ctx, tx, s, supplier, page, limits)
	if err != nil || v.Believe {
		return v, err
	}
	return v, Record(ctx, tx, event.Fact{Store: s, Kind: "feed.parked", Subject: string(supplier), Actor: string(actor),
		Data: data{"reasons": v.Reasons, "seen": v.Seen, "changed": v.Changed}})
}

// ConnectorRefused stops a connector that the other side does not let in any more.
func ConnectorRefused(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector, words string) error {
	return connectorState(ctx, tx, s, c, "refused", words)
}

// ConnectorWorks lets a connector work again.
func ConnectorWorks(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector) error {
	return connectorState(ctx, tx, s, c, "active", "")
}

func connectorState(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector, state, words string) error {
	n, err := store.New(tx).SetConnectorState(ctx, store.SetConnectorStateParams{StoreID: s, ConnectorID: c, State: state,
		Reason: words, UpdatedAt: tx.Now})
	if err != nil || n == 0 {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "connector." + state, Subject: string(c), Actor: string(System), Data: data{"words": words}})
}

// Mapping is what a merchant says of a supplier's article that serves a variant.
type Mapping struct {
	Offer         id.Offer // empty: a new one
	Supplier      id.Supplier
	Variant       id.Variant
	SKU           string // the supplier's
	CostMinor     int64
	Currency      money.Currency
	Quantity      int64
	Counted       bool       // somebody knows the quantity; else what was said before stays
	CountedAt     clock.Time // when that was; 0 is now
	ShipFrom      string
	HandlingDays  int64
	Pack          int64
	Priority      int64
	BufferUnits   int64
	BufferPercent int64
	Active        bool
}

// offer is the mapping over what is known of the offer.
func (m Mapping) offer(o inventory.Offer, now clock.Time) inventory.Offer {
	o.CostMinor, o.Currency, o.ShipFrom, o.HandlingDays = m.CostMinor, m.Currency, m.ShipFrom, m.HandlingDays
	o.Pack, o.Priority, o.BufferUnits, o.BufferPercent, o.Active = m.Pack, m.Priority, m.BufferUnits, m.BufferPercent, m.Active
	if at := m.countedAt(now); m.Counted && at >= o.AsOf {
		o.Quantity, o.AsOf = m.Quantity, at
	}
	return o
}

func (m Mapping) countedAt(now clock.Time) clock.Time {
	if m.CountedAt <= 0 || m.CountedAt > now {
		return now
	}
	return m.CountedAt
}

// MapOffer has a supplier's article serve a variant, or changes how it does. One that was
// taken off before is taken up again.
func MapOffer(ctx context.Context, tx *db.Tx, s id.Store, m Mapping, actor Actor) (id.Offer, error) {
	supplier, err := inventory.SupplierByID(ctx, tx, s, m.Supplier)
	if errors.Is(err, sql.ErrNoRows) {
		return "", &Refusal{Code: "not-found", Field: "supplier", Words: "There is no such supplier."}
	}
	if err != nil {
		return "", err
	}
	if _, err := catalog.GetVariant(ctx, tx, s, m.Variant); errors.Is(err, sql.ErrNoRows) {
		return "", refuse("not-found", "There is no such variant.")
	} else if err != nil {
		return "", err
	}
	known, err := inventory.OffersOf(ctx, tx, s, m.Variant)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(known, func(o inventory.Offer) bool {
		return o.OfferID == m.Offer || m.Offer == "" && o.SupplierID == m.Supplier && o.SupplierSku == m.SKU
	})
	switch {
	case at < 0 && m.Offer != "":
		return "", refuse("not-found", "There is no such offer for this variant.")
	case at >= 0 && m.Offer == "" && known[at].Active:
		return "", &Refusal{Code: "taken", Field: "sku", Words: supplier.Name + "'s article " + m.SKU + " serves this variant already."}
	}
	kind, offer := "offer.mapped", inventory.Offer{StoreID: s, SupplierID: m.Supplier, VariantID: m.Variant, SupplierSku: m.SKU}
	if at < 0 {
		offer, _, err = inventory.PutOffer(ctx, tx, supplier, m.offer(offer, tx.Now))
	} else {
		offer = known[at]
		if m.Offer != "" {
			kind = "offer.changed"
		}
	}
	if err == nil {
		err = inventory.Revise(ctx, tx, m.offer(offer, tx.Now))
	}
	if errors.Is(err, inventory.ErrInvalid) {
		return "", &Refusal{Code: "invalid", Field: "sku", Words: err.Error()}
	}
	if err != nil {
		return "", err
	}
	return offer.OfferID, Record(ctx, tx, event.Fact{Store: s, Kind: kind, Subject: string(offer.OfferID), Actor: string(actor),
		Data: data{"supplier": supplier.Name, "sku": offer.SupplierSku, "cost": money.New(m.CostMinor, m.Currency), "priority": m.Priority,
			"buffer_units": m.BufferUnits, "buffer_percent": m.BufferPercent, "active": m.Active}})
}

// UnmapOffer takes a supplier's article off a variant. One that was bought stays, retired, so
// that old orders keep their story.
func UnmapOffer(ctx context.Context, tx *db.Tx, s id.Store, name id.Offer, actor Actor) error {
	o, err := inventory.OfferByID(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such offer any more.")
	}
	if err != nil {
		return err
	}
	if _, err := inventory.Remove(ctx, tx, o); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "offer.unmapped", Subject: string(name), Actor: string(actor),
		Data: data{"sku": o.SupplierSku, "supplier": o.SupplierID}})
}

// WhoNow says from whom one unit of a variant would be bought at this moment, and of every
// offer why it would win or lose. Freight is left out: it depends on where the unit goes.
func WhoNow(ctx context.Context, tx *db.Tx, s id.Store, v catalog.Variant, set store.Settings) (purchase.Plan, error) {
	candidates, err := Candidates(ctx, tx, s, []id.Variant{v.VariantID}, set.Country, set.Currency, set)
	if err != nil {
		return purchase.Plan{}, err
	}
	var free []purchase.Freight
	for _, c := range candidates {
		free = append(free, purchase.Freight{Supplier: c.Supplier, ShipFrom: c.ShipFrom, Cost: money.Zero(set.Currency)})
	}
	needs := []purchase.Need{{Line: 1, Variant: v.VariantID, Title: v.Title, Quantity: 1, Price: v.PriceMinor}}
	plan := purchase.Source(needs, candidates, free, policy(set, set.Currency))
	for i, r := range plan.Reasons {
		plan.Reasons[i].Words = strings.ReplaceAll(r.Words, " with freight", "")
	}
	return plan, nil
}
