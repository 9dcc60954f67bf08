package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/money"
)

// begin is the product of a row, without variants; false when it was refused.
func (w *wooRun) begin(row row) (item, bool) {
	d := catalog.Draft{
		Title: wooText(row.get("name")), Body: wooText(row.get("description")), Vendor: row.get("brands"), Status: catalog.Active,
		Tags: list(row.get("tags")), Collections: categories(row.get("categories")),
	}
	if short := wooText(row.get("short description")); short != d.Body && short != "" {
		d.Body = strings.TrimSpace(short + "\n" + d.Body)
	}
	if published := row.get("published"); published == "0" || published == "-1" {
		d.Status = catalog.Unlisted
	}
	for _, url := range list(row.get("images")) {
		d.Images = append(d.Images, catalog.DraftImage{URL: url})
	}
	if d.Title == "" {
		w.total.problem(row.problem("name", "is missing"))
		return item{}, false
	}
	d.Handle = w.handle(row, d.Title)
	return item{draft: d, line: row.line, columns: func(f string) string { return wooColumn(row, f) }}, true
}

// handle makes a handle of the name; products of the same name are told apart by SKU, ID,
// or the order of the file.
func (w *wooRun) handle(row row, title string) string {
	base := catalog.Slug(title)
	try := []string{base}
	for _, more := range []string{catalog.Slug(row.get("sku")), catalog.Slug(row.get("id"))} {
		if more != "" {
			try = append(try, strings.TrimPrefix(base+"-"+more, "-"))
		}
	}
	for _, handle := range try {
		if _, ok := w.claim(handle, row.line); ok && handle != "" {
			return handle
		}
	}
	for n := 2; ; n++ {
		handle := strings.TrimPrefix(fmt.Sprintf("%s-%d", base, n), "-")
		if _, ok := w.claim(handle, row.line); ok {
			return handle
		}
	}
}

// variant adds the variant of a row to a product; head is the product's own row.
func (w *wooRun) variant(i *item, row, head row, names []string, kind wooKind) {
	v := catalog.DraftVariant{
		SKU: row.get("sku"), RequiresShipping: !kind.virtual, Taxable: !strings.EqualFold(row.get("tax status"), "none"),
		Values: foldValues(row, names),
	}
	for _, name := range []string{"gtin, upc, ean, or isbn", "gtin", "ean", "variant barcode"} {
		if v.Barcode == "" {
			v.Barcode = row.get(name)
		}
	}
	if images := list(row.get("images")); len(images) > 0 && row.line != head.line {
		v.Image = images[0]
		i.draft.Images = append(i.draft.Images, catalog.DraftImage{URL: images[0]})
	}
	column, err := w.price(&v, row, i.elsewhere)
	if err == nil {
		column, err = w.weight(&v, row, head)
	}
	var st stock
	if err == nil {
		column, err = "stock", wooStock(&st, row, head)
	}
	if err == nil {
		column, err = w.cost(&st, row)
	}
	if err != nil {
		i.partial = true
		w.total.problem(row.problem(column, err.Error()))
		return
	}
	st.none = i.elsewhere
	i.draft.Variants, i.stocks, i.lines = append(i.draft.Variants, v), append(i.stocks, st), append(i.lines, row.line)
}

// price: the sale price counts while its days last, and the regular price then is the
// former one. What is sold elsewhere may have none.
func (w *wooRun) price(v *catalog.DraftVariant, row row, elsewhere bool) (column string, err error) {
	v.Price, v.CompareAt = money.Zero(w.o.Currency), money.Zero(w.o.Currency)
	column = "regular price"
	regular, sale := row.get("regular price"), row.get("sale price")
	if regular == "" && sale == "" {
		if elsewhere {
			return "", nil
		}
		return column, errors.New("is missing")
	}
	if regular != "" {
		if v.Price, err = amount(regular, row.t.comma, w.o.Currency); err != nil {
			return column, err
		}
	}
	if sale == "" || !onSale(row, w.d.Now()) && regular != "" {
		return "", nil
	}
	full := v.Price
	if v.Price, err = amount(sale, row.t.comma, w.o.Currency); err != nil {
		return "sale price", err
	}
	if full.Minor > v.Price.Minor {
		v.CompareAt = full
	}
	return "", nil
}

// onSale says whether today is within the days of the sale; both ends may be open.
func onSale(row row, now time.Time) bool {
	day := func(name string) (time.Time, bool) {
		text := row.get(name)
		t, err := time.Parse(time.DateOnly, text[:min(len(text), 10)])
		return t, err == nil
	}
	if from, ok := day("date sale price starts"); ok && now.Before(from) {
		return false
	}
	until, ok := day("date sale price ends")
	return !ok || now.Before(until.AddDate(0, 0, 1))
}

// weight is the row's own or the product's.
func (w *wooRun) weight(v *catalog.DraftVariant, row, head row) (column string, err error) {
	column = "weight (" + w.unit + ")"
	text := row.get(column)
	if text == "" {
		text = head.get(column)
	}
	if w.unit != "" && text != "" {
		v.WeightGrams, err = grams(text, w.unit, row.t.comma)
	}
	return column, err
}

// weightUnit is the unit in the header "Weight (kg)".
func weightUnit(t *table) string {
	for name := range t.at {
		if unit, ok := strings.CutPrefix(name, "weight ("); ok {
			return strings.TrimSuffix(unit, ")")
		}
	}
	return ""
}

