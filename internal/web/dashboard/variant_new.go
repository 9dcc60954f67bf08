package dashboard

import (
	"context"
	"fmt"
	"net/http"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// variantMaker is the page on which a product gets one more variant.
type variantMaker struct {
	Product catalog.Product
	Typed   func(field string) string
	Wrong   address.Problems
}

func (p variantMaker) wrong(field string) string { return wrongIn(p.Wrong, field) }

// choiceField is the name of a value's field.
func choiceField(i int) string { return fmt.Sprintf("values[%d]", i) }

// newVariant is the empty form: its price begins as that of the first variant.
func (d *Dashboard) newVariant(v *visit) error {
	var first catalog.Variant
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := catalog.VariantsOf(ctx, tx, v.store, id.Product(v.path("product")))
		if len(all) > 0 {
			first = all[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.showVariantMaker(v, variantMaker{Typed: func(field string) string {
		if field == "price" && first.VariantID != "" {
			return first.Price().Decimal()
		}
		return ""
	}})
}

func (d *Dashboard) showVariantMaker(v *visit, p variantMaker) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.Product, err = catalog.Get(ctx, tx, v.store, id.Product(v.path("product")))
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "New variant of " + p.Product.Title, At: "products", Back: Prefix + "/products/" + string(p.Product.ProductID)}
	if len(p.Wrong) > 0 {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, newVariantPage(v, at, p))
}

// addVariant puts a variant to a product and leads to where a supplier's article is mapped to it.
func (d *Dashboard) addVariant(v *visit) error {
	product := id.Product(v.path("product"))
	var wrong address.Problems
	a := catalog.Addition{Option: v.form("option"), Present: v.form("present"), DraftVariant: catalog.DraftVariant{SKU: v.form("sku"),
		Price: v.typedPrice("price", true, &wrong), CompareAt: v.typedPrice("compare_at", false, &wrong), RequiresShipping: true, Taxable: true}}
	for i := range catalog.MaxOptions {
		if _, told := v.r.PostForm[choiceField(i)]; told {
			a.Values = append(a.Values, v.form(choiceField(i)))
		}
	}
	to := Prefix + "/products/" + string(product)
	if len(wrong) == 0 {
		err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
			name, err := flow.AddVariant(ctx, tx, v.store, product, a, v.actor())
			to = Prefix + "/variants/" + string(name)
			return err
		})
		if err != nil {
			if wrong = whatIsWrong(err); len(wrong) == 0 {
				return err
			}
		}
	}
	if len(wrong) > 0 {
		return d.showVariantMaker(v, variantMaker{Typed: v.form, Wrong: wrong})
	}
	v.tell(ui.Good, "The variant is added. Say below who ships it.")
	return v.lead(to)
}

// removeVariant takes a variant away that was never sold, and stops selling one that was.
func (d *Dashboard) removeVariant(v *visit) error {
	name := id.Variant(v.path("variant"))
	to, words := Prefix+"/variants/"+string(name), "It was sold before, so it stays; it is not sold any more."
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		one, err := catalog.GetVariant(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		gone, err := flow.RemoveVariant(ctx, tx, v.store, name, v.actor())
		if gone {
			to, words = Prefix+"/products/"+string(one.ProductID), "The variant is removed."
		}
		return err
	})
	return v.came(err, to, words)
}
