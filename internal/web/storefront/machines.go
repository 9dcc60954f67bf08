package storefront

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/report"
)

// pageOfMachines is how many products are read at once for maps and feeds, mapMost and
// mapCollections how many a map may hold (sitemaps.org: 50,000 addresses). A feed holds all.
const (
	pageOfMachines = 500
	mapMost        = 45_000
	mapCollections = 4_000
)

// robots tells search engines where to look and what is nobody's business.
func (s *shop) robots(v *visit) error {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := fmt.Fprintf(v.w, "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\nDisallow: /account\nDisallow: /api/\nDisallow: /search\nAllow: /\n\nSitemap: %s/sitemap.xml\n", v.base())
	return err
}

type mapEntry struct {
	XMLName xml.Name `xml:"url"`
	Loc     string   `xml:"loc"`
	Changed string   `xml:"lastmod,omitempty"`
}

// sitemap lists every page worth finding.
func (s *shop) sitemap(v *visit) error {
	v.w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	out := xml.NewEncoder(v.w)
	_, _ = io.WriteString(v.w, xml.Header+`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	write := func(path, changed string) error { return out.Encode(mapEntry{Loc: v.base() + path, Changed: changed}) }
	for _, path := range []string{"/", "/collections", "/collections/all", "/policies/shipping", "/policies/returns", "/policies/privacy", "/policies/terms"} {
		if err := write(path, ""); err != nil {
			return err
		}
	}
	var shelves []catalog.Collection
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		shelves, err = catalog.Collections(ctx, tx, v.store, mapCollections)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range shelves {
		if err := write("/collections/"+c.Handle, ""); err != nil {
			return err
		}
	}
	err = s.stamps(v, mapMost, func(p report.Stamp) error { return write("/products/"+p.Handle, stamp(p.UpdatedAt)) })
	_, _ = io.WriteString(v.w, "</urlset>\n")
	return err
}

// stamps reads the products on sale, so many at most, a page at a time, so that no transaction
// lasts long.
func (s *shop) stamps(v *visit, most int, each func(report.Stamp) error) error {
	after := ""
	for n := 0; n < most; {
		var page []report.Stamp
		err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = report.Stamps(ctx, tx, v.store, after, pageOfMachines)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, p := range page {
			if err := each(p); err != nil {
				return err
			}
			after = p.Handle
			n++
		}
	}
	return nil
}

// merchantItem is a variant in Google Merchant Center's words (support.google.com/merchants,
// "Product data specification").
type merchantItem struct {
	XMLName      xml.Name `xml:"item"`
	ID           string   `xml:"g:id"`
	Group        string   `xml:"g:item_group_id,omitempty"`
	Title        string   `xml:"title"`
	Description  string   `xml:"description"`
	Link         string   `xml:"link"`
	Image        string   `xml:"g:image_link,omitempty"`
	More         []string `xml:"g:additional_image_link,omitempty"`
	Availability string   `xml:"g:availability"`
	Price        string   `xml:"g:price"`
	Sale         string   `xml:"g:sale_price,omitempty"`
	Brand        string   `xml:"g:brand,omitempty"`
	GTIN         string   `xml:"g:gtin,omitempty"`
	MPN          string   `xml:"g:mpn,omitempty"`
	Known        string   `xml:"g:identifier_exists,omitempty"`
	Condition    string   `xml:"g:condition"`
	Kind         string   `xml:"g:product_type,omitempty"`
	Weight       string   `xml:"g:shipping_weight,omitempty"`
}

// merchantFeed is every variant on sale as Google Merchant Center reads it.
func (s *shop) merchantFeed(v *visit) error {
	v.w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	out := xml.NewEncoder(v.w)
	head := struct {
		XMLName xml.Name `xml:"title"`
		Text    string   `xml:",chardata"`
	}{Text: v.set.Brand.Name}
	_, _ = io.WriteString(v.w, xml.Header+`<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>`)
	if err := out.Encode(head); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(v.w, "<link>%s/</link><description>%s</description>", escaped(v.base()), escaped(v.tagline()))
	err := s.stamps(v, math.MaxInt, func(p report.Stamp) error {
		var full catalog.Listing
		err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
			found, err := catalog.ByHandle(ctx, tx, v.store, p.Handle)
			if err != nil {
				return err
			}
			full, err = catalog.Full(ctx, tx, found)
			return err
		})
		if err != nil {
			return err
		}
		for _, x := range full.Variants {
			if err := out.Encode(v.merchantItem(full, x)); err != nil {
				return err
			}
		}
		return nil
	})
	_, _ = io.WriteString(v.w, "</channel></rss>\n")
	return err
}

func (v *visit) merchantItem(p catalog.Listing, x catalog.Variant) merchantItem {
	amount := func(minor int64) string {
		a := x.Price()
		a.Minor = minor
		return a.Decimal() + " " + string(x.Currency)
	}
	item := merchantItem{ID: string(x.VariantID), Title: cut(strings.TrimSpace(p.Title+" "+x.Title), 150), Description: cut(plain(p.Body), 5000),
		Link: v.base() + "/products/" + p.Handle + "?variant=" + string(x.VariantID), Availability: "out_of_stock", Price: amount(x.PriceMinor),
		Brand: p.Vendor, GTIN: x.Barcode, MPN: x.Sku, Condition: "new", Kind: p.Kind}
	if len(p.Variants) > 1 {
		item.Group = string(p.ProductID)
	}
	if x.Free() > 0 {
		item.Availability = "in_stock"
	}
	if x.CompareAtMinor > x.PriceMinor {
		item.Price, item.Sale = amount(x.CompareAtMinor), amount(x.PriceMinor)
	}
	if x.Barcode == "" {
		item.Known = "no"
	}
	if x.WeightGrams > 0 {
		item.Weight = fmt.Sprintf("%d g", x.WeightGrams)
	}
	if item.Description == "" {
		item.Description = p.Title
	}
	if item.Image = v.absolute(x.Image); x.Image == "" && len(p.Images) > 0 {
		item.Image = v.absolute(p.Images[0].Url)
	}
	for _, i := range p.Images {
		if url := v.absolute(i.Url); url != item.Image && len(item.More) < 10 {
			item.More = append(item.More, url)
		}
	}
	return item
}

func escaped(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a builder takes everything
	return out.String()
}
