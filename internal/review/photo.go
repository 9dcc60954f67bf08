package review

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// AddPhoto stores a photo of a review.
func AddPhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, p photo.Photo) error {
	return New(tx).InsertPhoto(ctx, InsertPhotoParams{StoreID: s, ReviewID: name, PhotoID: id.Ordered("ph", tx.Now.Std(), tx.Next()),
		Width: p.Width, Height: p.Height, Bytes: int64(len(p.JPEG)), Body: p.Text(), CreatedAt: tx.Now})
}

// DropPhotos forgets the photos of a review.
func DropPhotos(ctx context.Context, tx *db.Tx, s id.Store, name id.Review) error {
	return New(tx).DropPhotos(ctx, DropPhotosParams{StoreID: s, ReviewID: name})
}

// Photos lists the photos of a review without their pictures.
func Photos(ctx context.Context, tx *db.Tx, s id.Store, name id.Review) ([]PhotosOfRow, error) {
	return New(tx).PhotosOf(ctx, PhotosOfParams{StoreID: s, ReviewID: name})
}

// PhotoJPEG is the picture of a photo; sql.ErrNoRows when the review has none of that name.
func PhotoJPEG(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, which string) ([]byte, error) {
	body, err := New(tx).PhotoBody(ctx, PhotoBodyParams{StoreID: s, ReviewID: name, PhotoID: which})
	if err != nil {
		return nil, err
	}
	return photo.FromText(body)
}
