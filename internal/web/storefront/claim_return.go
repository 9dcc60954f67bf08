package storefront

import (
	"context"
	"net/http"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	photos "doorstep/internal/photo"
	"doorstep/internal/report"
	"doorstep/money"
)

// showReceipt takes in what sending goods back cost.
func showReceipt(ctx context.Context, tx *db.Tx, v *visit, name id.Claim, sent []photos.Photo) error {
	o, err := order.Get(ctx, tx, v.store, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	cost, err := money.Parse(pointed(v.r.PostFormValue("amount")), o.Currency)
	if err != nil {
		return &flow.Refusal{Code: "amount", Field: "amount", Words: "Please write the amount as 4.90."}
	}
	var receipt *claim.Photo
	if len(sent) > 0 {
		receipt = &sent[0]
	}
	return flow.ShowReceipt(ctx, tx, v.store, name, cost.Minor, receipt, customer)
}

// pointed is an amount as programs write it: many people write 4,90.
func pointed(amount string) string {
	amount = strings.TrimSpace(amount)
	if strings.Contains(amount, ".") || strings.Count(amount, ",") != 1 {
		return amount
	}
	return strings.Replace(amount, ",", ".", 1)
}

// receiptField is the field that is wrong where a receipt was sent; empty for other forms, which
// say it above.
func receiptField(v *visit, field string) string {
	if v.r.PathValue("what") != "receipt" || field != "amount" && field != "photos" {
		return ""
	}
	return field
}

// wrong is what is wrong with a field.
func (p claimPage) wrong(field string) string {
	if p.Field == field && field != "" {
		return p.Problem
	}
	return ""
}

// returnWords are the shop's own on how goods are sent back, by lines.
func (v *visit) returnWords() (list []string) {
	for line := range strings.SplitSeq(v.set.Claims.ReturnWords, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// mostFreight is what is paid back at most of a receipt.
func (p claimPage) mostFreight(v *visit) string {
	return v.inOrder(p.Order, p.Case.Rules.MostFreight())
}

// returnSlip is a sheet for the parcel that goes back.
func (s *shop) returnSlip(v *visit) error {
	p := claimPage{Token: v.r.URL.Query().Get("token")}
	err := s.ownClaim(v, func(ctx context.Context, tx *db.Tx, c id.Claim) (err error) {
		p.ClaimView, err = flow.LookAtClaim(ctx, tx, v.store, c)
		return err
	}, s.DB.View)
	if err != nil {
		return err
	}
	if p.Claim.State != claim.Returning {
		return errMissing
	}
	v.privately(v.say("claim_slip_title", "number", p.Claim.Number))
	return v.show(http.StatusOK, returnSlipView(v, p))
}

// wayBack is the parcel in which the goods come back, as parcels are drawn.
func (p claimPage) wayBack() report.Shipment {
	s := report.Shipment{State: string(p.Back.State)}
	for _, e := range p.Scans {
		s.Events = append(s.Events, report.Tracking{At: e.At, Kind: e.Kind, Words: e.Words, Location: e.Location, Country: e.Country})
	}
	return s
}
