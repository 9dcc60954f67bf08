package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// productList is a page of products.
type productList struct {
	List                      []report.ProductRow
	Text, Status, After, Next string
}

func (d *Dashboard) products(v *visit) error {
	p := productList{Text: v.query("q"), Status: v.query("status"), After: v.query("after")}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.List, p.Next, err = report.Products(ctx, tx, v.store, p.Text, p.Status, p.After, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Products", At: "products"}
	return d.show(v, at, productsPage(v, at, p))
}

// productView is one product: its variants and who offers them.
type productView struct {
	catalog.Listing
	Offers    map[id.Variant][]inventory.Offer
	Suppliers map[id.Supplier]inventory.Supplier
}

func (d *Dashboard) product(v *visit) error {
	var p productView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		row, err := catalog.Get(ctx, tx, v.store, id.Product(v.path("product")))
		if err != nil {
			return err
		}
		if p.Listing, err = catalog.Full(ctx, tx, row); err != nil {
			return err
		}
		p.Offers, p.Suppliers = map[id.Variant][]inventory.Offer{}, map[id.Supplier]inventory.Supplier{}
		suppliers, err := inventory.Suppliers(ctx, tx, v.store)
		for _, s := range suppliers {
			p.Suppliers[s.SupplierID] = s
		}
		for _, one := range p.Variants {
			if err != nil {
				break
			}
			p.Offers[one.VariantID], err = inventory.OffersOf(ctx, tx, v.store, one.VariantID)
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: p.Title, At: "products", Back: Prefix + "/products"}
	return d.show(v, at, productPage(v, at, p))
}

func (d *Dashboard) setStatus(v *visit) error {
	name := id.Product(v.path("product"))
	return d.do(v, Prefix+"/products/"+string(name), "The product is "+v.form("status")+" now.", func(ctx context.Context, tx *db.Tx) error {
		return flow.PutOnSale(ctx, tx, v.store, name, catalog.Status(v.form("status")), v.actor())
	})
}

// --- suppliers

func (d *Dashboard) suppliers(v *visit) error {
	list, err := d.health(v)
	if err != nil {
		return err
	}
	at := frame{Title: "Suppliers", At: "suppliers", Live: true, Refresh: 60}
	return d.show(v, at, suppliersPage(v, at, list))
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

// supplierView is one supplier: its terms, how it has been, and what it offers.
type supplierView struct {
	inventory.Supplier
	Health       report.Health
	Feeds        []inventory.Feed
	MaxAge       string
	Field, Error string
}

func (d *Dashboard) readSupplier(v *visit) (p supplierView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, id.Supplier(v.path("supplier"))); err != nil {
			return err
		}
		p.Feeds, err = inventory.Feeds(ctx, tx, v.store, p.SupplierID, "", 10)
		return err
	})
	if err != nil {
		return p, err
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
	terms := flow.Terms{Name: v.form("name"), Automatic: v.form("automatic") == "yes", ShipTo: v.form("ship_to"), Freight: v.form("freight")}
	p.Name, p.Automatic, p.ShipTo, p.Freight, p.MaxAge = terms.Name, terms.Automatic, terms.ShipTo, terms.Freight, v.form("max_age")
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
			return d.showSupplier(v, p)
		}
		*n.into = value * n.times
		if n.shown != nil {
			*n.shown = value
		}
	}
	if _, err := outside.ParseFreight(terms.Freight); err != nil {
		p.Field, p.Error = "freight", sentence(err.Error())
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
