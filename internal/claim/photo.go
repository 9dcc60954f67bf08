package claim

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// MostPhotos is how many photos a claim may have that show what is wrong.
const MostPhotos = photo.Most

// What a picture of a claim is for; one without a purpose shows what is wrong. Of the others a
// claim has one each.
const (
	ReceiptPhoto = "receipt" // what sending the goods back cost
	LabelPhoto   = "label"   // for the parcel that goes back
)

// Photo is a photo that was made anew.
type Photo = photo.Photo

// AddPhoto stores a photo of what is wrong.
func AddPhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, p Photo) error {
	_, err := storePhoto(ctx, tx, s, name, p, "")
	return err
}

// SetPhoto stores the one picture of a claim for a purpose, in the place of the one before, and
// says by which name it is found.
func SetPhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, p Photo, purpose string) (string, error) {
	if err := DropPhoto(ctx, tx, s, name, purpose); err != nil {
		return "", err
	}
	return storePhoto(ctx, tx, s, name, p, purpose)
}

// DropPhoto forgets the one picture of a claim for a purpose.
func DropPhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, purpose string) error {
	return New(tx).DropPhotosFor(ctx, DropPhotosForParams{StoreID: s, ClaimID: name, Purpose: purpose})
}

func storePhoto(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, p Photo, purpose string) (string, error) {
	which := id.Ordered("ph", tx.Now.Std(), tx.Next())
	return which, New(tx).InsertPhoto(ctx, InsertPhotoParams{StoreID: s, ClaimID: name, PhotoID: which,
		Width: p.Width, Height: p.Height, Bytes: int64(len(p.JPEG)), Body: p.Text(), CreatedAt: tx.Now, Purpose: purpose})
}

// Photos lists the photos of what is wrong without their pictures.
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
