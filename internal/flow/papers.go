package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/dossier"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

// DisputePapers is the evidence for a demand on a supplier: what the customer says, with photos,
// where the parcels were, what was said between us, and what happened when. What the customer paid
// is no business of a supplier and is not in it.
func DisputePapers(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute) (d dossier.Dossier, err error) {
	dispute, err := claim.GetDispute(ctx, tx, s, name)
	if err != nil {
		return d, err
	}
	o, err := order.Get(ctx, tx, s, dispute.OrderID)
	if err != nil {
		return d, err
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return d, err
	}
	call, err := disputeCall(ctx, tx, o, dispute)
	if err != nil {
		return d, err
	}
	d = dossier.Dossier{Title: "Our demand for purchase order " + call.Purchase.Number, Lead: demandLead(call), From: sender(set), Made: tx.Now.Std()}
	d.Sections = append(d.Sections, aboutPurchase(call))
	if dispute.ClaimID != "" {
		part, err := claimPart(ctx, tx, call)
		if err != nil {
			return d, err
		}
		d.Sections = append(d.Sections, part...)
	}
	parcels, err := parcelParts(ctx, tx, o, dispute.PurchaseID)
	if err != nil {
		return d, err
	}
	d.Sections = append(d.Sections, parcels...)
	told, err := betweenUs(ctx, tx, call)
	if err != nil {
		return d, err
	}
	happened, err := momentsOf(ctx, tx, o, func(e event.Event) bool {
		return e.Subject == string(dispute.PurchaseID) || e.Subject == string(dispute.ClaimID) || strings.HasPrefix(e.Kind, "shipment.")
	})
	d.Sections = append(d.Sections, told, dossier.Section{Title: "What happened when", Moments: happened})
	return d, err
}

// sender is who hands papers in.
func sender(set store.Settings) string {
	return strings.TrimSpace(set.Brand.Name + "\n" + strings.TrimSpace(set.Brand.Address) + "\n" + set.Brand.Email)
}

// demandLead says what is wanted, and why.
func demandLead(c *DisputeCall) string {
	what := "the bill for it is higher than was agreed"
	if c.Dispute.ClaimID != "" {
		what = "the customer says: " + strings.ReplaceAll(string(c.Kind), "-", " ")
	}
	ref := ""
	if c.Purchase.Ref != "" {
		ref = " (your order " + c.Purchase.Ref + ")"
	}
	return fmt.Sprintf("Please credit %s for our purchase order %s%s: %s.", c.Amount, c.Purchase.Number, ref, what)
}

func aboutPurchase(c *DisputeCall) dossier.Section {
	part := dossier.Section{Title: "What it is about", Facts: []dossier.Fact{{Name: "Our purchase order", Value: c.Purchase.Number}, {Name: "Our key", Value: c.Purchase.Key}}}
	if c.Purchase.Ref != "" {
		part.Facts = append(part.Facts, dossier.Fact{Name: "Your order", Value: strings.Join(append([]string{c.Purchase.Ref}, c.Purchase.PartList()...), ", ")})
	}
	if c.Purchase.SubmittedAt != 0 {
		part.Facts = append(part.Facts, dossier.Fact{Name: "Ordered", Value: c.Purchase.SubmittedAt.Std().UTC().Format("2 January 2006")})
	}
	for _, l := range c.Lines {
		part.Facts = append(part.Facts, dossier.Fact{Name: "Article", Value: fmt.Sprintf("%d × %s, %s, at %s", l.Quantity, l.SupplierSku, l.Title,
			money.New(l.UnitCostMinor, c.Purchase.Currency))})
	}
	part.Facts = append(part.Facts, dossier.Fact{Name: "Demanded", Value: c.Amount.String()})
	return part
}

