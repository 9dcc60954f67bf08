package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/upload"
)

// sentPictures are the parts of a form with pictures.
type sentPictures struct {
	Pictures []huma.FormFile `form:"pictures" contentType:"application/octet-stream,image/jpeg,image/png,image/webp" required:"true" doc:"JPEG, PNG or WebP, told by its content; at most 8 MB and 40 megapixels each, 6 at a time and 250 for a product. Each is made anew, without metadata."`
	Alt      string          `form:"alt" required:"false" maxLength:"255" doc:"What they show, for people who cannot see them; the product's title where it is missing"`
}

type uploadInput struct {
	Product id.Product `path:"product"`
	RawBody huma.MultipartFormFiles[sentPictures]
}

// uploadImages puts pictures to a product. One that it has already stays where it is.
func (a *API) uploadImages(ctx context.Context, c *call, in *uploadInput) (out Product, err error) {
	defer func() { _ = in.RawBody.Form.RemoveAll() }() // what is left on disk goes with its folder
	sent := in.RawBody.Data()
	for _, f := range sent.Pictures {
		_ = f.Close() // they are read from the form below
	}
	list, err := upload.Pictures("pictures", in.RawBody.Form.File["pictures"])
	if err != nil {
		return out, err
	}
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if _, err := flow.AddPictures(ctx, tx, c.store, in.Product, list, sent.Alt, c.actor()); err != nil {
			return err
		}
		p, err := catalog.Get(ctx, tx, c.store, in.Product)
		if err != nil {
			return err
		}
		full, err := catalog.Full(ctx, tx, p)
		out = productOf(full, true)
		return err
	})
	return out, err
}
