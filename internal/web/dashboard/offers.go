package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// variantView is one variant: who offers it, who would be chosen now and why, and what else
// could serve it.
type variantView struct {
	catalog.Variant
	Product   catalog.Product
	Offers    []inventory.Offer
	Suppliers []inventory.Supplier
	Plan      purchase.Plan
	Hints     []report.Suggestion
	Pause     inventory.Pause // why it is not sold, where Paused
	Paused    bool
	Sold      bool   // orders name it: it cannot be removed
	Alone     bool   // it is the product's only variant
	Text      string // looked for among suppliers' articles
	Form      offerForm
}

// offerForm is a mapping as it is typed.
type offerForm struct {
	Supplier, SKU, Cost, Currency, Quantity, ShipFrom string
	Handling, Pack, Priority, BufferUnits, BufferPart string
	Title                                             string // as the supplier calls the article
	Field, Error                                      string
}

func (f offerForm) wrong(field string) string {
	if f.Field == field {
		return f.Error
	}
	return ""
}

func (p variantView) supplier(name id.Supplier) inventory.Supplier {
	for _, s := range p.Suppliers {
		if s.SupplierID == name {
			return s
		}
	}
	return inventory.Supplier{}
}

// reason is why the offer would win or lose now; empty where nothing was weighed.
func (p variantView) reason(name id.Offer) string {
	for _, r := range p.Plan.Reasons {
		if r.Offer == name {
			return r.Words
		}
	}
	return ""
}

func (p variantView) wins(name id.Offer) bool {
	for _, r := range p.Plan.Reasons {
		if r.Offer == name {
			return r.Units > 0
		}
	}
	return false
}

func (d *Dashboard) readVariant(v *visit, name id.Variant) (p variantView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = variantView{Text: v.query("q")}
		if p.Variant, err = catalog.GetVariant(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Product, err = catalog.Get(ctx, tx, v.store, p.ProductID); err != nil {
			return err
		}
		if p.Offers, err = inventory.OffersOf(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Suppliers, err = inventory.Suppliers(ctx, tx, v.store); err != nil {
			return err
		}
		if p.Pause, p.Paused, err = inventory.PauseOf(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Sold, err = flow.EverSold(ctx, tx, v.store, name); err != nil {
			return err
		}
		all, err := catalog.VariantsOf(ctx, tx, v.store, p.ProductID)
		if err != nil {
			return err
		}
		p.Alone = len(all) == 1
		if p.Hints, err = report.Suggest(ctx, tx, v.store, name, p.Sku, p.Barcode, p.Text, 10); err != nil {
			return err
		}
		p.Plan, err = flow.WhoNow(ctx, tx, v.store, p.Variant, v.settings)
		return err
	})
	p.Form = offerForm{Currency: string(v.settings.Currency), Pack: "1", SKU: v.query("sku"), Supplier: v.query("supplier")}
	for _, h := range p.Hints {
		if string(h.Supplier) == p.Form.Supplier && h.SKU == p.Form.SKU && h.SKU != "" {
			p.Form.Cost, p.Form.Currency, p.Form.Quantity, p.Form.Title = h.Cost.Decimal(), string(h.Cost.Currency), strconv.FormatInt(h.Quantity, 10), h.Title
		}
	}
	return p, err
}

func (d *Dashboard) variant(v *visit) error {
	p, err := d.readVariant(v, id.Variant(v.path("variant")))
	if err != nil {
		return err
	}
	return d.showVariant(v, p)
}

func (d *Dashboard) showVariant(v *visit, p variantView) error {
	at := frame{Title: strings.TrimSuffix(p.Product.Title+", "+p.Name(), ", "), At: "products", Back: Prefix + "/products/" + string(p.ProductID)}
	if p.Form.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, variantPage(v, at, p))
}

