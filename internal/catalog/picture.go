package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// PicturePrefix is where pictures are shown that were uploaded.
const PicturePrefix = "/pictures/"

// KeepPicture stores a picture under its content's name and returns its address; the same one
// again changes nothing. Logos stay for good: mails that have left show them.
func KeepPicture(ctx context.Context, tx *db.Tx, store id.Store, p photo.Picture, logo bool) (address string, err error) {
	sum := sha256.Sum256(p.Bytes)
	name := hex.EncodeToString(sum[:])
	err = New(tx).InsertPicture(ctx, InsertPictureParams{StoreID: store, Digest: name, Kind: p.Kind, Width: p.Width, Height: p.Height,
		Bytes: int64(len(p.Bytes)), Logo: logo, Body: p.Text(), CreatedAt: tx.Now})
	if err != nil {
		return "", fmt.Errorf("picture %s: %w", name, err)
	}
	return PicturePrefix + name + "." + p.Kind, nil
}

// Uploaded says whether an address is that of an uploaded picture.
func Uploaded(address string) bool { return strings.HasPrefix(address, PicturePrefix) }

// PictureNamed is the picture of the last part of such an address: "<digest>.jpg".
func PictureNamed(ctx context.Context, tx *db.Tx, store id.Store, name string) (photo.Picture, error) {
	digest, kind, _ := strings.Cut(name, ".")
	body, err := New(tx).PictureBody(ctx, PictureBodyParams{StoreID: store, Digest: digest, Kind: kind})
	if err != nil {
		return photo.Picture{}, fmt.Errorf("picture %q: %w", name, err)
	}
	raw, err := base64.StdEncoding.DecodeString(body)
	return photo.Picture{Kind: kind, Bytes: raw}, err
}

// AddImages puts pictures behind those of a product. One that it has already stays where it is.
// It says how many are new; an Invalid where there would be too many of them.
func AddImages(ctx context.Context, tx *db.Tx, store id.Store, product id.Product, list []DraftImage) (int, error) {
	found, err := Get(ctx, tx, store, product)
	if err != nil {
		return 0, err
	}
	q := New(tx)
	p, err := q.LockProductByHandle(ctx, LockProductByHandleParams{store, found.Handle}) // positions are counted
	if err != nil {
		return 0, fmt.Errorf("product %s: %w", found.Handle, err)
	}
	was, err := q.Images(ctx, ImagesParams{store, product})
	if err != nil {
		return 0, fmt.Errorf("product %s: images: %w", p.Handle, err)
	}
	list = slices.DeleteFunc(cleanImages(list), func(i DraftImage) bool { return shows(was, i.URL) })
	var f faults
	f.add(len(was)+len(list) <= MaxImages, "pictures", "would be more than %d", MaxImages)
	for _, img := range list {
		f.add(validURL(img.URL), "pictures", "%q is not a web address", cut(img.URL))
		short(&f, "alt", img.Alt)
	}
	if err := f.err(); err != nil || len(list) == 0 {
		return 0, err
	}
	last := int64(0)
	for _, img := range was {
		last = max(last, img.Position)
	}
	for i, img := range list {
		if err := q.InsertImage(ctx, InsertImageParams{store, product, last + int64(i) + 1, img.URL, img.Alt}); err != nil {
			return 0, fmt.Errorf("product %s: image %d: %w", p.Handle, i+1, err)
		}
	}
	_, err = q.TouchProduct(ctx, TouchProductParams{StoreID: store, ProductID: product, UpdatedAt: tx.Now})
	return len(list), err
}

func shows(images []Image, url string) bool {
	return slices.ContainsFunc(images, func(img Image) bool { return img.Url == url })
}

// dropPictures forgets the uploaded ones of pictures that a product had and has no more, where
// no other product and no order shows them.
func dropPictures(ctx context.Context, tx *db.Tx, store id.Store, had, has []Image) error {
	q := New(tx)
	for _, img := range had {
		if !Uploaded(img.Url) || shows(has, img.Url) {
			continue
		}
		digest, _, _ := strings.Cut(strings.TrimPrefix(img.Url, PicturePrefix), ".")
		// Locked first: the statement after it sees who has just begun to show it.
		if _, err := q.LockPicture(ctx, LockPictureParams{store, digest}); errors.Is(err, sql.ErrNoRows) {
			continue
		} else if err != nil {
			return fmt.Errorf("picture %s: %w", digest, err)
		}
		if _, err := q.DropPicture(ctx, DropPictureParams{StoreID: store, Digest: digest, Address: img.Url}); err != nil {
			return fmt.Errorf("picture %s: %w", digest, err)
		}
	}
	return nil
}

// withUploaded is the pictures that a file names, and behind them those that somebody uploaded:
// no file knows of them.
func withUploaded(list []DraftImage, was []Image) []DraftImage {
	for _, img := range was {
		named := slices.ContainsFunc(list, func(d DraftImage) bool { return d.URL == img.Url })
		if Uploaded(img.Url) && !named && len(list) < MaxImages {
			list = append(list, DraftImage{URL: img.Url, Alt: img.Alt})
		}
	}
	return list
}

// PicturesOf are the addresses that show variants: their own picture, else the first of their
// product; empty where there is neither.
func PicturesOf(ctx context.Context, tx *db.Tx, store id.Store, list ...Sold) (map[id.Variant]string, error) {
	show, first := map[id.Variant]string{}, map[id.Product]string{}
	var asked []id.Product
	for _, v := range list {
		if show[v.Variant.VariantID] = v.Variant.Image; v.Variant.Image == "" && !slices.Contains(asked, v.Product.ProductID) {
			asked = append(asked, v.Product.ProductID)
		}
	}
	for part := range slices.Chunk(asked, soldAtOnce) {
		rows, err := New(db.Among(tx, part)).FirstImages(ctx, FirstImagesParams{StoreID: store})
		if err != nil {
			return nil, fmt.Errorf("pictures of %d products: %w", len(part), err)
		}
		for _, r := range rows {
			first[r.ProductID] = r.Url
		}
	}
	for _, v := range list {
		if v.Variant.Image == "" {
			show[v.Variant.VariantID] = first[v.Product.ProductID]
		}
	}
	return show, nil
}
