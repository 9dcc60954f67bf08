package api

import (
	"context"
	"net/http"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/money"
)

// goodsRoutes are the rows about what is sold.
func (a *API) goodsRoutes() []route {
	return []route{
		on(a, http.MethodPost, "/admin/products", manager, "Make a product with its variants; it is not on sale yet", a.makeProduct).made().onceOnly(),
	}
}

// choiceWish is an option with the values that one can choose.
type choiceWish struct {
	Name   string   `json:"name" minLength:"1" maxLength:"255" example:"Colour"`
	Values []string `json:"values" minItems:"1" maxItems:"2048" doc:"Each of them once"`
}

type productWish struct {
	Body struct {
		Title     string        `json:"title" minLength:"1" maxLength:"255"`
		Body      string        `json:"body,omitempty" doc:"HTML; scripts and styles are taken out"`
		Options   []choiceWish  `json:"options,omitempty" maxItems:"3" doc:"Every combination of their values becomes a variant, at most 2048; missing: one variant"`
		Price     money.Amount  `json:"price" doc:"Of every variant, in the store's currency"`
		CompareAt *money.Amount `json:"compare_at,omitempty" doc:"The former price, higher than the price"`
		SKUPrefix string        `json:"sku_prefix,omitempty" maxLength:"60" doc:"What the article numbers begin with; missing: they have none"`
		Supplier  id.Supplier   `json:"supplier,omitempty" doc:"Who offers every variant: a supplier without a connection"`
		Cost      *money.Amount `json:"cost,omitempty" doc:"Of one unit at the supplier; needed with a supplier"`
		Stock     int64         `json:"stock,omitempty" minimum:"0" doc:"Units that the supplier has of each variant"`
	}
}

func (a *API) makeProduct(ctx context.Context, c *call, in *productWish) (out Product, err error) {
	b := in.Body
	n := flow.NewProduct{Title: b.Title, Body: b.Body, Price: b.Price, SKU: b.SKUPrefix, Supplier: b.Supplier, Quantity: b.Stock}
	for _, o := range b.Options {
		n.Options = append(n.Options, catalog.Choice{Name: o.Name, Values: o.Values})
	}
	if b.CompareAt != nil {
		n.CompareAt = *b.CompareAt
	}
	if b.Cost != nil {
		n.Cost = *b.Cost
	}
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		name, err := flow.MakeProduct(ctx, tx, c.store, n, c.actor())
		if err != nil {
			return err
		}
		p, err := catalog.Get(ctx, tx, c.store, name)
		if err != nil {
			return err
		}
		full, err := catalog.Full(ctx, tx, p)
		out = productOf(full, true)
		return err
	})
	return out, err
}
