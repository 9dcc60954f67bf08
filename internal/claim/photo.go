package claim

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// MostPhotos is how many photos a claim may have.
const MostPhotos = photo.Most

// Photo is a photo that was made anew.
type Photo = photo.Photo

// AddPhoto stores a photo of a claim.
func AddPhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, p Photo) error {
	return New(tx).InsertPhoto(ctx, InsertPhotoParams{StoreID: s, ClaimID: name, PhotoID: id.Ordered("ph", tx.Now.Std(), tx.Next()),
		Width: p.Width, Height: p.Height, Bytes: int64(len(p.JPEG)), Body: p.Text(), CreatedAt: tx.Now})
}

// Photos lists the photos of a claim without their pictures.
func Photos(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) ([]PhotosOfRow, error) {
	return New(tx).PhotosOf(ctx, PhotosOfParams{StoreID: s, ClaimID: name})
}

// PhotoJPEG is the picture of a photo; sql.ErrNoRows when the claim has none of that name.
func PhotoJPEG(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, which string) ([]byte, error) {
	body, err := New(tx).PhotoBody(ctx, PhotoBodyParams{StoreID: s, ClaimID: name, PhotoID: which})
	if err != nil {
		return nil, err
	}
	return photo.FromText(body)
}
