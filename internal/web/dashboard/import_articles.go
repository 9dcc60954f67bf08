package dashboard

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// articlesMost is how many of a supplier's articles are brought in at once.
const articlesMost = 100

// importArticles makes products of a supplier's articles: their numbers are typed in, and
// the supplier is asked for the rest.
func (d *Dashboard) importArticles(v *visit) error {
	p := importView{Articles: v.form("skus"), Supplier: id.Supplier(v.form("supplier")), Margin: v.form("margin")}
	skus := strings.FieldsFunc(p.Articles, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' || r == ' ' || r == '\t' })
	margin, err := strconv.ParseInt(p.Margin, 10, 16)
	switch {
	case len(skus) == 0:
		p.Error = "Please enter the supplier's article numbers, one a line."
	case len(skus) > articlesMost:
		p.Error = "At most 100 articles at once."
	case err != nil || margin < 0 || margin > 1000:
		p.Error = "The surcharge is a whole number from 0 to 1000."
	}
	if p.Error != "" {
		return d.showImport(v, p)
	}
	found, err := d.outside.LookUp(v.r.Context(), v.store, p.Supplier, skus)
	if errors.Is(err, outside.ErrUnfed) || len(found) == 0 && err == nil {
		p.Error = "The supplier knows none of these articles, or cannot be asked."
		return d.showImport(v, p)
	}
	if err != nil {
		p.Error = sentence("The supplier did not answer: " + err.Error())
		return d.showImport(v, p)
	}
	made, problems := 0, []string{}
	err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
		made, problems = 0, nil
		for _, a := range found {
			price, err := priceOf(v, a.Cost, margin)
			if err != nil {
				problems = append(problems, a.SKU+": "+err.Error())
				continue
			}
			_, err = flow.AddFound(ctx, tx, v.store, p.Supplier, flow.Found{SKU: a.SKU, Title: a.Title, CostMinor: a.Cost.Minor, Currency: a.Cost.Currency,
				Quantity: a.Quantity, ShipFrom: a.ShipFrom, Price: price}, v.actor())
			if err != nil {
				return err
			}
			made++
		}
		return nil
	})
	if err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		p.Error = words
		return d.showImport(v, p)
	}
	tone, words := ui.Good, counted(int64(made), "product")+" as drafts: give them pictures, look at their prices, and put them on sale."
	if missing := len(skus) - len(found); missing > 0 {
		tone, words = ui.Warn, words+" "+counted(int64(missing), "article")+" the supplier does not know."
	}
	if len(problems) > 0 {
		tone, words = ui.Warn, words+" "+strings.Join(problems[:min(3, len(problems))], " ")
	}
	v.tell(tone, words)
	return v.lead(Prefix + "/products?status=draft")
}

// priceOf is a cost in the store's money with a surcharge in per cent.
func priceOf(v *visit, cost money.Amount, margin int64) (money.Amount, error) {
	rate, err := v.settings.Rate(cost.Currency, v.settings.Currency)
	if err != nil {
		return money.Amount{}, err
	}
	here, err := rate.Convert(cost)
	if err != nil {
		return money.Amount{}, err
	}
	return here.Share(100+margin, 100)
}
