package api

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/profit"
	"doorstep/internal/report"
	"doorstep/money"
)

// figuresBody is what was earned, in its parts; what we lose is negative.
type figuresBody struct {
	Sale        money.Amount `json:"sale"`
	Discount    money.Amount `json:"discount" doc:"Taken off the sale already"`
	Shipping    money.Amount `json:"shipping" doc:"Within the sale"`
	GivenBack   money.Amount `json:"given_back"`
	Tax         money.Amount `json:"tax"`
	Fees        money.Amount `json:"fees"`
	Cost        money.Amount `json:"cost"`
	Billed      money.Amount `json:"billed" doc:"What suppliers billed beyond the booked cost"`
	Recovered   money.Amount `json:"recovered"`
	Chargebacks money.Amount `json:"chargebacks"`
	Goodwill    money.Amount `json:"goodwill"`
	Other       money.Amount `json:"other"`
	Profit      money.Amount `json:"profit"`
}

func figuresOf(f profit.Figures, c money.Currency) figuresBody {
	in := func(n int64) money.Amount { return money.New(n, c) }
	return figuresBody{Sale: in(f.Sale), Discount: in(f.Discount), Shipping: in(f.Shipping), GivenBack: in(f.GivenBack), Tax: in(f.Tax), Fees: in(f.Fees), Cost: in(f.Cost),
		Billed: in(f.Billed), Recovered: in(f.Recovered), Chargebacks: in(f.Chargebacks), Goodwill: in(f.Goodwill), Other: in(f.Other), Profit: in(f.Profit())}
}

type profitAsk struct {
	Since clock.Time `query:"since" doc:"Orders placed since then; RFC 3339"`
	Till  clock.Time `query:"till" doc:"And before then"`
	After id.Order   `query:"after"`
}

// profitPage is a page of orders with what they earned, and their products.
type profitPage struct {
	Orders   []earnedOrder   `json:"orders"`
	Products []earnedProduct `json:"products" doc:"Of this page's orders"`
	Next     id.Order        `json:"next,omitempty"`
}

type earnedOrder struct {
	Order   id.Order    `json:"order"`
	Number  int64       `json:"number"`
	Placed  clock.Time  `json:"placed"`
	Figures figuresBody `json:"figures"`
}

type earnedProduct struct {
	Product id.Product  `json:"product"`
	Title   string      `json:"title"`
	Units   int64       `json:"units"`
	Orders  int64       `json:"orders"`
	Figures figuresBody `json:"figures"`
}

// profitMost is how many orders a page has.
const profitMost = 500

func (a *API) getProfit(ctx context.Context, c *call, in *profitAsk) (out profitPage, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = profitPage{Orders: []earnedOrder{}, Products: []earnedProduct{}}
		list, next, err := report.Profits(ctx, tx, c.store, in.Since, in.Till, in.After, profitMost)
		out.Next = next
		for _, r := range list {
			out.Orders = append(out.Orders, earnedOrder{Order: r.Order.ID, Number: r.Order.Number, Placed: r.Order.At, Figures: figuresOf(r.Figures, r.Order.Currency)})
		}
		for _, p := range profit.ByProduct(list) {
			out.Products = append(out.Products, earnedProduct{Product: p.Product, Title: p.Title, Units: p.Units, Orders: p.Orders, Figures: figuresOf(p.Figures, p.Currency)})
		}
		return err
	})
	return out, err
}

// orderEarned is what an order earned, article by article.
type orderEarned struct {
	Order    id.Order        `json:"order"`
	Figures  figuresBody     `json:"figures"`
	Articles []articleEarned `json:"articles"`
}

type articleEarned struct {
	Line    int64       `json:"line"`
	Product id.Product  `json:"product"`
	Variant id.Variant  `json:"variant"`
	Units   int64       `json:"units"`
	Figures figuresBody `json:"figures"`
}

type profitPath struct {
	Order id.Order `path:"order"`
}

func (a *API) orderProfit(ctx context.Context, c *call, in *profitPath) (out orderEarned, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := report.ProfitOf(ctx, tx, c.store, in.Order)
		out = orderEarned{Order: in.Order, Figures: figuresOf(r.Figures, r.Order.Currency), Articles: []articleEarned{}}
		for _, l := range r.Articles {
			out.Articles = append(out.Articles, articleEarned{Line: l.Line.Line, Product: l.Line.Product, Variant: l.Line.Variant, Units: l.Line.Quantity,
				Figures: figuresOf(l.Figures, r.Order.Currency)})
		}
		return err
	})
	return out, err
}
