package dashboard

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// anotherSupplier is chosen where anybody may send a replacement but who sent what is claimed.
const anotherSupplier = "another"

// chosenSender reads who is to send a replacement.
func chosenSender(v *visit) (supplier id.Supplier, elsewhere bool) {
	if chosen := v.form("supplier"); chosen != anotherSupplier {
		return id.Supplier(chosen), false
	}
	return "", true
}

// sendClaim buys what a claim's customer is still to get, after its supplier failed.
func (d *Dashboard) sendClaim(v *visit) error {
	return d.onClaim(v, "It is bought, and sent to the customer.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.SendClaimAgain(ctx, tx, v.store, c, id.Supplier(v.form("supplier")), v.actor())
	})
}

// mayResend says whether a claim waits for a person to say who sends what its supplier did not.
func (p claimDoc) mayResend() bool {
	return (p.Claim.State == claim.Failed || p.Claim.State == claim.Settling) && len(p.Again.Offers) > 0
}

// senderChoices are who may send it: whoever is best, those who can send all of it, and, before it
// is approved, anybody but who sent what is claimed.
func senderChoices(p claimDoc) (list []ui.Choice) {
	if p.Again.Cannot == "" {
		best := "Whoever is best"
		if p.Again.Elsewhere {
			best = "Whoever is best of the others"
		}
		list = append(list, ui.Choice{Value: "", Name: best})
	}
	if sent := p.sentBy(); sent != "" && p.Claim.State == claim.Opened && !p.Again.Elsewhere && len(p.Again.Alone) > 1 {
		list = append(list, ui.Choice{Value: anotherSupplier, Name: "Anybody but " + sent})
	}
	for _, one := range p.Again.Alone {
		list = append(list, ui.Choice{Value: string(one.ID), Name: one.Name + ", " + price(one.Cost) + " with freight"})
	}
	return list
}

// sentBy is who sent what is claimed.
func (p claimDoc) sentBy() string {
	for _, o := range p.Again.Offers {
		if o.Sent {
			return o.Name
		}
	}
	return ""
}
