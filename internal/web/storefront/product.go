package storefront

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// productPage is a product with one of its variants chosen.
type productPage struct {
	catalog.Listing
	Chosen   catalog.Variant
	Exists   bool // there is a variant of the chosen values
	Options  []productOption
	Images   []report.Picture
	Shown    int // the picture that shows the variant
	Delivery delivery
	Key      string // of the form: the same key twice is one command
	Beside   []report.Card
	Reviews  productReviews
	Crumbs   []ui.Crumb
	News     string
	Problem  string
}

// productOption is one of the choices to make.
type productOption struct {
	Name, Field, Chosen string
	Values              []ui.Swatch
}

// URL is the product's own address.
func (p productPage) URL() string { return "/products/" + p.Handle }

func (s *shop) product(v *visit) error {
	p, err := s.readProduct(v, v.r.PathValue("handle"), v.r.URL.Query())
	if err != nil {
		return err
	}
	p.Key = id.Token()
	if v.partial() {
		return v.show(http.StatusOK, productMain(v, p))
	}
	v.about(p.heading(), p.description(), p.URL())
	v.productGraph(p)
	return v.show(http.StatusOK, productView(v, p))
}

func (p productPage) heading() string {
	if p.SeoTitle != "" {
		return p.SeoTitle
	}
	return p.Title
}

func (p productPage) description() string {
	if p.SeoDescription != "" {
		return p.SeoDescription
	}
	return p.Body
}

// readProduct reads a product, the variant that the form's values choose, and what goes
// with it.
func (s *shop) readProduct(v *visit, handle string, form url.Values) (p productPage, err error) {
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := catalog.ByHandle(ctx, tx, v.store, handle)
		if err != nil {
			return err
		}
		if found.Status != catalog.Active {
			return errMissing
		}
		full, err := catalog.Full(ctx, tx, found)
		if err != nil {
			return err
		}
		if len(full.Variants) == 0 {
			return errMissing
		}
		p = productPage{Listing: full}
		p.choose(form)
		p.pictures()
		if p.Delivery, err = deliveryOf(ctx, tx, v, p.Chosen); err != nil {
			return err
		}
		if p.Reviews, err = readReviews(ctx, tx, v, p.ProductID, p.URL()); err != nil {
			return err
		}
		return s.besides(ctx, tx, v, &p)
	})
	p.Crumbs = []ui.Crumb{{Name: v.say("home"), URL: "/"}}
	if len(p.Collections) > 0 {
		p.Crumbs = append(p.Crumbs, ui.Crumb{Name: p.Collections[0].Title, URL: "/collections/" + p.Collections[0].Handle})
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Name: p.Title})
	return p, err
}

// choose finds the variant of the chosen values (o1, o2, o3), or of an id (variant), else
// the first that can be had.
func (p *productPage) choose(form url.Values) {
	p.Chosen, p.Exists = p.Variants[0], true
	if i := slices.IndexFunc(p.Variants, func(v catalog.Variant) bool { return v.Free() > 0 }); i >= 0 {
		p.Chosen = p.Variants[i]
	}
	if i := slices.IndexFunc(p.Variants, func(v catalog.Variant) bool { return string(v.VariantID) == form.Get("variant") }); i >= 0 {
		p.Chosen = p.Variants[i]
	}
	names := p.Product.Options()
	wanted := []string{p.Chosen.Option1, p.Chosen.Option2, p.Chosen.Option3}
	for n := range names {
		if value := form.Get(field(n)); value != "" {
			wanted[n] = value
		}
	}
	same := func(v catalog.Variant) bool {
		return v.Option1 == wanted[0] && v.Option2 == wanted[1] && v.Option3 == wanted[2]
	}
	if i := slices.IndexFunc(p.Variants, same); i >= 0 {
		p.Chosen = p.Variants[i]
	} else {
		p.Exists = false
	}
	for n, name := range names {
		p.Options = append(p.Options, p.option(n, name, wanted))
	}
}

// field is the name of an option's input.
func field(n int) string { return []string{"o1", "o2", "o3"}[n] }

func valueOf(v catalog.Variant, n int) string { return []string{v.Option1, v.Option2, v.Option3}[n] }

// option lists the values of one option. A value is out when no variant has it together
// with the other chosen values, or that one is sold out.
func (p *productPage) option(n int, name string, wanted []string) productOption {
	o := productOption{Name: name, Field: field(n), Chosen: wanted[n]}
	for _, v := range p.Variants {
		value := valueOf(v, n)
		if value == "" || slices.ContainsFunc(o.Values, func(s ui.Swatch) bool { return s.Value == value }) {
			continue
		}
		with := slices.Clone(wanted)
		with[n] = value
		free := slices.ContainsFunc(p.Variants, func(x catalog.Variant) bool {
			return x.Option1 == with[0] && x.Option2 == with[1] && x.Option3 == with[2] && x.Free() > 0
		})
		o.Values = append(o.Values, ui.Swatch{Value: value, Colour: colourOf(name, value), Chosen: value == wanted[n], Out: !free})
	}
	return o
}

