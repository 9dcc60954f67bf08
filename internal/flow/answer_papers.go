package flow

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/dossier"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/legal"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

const dayForm = "2 January 2006"

func dayOf(t clock.Time) string { return t.Std().UTC().Format(dayForm) }

// minuteOf is a time as banks are told it.
func minuteOf(t clock.Time) string { return t.Std().UTC().Format("2 January 2006, 15:04 UTC") }

// defend draws up the evidence that an order's payment is right, from what is known now.
func defend(ctx context.Context, tx *db.Tx, o order.Order) (d Defence, err error) {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return d, err
	}
	to, err := o.ShipTo()
	if err != nil {
		return d, err
	}
	bill, err := o.BillTo()
	if err != nil {
		return d, err
	}
	if bill == (order.Address{}) {
		bill = to
	}
	agreed, err := agreedPolicies(ctx, tx, set, o)
	if err != nil {
		return d, err
	}
	d = Defence{CustomerName: orElse(bill.Name, to.Name), CustomerEmail: o.Email, Billing: inLines(bill), Shipping: inLines(to), Policy: agreed.returnsWords(o)}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return d, err
	}
	var goods []string
	for _, l := range lines {
		goods = append(goods, fmt.Sprintf("%d × %s", l.Quantity, strings.TrimSpace(l.Title+" "+strings.TrimPrefix(l.VariantTitle, "Default Title"))))
	}
	d.Product = strings.Join(goods, "; ")
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return d, err
	}
	for _, p := range parcels {
		d.Tracking, d.Carrier = joinWords(d.Tracking, p.Number), joinOnce(d.Carrier, orElse(p.CarrierName, p.Carrier))
		if left := orTime(p.ScannedAt, p.AnnouncedAt); d.ShippedOn == "" && left != 0 {
			d.ShippedOn = left.Std().UTC().Format("2006-01-02")
		}
	}
	if d.Refusal, err = refundWords(ctx, tx, o); err != nil {
		return d, err
	}
	d.Words = caseWords(o, set, parcels)
	return d, nil
}

func orTime(a, b clock.Time) clock.Time {
	if a != 0 {
		return a
	}
	return b
}

func joinWords(list, next string) string {
	if list == "" || next == "" {
		return list + next
	}
	return list + ", " + next
}

func joinOnce(list, next string) string {
	if strings.Contains(list, next) {
		return list
	}
	return joinWords(list, next)
}

