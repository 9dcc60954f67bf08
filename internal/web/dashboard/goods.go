package dashboard

import (
	"context"
	"net/http"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// productList is a page of products.
type productList struct {
	listPage
	List []report.ProductRow
}

// productKind is the list of products.
func productKind() listKind {
	return listKind{Key: "products", Path: "/products", Search: ui.ListSearch{Name: "q", Placeholder: "Title or SKU", Label: "Title or SKU"},
		Fields: []listField{pickOf("status", "Status", "active", "draft", "archived")},
		Sorts:  []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortName, Name: "A to Z"}, {Value: report.SortNameBack, Name: "Z to A"}},
		Usual:  []listView{{Name: "All"}, {Name: "On sale", Query: "status=active"}, {Name: "Drafts", Query: "status=draft"}, {Name: "Archived", Query: "status=archived"}}}
}

func (d *Dashboard) products(v *visit) error {
	var p productList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, productKind()); err != nil {
			return err
		}
		f := report.ProductFilter{Text: p.Ask.search(), Status: p.Ask.get("status"), Sort: p.Ask.sort()}
		p.List, p.Next, err = report.Products(ctx, tx, v.store, f, p.After, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Products", At: "products"}
	return d.show(v, at, productsPage(v, at, p))
}

// productView is one product: its variants and who offers them.
type productView struct {
	catalog.Listing
	Offers    map[id.Variant][]inventory.Offer
	Suppliers map[id.Supplier]inventory.Supplier
	Typed     pictureForm
}

func (d *Dashboard) product(v *visit) error { return d.showProduct(v, pictureForm{}) }

// showProduct shows a product; what was typed for its pictures is kept where it was refused.
func (d *Dashboard) showProduct(v *visit, typed pictureForm) error {
	p := productView{Typed: typed}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		row, err := catalog.Get(ctx, tx, v.store, id.Product(v.path("product")))
		if err != nil {
			return err
		}
		if p.Listing, err = catalog.Full(ctx, tx, row); err != nil {
			return err
		}
		p.Offers, p.Suppliers = map[id.Variant][]inventory.Offer{}, map[id.Supplier]inventory.Supplier{}
		suppliers, err := inventory.Suppliers(ctx, tx, v.store)
		for _, s := range suppliers {
			p.Suppliers[s.SupplierID] = s
		}
		for _, one := range p.Variants {
			if err != nil {
				break
			}
			p.Offers[one.VariantID], err = inventory.OffersOf(ctx, tx, v.store, one.VariantID)
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: p.Title, At: "products", Back: Prefix + "/products"}
	if typed.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, productPage(v, at, p))
}

func (d *Dashboard) setStatus(v *visit) error {
	name := id.Product(v.path("product"))
	return d.do(v, Prefix+"/products/"+string(name), "The product is "+v.form("status")+" now.", func(ctx context.Context, tx *db.Tx) error {
		return flow.PutOnSale(ctx, tx, v.store, name, catalog.Status(v.form("status")), v.actor())
	})
}
