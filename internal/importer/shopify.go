package importer

import (
	"fmt"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/money"
)

// aliases gives our name for columns that newer exports of Shopify call otherwise.
func aliases() map[string]string {
	return map[string]string{
		"url handle": "handle", "description": "description", "published on online store": "published", "sku": "sku",
		"barcode": "variant barcode", "price": "variant price", "compare-at price": "variant compare at price",
		"charge tax": "variant taxable", "inventory tracker": "variant inventory tracker", "inventory quantity": "variant inventory qty",
		"weight value (grams)": "variant grams", "requires shipping": "variant requires shipping",
		"product image url": "image src", "image alt": "image alt text", "variant image url": "variant image",
		"image position": "image position",
	}
}

// shopifyRun gathers the rows of one product, which stand together.
type shopifyRun struct {
	*run
	open   bool
	handle string // as in the file
	item   item
	names  [catalog.MaxOptions]string
	taken  bool // the product's first row was refused: so are the others
	images map[string]bool
	first  row
}

// shopify reads Shopify's export: a product is the rows of one handle, the first of which
// has its title; the others add variants, images, or both.
func (r *run) shopify(t *table) error {
	s := &shopifyRun{run: r}
	err := r.each(t, true, func(row row) error {
		handle := row.get("handle")
		if handle == "" && s.open && row.get("title") == "" {
			handle = s.handle // some programs leave it blank on further rows
		}
		if handle == "" {
			r.total.problem(row.problem("handle", "is missing"))
			return nil
		}
		if !s.open || handle != s.handle {
			if err := s.end(); err != nil {
				return err
			}
			s.begin(row, handle)
		}
		s.add(row)
		return nil
	})
	if err != nil {
		return err
	}
	return s.end()
}

// end hands the product over.
func (s *shopifyRun) end() error {
	if !s.open {
		return nil
	}
	s.open = false
	if s.taken {
		return nil
	}
	return s.put(s.item)
}

// begin starts a product with its first row.
func (s *shopifyRun) begin(row row, handle string) {
	*s = shopifyRun{run: s.run, open: true, handle: handle, images: map[string]bool{}, first: row}
	d := catalog.Draft{
		Handle: strings.ToLower(handle), Title: row.get("title"), Body: row.get("body (html)"), Vendor: row.get("vendor"), Kind: row.get("type"),
		Status: shopifyStatus(row), SEOTitle: row.get("seo title"), SEODescription: row.get("seo description"), Tags: strings.Split(row.get("tags"), ","),
	}
	if d.Body == "" {
		d.Body = row.get("description")
	}
	if slug := catalog.Slug(handle); strings.ContainsAny(handle, " /?#%&") && slug != "" {
		d.Handle = slug
	}
	if name := row.get("collection"); name != "" {
		d.Collections = []catalog.DraftCollection{{Handle: catalog.Slug(name), Title: name}}
	}
	s.item = item{draft: d, line: row.line, columns: func(f string) string { return shopifyColumn(row, f) }}
	if d.Title == "" {
		s.refuse(row, "title", "the first row of a product has its title: is it missing, or do the rows of "+handle+" not stand together?")
	} else if line, ok := s.claim(d.Handle, row.line); !ok {
		s.refuse(row, "handle", fmt.Sprintf("%s is the product of line %d already: the rows of a product stand together", handle, line))
	}
	for i := range s.names {
		s.names[i] = row.get(fmt.Sprintf("option%d name", i+1))
	}
	if strings.EqualFold(s.names[0], "title") && s.names[1] == "" && (row.get("option1 value") == "" || strings.EqualFold(row.get("option1 value"), "default title")) {
		s.names[0] = ""
	}
	for _, name := range s.names {
		if name != "" {
			s.item.draft.Options = append(s.item.draft.Options, name)
		}
	}
}

// refuse reports the product and passes over its rows.
func (s *shopifyRun) refuse(row row, column, reason string) {
	s.taken = true
	s.total.problem(row.problem(column, reason))
}

// shopifyStatus: Status says it, and what is not published is not on sale.
func shopifyStatus(row row) catalog.Status {
	status := catalog.Status(strings.ToLower(row.get("status")))
	if status == "" {
		status = catalog.Active
	}
	if status == catalog.Active && !yes(row.get("published")) {
		return catalog.Unlisted
	}
	return status
}