// offerTyped is what a form says of an offer.
func offerTyped(v *visit) offerForm {
	return offerForm{Supplier: v.form("supplier"), SKU: v.form("sku"), Cost: v.form("cost"), Currency: strings.ToUpper(v.form("currency")), Quantity: v.form("quantity"),
		ShipFrom: strings.ToUpper(v.form("ship_from")), Handling: v.form("handling"), Pack: v.form("pack"), Priority: v.form("priority"),
		BufferUnits: v.form("buffer_units"), BufferPart: v.form("buffer_percent")}
}

// mapped are the names of the fields that map an article.
var mapped = []string{"supplier", "sku", "cost", "currency", "quantity", "counted_at", "ship_from", "handling", "pack", "priority", "buffer_units", "buffer_percent"}

// unmapping is the undo of taking an article off, with the terms that it had; none for one that
// was not bought from anyhow.
func unmapping(o inventory.Offer) undo {
	if !o.Active {
		return ""
	}
	q := url.Values{"variant": {string(o.VariantID)}, "supplier": {string(o.SupplierID)}, "sku": {o.SupplierSku}, "cost": {o.Cost().Decimal()}, "currency": {string(o.Currency)}, "ship_from": {o.ShipFrom}}
	for field, n := range map[string]int64{"quantity": o.Quantity, "counted_at": int64(o.AsOf), "handling": o.HandlingDays, "pack": o.Pack, "priority": o.Priority,
		"buffer_units": o.BufferUnits, "buffer_percent": o.BufferPercent} {
		q.Set(field, strconv.FormatInt(n, 10))
	}
	return undoing("map-offer", q.Encode())
}

// mapAgain is the form that maps an article as it was.
func mapAgain(terms string) (path string, fields [][2]string) {
	q, err := url.ParseQuery(terms)
	if err != nil || !undoName.MatchString(q.Get("variant")) {
		return "", nil
	}
	for _, field := range mapped {
		fields = append(fields, [2]string{field, q.Get(field)})
	}
	return "/variants/" + q.Get("variant") + "/offers", fields
}

// mapping is the form as a command, or the field that is wrong.
func (f *offerForm) mapping() (m flow.Mapping) {
	f.Field, f.Error = "", ""
	m = flow.Mapping{Supplier: id.Supplier(f.Supplier), SKU: f.SKU, Currency: money.Currency(f.Currency), ShipFrom: f.ShipFrom, Counted: f.Quantity != "", Active: true}
	if m.SKU == "" {
		f.Field, f.Error = "sku", "The supplier's article number is needed."
	}
	cost, err := money.Parse(strings.ReplaceAll(f.Cost, ",", "."), m.Currency)
	if m.CostMinor = cost.Minor; err != nil || cost.Minor < 0 {
		f.Field, f.Error = "cost", "This is no price in "+f.Currency+"."
	}
	for _, n := range []struct {
		field, text string
		into        *int64
		most        int64
	}{{"quantity", f.Quantity, &m.Quantity, 1 << 40}, {"handling", f.Handling, &m.HandlingDays, 365}, {"pack", f.Pack, &m.Pack, 1 << 20},
		{"buffer_units", f.BufferUnits, &m.BufferUnits, 1 << 30}, {"buffer_percent", f.BufferPart, &m.BufferPercent, 100}, {"priority", f.Priority, &m.Priority, 1000}} {
		if n.text == "" {
			continue
		}
		value, err := strconv.ParseInt(n.text, 10, 64)
		if err != nil || value > n.most || value < 0 && n.field != "priority" || value < -1000 {
			f.Field, f.Error = n.field, "This is no whole number that fits."
			continue
		}
		*n.into = value
	}
	if m.ShipFrom != "" && len(m.ShipFrom) != 2 {
		f.Field, f.Error = "ship_from", "Two letters of a country, such as CN."
	}
	return m
}

