package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

func (d *Dashboard) suppliers(v *visit) error {
	list, err := d.health(v)
	if err != nil {
		return err
	}
	all, err := d.rate(v, list)
	if err != nil {
		return err
	}
	at := frame{Title: "Suppliers", At: "suppliers", Live: true, Refresh: 60}
	return d.show(v, at, suppliersPage(v, at, all))
}

func (d *Dashboard) health(v *visit) (list []report.Health, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = report.Suppliers(ctx, tx, v.store, v.now.Add(-healthFor))
		return err
	})
	return list, err
}

func (d *Dashboard) addSupplier(v *visit) error {
	var made id.Supplier
	err := d.once(v, func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.AddByHand(ctx, tx, v.store, v.form("name"), v.actor())
		return err
	})
	if err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/suppliers")
	}
	v.tell(ui.Good, "Added. Orders for it wait until you order by hand and enter its number.")
	if made == "" {
		return v.lead(Prefix + "/suppliers")
	}
	return v.lead(Prefix + "/suppliers/" + string(made))
}

// supplierView is one supplier: its terms, how it has been, what we bought, what it said.
type supplierView struct {
	inventory.Supplier
	Health       report.Health
	Feeds        []inventory.Feed
	FeedsAfter   string // the next page of them; empty at the end
	Bought       []report.SupplierPurchase
	Next         string // the next page of purchases
	MaxAge       string
	Rows         []freightRow
	Readable     bool // the freight table is one that the form can show
	Scores       scoreCard
	Field, Error string
}

// supplierPurchases and supplierFeeds are how many rows of each a page shows.
const (
	supplierPurchases = 25
	supplierFeeds     = 10
)

func (d *Dashboard) readSupplier(v *visit) (p supplierView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, id.Supplier(v.path("supplier"))); err != nil {
			return err
		}
		if p.Feeds, err = inventory.Feeds(ctx, tx, v.store, p.SupplierID, id.Feed(v.query("feeds")), supplierFeeds+1); err != nil {
			return err
		}
		if p.Scores, err = readScores(ctx, tx, v.store, p.SupplierID); err != nil {
			return err
		}
		p.Bought, p.Next, err = report.PurchasesOf(ctx, tx, v.store, p.SupplierID, v.query("after"), supplierPurchases)
		return err
	})
	if err != nil {
		return p, err
	}
	if len(p.Feeds) > supplierFeeds {
		p.Feeds = p.Feeds[:supplierFeeds]
		p.FeedsAfter = string(p.Feeds[supplierFeeds-1].FeedID)
	}
	list, err := d.health(v)
	for _, h := range list {
		if h.ID == p.SupplierID {
			p.Health = h
		}
	}
	if p.MaxAgeSeconds > 0 {
		p.MaxAge = strconv.FormatInt(p.MaxAgeSeconds/3600, 10)
	}
	p.Rows, p.Readable = freightRows(p.Freight, string(v.settings.Currency))
	return p, err
}

func (d *Dashboard) supplier(v *visit) error {
	p, err := d.readSupplier(v)
	if err != nil {
		return err
	}
	return d.showSupplier(v, p)
}

func (d *Dashboard) showSupplier(v *visit, p supplierView) error {
	at := frame{Title: p.Name, At: "suppliers", Back: Prefix + "/suppliers"}
	if p.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, supplierPage(v, at, p))
}

func (d *Dashboard) changeTerms(v *visit) error {
	p, err := d.readSupplier(v)
	if err != nil {
		return err
	}
	terms := p.typed(v)
	if p.Error != "" {
		return d.showSupplier(v, p)
	}
	err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeTerms(ctx, tx, v.store, p.SupplierID, terms, v.actor())
	})
	if err != nil {
		if p.Field, p.Error = fieldOf(err); p.Error == "" {
			return err
		}
		return d.showSupplier(v, p)
	}
	v.tell(ui.Good, "The terms are stored; new orders follow them.")
	return v.lead(Prefix + "/suppliers/" + string(p.SupplierID))
}

// typed is what a form says of the terms. The page keeps what was typed, and what is wrong
// with it.
func (p *supplierView) typed(v *visit) flow.Terms {
	terms := flow.Terms{Name: v.form("name"), Automatic: v.form("automatic") == "yes", ShipTo: v.form("ship_to")}
	p.Name, p.Automatic, p.ShipTo, p.MaxAge = terms.Name, terms.Automatic, terms.ShipTo, v.form("max_age")
	for _, n := range []struct {
		field string
		into  *int64
		shown *int64
		times int64
	}{{"priority", &terms.Priority, &p.Priority, 1}, {"handling_days", &terms.HandlingDays, &p.HandlingDays, 1}, {"max_age", &terms.MaxAgeSeconds, nil, 3600}} {
		text := v.form(n.field)
		if text == "" {
			continue
		}
		value, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			p.Field, p.Error = n.field, "This is no whole number."
			return terms
		}
		*n.into = value * n.times
		if n.shown != nil {
			*n.shown = value
		}
	}
	p.typedFreight(v, &terms)
	return terms
}

// typedFreight reads the table of freight: its rows, or the text where a table cannot be shown
// in rows.
func (p *supplierView) typedFreight(v *visit, terms *flow.Terms) {
	if _, rows := v.r.PostForm["fr_cost"]; !rows {
		terms.Freight = v.form("freight")
		p.Freight, p.Readable = terms.Freight, false
		if _, err := outside.ParseFreight(terms.Freight); err != nil {
			p.Field, p.Error = "freight", sentence(err.Error())
		}
		return
	}
	text, bad := freightForm(v)
	if bad != "" {
		p.Field, p.Error, p.Rows = "freight", bad, freightTyped(v)
	}
	terms.Freight = text
}

// healthTone is whether a supplier can be relied on now.
func healthTone(v *visit, h report.Health) ui.Tone {
	switch {
	case h.State == "refused" || h.Connector != "" && h.State == "":
		return ui.Bad
	case h.State == "paused" || h.Stuck > 0 || h.Calls > 3 && h.Failed*2 > h.Calls || stale(v, h):
		return ui.Warn
	}
	return ui.Good
}

// stale says whether what is known of the supplier's stock is too old to be believed.
func stale(v *visit, h report.Health) bool {
	limit := h.MaxAge
	if limit == 0 {
		limit = 7 * 24 * time.Hour
	}
	return h.Offers > 0 && !h.AsOf.IsZero() && v.now.Sub(h.AsOf) > limit
}

// healthWords is how a supplier is, in a line.
func healthWords(v *visit, h report.Health) string {
	switch {
	case h.State == "refused":
		return "Does not let us in: " + h.Reason
	case h.State == "paused":
		return "Paused"
	case h.Offers == 0:
		return "No offers yet"
	}
	return fmt.Sprintf("%s of %s in stock, %s", count(h.InStock), counted(h.Offers, "offer"), v.ago(h.AsOf))
}
