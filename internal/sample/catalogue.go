package sample

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

//go:embed products.json
var productsJSON []byte

// Currency is what the sample shop sells in; every Price and CompareAt is in its minor
// units (cents), tax included.
const Currency = "EUR"

// Catalogue is the whole sample shop. Two calls of the function Catalogue give equal values.
type Catalogue struct {
	Suppliers   []Supplier
	Collections []Collection
	Products    []Product // in the order of products.json
}

// Supplier is somebody who ships what the shop sells.
type Supplier struct {
	Key          string   // unique, as in Offer.Supplier
	Kind         string   // the connector: "aliexpress", "cj" or "manual"
	Name         string   // for people
	Currency     string   // ISO 4217, of every cost
	ShipFrom     []string // ISO 3166-1 alpha-2, the usual one first
	HandlingDays int      // usual time from order to hand-over
	Email        string   // where purchases go by mail; "manual" only
}

// Collection is a shelf of the shop.
type Collection struct {
	Handle   string
	Title    string
	HTML     string   // one sentence
	Products []string // handles, in the order of products.json
}

// Product is one thing with its variants.
type Product struct {
	Handle      string    `json:"handle"` // unique; lower case, digits and hyphens
	Title       string    `json:"title"`
	HTML        string    `json:"html"` // p, ul and li only
	Vendor      string    `json:"vendor"`
	Type        string    `json:"type"`
	Tags        []string  `json:"tags"`
	Collections []string  `json:"collections"` // handles
	Options     []string  `json:"options"`     // names, such as Colour and Size; at most three
	Variants    []Variant `json:"variants"`    // at least one
	Drawing     string    `json:"drawing"`     // a file of shapes/, without .svg
	Colour      string    `json:"colour"`      // of the drawing, where no option says so
	Pictures    []Image   `json:"-"`           // what Picture draws, main one first
}

// Variant is what is bought.
type Variant struct {
	SKU       string   `json:"sku"`       // unique
	Barcode   string   `json:"barcode"`   // EAN-13 of the in-store range 200 to 299; unique
	Values    []string `json:"values"`    // one per option
	Price     int64    `json:"price"`     // minor units of Currency
	CompareAt int64    `json:"compareAt"` // the former price; 0 means none
	Grams     int64    `json:"grams"`     // packed weight
	Offers    []Offer  `json:"offers"`    // one to three
	Picture   int      `json:"-"`         // the n of the picture that shows it
}

// Offer is a supplier's own article for a variant.
type Offer struct {
	Supplier string `json:"supplier"` // Supplier.Key
	// SKU is the supplier's name for it: "<product id>/<sku_attr>" for aliexpress (nothing
	// after the slash where the product has one SKU), the vid for cj, "HL-…" for manual.
	SKU          string `json:"sku"`
	Cost         int64  `json:"cost"` // minor units of Currency, for one piece, without freight
	Currency     string `json:"currency"`
	Quantity     int64  `json:"quantity"` // pieces they have; 0 is sold out
	ShipFrom     string `json:"shipFrom"` // ISO 3166-1 alpha-2
	HandlingDays int    `json:"handlingDays"`
	PackMultiple int64  `json:"packMultiple"` // sold in multiples of it; at least 1
}

// Load reads the built-in shop. An error means that the program was built from a
// damaged products.json, and names the product.
func Load() (Catalogue, error) {
	c := Catalogue{Suppliers: suppliers(), Collections: collections()}
	in := json.NewDecoder(bytes.NewReader(productsJSON))
	in.DisallowUnknownFields()
	for {
		var p Product
		err := in.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Catalogue{}, fmt.Errorf("sample product %d: %w", len(c.Products)+1, err)
		}
		c.Products = append(c.Products, complete(p))
	}
	shelve(c)
	if err := validate(c); err != nil {
		return Catalogue{}, err
	}
	return c, nil
}

// complete fills in what products.json leaves out because it follows from the rest.
func complete(p Product) Product {
	p.Pictures = images(p)
	for i := range p.Variants {
		v := &p.Variants[i]
		v.Picture = pictureOf(p, *v)
		for j := range v.Offers {
			v.Offers[j].PackMultiple = max(1, v.Offers[j].PackMultiple)
		}
	}
	return p
}

// shelve puts every product's handle into the collections it names.
func shelve(c Catalogue) {
	for _, p := range c.Products {
		for i := range c.Collections {
			for _, handle := range p.Collections {
				if handle == c.Collections[i].Handle {
					c.Collections[i].Products = append(c.Collections[i].Products, p.Handle)
				}
			}
		}
	}
}