// inLines is an address as it stands on an envelope.
func inLines(a order.Address) string {
	var lines []string
	for _, l := range []string{a.Name, a.Company, a.Line1, a.Line2, a.Line3, strings.TrimSpace(a.PostalCode + " " + a.Locality), a.Region, a.Country} {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// refundWords is what was given back, and why no more.
func refundWords(ctx context.Context, tx *db.Tx, o order.Order) (string, error) {
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	var list []string
	for _, r := range refunds {
		if r.State == ledger.RefundSucceeded {
			list = append(list, fmt.Sprintf("%s was given back on %s.", r.Amount(), dayOf(r.UpdatedAt)))
		}
	}
	if len(list) == 0 {
		return "No refund was due: the goods were sent as ordered.", err
	}
	return strings.Join(list, " "), err
}

// caseWords says in a few sentences why the payment is right.
func caseWords(o order.Order, set store.Settings, parcels []shipment.Shipment) string {
	words := []string{fmt.Sprintf("The customer ordered on %s at %s and paid %s.", minuteOf(o.PlacedAt), set.Brand.Name, o.Total())}
	for _, p := range parcels {
		switch {
		case p.State == shipment.Delivered && p.DeliveredAt != 0:
			words = append(words, fmt.Sprintf("Parcel %s was delivered to the customer's address on %s; the carrier's scans are in the attached file.", p.Number, minuteOf(p.DeliveredAt)))
		case p.ScannedAt != 0:
			words = append(words, fmt.Sprintf("Parcel %s has been with %s since %s; its scans are in the attached file.", p.Number, orElse(p.CarrierName, "the carrier"), dayOf(p.ScannedAt)))
		}
	}
	return strings.Join(append(words, "Every mail that the customer was sent is listed there too."), " ")
}

// AnswerPapers is the evidence against a chargeback as one dossier: the order, who bought it and
// where it went, mails, parcels with their scans, the policy, what was given back, and what
// happened when. d are the words as a person left them.
func AnswerPapers(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, d Defence) (out dossier.Dossier, err error) {
	c, err := ledger.GetChargeback(ctx, tx, s, name)
	if err != nil {
		return out, err
	}
	o, err := order.Get(ctx, tx, s, c.OrderID)
	if err != nil {
		return out, err
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return out, err
	}
	out = dossier.Dossier{Title: "Evidence for the payment of order " + o.Name(), Lead: d.Words, From: sender(set), Made: tx.Now.Std()}
	out.Sections = append(out.Sections, dossier.Section{Title: "The demand", Facts: []dossier.Fact{{Name: "Amount", Value: money.New(c.AmountMinor, c.Currency).String()},
		{Name: "The bank's reason", Value: strings.ReplaceAll(c.Reason, "_", " ")}, {Name: "Its name", Value: c.Ref}}})
	for _, fill := range []func(context.Context, *db.Tx, order.Order, Defence) ([]dossier.Section, error){orderPart, mailPart, wayPart, moneyPart} {
		parts, err := fill(ctx, tx, o, d)
		if err != nil {
			return out, err
		}
		out.Sections = append(out.Sections, parts...)
	}
	happened, err := momentsOf(ctx, tx, o, func(e event.Event) bool { return tellsBank(e.Kind) })
	out.Sections = append(out.Sections, dossier.Section{Title: "What happened when", Moments: happened})
	return out, err
}

// tellsBank says whether a kind of event is a bank's business: what we buy where is not.
func tellsBank(kind string) bool {
	noun, _, _ := strings.Cut(kind, ".")
	switch noun {
	case "order", "payment", "shipment", "refund", "claim":
		return true
	}
	return false
}

// orderPart is what was bought, by whom, and where it went.
func orderPart(ctx context.Context, tx *db.Tx, o order.Order, d Defence) ([]dossier.Section, error) {
	part := dossier.Section{Title: "The order", Facts: []dossier.Fact{{Name: "Order", Value: o.Name()}, {Name: "Placed", Value: minuteOf(o.PlacedAt)},
		{Name: "Customer", Value: d.CustomerName}, {Name: "Mail address", Value: d.CustomerEmail}, {Name: "Billed to", Value: d.Billing}, {Name: "Sent to", Value: d.Shipping}}}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		part.Facts = append(part.Facts, dossier.Fact{Name: "Article", Value: fmt.Sprintf("%d × %s, %s each", l.Quantity, l.Title, money.New(l.UnitPriceMinor, o.Currency))})
	}
	part.Facts = append(part.Facts, dossier.Fact{Name: "Total", Value: o.Total().String()})
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range payments {
		if p.CapturedMinor > 0 {
			part.Facts = append(part.Facts, dossier.Fact{Name: "Paid", Value: fmt.Sprintf("%s, %s", money.New(p.CapturedMinor, p.Currency), p.Ref)})
		}
	}
	if err != nil {
		return nil, err
	}
	sections := []dossier.Section{part, {Title: "The policy on returns, and how it was disclosed", Words: []string{d.Policy}}}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return nil, err
	}
	agreed, err := agreedPolicies(ctx, tx, set, o)
	if terms, known := agreed.of(legal.Terms); known {
		sections = append(sections, dossier.Section{Title: "The terms of sale, and how they were disclosed", Words: []string{legal.Plain(terms.Words) + "\n\n" + agreed.disclosed(o, terms)}})
	}
	return sections, err
}

// mailPart is what the customer was sent.
func mailPart(ctx context.Context, tx *db.Tx, o order.Order, _ Defence) ([]dossier.Section, error) {
	mails, err := New(tx).MailsOfOrder(ctx, MailsOfOrderParams{StoreID: o.StoreID, OrderID: o.OrderID})
	part := dossier.Section{Title: "Mails to the customer"}
	for _, m := range mails {
		if m.State == "sent" {
			part.Moments = append(part.Moments, dossier.Moment{At: m.SentAt.Std(), Words: fmt.Sprintf("%s, to %s", orElse(m.Subject, m.Kind), m.Recipient)})
		}
	}
	return []dossier.Section{part}, err
}

func wayPart(ctx context.Context, tx *db.Tx, o order.Order, _ Defence) ([]dossier.Section, error) {
	return parcelParts(ctx, tx, o, "")
}

// moneyPart is what was given back.
func moneyPart(ctx context.Context, tx *db.Tx, o order.Order, d Defence) ([]dossier.Section, error) {
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	part := dossier.Section{Title: "Money given back", Words: []string{d.Refusal}}
	for _, r := range refunds {
		part.Moments = append(part.Moments, dossier.Moment{At: r.UpdatedAt.Std(), Words: fmt.Sprintf("%s, %s: %s", r.Amount(), r.State, r.Reason)})
	}
	return []dossier.Section{part}, err
}
