package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/photo"
	"doorstep/money"
)

// An uploaded picture goes with the last product that shows it, survives what files say, and
// is nobody else's.
func TestUploadedPictures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		draft := func(handle, title string, images ...catalog.DraftImage) catalog.Draft {
			return catalog.Draft{Handle: handle, Title: title, Images: images, Variants: []catalog.DraftVariant{{SKU: handle, Price: money.New(100, "EUR")}}}
		}
		there := func(name string) (yes bool) {
			t.Helper()
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				_, err := catalog.PictureNamed(ctx, tx, shop, name)
				if yes = err == nil; errors.Is(err, sql.ErrNoRows) {
					return nil
				}
				return err
			})
			return yes
		}
		var address string
		var products []id.Product
		update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			products = nil
			if address, err = catalog.KeepPicture(ctx, tx, shop, photo.Picture{Kind: "jpg", Bytes: []byte("picture")}, false); err != nil {
				return err
			}
			for _, handle := range []string{"mug", "tee"} {
				put, err := catalog.Put(ctx, tx, shop, draft(handle, "First"), false)
				if err != nil {
					return err
				}
				products = append(products, put.Product)
				if n, err := catalog.AddImages(ctx, tx, shop, put.Product, []catalog.DraftImage{{URL: address, Alt: "It"}}); err != nil || n != 1 {
					t.Error(n, err)
				}
			}
			_, err = catalog.Put(ctx, tx, shop, draft("mug", "Second", catalog.DraftImage{URL: "https://pics.example/a.jpg"}), false)
			return err
		})
		name := address[len(catalog.PicturePrefix):]
		if !there(name) || there("x.jpg") || there(name[:64]+".png") {
			t.Error("it is not there by its name alone")
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			p, err := catalog.Get(ctx, tx, shop, products[0])
			if err != nil {
				return err
			}
			full, err := catalog.Full(ctx, tx, p)
			if len(full.Images) != 2 || full.Images[1].Url != address || full.Images[1].Alt != "It" {
				t.Errorf("after a file: %+v", full.Images)
			}
			return err
		})
		for i, want := range []bool{true, false} {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				_, err := catalog.Change(ctx, tx, shop, products[i], catalog.Edit{Title: "Bare", Status: catalog.Active, Images: []int64{}})
				return err
			})
			if there(name) != want {
				t.Errorf("after product %d has it no more: %v", i, !want)
			}
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			p := photo.Picture{Kind: "png", Bytes: []byte("logo")}
			if address, err = catalog.KeepPicture(ctx, tx, shop, p, true); err != nil {
				return err
			}
			if _, err = catalog.KeepPicture(ctx, tx, shop, p, false); err != nil {
				return err
			}
			if _, err = catalog.AddImages(ctx, tx, shop, products[0], []catalog.DraftImage{{URL: address}}); err != nil {
				return err
			}
			_, err = catalog.Change(ctx, tx, shop, products[0], catalog.Edit{Title: "Bare", Status: catalog.Active, Images: []int64{}})
			return err
		})
		if !there(address[len(catalog.PicturePrefix):]) {
			t.Error("the logo is gone with a product that showed it")
		}
	})
}

// A variant without a picture of its own is shown by the first of its product.
func TestPicturesOfVariants(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			put, err := catalog.Put(ctx, tx, shop, catalog.Draft{Handle: "tee", Title: "Tee", Options: []string{"Size"}, Images: []catalog.DraftImage{{URL: "/first.jpg"}, {URL: "/other.jpg"}},
				Variants: []catalog.DraftVariant{{Values: []string{"S"}, Price: money.New(100, "EUR")}, {Values: []string{"M"}, Price: money.New(100, "EUR"), Image: "/other.jpg"}}}, false)
			if err != nil {
				return err
			}
			sold, err := catalog.SoldAs(ctx, tx, shop, put.Variants)
			if err != nil {
				return err
			}
			show, err := catalog.PicturesOf(ctx, tx, shop, sold[put.Variants[0]], sold[put.Variants[1]])
			if show[put.Variants[0]] != "/first.jpg" || show[put.Variants[1]] != "/other.jpg" {
				t.Error(show)
			}
			return err
		})
	})
}
