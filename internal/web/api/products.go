package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/store"
	"doorstep/money"
)

// nothing is the input of requests that say nothing but their address.
type nothing struct{}

// Product is an article with its variants.
type Product struct {
	ID       id.Product `json:"id"`
	Handle   string     `json:"handle"`
	Title    string     `json:"title"`
	Body     string     `json:"body" doc:"HTML, sanitised"`
	Vendor   string     `json:"vendor,omitempty"`
	Kind     string     `json:"kind,omitempty"`
	Status   string     `json:"status,omitempty" doc:"Only for the merchant: active, draft or archived"`
	Options  []string   `json:"options" doc:"Names of the options, in the order of a variant's values"`
	Tags     []string   `json:"tags"`
	Images   []Image    `json:"images"`
	Variants []Variant  `json:"variants"`
	Updated  clock.Time `json:"updated_at"`
}

// Image is a picture of a product.
type Image struct {
	URL string `json:"url"`
	Alt string `json:"alt,omitempty"`
}

// Variant is what can be put into a cart.
type Variant struct {
	ID        id.Variant    `json:"id"`
	SKU       string        `json:"sku,omitempty"`
	Barcode   string        `json:"barcode,omitempty"`
	Title     string        `json:"title,omitempty"`
	Values    []string      `json:"values"`
	Price     money.Amount  `json:"price"`
	CompareAt *money.Amount `json:"compare_at,omitempty" doc:"The former price"`
	Available int64         `json:"available" doc:"How many units can still be promised"`
	Image     string        `json:"image,omitempty"`
}

// Products is one page of a list.
type Products struct {
	Products []Product `json:"products"`
	Next     string    `json:"next,omitempty" doc:"Give it as after, for the next page; missing at the end"`
}

// ProductsQuery says which products are listed, and where the page begins.
type ProductsQuery struct {
	Collection string `query:"collection" doc:"Handle of a collection: in its order"`
	Tag        string `query:"tag" doc:"Only with this tag; not together with collection"`
	After      string `query:"after" doc:"next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"100" default:"24"`
}

func (a *API) listProducts(ctx context.Context, c *call, in *ProductsQuery) (Products, error) {
	return a.products(ctx, c, *in, catalog.Active)
}

type adminProductsQuery struct {
	ProductsQuery
	Status string `query:"status" enum:"active,draft,archived" doc:"Any where missing"`
}

func (a *API) adminProducts(ctx context.Context, c *call, in *adminProductsQuery) (Products, error) {
	return a.products(ctx, c, in.ProductsQuery, catalog.Status(in.Status))
}

func (a *API) products(ctx context.Context, c *call, in ProductsQuery, status catalog.Status) (Products, error) {
	var page Products
	after, err := parseCursor(in.After)
	if err != nil {
		return page, err
	}
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		page = Products{Products: []Product{}}
		filter := catalog.Filter{Status: status, Tag: in.Tag}
		if in.Collection != "" {
			shelf, err := catalog.CollectionByHandle(ctx, tx, c.store, in.Collection)
			if err != nil {
				return err
			}
			filter.Collection = shelf.CollectionID
		}
		list, next, err := catalog.List(ctx, tx, c.store, filter, after, in.Limit)
		if err != nil {
			return err
		}
		for _, p := range list {
			full, err := catalog.Full(ctx, tx, p)
			if err != nil {
				return err
			}
			page.Products = append(page.Products, productOf(full, c.who.Role != ""))
		}
		if next != (catalog.Cursor{}) {
			page.Next = fmt.Sprintf("%d.%s", next.Position, next.Product)
		}
		return nil
	})
	return page, err
}

// parseCursor reads what products gave as Next.
func parseCursor(text string) (catalog.Cursor, error) {
	if text == "" {
		return catalog.Cursor{}, nil
	}
	position, product, ok := strings.Cut(text, ".")
	n, err := strconv.ParseInt(position, 10, 64)
	if !ok || err != nil {
		p := problem(http.StatusUnprocessableEntity, "invalid", "after: take it from next of the page before.")
		p.Field = "after"
		return catalog.Cursor{}, p
	}
	return catalog.Cursor{Position: n, Product: id.Product(product)}, nil
}

