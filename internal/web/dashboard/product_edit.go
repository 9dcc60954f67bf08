package dashboard

import (
	"context"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// checks is what a merchant would want to know before a product is seen.
func (p productView) checks() (list []string) {
	if len(p.Images) == 0 {
		list = append(list, "It has no picture.")
	}
	if strings.TrimSpace(p.Body) == "" {
		list = append(list, "It has no description.")
	}
	for _, one := range p.Variants {
		name, active := orText(one.Name(), "The one variant"), 0
		for _, o := range p.Offers[one.VariantID] {
			if !o.Active {
				continue
			}
			active++
			if o.Currency == one.Currency && o.CostMinor >= one.PriceMinor {
				list = append(list, name+": "+p.Suppliers[o.SupplierID].Name+" asks "+price(o.Cost())+", and it sells for "+price(one.Price())+".")
			}
		}
		if active == 0 {
			list = append(list, name+": no supplier offers it.")
		}
		if one.PriceMinor == 0 {
			list = append(list, name+": its price is zero.")
		}
	}
	return list[:min(len(list), 8)]
}

// editProduct stores a product's texts, status and tags, and its variants' prices.
func (d *Dashboard) editProduct(v *visit) error {
	name := id.Product(v.path("product"))
	back := Prefix + "/products/" + string(name)
	e := catalog.Edit{Title: v.form("title"), Body: v.form("body"), Vendor: v.form("vendor"), Kind: v.form("kind"), Status: catalog.Status(v.form("status")),
		SEOTitle: v.form("seo_title"), SEODescription: v.form("seo_description"), Tags: strings.Split(v.form("tags"), ",")}
	return d.do(v, back, "The product is stored.", func(ctx context.Context, tx *db.Tx) error {
		if err := flow.EditProduct(ctx, tx, v.store, name, e, v.actor()); err != nil {
			return err
		}
		list, err := catalog.VariantsOf(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		for _, one := range list {
			say, err := v.pricing(one)
			if err != nil {
				return err
			}
			if err := flow.PriceVariant(ctx, tx, v.store, one.VariantID, say, v.actor()); err != nil {
				return err
			}
		}
		return nil
	})
}

// pricing is what the form says of a variant; what it does not say stays.
func (v *visit) pricing(one catalog.Variant) (catalog.Pricing, error) {
	say := catalog.Pricing{SKU: one.Sku, Barcode: one.Barcode, Price: one.PriceMinor, CompareAt: one.CompareAtMinor}
	for _, f := range []struct {
		name string
		into *int64
	}{{"price." + string(one.VariantID), &say.Price}, {"was." + string(one.VariantID), &say.CompareAt}} {
		text, told := v.r.PostForm[f.name]
		if !told {
			continue
		}
		value := strings.ReplaceAll(strings.TrimSpace(text[0]), ",", ".")
		if value == "" {
			value = "0"
		}
		a, err := money.Parse(value, one.Currency)
		if err != nil || a.Minor < 0 {
			return say, &flow.Refusal{Code: "invalid", Field: f.name, Words: "“" + text[0] + "” is no price in " + string(one.Currency) + "."}
		}
		*f.into = a.Minor
	}
	return say, nil
}

// refreshMost is for how many articles a supplier is asked at a person's wish.
const refreshMost = 20_000

// refreshSupplier has the supplier asked for everything that we sell of it.
func (d *Dashboard) refreshSupplier(v *visit) error {
	name := id.Supplier(v.path("supplier"))
	var skus []string
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		skus = nil
		for after := ""; len(skus) < refreshMost; after = skus[len(skus)-1] {
			page, err := inventory.SKUs(ctx, tx, v.store, name, after, 1000)
			if err != nil || len(page) == 0 {
				return err
			}
			skus = append(skus, page...)
		}
		return nil
	})
	if err == nil {
		err = d.outside.AskAnew(v.r.Context(), v.store, name, skus...)
	}
	if err != nil {
		return err
	}
	v.tell(ui.Good, "Its stock is being asked for: look again in a moment.")
	return v.lead(Prefix + "/suppliers/" + string(name))
}

func supplierChoices(list []inventory.Supplier) []ui.Choice {
	var out []ui.Choice
	for _, s := range list {
		out = append(out, ui.Choice{Value: string(s.SupplierID), Name: cutWords(s.Name, 60)})
	}
	return out
}
