package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// productMaker is the page on which a product is made by hand: what was typed, and what is
// wrong with it.
type productMaker struct {
	Typed     func(field string) string
	Wrong     address.Problems
	Suppliers []inventory.Supplier // whom only people talk to
	Connected int                  // further ones, whose articles have numbers of their own
}

// wrong is what is wrong with a field, in words; empty where nothing is.
func (p productMaker) wrong(field string) string { return wrongIn(p.Wrong, field) }

func wrongIn(list address.Problems, field string) string {
	for _, w := range list {
		if w.Field == field {
			return sentence(w.Words)
		}
	}
	return ""
}

func (d *Dashboard) newProduct(v *visit) error {
	return d.showMaker(v, productMaker{Typed: func(string) string { return "" }})
}

func (d *Dashboard) showMaker(v *visit, p productMaker) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := inventory.Suppliers(ctx, tx, v.store)
		p.Suppliers, p.Connected = nil, 0
		for _, s := range all {
			if s.ConnectorID != "" {
				p.Connected++
				continue
			}
			p.Suppliers = append(p.Suppliers, s)
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "New product", At: "products", Back: Prefix + "/products"}
	if len(p.Wrong) > 0 {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, newProductPage(v, at, p))
}

// optionField is the name of an option's field, as the API calls it.
func optionField(i int, what string) string { return fmt.Sprintf("options[%d].%s", i, what) }

// productTyped is what the form says of a product; wrong is what cannot be read of it.
func (v *visit) productTyped() (n flow.NewProduct, wrong address.Problems) {
	n = flow.NewProduct{Title: v.form("title"), Body: v.form("body"), SKU: v.form("sku_prefix"), Supplier: id.Supplier(v.form("supplier"))}
	for i := range catalog.MaxOptions {
		name, values := v.form(optionField(i, "name")), v.form(optionField(i, "values"))
		n.Options = append(n.Options, catalog.Choice{Name: name, Values: strings.Split(values, ",")})
	}
	for last := len(n.Options) - 1; last >= 0 && n.Options[last].Name == "" && strings.Join(n.Options[last].Values, "") == ""; last-- {
		n.Options = n.Options[:last] // what is empty at the end was not wanted
	}
	n.Price = v.typedPrice("price", true, &wrong)
	n.CompareAt = v.typedPrice("compare_at", false, &wrong)
	if n.Supplier == "" {
		return n, wrong
	}
	n.Cost = v.typedPrice("cost", true, &wrong)
	if text := v.form("stock"); text != "" {
		units, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			wrong = append(wrong, address.Problem{Field: "stock", Words: "The stock is a whole number."})
		}
		n.Quantity = units
	}
	return n, wrong
}

// typedPrice reads a sum in the store's currency; what is no sum is noted. Zero where nothing
// is typed and nothing is needed.
func (v *visit) typedPrice(field string, needed bool, wrong *address.Problems) money.Amount {
	c, text := v.settings.Currency, strings.ReplaceAll(v.form(field), ",", ".")
	if text == "" && !needed {
		return money.Amount{}
	}
	a, err := money.Parse(text, c)
	if err != nil || a.Minor < 0 {
		*wrong = append(*wrong, address.Problem{Field: field, Words: "This is no price in " + string(c) + ": write it like " + money.New(1290, c).Decimal() + "."})
		return money.Zero(c)
	}
	return a
}

// makeProduct makes the product and leads to its page, where pictures and single prices follow.
func (d *Dashboard) makeProduct(v *visit) error {
	n, wrong := v.productTyped()
	for _, w := range n.Check(v.settings.Currency) {
		if wrongIn(wrong, w.Field) == "" {
			wrong = append(wrong, w)
		}
	}
	to := Prefix + "/products"
	if len(wrong) == 0 {
		err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
			name, err := flow.MakeProduct(ctx, tx, v.store, n, v.actor())
			to = Prefix + "/products/" + string(name)
			return err
		})
		if err != nil {
			if wrong = whatIsWrong(err); len(wrong) == 0 {
				return err
			}
		}
	}
	if len(wrong) > 0 {
		return d.showMaker(v, productMaker{Typed: v.form, Wrong: wrong})
	}
	v.tell(ui.Good, "The product is made, as a draft. Look it over, then put it on sale.")
	return v.lead(to)
}

// whatIsWrong is an error field by field; empty where it is not about what was typed.
func whatIsWrong(err error) address.Problems {
	if i, ok := errors.AsType[*flow.Invalid](err); ok {
		return i.Problems
	}
	if r, ok := errors.AsType[*flow.Refusal](err); ok {
		return address.Problems{{Field: r.Field, Code: r.Code, Words: r.Words}}
	}
	return nil
}