type productPath struct {
	Handle string `path:"handle"`
}

func (a *API) getProduct(ctx context.Context, c *call, in *productPath) (out Product, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.ByHandle(ctx, tx, c.store, in.Handle)
		if err != nil {
			return err
		}
		if p.Status != catalog.Active {
			return problem(http.StatusNotFound, "not_found", "There is no such thing here.")
		}
		full, err := catalog.Full(ctx, tx, p)
		out = productOf(full, false)
		return err
	})
	return out, err
}

// productOf is a product as people see it; staff see its status and barcodes too.
func productOf(l catalog.Listing, staff bool) Product {
	p := Product{ID: l.ProductID, Handle: l.Handle, Title: l.Title, Body: l.Body, Vendor: l.Vendor, Kind: l.Kind, Options: orNone(l.Options()),
		Tags: orNone(l.Tags), Images: []Image{}, Variants: []Variant{}, Updated: l.UpdatedAt}
	if staff {
		p.Status = string(l.Status)
	}
	for _, i := range l.Images {
		p.Images = append(p.Images, Image{i.Url, i.Alt})
	}
	for _, v := range l.Variants {
		one := Variant{ID: v.VariantID, SKU: v.Sku, Title: v.Name(), Values: orNone(v.Values()), Price: v.Price(), Available: v.Free(), Image: v.Image}
		if v.CompareAtMinor > v.PriceMinor {
			former := v.CompareAt()
			one.CompareAt = &former
		}
		if staff {
			one.Barcode = v.Barcode
		}
		p.Variants = append(p.Variants, one)
	}
	return p
}

// orNone makes a missing list [] in JSON.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Countries is the list of countries.
type Countries struct {
	Countries []address.Country `json:"countries"`
}

func (a *API) listCountries(context.Context, *call, *nothing) (Countries, error) {
	return Countries{address.Countries()}, nil
}

type countryPath struct {
	Code string `path:"code" doc:"ISO 3166 alpha-2" example:"DE"`
}

func (a *API) getCountry(_ context.Context, _ *call, in *countryPath) (address.Rules, error) {
	rules, ok := address.Of(in.Code)
	if !ok {
		return rules, problem(http.StatusNotFound, "not_found", "There is no country with the code %q.", in.Code)
	}
	return rules, nil
}

// PaymentMethods are the ways to pay that are ready.
type PaymentMethods struct {
	Methods []PaymentMethod `json:"payment_methods"`
}

// PaymentMethod is a payment connector.
type PaymentMethod struct {
	Name   string `json:"name" doc:"What checkout takes as payment"`
	Driver string `json:"driver"`
	Title  string `json:"title"`
	Manual bool   `json:"manual" doc:"A person confirms the money: bank transfer, cash on delivery"`
}

func (a *API) paymentMethods(ctx context.Context, c *call, _ *nothing) (PaymentMethods, error) {
	list := PaymentMethods{Methods: []PaymentMethod{}}
	rows, err := a.paymentConnectors(ctx, c.store)
	for _, row := range rows {
		m := PaymentMethod{Name: row.Name, Driver: row.Driver, Title: row.Driver, Manual: row.Driver == manualDriver}
		for _, d := range a.outside.Drivers("payment") {
			if d.Name == row.Driver {
				m.Title = d.Title
			}
		}
		list.Methods = append(list.Methods, m)
	}
	return list, err
}

// manualDriver is the payment driver where a person confirms the money.
const manualDriver = "manual"

// paymentConnectors lists a store's payment connectors that work.
func (a *API) paymentConnectors(ctx context.Context, s id.Store) (list []store.Connector, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		all, err := store.Connectors(ctx, tx, s)
		for _, row := range all {
			if row.Kind == "payment" && row.State == store.Active {
				list = append(list, row)
			}
		}
		return err
	})
	return list, err
}