// add takes the variant and the image of a row.
func (s *shopifyRun) add(row row) {
	if s.taken {
		return
	}
	if src := row.get("image src"); src != "" && !s.images[src] {
		s.images[src] = true
		s.item.draft.Images = append(s.item.draft.Images, catalog.DraftImage{URL: src, Alt: row.get("image alt text")})
	}
	if row.line != s.first.line && row.get("variant price") == "" && row.get("option1 value") == "" && row.get("sku") == "" && row.get("variant sku") == "" {
		return // only an image
	}
	v, st, column, err := s.variant(row)
	if err != nil {
		s.item.partial = true
		s.total.problem(row.problem(column, err.Error()))
		return
	}
	i := &s.item
	i.draft.Variants, i.stocks, i.lines = append(i.draft.Variants, v), append(i.stocks, st), append(i.lines, row.line)
}

// variant reads a row's variant and stock; an error is about the column.
func (s *shopifyRun) variant(row row) (v catalog.DraftVariant, st stock, column string, err error) {
	comma, c := row.t.comma, s.o.Currency
	if column = "variant price"; row.get(column) == "" {
		return v, st, column, fmt.Errorf("is missing")
	}
	if v.Price, err = amount(row.get(column), comma, c); err != nil {
		return v, st, column, err
	}
	v.CompareAt = money.Zero(c)
	if column = "variant compare at price"; row.get(column) != "" {
		if v.CompareAt, err = amount(row.get(column), comma, c); err != nil {
			return v, st, column, err
		}
	}
	if v.CompareAt.Minor <= v.Price.Minor {
		v.CompareAt = money.Zero(c) // a former price that is not higher is none
	}
	if column = "variant grams"; row.get(column) != "" {
		if v.WeightGrams, err = grams(row.get(column), "g", comma); err != nil {
			return v, st, column, err
		}
	}
	for i, name := range s.names {
		if name == "" {
			continue
		}
		if column = fmt.Sprintf("option%d value", i+1); row.get(column) == "" {
			return v, st, column, fmt.Errorf("is missing: the product has an option %s", name)
		}
		v.Values = append(v.Values, row.get(column))
	}
	if v.SKU = row.get("variant sku"); v.SKU == "" {
		v.SKU = row.get("sku")
	}
	v.SKU, v.Barcode = unquoted(v.SKU), unquoted(row.get("variant barcode"))
	v.RequiresShipping, v.Taxable = yes(row.get("variant requires shipping")), yes(row.get("variant taxable"))
	v.Image = row.get("variant image")
	column, err = s.stock(row, &st)
	return v, st, column, err
}

// stock reads quantity and cost. What is sold without counting is in stock.
func (s *shopifyRun) stock(row row, st *stock) (column string, err error) {
	column = "variant inventory qty"
	switch text := row.get(column); {
	case text != "":
		if st.quantity, err = whole(text, row.t.comma); err != nil {
			return column, err
		}
		st.quantity = max(0, st.quantity)
	case row.get("variant inventory tracker") == "":
		st.quantity, st.assumed = assumed, true
	}
	if column = "cost per item"; row.get(column) != "" {
		st.costSaid = true
		st.cost, err = amount(row.get(column), row.t.comma, s.o.Currency)
	}
	return column, err
}

// unquoted is a number that was kept from a spreadsheet by a leading quote.
func unquoted(s string) string { return strings.TrimPrefix(s, "'") }

// shopifyColumn is the file's column of a field of the draft.
func shopifyColumn(row row, field string) string {
	column := map[string]string{
		"handle": "handle", "title": "title", "body": "body (html)", "vendor": "vendor", "kind": "type", "status": "status", "tags": "tags",
		"options": "option1 name", "variant values": "option1 value", "variant sku": "variant sku", "variant barcode": "variant barcode",
		"variant price": "variant price", "variant compare_at": "variant compare at price", "variant image": "variant image",
		"images": "image src", "seo": "seo title", "collections": "collection", "variants": "handle",
	}[fieldName(field)]
	if column == "" {
		return ""
	}
	return row.column(column)
}