// mapOffer has a supplier's article serve the variant, and asks the supplier about it.
func (d *Dashboard) mapOffer(v *visit) error {
	name := id.Variant(v.path("variant"))
	f := offerTyped(v)
	m := f.mapping()
	m.Variant = name
	at, _ := strconv.ParseInt(v.form("counted_at"), 10, 64) // what is none is now
	m.CountedAt = clock.Time(at)
	if f.Error == "" {
		err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.MapOffer(ctx, tx, v.store, m, v.actor())
			return err
		})
		r, refused := asRefusal(err)
		if err != nil && !refused {
			return err
		}
		if refused {
			f.Field, f.Error = r.Field, sentence(r.Words)
		}
	}
	if f.Error != "" {
		p, err := d.readVariant(v, name)
		if err != nil {
			return err
		}
		p.Form = f
		return d.showVariant(v, p)
	}
	if err := d.outside.AskAnew(v.r.Context(), v.store, m.Supplier, m.SKU); err != nil {
		return err
	}
	v.tell(ui.Good, "Mapped. The variant can be bought from there now.")
	return v.lead(Prefix + "/variants/" + string(name))
}

// lookUpOffer asks the supplier for an article and fills the form with what it says.
func (d *Dashboard) lookUpOffer(v *visit) error {
	p, err := d.readVariant(v, id.Variant(v.path("variant")))
	if err != nil {
		return err
	}
	p.Form = offerTyped(v)
	found, err := d.outside.LookUp(v.r.Context(), v.store, id.Supplier(p.Form.Supplier), []string{p.Form.SKU})
	switch {
	case errors.Is(err, outside.ErrUnfed):
		p.Form.Field, p.Form.Error = "sku", sentence(outside.ErrUnfed.Error())
	case err != nil:
		p.Form.Field, p.Form.Error = "sku", sentence("The supplier did not answer: "+err.Error())
	case len(found) == 0:
		p.Form.Field, p.Form.Error = "sku", "The supplier does not know this article."
	default:
		a := found[0]
		p.Form.SKU, p.Form.Title, p.Form.Cost, p.Form.Currency = a.SKU, a.Title, a.Cost.Decimal(), string(a.Cost.Currency)
		p.Form.Quantity, p.Form.ShipFrom = strconv.FormatInt(a.Quantity, 10), a.ShipFrom
	}
	return d.showVariant(v, p)
}

// reviseOffer stores terms and buffer of an offer.
func (d *Dashboard) reviseOffer(v *visit) error {
	var o inventory.Offer
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = inventory.OfferByID(ctx, tx, v.store, id.Offer(v.path("offer")))
		return err
	})
	if err != nil {
		return err
	}
	f := offerTyped(v)
	f.Supplier, f.SKU, f.Currency = string(o.SupplierID), o.SupplierSku, string(o.Currency)
	m := f.mapping()
	m.Offer, m.Variant, m.Active = o.OfferID, o.VariantID, v.form("active") == "yes"
	m.Counted = m.Counted && m.Quantity != o.Quantity // what the supplier said keeps its time
	back := Prefix + "/variants/" + string(o.VariantID)
	if f.Error != "" {
		v.tell(ui.Bad, title(strings.ReplaceAll(f.Field, "_", " "))+": "+f.Error)
		return v.lead(back)
	}
	return d.do(v, back, "The offer is stored.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.MapOffer(ctx, tx, v.store, m, v.actor())
		return err
	})
}

// unmapOffer takes an article off its variant.
func (d *Dashboard) unmapOffer(v *visit) error {
	var o inventory.Offer
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = inventory.OfferByID(ctx, tx, v.store, id.Offer(v.path("offer")))
		return err
	})
	if err != nil {
		return err
	}
	v.undo = unmapping(o)
	return d.do(v, Prefix+"/variants/"+string(o.VariantID), "Taken off. Nothing is ordered there for this variant any more.", func(ctx context.Context, tx *db.Tx) error {
		return flow.UnmapOffer(ctx, tx, v.store, o.OfferID, v.actor())
	})
}
