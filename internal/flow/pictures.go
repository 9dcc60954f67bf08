package flow

import (
	"context"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// logoSetting holds the address of the shop's logo.
const logoSetting = "brand.logo_url"

// AddPictures keeps pictures that somebody uploaded and puts them behind those of a product.
// Alt is what they show, in words; the product's title where it is empty. It says how many are
// new: the same picture stands once.
func AddPictures(ctx context.Context, tx *db.Tx, s id.Store, name id.Product, list []photo.Picture, alt string, actor Actor) (int, error) {
	p, err := catalog.Get(ctx, tx, s, name)
	if err != nil {
		return 0, invalid(err)
	}
	var images []catalog.DraftImage
	for _, one := range list {
		address, err := catalog.KeepPicture(ctx, tx, s, one, false)
		if err != nil {
			return 0, err
		}
		images = append(images, catalog.DraftImage{URL: address, Alt: orElse(alt, p.Title)})
	}
	added, err := catalog.AddImages(ctx, tx, s, name, images)
	if err != nil || added == 0 {
		return 0, invalid(err)
	}
	return added, Record(ctx, tx, event.Fact{Store: s, Kind: "product.changed", Subject: string(name), Actor: string(actor),
		Data: data{"title": p.Title, "status": p.Status, "pictures": added}})
}

// SetLogo keeps a picture that somebody uploaded and makes it the shop's logo.
func SetLogo(ctx context.Context, tx *db.Tx, s id.Store, p photo.Picture, actor Actor) error {
	address, err := catalog.KeepPicture(ctx, tx, s, p, true)
	if err != nil {
		return err
	}
	return ChangeSettings(ctx, tx, s, map[string]string{logoSetting: address}, actor)
}

// RemoveLogo leaves the shop without a logo: its name is shown.
func RemoveLogo(ctx context.Context, tx *db.Tx, s id.Store, actor Actor) error {
	return ChangeSettings(ctx, tx, s, map[string]string{logoSetting: ""}, actor)
}
