package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
	"doorstep/internal/score"
	"doorstep/internal/store"
	"doorstep/money"
)

// Candidates lists every offer of the variants as sourcing sees it: in the order's
// currency, with what bars it in words.
func Candidates(ctx context.Context, tx *db.Tx, s id.Store, variants []id.Variant, country string, c money.Currency, set store.Settings) ([]purchase.Candidate, error) {
	rows, err := inventory.Candidates(ctx, tx, s, variants)
	if err != nil {
		return nil, err
	}
	refused, err := refusedConnectors(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	facts, err := standingsOf(ctx, tx, s, rows, set)
	if err != nil {
		return nil, err
	}
	var list []purchase.Candidate
	for _, r := range rows {
		o, sup := r.Offer, r.Supplier
		candidate := purchase.Candidate{
			Offer: o.OfferID, Supplier: o.SupplierID, Name: sup.Name, Variant: o.VariantID, SKU: o.SupplierSku,
			Cost: money.New(o.CostMinor, o.Currency), Free: o.Quantity - o.Committed, ShipFrom: o.ShipFrom,
			Handling: o.HandlingDays, Pack: o.Pack, Priority: o.Priority + sup.Priority, Reliability: sup.Reliability,
		}
		if candidate.Handling == 0 {
			candidate.Handling = sup.HandlingDays
		}
		rate, err := set.Rate(o.Currency, c)
		if err == nil {
			var here money.Amount
			here, err = rate.Convert(candidate.Cost)
			candidate.Here = here.Minor
		}
		known := facts[article{o.SupplierID, o.SupplierSku}]
		candidate.Standing, candidate.Orders = known.share, known.orders
		candidate.SupplierStanding, candidate.ArticleOrders = known.supplier, known.ofArticle
		candidate.Barred = barred(sup, o, country, refused[sup.ConnectorID], tx.Now, err)
		list = append(list, candidate)
	}
	return list, nil
}

// article names a supplier's article.
type article struct {
	supplier id.Supplier
	sku      string
}

// standing is what the scorecards of an article and of its supplier come to.
type standing struct{ share, ofArticle, supplier, orders int64 }

// standingsOf reads the scorecards of those who could send; none where they are not to count,
// and none while nothing was counted.
func standingsOf(ctx context.Context, tx *db.Tx, s id.Store, rows []inventory.Candidate, set store.Settings) (map[article]standing, error) {
	if set.FactsPercent == 0 || len(rows) < 2 {
		return nil, nil //nolint:nilnil // nobody is compared
	}
	all, _, err := score.Of(ctx, tx, s, "")
	if err != nil || len(all) == 0 {
		return nil, err
	}
	skus := map[id.Supplier][]string{}
	for _, r := range rows {
		skus[r.Offer.SupplierID] = append(skus[r.Offer.SupplierID], r.Offer.SupplierSku)
	}
	out := map[article]standing{}
	for _, who := range slices.Sorted(maps.Keys(skus)) {
		cards, err := score.Some(ctx, tx, s, who, skus[who])
		if err != nil {
			return nil, err
		}
		own := cards[""]
		for _, sku := range skus[who] {
			var one standing
			one.supplier, one.orders = score.Standing(own, all)
			one.share, one.ofArticle = score.ArticleStanding(cards[sku], own, all)
			out[article{who, sku}] = one
		}
	}
	return out, nil
}

// barred says why an offer cannot serve at all; empty when it can.
func barred(s inventory.Supplier, o inventory.Offer, country string, refused bool, now clock.Time, rate error) string {
	switch {
	case rate != nil:
		return fmt.Sprintf("no rate for its cost in %s is set", o.Currency)
	case !shipsTo(s.ShipTo, country):
		return "does not ship to " + country
	case refused:
		return "its connector was refused by the supplier"
	case s.MaxAgeSeconds > 0 && now.Sub(o.AsOf) > time.Duration(s.MaxAgeSeconds)*time.Second:
		return "its stock figure is older than is believed, of " + o.AsOf.String()
	}
	return ""
}

func shipsTo(list, country string) bool {
	if strings.TrimSpace(list) == "" || country == "" {
		return true
	}
	return slices.ContainsFunc(strings.Split(list, ","), func(c string) bool {
		return strings.EqualFold(strings.TrimSpace(c), country)
	})
}

// refusedConnectors are those that the other side does not let in any more.
func refusedConnectors(ctx context.Context, tx *db.Tx, s id.Store) (map[id.Connector]bool, error) {
	list, err := store.KeptConnectors(ctx, tx, s)
	refused := map[id.Connector]bool{}
	for _, c := range list {
		if c.State == "refused" {
			refused[c.ConnectorID] = true
		}
	}
	return refused, err
}
