package dashboard

import (
	"context"
	"slices"
	"strconv"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// arrangeImages moves one of a product's pictures up, down or to the front, or takes it out.
func (d *Dashboard) arrangeImages(v *visit) error {
	name := id.Product(v.path("product"))
	at, err := strconv.ParseInt(v.form("position"), 10, 64)
	if err != nil {
		return &flow.Refusal{Code: "invalid", Field: "position", Words: "Which picture is meant did not arrive."}
	}
	return d.do(v, Prefix+"/products/"+string(name)+"#pictures", "The pictures are arranged.", func(ctx context.Context, tx *db.Tx) error {
		row, err := catalog.Get(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		p, err := catalog.Full(ctx, tx, row)
		if err != nil {
			return err
		}
		e := catalog.Edit{Title: p.Title, Body: p.Body, Vendor: p.Vendor, Kind: p.Kind, Status: p.Status, SEOTitle: p.SeoTitle,
			SEODescription: p.SeoDescription, Tags: p.Tags, Images: moveImage(p.Images, at, v.form("do"))}
		return flow.EditProduct(ctx, tx, v.store, name, e, v.actor())
	})
}

// moveImage is the positions of pictures in their new order.
func moveImage(images []catalog.Image, position int64, how string) []int64 {
	order := []int64{}
	for _, img := range images {
		order = append(order, img.Position)
	}
	i := slices.Index(order, position)
	if i < 0 {
		return order
	}
	order = slices.Delete(order, i, i+1)
	switch how {
	case "up":
		return slices.Insert(order, max(0, i-1), position)
	case "down":
		return slices.Insert(order, min(len(order), i+1), position)
	case "first":
		return slices.Insert(order, 0, position)
	case "out":
		return order
	}
	return slices.Insert(order, i, position)
}
