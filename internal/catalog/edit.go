package catalog

import (
	"context"
	"fmt"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Edit is what a person says of a product, its variants aside: the whole of it.
type Edit struct {
	Title          string
	Body           string // HTML, cleaned
	Vendor         string
	Kind           string
	Status         Status
	SEOTitle       string
	SEODescription string
	Tags           []string
	Images         []int64 // positions of its pictures in their new order; those left out go, nil keeps all
}

// Change stores what a person says of a product. An import that says what it said last time
// changes nothing of it. False: nothing was new. An Invalid names what cannot be kept.
func Change(ctx context.Context, tx *db.Tx, store id.Store, product id.Product, e Edit) (bool, error) {
	p, err := Get(ctx, tx, store, product)
	if err != nil {
		return false, err
	}
	was, err := Full(ctx, tx, p)
	if err != nil {
		return false, err
	}
	images, err := arranged(was.Images, e.Images)
	if err != nil {
		return false, err
	}
	next := p
	next.Title, next.Body, next.Vendor, next.Kind = tidy(e.Title), CleanHTML(e.Body), tidy(e.Vendor), tidy(e.Kind)
	next.Status, next.SeoTitle, next.SeoDescription = e.Status, tidy(e.SEOTitle), tidy(e.SEODescription)
	tags := cleanTags(e.Tags)
	if err := checkEdit(next, tags); err != nil {
		return false, err
	}
	same := slices.Equal(tags, was.Tags) && slices.Equal(images, was.Images)
	if next == p && same {
		return false, nil
	}
	q := New(tx)
	_, err = q.UpdateProduct(ctx, UpdateProductParams{
		StoreID: store, ProductID: product, Title: next.Title, Body: next.Body, Vendor: next.Vendor, Kind: next.Kind, Status: next.Status,
		SeoTitle: next.SeoTitle, SeoDescription: next.SeoDescription, Option1: p.Option1, Option2: p.Option2, Option3: p.Option3,
		Digest: p.Digest, UpdatedAt: tx.Now,
	})
	if err == nil && !same {
		err = around(ctx, tx, next, tags, images)
	}
	if err == nil {
		err = dropPictures(ctx, tx, store, was.Images, images)
	}
	if err != nil {
		return false, fmt.Errorf("product %s: %w", p.Handle, err)
	}
	return true, nil
}

func checkEdit(p Product, tags []string) error {
	var f faults
	f.add(p.Title != "", "title", "is missing")
	short(&f, "title", p.Title)
	short(&f, "vendor", p.Vendor)
	short(&f, "kind", p.Kind)
	f.add(len(p.Body) <= MaxBody, "body", "is longer than %d bytes", MaxBody)
	f.add(p.Status.Valid(), "status", "%q is not active, draft or archived", p.Status)
	f.add(len(p.SeoTitle) <= MaxText*4, "seo_title", "is too long")
	f.add(len(p.SeoDescription) <= MaxText*8, "seo_description", "is too long")
	f.add(len(tags) <= MaxTags, "tags", "are more than %d", MaxTags)
	for _, tag := range tags {
		short(&f, "tags", tag)
	}
	return f.err()
}

// arranged is the pictures in a new order, their positions counted anew.
func arranged(was []Image, order []int64) ([]Image, error) {
	if order == nil {
		return was, nil
	}
	list := []Image{}
	for _, position := range order {
		i := slices.IndexFunc(was, func(img Image) bool { return img.Position == position })
		if i < 0 || slices.ContainsFunc(list, func(img Image) bool { return img.Url == was[i].Url }) {
			return nil, Invalid{{Field: "images", Reason: fmt.Sprintf("picture %d is not there, or is named twice", position)}}
		}
		list = append(list, was[i])
		list[len(list)-1].Position = int64(len(list))
	}
	return list, nil
}

// around writes tags and pictures anew.
func around(ctx context.Context, tx *db.Tx, p Product, tags []string, images []Image) error {
	if err := clearAround(ctx, tx, p); err != nil {
		return err
	}
	d := Draft{Tags: tags}
	for _, img := range images {
		d.Images = append(d.Images, DraftImage{URL: img.Url, Alt: img.Alt})
	}
	return putAround(ctx, tx, p, d)
}

// Pricing is what a person says of a variant: minor units of its currency.
type Pricing struct {
	SKU       string
	Barcode   string
	Price     int64
	CompareAt int64 // 0: none
}

// Price stores what a person says of a variant; false when nothing was new. It returns the
// variant as it was.
func Price(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant, say Pricing) (Variant, bool, error) {
	was, err := GetVariant(ctx, tx, store, variant)
	if err != nil {
		return Variant{}, false, err
	}
	next := was
	next.Sku, next.Barcode, next.PriceMinor, next.CompareAtMinor = tidy(say.SKU), tidy(say.Barcode), say.Price, say.CompareAt
	var f faults
	short(&f, "sku", next.Sku)
	short(&f, "barcode", next.Barcode)
	f.add(next.PriceMinor >= 0, "price", "is negative")
	f.add(next.CompareAtMinor >= 0, "compare_at", "is negative")
	if err := f.err(); err != nil {
		return was, false, err
	}
	if next == was {
		return was, false, nil
	}
	if err := changeVariant(ctx, tx, was, next); err != nil {
		return was, false, err
	}
	_, err = New(tx).TouchProduct(ctx, TouchProductParams{StoreID: store, ProductID: was.ProductID, UpdatedAt: tx.Now})
	return was, true, err
}