// claimPart is what the customer says, and shows.
func claimPart(ctx context.Context, tx *db.Tx, c *DisputeCall) ([]dossier.Section, error) {
	s, name := c.Dispute.StoreID, c.Dispute.ClaimID
	found, err := claim.Get(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	said := dossier.Section{Title: "What the customer says", Facts: []dossier.Fact{{Name: "What is wrong", Value: strings.ReplaceAll(string(found.Kind), "-", " ")},
		{Name: "Told us", Value: found.CreatedAt.Std().UTC().Format("2 January 2006")}}}
	if found.Words != "" {
		said.Words = append(said.Words, found.Words)
	}
	events, err := event.OfOrder(ctx, tx, s, c.Dispute.OrderID)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		var d struct{ Words string }
		if e.Subject == string(name) && (e.Kind == "claim.asked" || e.Kind == "claim.answered") && e.Decode(&d) == nil && d.Words != "" {
			said.Words = append(said.Words, map[bool]string{true: "We asked: ", false: "The customer: "}[e.Kind == "claim.asked"]+d.Words)
		}
	}
	photos := dossier.Section{Title: "The customer's photos"}
	for i, p := range c.Photos {
		jpeg, err := claim.PhotoJPEG(ctx, tx, s, name, p)
		if err != nil {
			return nil, err
		}
		photos.Pictures = append(photos.Pictures, dossier.Picture{Name: fmt.Sprintf("photo-%d.jpg", i+1), JPEG: jpeg})
	}
	return []dossier.Section{said, photos}, nil
}

// parcelParts are an order's parcels with every scan; of one purchase, or of all.
func parcelParts(ctx context.Context, tx *db.Tx, o order.Order, of id.Purchase) (parts []dossier.Section, err error) {
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	for _, p := range parcels {
		if of != "" && p.PurchaseID != of {
			continue
		}
		part := dossier.Section{Title: "Parcel " + p.Number, Facts: []dossier.Fact{{Name: "Carrier", Value: orElse(p.CarrierName, p.Carrier)},
			{Name: "State", Value: strings.ReplaceAll(string(p.State), "-", " ")}}}
		if p.Url != "" {
			part.Facts = append(part.Facts, dossier.Fact{Name: "To look at", Value: p.Url})
		}
		if p.DeliveredAt != 0 {
			part.Facts = append(part.Facts, dossier.Fact{Name: "Delivered", Value: p.DeliveredAt.Std().UTC().Format("2 January 2006, 15:04 UTC")})
		}
		scans, err := shipment.Tracking(ctx, tx, o.StoreID, p.ShipmentID)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(scans, func(a, b shipment.TrackingEvent) int { return int(a.At.Sub(b.At)) })
		for _, e := range scans {
			where := strings.Trim(e.Location+", "+e.Country, ", ")
			part.Moments = append(part.Moments, dossier.Moment{At: e.At.Std(), Words: strings.Trim(orElse(e.Words, strings.ReplaceAll(e.Kind, "-", " "))+" · "+where, " ·")})
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// betweenUs is what we told the supplier, and what it said.
func betweenUs(ctx context.Context, tx *db.Tx, c *DisputeCall) (dossier.Section, error) {
	part := dossier.Section{Title: "Between you and us"}
	attempts, err := purchase.Attempts(ctx, tx, c.Dispute.StoreID, c.Dispute.PurchaseID)
	if err != nil {
		return part, err
	}
	for _, a := range attempts {
		words := "We: " + a.Action
		if a.Outcome != "" {
			words += ". You: " + orElse(a.Words, a.Outcome)
		}
		part.Moments = append(part.Moments, dossier.Moment{At: a.BeganAt.Std(), Words: words})
	}
	if c.Purchase.Words != "" {
		part.Words = append(part.Words, "You said: "+c.Purchase.Words)
	}
	return part, nil
}

// momentsOf are facts of an order's timeline that keep wants, in words.
func momentsOf(ctx context.Context, tx *db.Tx, o order.Order, keep func(event.Event) bool) (list []dossier.Moment, err error) {
	events, err := event.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, e := range events {
		if !keep(e) {
			continue
		}
		noun, verb, _ := strings.Cut(e.Kind, ".")
		list = append(list, dossier.Moment{At: e.At.Std(), Words: strings.ToUpper(noun[:1]) + noun[1:] + " " + strings.ReplaceAll(verb, "-", " ")})
	}
	return list, err
}
