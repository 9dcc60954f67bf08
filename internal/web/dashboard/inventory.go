package dashboard

import (
	"context"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// stockView is a page of the inventory.
type stockView struct {
	listPage
	Rows []report.StockRow
	Sums report.StockSums
}

// stockKind is the inventory. Its suppliers are to be chosen from once they are known.
func stockKind() listKind {
	return listKind{Key: "inventory", Path: "/inventory", Search: ui.ListSearch{Name: "q", Placeholder: "Product or SKU", Label: "Product or SKU"},
		Fields: []listField{unshown("show", "low", "out", "stale", "unmapped"), {Name: "supplier", Any: "Supplier: any"}},
		Sorts: []ui.Choice{{Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortNewest, Name: "Newest first"},
			{Value: report.SortName, Name: "SKU, A to Z"}, {Value: report.SortNameBack, Name: "SKU, Z to A"}},
		Usual: []listView{{Name: "All"}, {Name: "Low", Query: "show=low"}, {Name: "Sold out", Query: "show=out"}, {Name: "Too old", Query: "show=stale"},
			{Name: "Without a supplier", Query: "show=unmapped"}}}
}

func (d *Dashboard) inventory(v *visit) error {
	var p stockView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Sums, err = report.SumStock(ctx, tx, v.store); err != nil {
			return err
		}
		suppliers, err := inventory.Suppliers(ctx, tx, v.store)
		if err != nil {
			return err
		}
		if p.listPage, err = v.readList(ctx, tx, stockKind()); err != nil {
			return err
		}
		var choices []ui.Choice
		for _, s := range suppliers {
			choices = append(choices, ui.Choice{Value: string(s.SupplierID), Name: cutWords(s.Name, 60)})
		}
		p.Ask.choose("supplier", choices)
		f := report.StockFilter{Text: p.Ask.search(), Supplier: id.Supplier(p.Ask.get("supplier")), Show: p.Ask.get("show"), Sort: p.Ask.sort()}
		p.Rows, p.Next, err = report.Stock(ctx, tx, v.store, f, p.After, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Inventory", At: "inventory"}
	return d.show(v, at, inventoryPage(v, at, p))
}

// inventoryBulk changes prices and buffers of the variants that were ticked.
func (d *Dashboard) inventoryBulk(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	back := localPath(v.form("back"), Prefix+"/inventory")
	var variants []id.Variant
	for _, name := range v.r.PostForm["variant"] {
		variants = append(variants, id.Variant(name))
	}
	r := flow.Rate{Nines: v.form("nines") == "yes"}
	bad := ""
	number := func(field string, into *int64, most int64) bool {
		text := strings.TrimSuffix(v.form(field), "%")
		if text == "" {
			return false
		}
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
		if err != nil || n > most || n < 0 && field != "percent" {
			bad = "“" + v.form(field) + "” is no whole number that fits."
			return false
		}
		*into = n
		return true
	}
	priced := number("percent", &r.Percent, 900)
	units, part := number("buffer_units", &r.BufferUnits, 1<<30), number("buffer_percent", &r.BufferPercent, 100)
	r.SetBuffer = units || part
	switch {
	case bad != "":
	case len(variants) == 0:
		bad = "Tick the variants first."
	case !priced && !r.SetBuffer:
		bad = "Enter a change of prices, or a buffer."
	}
	if bad != "" {
		v.tell(ui.Bad, bad)
		return v.lead(back)
	}
	changed := 0
	err := d.once(v, func(ctx context.Context, tx *db.Tx) (err error) {
		changed, err = flow.ChangeMany(ctx, tx, v.store, variants, r, v.actor())
		return err
	})
	if words, ok := refusal(err); ok {
		v.tell(ui.Bad, words)
		return v.lead(back)
	}
	if err != nil {
		return err
	}
	v.tell(ui.Good, counted(int64(changed), "variant")+" changed.")
	return v.lead(back)
}
