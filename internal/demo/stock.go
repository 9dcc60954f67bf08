package demo

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/sample"
	"doorstep/money"
	ali "doorstep/supplier/aliexpress/emulator"
	cj "doorstep/supplier/cj/emulator"
)

// Catalogue is the sample shop as the demo's suppliers stock it, with plenty of everything
// for a crowd.
func Catalogue(crowd bool) (sample.Catalogue, error) {
	c, err := sample.Load()
	if c = twoWarehouses(c); crowd {
		c = plenty(c)
	}
	return c, err
}

// stock puts what the sample shop's suppliers offer on the emulated suppliers' shelves.
func stock(w *World, c sample.Catalogue) {
	articles := map[int64]*ali.Article{}
	for _, p := range c.Products {
		for _, v := range p.Variants {
			for _, o := range v.Offers {
				switch o.Supplier {
				case aliName:
					shelve(articles, p, o)
				case cjName:
					w.CJ.Put(variant(p, v, o))
				case cjUSName:
					w.CJUS.Put(variant(p, v, o))
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(articles)) {
		w.Ali.Put(*articles[id])
	}
}

// shelve adds a SKU to its AliExpress article. Every third article is of another store, so
// that some orders are split by AliExpress itself.
func shelve(articles map[int64]*ali.Article, p sample.Product, o sample.Offer) {
	product, attr, _ := strings.Cut(o.SKU, "/")
	id, err := strconv.ParseInt(product, 10, 64)
	if err != nil {
		return // the sample's own checks do not let it come to this
	}
	a := articles[id]
	if a == nil {
		a = &ali.Article{ID: id, Title: p.Title, Store: 911_000 + id%3, From: o.ShipFrom, Days: o.HandlingDays}
		articles[id] = a
	}
	a.SKUs = append(a.SKUs, ali.SKU{ID: 12_000_000_000_000_000 + id%1_000_000_000*100 + int64(len(a.SKUs)), Attr: attr,
		Cost: money.New(o.Cost, money.Currency(o.Currency)), Stock: o.Quantity})
}

func variant(p sample.Product, v sample.Variant, o sample.Offer) cj.Variant {
	name := p.Title
	if len(v.Values) > 0 {
		name += " " + strings.Join(v.Values, " ")
	}
	return cj.Variant{VID: o.SKU, PID: "P-" + p.Handle, Name: name, Cents: o.Cost, Stock: o.Quantity, Country: o.ShipFrom}
}

// twoWarehouses parts CJ's offers by where they ship from: each warehouse is an account, a
// connector and a supplier of its own.
func twoWarehouses(c sample.Catalogue) sample.Catalogue {
	out := c
	out.Suppliers, out.Products = nil, nil
	for _, s := range c.Suppliers {
		if s.Key != cjName {
			out.Suppliers = append(out.Suppliers, s)
			continue
		}
		china, america := s, s
		china.ShipFrom, america.ShipFrom = []string{"CN"}, []string{"US"}
		america.Key, america.Name, america.HandlingDays = cjUSName, s.Name+" (US)", 1
		out.Suppliers = append(out.Suppliers, china, america)
	}
	for _, p := range c.Products {
		p.Variants = slices.Clone(p.Variants)
		for i := range p.Variants {
			offers := slices.Clone(p.Variants[i].Offers)
			for j := range offers {
				if offers[j].Supplier == cjName && offers[j].ShipFrom == "US" {
					offers[j].Supplier = cjUSName
				}
			}
			p.Variants[i].Offers = offers
		}
		out.Products = append(out.Products, p)
	}
	return out
}

// plenty is a catalogue of which there is so much that a crowd does not run out of it: then
// the same seed buys the same things, whoever is quicker.
func plenty(c sample.Catalogue) sample.Catalogue {
	for i := range c.Products {
		for j := range c.Products[i].Variants {
			for k := range c.Products[i].Variants[j].Offers {
				c.Products[i].Variants[j].Offers[k].Quantity *= 60
			}
		}
	}
	return c
}