// pictures lists the product's pictures, and finds the one of the chosen variant.
func (p *productPage) pictures() {
	for _, i := range p.Listing.Images {
		p.Images = append(p.Images, report.Picture{URL: i.Url, Alt: i.Alt})
	}
	if p.Chosen.Image == "" {
		return
	}
	p.Shown = slices.IndexFunc(p.Images, func(i report.Picture) bool { return i.URL == p.Chosen.Image })
	if p.Shown < 0 {
		p.Images = append([]report.Picture{{URL: p.Chosen.Image, Alt: p.Title}}, p.Images...)
		p.Shown = 0
	}
}

// besides finds what stands on the same shelf.
func (s *shop) besides(ctx context.Context, tx *db.Tx, v *visit, p *productPage) error {
	for _, c := range p.Collections {
		page, err := report.OnShelf(ctx, tx, v.store, report.Shelf{Collection: c.CollectionID}, "", 9)
		if err != nil {
			return err
		}
		for _, card := range page.Cards {
			known := card.ID == p.ProductID || slices.ContainsFunc(p.Beside, func(c report.Card) bool { return c.ID == card.ID })
			if !known && len(p.Beside) < 4 {
				p.Beside = append(p.Beside, card)
			}
		}
		if len(p.Beside) == 4 {
			return nil
		}
	}
	return nil
}

// productGraph tells those who link to a product, and search engines, what it is.
func (v *visit) productGraph(p productPage) {
	amount := p.Chosen.Price()
	for i := range v.page.Graph {
		if v.page.Graph[i].Property == "og:type" {
			v.page.Graph[i].Content = "product"
		}
	}
	v.page.Graph = append(v.page.Graph, ui.Meta{Property: "product:price:amount", Content: amount.Decimal()},
		ui.Meta{Property: "product:price:currency", Content: string(amount.Currency)})
	var images []string
	for _, i := range p.Images {
		images = append(images, v.absolute(i.URL))
	}
	if len(images) > 0 {
		v.page.Graph = append(v.page.Graph, ui.Meta{Property: "og:image", Content: images[p.Shown]})
	}
	var offers []any
	for _, x := range p.Variants {
		availability := "https://schema.org/OutOfStock"
		if x.Free() > 0 {
			availability = "https://schema.org/InStock"
		}
		offer := map[string]any{"@type": "Offer", "url": v.base() + p.URL() + "?variant=" + string(x.VariantID), "price": x.Price().Decimal(),
			"priceCurrency": string(x.Currency), "availability": availability, "itemCondition": "https://schema.org/NewCondition"}
		if x.Sku != "" {
			offer["sku"] = x.Sku
		}
		if x.Barcode != "" {
			offer["gtin"] = x.Barcode
		}
		offers = append(offers, offer)
	}
	product := map[string]any{"@context": "https://schema.org", "@type": "Product", "name": p.Title, "description": cut(plain(p.Body), 5000),
		"image": images, "brand": map[string]any{"@type": "Brand", "name": p.Vendor}, "url": v.base() + p.URL(), "offers": offers}
	p.Reviews.graph(v, product)
	v.page.Data = jsonLD(product)
}

// shopData tells search engines whose site it is.
func (v *visit) shopData() string {
	return jsonLD(map[string]any{"@context": "https://schema.org", "@type": "WebSite", "name": v.set.Brand.Name, "url": v.base() + "/",
		"potentialAction": map[string]any{"@type": "SearchAction", "target": v.base() + "/search?q={search_term_string}", "query-input": "required name=search_term_string"}})
}

// jsonLD is JSON that may stand in a page: the encoder escapes what could end the script.
func jsonLD(v any) string {
	var out strings.Builder
	_ = json.NewEncoder(&out).Encode(v) // maps of texts cannot fail
	return strings.TrimSpace(out.String())
}

// pictureAt is picture i, counted from the one that shows the variant.
func pictureAt(p productPage, i int) report.Picture {
	if len(p.Images) == 0 {
		return report.Picture{Alt: p.Title}
	}
	return p.Images[(p.Shown+i)%len(p.Images)]
}

// weight is grams as people say them.
func (v *visit) weight(grams int64) string {
	if grams < 1000 {
		return itoa(grams) + " g"
	}
	return v.decimals(grams/1000, grams%1000/100) + " kg"
}

func taxNote(v *visit) string {
	if v.set.TaxIncluded {
		return v.say("tax_included")
	}
	return v.say("tax_added")
}

func costWords(v *visit, d delivery) string {
	if cost := d.cost(v); cost != "" {
		return " · " + cost
	}
	return ""
}
