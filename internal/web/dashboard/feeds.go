package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
)

// feedView is one parked page of offers and what it would change.
type feedView struct {
	Feed     inventory.Feed
	Supplier inventory.Supplier
	Reasons  []string
	Changes  []feedChange // of the kind that is looked at, the biggest first
	Kinds    []feedKind
	Show     string
	More     int   // changes that are not shown
	All      int   // changes of any kind
	Foreign  int   // articles that we do not sell
	Same     int   // articles that stay as they are
	Was, Is  int64 // units of the articles on it, now and as it says
}

// feedKind counts the changes of one kind.
type feedKind struct {
	Key, Name string
	Count     int
}

// feedChange is an article as we know it and as the page says.
type feedChange struct {
	SKU, Title string
	Was        report.KnownOffer
	Says       inventory.Offered
}

// units is the stock that the page takes away, or brings.
func (c feedChange) units() int64 { return c.Says.Quantity - c.Was.Quantity }

// priced says whether the page tells another cost than the one that is stored.
func (c feedChange) priced() bool {
	return c.Says.Currency != "" && !c.Says.Gone && (c.Says.CostMinor != c.Was.CostMinor || c.Says.Currency != c.Was.Currency)
}

// percent is by how much the cost changes; another currency counts as the most there is.
func (c feedChange) percent() int64 {
	switch {
	case !c.priced():
		return 0
	case c.Says.Currency != c.Was.Currency || c.Was.CostMinor <= 0:
		return 1_000_000
	}
	return (c.Says.CostMinor - c.Was.CostMinor) * 100 / c.Was.CostMinor
}

// moved is how much of the stock changes, in percent of the larger figure.
func (c feedChange) moved() int64 {
	n := c.units()
	return max(n, -n) * 100 / max(1, c.Was.Quantity, c.Says.Quantity)
}

// fits says whether the change is of a kind.
func (c feedChange) fits(kind string) bool {
	switch kind {
	case "out":
		return c.Was.Quantity > 0 && c.Says.Quantity <= 0
	case "less":
		return c.units() < 0 && c.Says.Quantity > 0
	case "more":
		return c.units() > 0
	case "dearer":
		return c.percent() > 0
	case "cheaper":
		return c.percent() < 0
	}
	return true
}

// bigger puts the larger move of price or stock first, and among equals more units.
func bigger(a, b feedChange) int {
	weight := func(c feedChange) int64 { n := c.percent(); return max(n, -n, c.moved()) }
	units := func(c feedChange) int64 { n := c.units(); return max(n, -n) }
	return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(units(b), units(a)), cmp.Compare(a.SKU, b.SKU))
}

// changesMost is how many changes of a feed one page shows.
const changesMost = 100

// feedDesk is the page of parked feeds, and how old everybody's news is.
type feedDesk struct {
	Parked []report.Feed
	Health []report.Health
}

func (d *Dashboard) feeds(v *visit) error {
	var p feedDesk
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Parked, err = report.ParkedFeeds(ctx, tx, v.store); err != nil {
			return err
		}
		p.Health, err = report.Suppliers(ctx, tx, v.store, v.now.Add(-healthFor))
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Parked feeds", At: "feeds", Live: true}
	return d.show(v, at, feedsPage(v, at, p))
}

func (d *Dashboard) feed(v *visit) error {
	var p feedView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = feedView{Show: v.query("show")}
		if p.Feed, err = inventory.FeedByID(ctx, tx, v.store, id.Feed(v.path("feed"))); err != nil {
			return err
		}
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, p.Feed.SupplierID); err != nil {
			return err
		}
		p.Reasons = strings.Split(p.Feed.Reason, "; ")
		return p.compare(ctx, tx, v.store)
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Offers of " + p.Supplier.Name, At: "feeds", Back: Prefix + "/feeds"}
	return d.show(v, at, feedPage(v, at, p))
}

// compare sets what the page says against what is stored, for the articles that we sell.
func (p *feedView) compare(ctx context.Context, tx *db.Tx, s id.Store) error {
	page, err := p.Feed.Page()
	if err != nil || p.Feed.State != inventory.Parked {
		return err
	}
	known, err := report.OffersBySKU(ctx, tx, s, p.Feed.SupplierID)
	if err != nil {
		return err
	}
	for _, says := range page {
		was, ok := known[says.SKU]
		if !ok {
			p.Foreign++
			continue
		}
		p.Was, p.Is = p.Was+was.Quantity, p.Is+max(0, says.Quantity)
		c := feedChange{SKU: says.SKU, Title: was.Title, Was: was, Says: says}
		if c.units() == 0 && !c.priced() {
			p.Same++
			continue
		}
		p.Changes = append(p.Changes, c)
	}
	p.arrange()
	return nil
}

// arrange counts the kinds of change and keeps the biggest of those that are looked at.
func (p *feedView) arrange() {
	p.All = len(p.Changes)
	for _, k := range []feedKind{{Key: "", Name: "All changes"}, {Key: "out", Name: "Sold out"}, {Key: "less", Name: "Less stock"}, {Key: "more", Name: "More stock"},
		{Key: "dearer", Name: "Dearer"}, {Key: "cheaper", Name: "Cheaper"}} {
		for _, c := range p.Changes {
			if c.fits(k.Key) {
				k.Count++
			}
		}
		if k.Count > 0 {
			p.Kinds = append(p.Kinds, k)
		}
	}
	p.Changes = slices.DeleteFunc(p.Changes, func(c feedChange) bool { return !c.fits(p.Show) })
	slices.SortFunc(p.Changes, bigger)
	if len(p.Changes) > changesMost {
		p.More = len(p.Changes) - changesMost
		p.Changes = p.Changes[:changesMost]
	}
}

func (d *Dashboard) believeFeed(v *visit) error {
	return d.do(v, Prefix+"/feeds", "Believed: stock and cost are as the supplier says.", func(ctx context.Context, tx *db.Tx) error {
		return flow.BelieveFeed(ctx, tx, v.store, id.Feed(v.path("feed")), v.actor())
	})
}

func (d *Dashboard) refuseFeed(v *visit) error {
	return d.do(v, Prefix+"/feeds", "Refused: stock and cost stay as they were.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RefuseFeed(ctx, tx, v.store, id.Feed(v.path("feed")), v.actor())
	})
}
