package importer

import (
	"context"
	"errors"
	"fmt"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/sample"
	"doorstep/money"
)

// SamplePicture is the address, on our own host, of picture n of a sample product: what
// sample.Picture draws.
func SamplePicture(handle string, n int) string { return fmt.Sprintf("/sample/%s/%d.svg", handle, n) }

// Sample fills a store with the built-in shop: its collections, products, three suppliers
// (by name, without connectors) and their offers. A second time changes nothing. The store
// must sell in the sample's currency.
func Sample(ctx context.Context, d *db.DB, store id.Store) (Report, error) {
	c, err := sample.Load()
	if err != nil {
		return Report{}, err
	}
	return SampleOf(ctx, d, store, c)
}

// SampleOf is Sample with a catalogue of the caller's making.
func SampleOf(ctx context.Context, d *db.DB, store id.Store, c sample.Catalogue) (Report, error) {
	r, err := newRun(ctx, d, store, Options{})
	if err != nil {
		return Report{}, err
	}
	if r.o.Currency != sample.Currency {
		return Report{}, fmt.Errorf("the sample shop sells in %s, this store in %s", sample.Currency, r.o.Currency)
	}
	if err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return sampleShelves(ctx, tx, store, c) }); err != nil {
		return Report{}, fmt.Errorf("sample shop: %w", err)
	}
	for from := 0; from < len(c.Products); from += 20 {
		var done Report
		err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			done = Report{}
			return sampleProducts(ctx, tx, store, c, c.Products[from:min(from+20, len(c.Products))], &done)
		})
		if err != nil {
			return r.total, fmt.Errorf("sample shop: %w", err)
		}
		r.total.add(done)
	}
	return r.total, r.survey(r.total.Created)
}

// sampleShelves makes suppliers and collections.
func sampleShelves(ctx context.Context, tx *db.Tx, store id.Store, c sample.Catalogue) error {
	for _, s := range c.Suppliers {
		want := inventory.NewSupplier(store, s.Name)
		want.HandlingDays = int64(s.HandlingDays)
		if _, err := inventory.AddSupplier(ctx, tx, want); err != nil && !errors.Is(err, inventory.ErrTaken) {
			return err
		}
	}
	for _, col := range c.Collections {
		if _, err := catalog.SetCollection(ctx, tx, store, catalog.DraftCollection{Handle: col.Handle, Title: col.Title}, col.HTML); err != nil {
			return err
		}
	}
	return nil
}

func sampleProducts(ctx context.Context, tx *db.Tx, store id.Store, c sample.Catalogue, products []sample.Product, done *Report) error {
	suppliers := map[string]inventory.Supplier{}
	for _, s := range c.Suppliers {
		var err error
		if suppliers[s.Key], err = inventory.SupplierByName(ctx, tx, store, s.Name); err != nil {
			return err
		}
	}
	for _, p := range products {
		res, err := catalog.Put(ctx, tx, store, sampleDraft(p), false)
		if err != nil {
			return err
		}
		done.Rows++
		done.Variants += len(p.Variants)
		switch {
		case res.Created:
			done.Created++
		case res.Changed:
			done.Updated++
		default: // its stock may have been sold since: leave it
			done.Unchanged++
			continue
		}
		for i, v := range p.Variants {
			for _, o := range v.Offers {
				_, wrote, err := inventory.PutOffer(ctx, tx, suppliers[o.Supplier], inventory.Offer{
					VariantID: res.Variants[i], SupplierSku: o.SKU, CostMinor: o.Cost, Currency: money.Currency(o.Currency), Quantity: o.Quantity,
					ShipFrom: o.ShipFrom, HandlingDays: int64(o.HandlingDays), Pack: o.PackMultiple, Active: true, AsOf: tx.Now,
				})
				if err != nil {
					return err
				}
				if wrote {
					done.Offers++
				}
			}
		}
	}
	return nil
}

// sampleDraft is a sample product as the catalogue wants it.
func sampleDraft(p sample.Product) catalog.Draft {
	d := catalog.Draft{
		Handle: p.Handle, Title: p.Title, Body: p.HTML, Vendor: p.Vendor, Kind: p.Type, Status: catalog.Active, Tags: p.Tags, Options: p.Options,
	}
	for _, handle := range p.Collections {
		d.Collections = append(d.Collections, catalog.DraftCollection{Handle: handle})
	}
	for _, img := range p.Pictures {
		d.Images = append(d.Images, catalog.DraftImage{URL: SamplePicture(p.Handle, img.N), Alt: img.Alt})
	}
	for _, v := range p.Variants {
		d.Variants = append(d.Variants, catalog.DraftVariant{
			SKU: v.SKU, Barcode: v.Barcode, Values: v.Values, Price: money.New(v.Price, sample.Currency), CompareAt: money.New(v.CompareAt, sample.Currency),
			WeightGrams: v.Grams, RequiresShipping: true, Taxable: true, Image: SamplePicture(p.Handle, v.Picture),
		})
	}
	return d
}
