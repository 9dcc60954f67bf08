package flow

import (
	"context"
	"net/url"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
)

// mostLabel is how long the address of a label may be.
const mostLabel = 2000

// SetLabel gives the customer a label for the way back: its address on the web, or a picture of
// it. Nothing of both takes back the one that was given.
func SetLabel(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, link string, picture *claim.Photo, actor Actor) error {
	link = strings.TrimSpace(link)
	if link != "" && !isLabelLink(link) {
		return &Refusal{Code: "link", Field: "link", Words: "The address of a label begins with https:// and names a host."}
	}
	return changeReturn(ctx, tx, s, name, func(o order.Order, c *claim.Claim, r *claim.ClaimReturn) (err error) {
		if c.State != claim.Returning {
			return refuse("not-possible", "Nothing is to be sent back for claim %s.", c.Number)
		}
		r.LabelUrl, r.LabelPhoto = link, ""
		if picture != nil {
			r.LabelPhoto, err = claim.SetPhoto(ctx, tx, s, name, *picture, claim.LabelPhoto)
		} else {
			err = claim.DropPhoto(ctx, tx, s, name, claim.LabelPhoto)
		}
		if err != nil {
			return err
		}
		if err := claim.SaveReturn(ctx, tx, *r); err != nil {
			return err
		}
		if link == "" && picture == nil {
			return noteClaim(ctx, tx, o, c, "claim.label-gone", actor, nil)
		}
		return noteClaim(ctx, tx, o, c, "claim.label", actor, nil)
	})
}

// isLabelLink says whether a text is an address that a customer can be led to.
func isLabelLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && len(text) <= mostLabel
}