// wooStock: Stock is a number, or "parent" where the product counts for all its variations;
// without one, "In stock?" decides.
func wooStock(st *stock, row, head row) (err error) {
	text := row.get("stock")
	if strings.EqualFold(text, "parent") {
		text, st.assumed = head.get("stock"), true
	}
	if text != "" {
		st.quantity, err = whole(text, row.t.comma)
		st.quantity = max(0, st.quantity)
		return err
	}
	if st.assumed = yes(row.get("in stock?")); st.assumed {
		st.quantity = assumed
	}
	return nil
}

// cost is what some extensions export.
func (w *wooRun) cost(st *stock, row row) (column string, err error) {
	for _, column := range []string{"cost of goods", "cost price", "cost"} {
		if text := row.get(column); text != "" {
			st.costSaid = true
			st.cost, err = amount(text, row.t.comma, w.o.Currency)
			return column, err
		}
	}
	return "", nil
}

// attributes are the pairs of name and value of a row, in their order.
func attributes(r row) (names, values []string) {
	for n := 1; r.t.has(fmt.Sprintf("attribute %d name", n)); n++ {
		if name := r.get(fmt.Sprintf("attribute %d name", n)); name != "" {
			names, values = append(names, name), append(values, r.get(fmt.Sprintf("attribute %d value(s)", n)))
		}
	}
	return names, values
}

// optionNames are the attributes in which a family's variations differ: those for which at
// least one of them has a value, in the parent's order.
func optionNames(f *family) []string {
	names, _ := attributes(f.head)
	used := map[string]bool{}
	for _, child := range f.children {
		own, values := attributes(child)
		for i, name := range own {
			if values[i] != "" && !used[name] {
				used[name] = true
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !used[name] })
}

// anyValue is the value of an option that a variation leaves open.
const anyValue = "Any"

// foldNames and foldValues fit more than three options into three: the last is a pair.
func foldNames(names []string) []string {
	if len(names) <= catalog.MaxOptions {
		return names
	}
	return append(slices.Clone(names[:catalog.MaxOptions-1]), strings.Join(names[catalog.MaxOptions-1:], ", "))
}

func foldValues(r row, names []string) []string {
	own, said := attributes(r)
	var values []string
	for _, name := range names {
		value := anyValue
		if i := slices.Index(own, name); i >= 0 && said[i] != "" {
			value = said[i]
		}
		values = append(values, value)
	}
	if len(values) <= catalog.MaxOptions {
		return values
	}
	return append(values[:catalog.MaxOptions-1:catalog.MaxOptions-1], strings.Join(values[catalog.MaxOptions-1:], ", "))
}

// categories are collections: "Clothing > T-shirts, Music". The last name is the title.
func categories(text string) []catalog.DraftCollection {
	var out []catalog.DraftCollection
	for _, path := range list(text) {
		names := strings.Split(path, ">")
		if handle := catalog.Slug(path); handle != "" {
			out = append(out, catalog.DraftCollection{Handle: handle, Title: strings.TrimSpace(names[len(names)-1])})
		}
	}
	return out
}

// list splits at commas; "\," is a comma in a name.
func list(text string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, `\,`, "\x00"), ",") {
		if part = strings.TrimSpace(strings.ReplaceAll(part, "\x00", ",")); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// wooText undoes what WooCommerce's exporter does to texts: "\n" for line ends, and a quote
// before what a spreadsheet would take for a formula.
func wooText(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@", s[1]) >= 0 {
		s = s[1:]
	}
	return strings.ReplaceAll(s, `\n`, "\n")
}

// wooColumn is the file's column of a field of the draft.
func wooColumn(row row, field string) string {
	column := map[string]string{
		"handle": "name", "title": "name", "body": "description", "vendor": "brands", "tags": "tags", "images": "images",
		"options": "attribute 1 name", "variant values": "attribute 1 value(s)", "variant sku": "sku", "variant price": "regular price",
		"variant compare_at": "sale price", "variant image": "images", "collections": "categories", "variants": "type",
	}[fieldName(field)]
	if column == "" {
		return ""
	}
	return row.column(column)
}

// group is a grouped product that waits for its members.
type group struct {
	handle, title, body string
	members             []string // SKUs or "id:12"
	at                  Problem
}

// group makes the grouped products' collections, when all members are stored.
func (w *wooRun) group() error {
	for _, g := range w.groups {
		var problems []Problem
		err := w.d.Update(w.ctx, func(ctx context.Context, tx *db.Tx) error {
			problems = nil
			c, err := catalog.SetCollection(ctx, tx, w.store, catalog.DraftCollection{Handle: g.handle, Title: g.title}, g.body)
			if err != nil {
				return err
			}
			for n, sku := range g.members {
				list, err := catalog.BySKU(ctx, tx, w.store, sku)
				if err != nil {
					return err
				}
				if len(list) == 0 && !w.o.DryRun {
					p := g.at
					p.Reason = fmt.Sprintf("no product has the SKU %q: it is not in the collection %s", sku, g.title)
					problems = append(problems, p)
				}
				for _, v := range list {
					if _, err := catalog.Place(ctx, tx, w.store, c.CollectionID, v.ProductID, int64(n)); err != nil {
						return err
					}
				}
			}
			if w.o.DryRun {
				return errDry
			}
			return nil
		})
		if err != nil && !errors.Is(err, errDry) {
			return fmt.Errorf("%s, grouped product %s: %w", w.src.name, g.title, err)
		}
		w.total.Groups++
		for _, p := range problems {
			w.total.problem(p)
		}
	}
	w.groups = nil
	return nil
}
