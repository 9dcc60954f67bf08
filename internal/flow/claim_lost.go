package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// SendParcelAgain sends once more what was in a parcel that is lost or came back: a claim of the customer's,
// made for them and settled at once; of a replacement, the claim that it was for. It is refused
// where a replacement is not possible, with the reason; then nothing was done.
func SendParcelAgain(ctx context.Context, tx *db.Tx, s id.Store, name id.Shipment, actor Actor) (made claim.Claim, err error) {
	parcel, err := shipment.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return made, refuse("not-found", "There is no such parcel.")
	}
	if err != nil {
		return made, err
	}
	what := "is lost"
	switch {
	case !parcel.State.Gone():
		return made, refuse("not-possible", "Parcel %s is %s: only what is lost, or came back, is sent once more.", parcel.Number, parcel.State)
	case parcel.State == shipment.Returned:
		what = "went back to its sender"
	}
	p, err := purchase.Get(ctx, tx, s, parcel.PurchaseID)
	if err != nil {
		return made, err
	}
	if p.ClaimID != "" { // the replacement itself
		if err := SendClaimAgain(ctx, tx, s, p.ClaimID, "", actor); err != nil {
			return made, err
		}
		return claim.Get(ctx, tx, s, p.ClaimID)
	}
	packed, err := shipment.AllLines(ctx, tx, s, parcel.OrderID)
	if err != nil {
		return made, err
	}
	inside := map[int64]int64{}
	for _, l := range packed {
		if l.ShipmentID == name {
			inside[l.OrderLineID] += l.Quantity
		}
	}
	made, err = OpenClaim(ctx, tx, s, parcel.OrderID, ClaimSaid{Kind: claim.Late, Wish: claim.Replacement, Units: inside,
		Words: "Parcel " + parcel.Number + " " + what + ".", Actor: actor})
	if err != nil || made.State != claim.Opened { // small ones are settled by the store's rules
		return made, err
	}
	if err := ApproveClaim(ctx, tx, s, made.ClaimID, ClaimYes{Outcome: claim.Replacement, Actor: actor}); err != nil {
		return made, err
	}
	return claim.Get(ctx, tx, s, made.ClaimID)
}
