package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// --- giving money back, unit by unit

// refundView is the page on which a refund is put together. Every unit knows its own share of
// the order's sums, so that what it is worth is looked up and not worked out anew.
type refundView struct {
	Doc      orderDoc
	Lines    []refundLine
	Shipping bool // of the units, with them
	Rest     bool // all that is left
	Amount   money.Amount
	Reason   string
}

// refundLine is a line with how many of its units are to be paid back.
type refundLine struct {
	report.Line
	Units    int64
	Goods    money.Amount // of these units, with their tax
	Shipping money.Amount // their share of it
}

// picked says whether anything was chosen.
func (p refundView) picked() bool { return p.Amount.Minor > 0 }

// tooMuch says whether more was chosen than can be given back.
func (p refundView) tooMuch() bool { return p.Amount.Minor > p.Doc.Refundable.Minor }

func (d *Dashboard) refundPage(v *visit) error {
	p := refundView{Shipping: v.query("shipping") != "", Rest: v.query("rest") != "", Reason: v.query("reason")}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Doc, err = readOrder(ctx, tx, v, v.path("order")); err != nil {
			return err
		}
		o, err := order.Get(ctx, tx, v.store, p.Doc.ID)
		if err != nil {
			return err
		}
		units, err := order.UnitsOf(ctx, tx, v.store, o.OrderID)
		p.Lines = refundLines(p.Doc.Lines, units, o.TaxIncluded(), v.r.URL.Query())
		return err
	})
	if err != nil {
		return err
	}
	p.Amount = p.sum()
	at := frame{Title: "Give money back for #" + plainNumber(p.Doc.Number), At: "orders", Back: orderURL(p.Doc.ID)}
	return d.show(v, at, refundPage(v, at, p))
}

// refundLines reads how many units of each line were chosen and looks up what they are worth.
func refundLines(lines []report.Line, units []order.OrderUnit, taxIncluded bool, q url.Values) []refundLine {
	list := make([]refundLine, len(lines))
	for i, l := range lines {
		n, _ := strconv.ParseInt(q.Get("units-"+fmt.Sprint(l.Line)), 10, 64)
		n = max(0, min(n, l.Quantity))
		all, shipping := order.Share(units, l.Line, 1, n, taxIncluded), int64(0)
		for _, u := range units {
			if u.LineID == l.Line {
				shipping += u.ShippingMinor * max(0, min(n, u.FirstUnit+u.Units-1)-u.FirstUnit+1)
			}
		}
		list[i] = refundLine{Line: l, Units: n, Goods: money.New(all-shipping, l.UnitPrice.Currency), Shipping: money.New(shipping, l.UnitPrice.Currency)}
	}
	return list
}

// sum is what the chosen units are worth, with their shipping where that is wanted.
func (p refundView) sum() money.Amount {
	sum := money.Zero(p.Doc.Totals.Total.Currency)
	if p.Rest {
		return p.Doc.Refundable
	}
	for _, l := range p.Lines {
		sum.Minor += l.Goods.Minor
		if p.Shipping {
			sum.Minor += l.Shipping.Minor
		}
	}
	return sum
}

// reason says what is paid back, for the books and the customer's mail.
func (p refundView) reason() string {
	if p.Reason != "" {
		return p.Reason
	}
	var parts []string
	for _, l := range p.Lines {
		if l.Units > 0 {
			parts = append(parts, fmt.Sprintf("%d × %s", l.Units, cut(l.Title, 60)))
		}
	}
	return strings.Join(parts, ", ")
}

// cut shortens words to so many letters.
func cut(s string, n int) string {
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	return string(letters[:n-1]) + "…"
}

// whyRefundable says of what the sum is made that can be given back.
func whyRefundable(p orderDoc) []string {
	var list []string
	zero := money.Zero(p.Totals.Total.Currency)
	paid, back, way, failed := zero, zero, zero, zero
	for _, m := range p.Payments {
		paid.Minor += m.Captured.Minor
	}
	for _, r := range p.Refunds {
		switch r.State {
		case "succeeded":
			back.Minor += r.Amount.Minor
		case "failed", "declined":
			failed.Minor += r.Amount.Minor
		default:
			way.Minor += r.Amount.Minor
		}
	}
	list = append(list, price(paid)+" was paid.")
	for _, part := range []struct {
		sum   money.Amount
		words string
	}{{back, " was given back."}, {way, " is on its way back."}, {failed, " could not be given back, and can be tried again."}} {
		if part.sum.Minor > 0 {
			list = append(list, price(part.sum)+part.words)
		}
	}
	for _, c := range p.Chargebacks {
		switch ledger.ChargebackState(c.State) {
		case ledger.ChargebackLost, ledger.ChargebackConceded:
			list = append(list, "The bank took "+price(c.Amount)+" back.")
		case "inquiry", "opened", "answered":
			list = append(list, "The customer's bank disputes "+price(c.Amount)+": until it has decided, nothing can be given back, or it might be paid twice.")
		}
	}
	return append(list, price(p.Refundable)+" can be given back now.")
}

func (d *Dashboard) retryRefund(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "The refund is tried once more.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.RetryRefund(ctx, tx, v.store, id.Refund(v.path("refund")), v.actor())
		return err
	})
}

// --- another supplier

// senderLine is an order line with everybody who could send it.
type senderLine struct {
	Line    report.Line
	Senders []flow.Sender
}

// sendersOf groups who could send an order by its lines.
func sendersOf(lines []report.Line, list []flow.Sender) []senderLine {
	var out []senderLine
	for _, l := range lines {
		one := senderLine{Line: l}
		for _, s := range list {
			if s.Line == l.Line {
				one.Senders = append(one.Senders, s)
			}
		}
		out = append(out, one)
	}
	return out
}

// sourceOrder looks for a supplier anew: whoever is best, or the one that was chosen.
func (d *Dashboard) sourceOrder(v *visit) error {
	name, supplier, instead := id.Order(v.path("order")), id.Supplier(v.form("supplier")), id.Purchase(v.form("instead"))
	done := "It was looked for again: below is what came of it."
	if supplier != "" {
		done = "The supplier is chosen."
	}
	return d.do(v, orderURL(name), done, func(ctx context.Context, tx *db.Tx) error {
		switch {
		case supplier != "":
			return flow.BuyFrom(ctx, tx, v.store, name, instead, supplier, v.actor())
		case instead != "":
			return flow.Reroute(ctx, tx, v.store, instead, v.actor())
		}
		return flow.SourceAgain(ctx, tx, v.store, name, v.actor())
	})
}

// hasChoice says whether there is more to choose from than the one supplier who has it.
func (p orderDoc) hasChoice() bool {
	return len(p.Senders) > 0 && (p.Unplaced() || slices.ContainsFunc(p.Senders, func(l senderLine) bool { return len(l.Senders) != 1 }))
}

// openPurchases are those that were not sent yet: another supplier can still be chosen.
func (p orderDoc) openPurchases() (list []report.Purchase) {
	for _, one := range p.Purchases {
		if one.State == "planned" || one.State == "held" {
			list = append(list, one)
		}
	}
	return list
}

// --- parcels

// parcelKinds are what a person can say of a parcel.
func parcelKinds() []string {
	return []string{shipment.KindTransit, shipment.KindOut, shipment.KindDelivered, shipment.KindException, shipment.KindLost, shipment.KindReturning, shipment.KindReturned}
}

func (d *Dashboard) parcelEvent(v *visit) error {
	name := id.Shipment(v.path("shipment"))
	back := Prefix + "/orders"
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		s, err := shipment.Get(ctx, tx, v.store, name)
		back = orderURL(s.OrderID)
		return err
	})
	if err != nil {
		return err
	}
	return d.do(v, back, "Noted: the parcel is "+strings.ToLower(title(v.form("kind")))+".", func(ctx context.Context, tx *db.Tx) error {
		at, err := v.typedTime("at")
		if err != nil {
			return err
		}
		return flow.ParcelByHand(ctx, tx, v.store, name, v.form("kind"), v.form("words"), at, v.actor())
	})
}

// sendParcelAgain sends once more what was in a parcel that is lost or came back.
func (d *Dashboard) sendParcelAgain(v *visit) error {
	name := id.Shipment(v.path("shipment"))
	back := Prefix + "/orders"
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		s, err := shipment.Get(ctx, tx, v.store, name)
		back = orderURL(s.OrderID)
		return err
	})
	if err != nil {
		return err
	}
	return d.do(v, back, "It is bought and sent once more. The claim for it is among the customer's claims.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.SendParcelAgain(ctx, tx, v.store, name, v.actor())
		return err
	})
}

// typedTime reads a moment that was typed in the store's time zone; empty is zero.
func (v *visit) typedTime(name string) (clock.Time, error) {
	typed := v.form(name)
	if typed == "" {
		return 0, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", typed, v.zone)
	if err != nil {
		return 0, &flow.Refusal{Code: name, Field: name, Words: "That is no date with a time."}
	}
	return clock.Of(at), nil
}

// --- where it goes

// addressView is the page on which an address is corrected.
type addressView struct {
	Doc      orderDoc
	To       address.Address
	Problems address.Problems
	Words    string // why it was refused
	Sent     bool   // a supplier has the old one: somebody must have told them
}

func (d *Dashboard) addressPage(v *visit) error {
	p, err := d.readAddress(v)
	if err != nil {
		return err
	}
	p.To = p.Doc.ShippingAddress
	return d.showAddress(v, p)
}

func (d *Dashboard) readAddress(v *visit) (p addressView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.Doc, err = readOrder(ctx, tx, v, v.path("order"))
		return err
	})
	for _, one := range p.Doc.Purchases {
		p.Sent = p.Sent || slices.Contains([]string{"submitted", "accepted", "uncertain", "shipping", "cancelling"}, one.State) ||
			one.State == "shipped" && slices.ContainsFunc(p.Doc.Shipments, func(s report.Shipment) bool { return s.Purchase == one.ID && s.State != "delivered" })
	}
	return p, err
}

func (d *Dashboard) showAddress(v *visit, p addressView) error {
	at := frame{Title: "Where #" + plainNumber(p.Doc.Number) + " goes", At: "orders", Back: orderURL(p.Doc.ID)}
	if p.Words != "" || len(p.Problems) > 0 {
		at.Status = 422
	}
	return d.show(v, at, addressPage(v, at, p))
}

func (d *Dashboard) changeAddress(v *visit) error {
	p, err := d.readAddress(v)
	if err != nil {
		return err
	}
	p.To = address.Address{Name: v.form("name"), Company: v.form("company"), Line1: v.form("line1"), Line2: v.form("line2"),
		Line3: p.Doc.ShippingAddress.Line3, Sublocality: v.form("sublocality"), Locality: v.form("locality"), Region: v.form("region"),
		PostalCode: v.form("postal_code"), Country: p.Doc.ShippingAddress.Country, Phone: v.form("phone"), TaxID: p.Doc.ShippingAddress.TaxID}
	err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeAddress(ctx, tx, v.store, p.Doc.ID, p.To, v.form("told") != "", v.actor())
	})
	if wrong, ok := errors.AsType[*flow.Invalid](err); ok {
		p.Problems = wrong.Problems
		return d.showAddress(v, p)
	}
	if words, ok := refusal(err); err != nil && ok {
		p.Words = words
		return d.showAddress(v, p)
	}
	if err != nil {
		return err
	}
	v.tell("good", "The address is corrected.")
	return v.lead(orderURL(p.Doc.ID))
}

// --- the timeline

// storyParts are what the timeline can be narrowed to: a word of the address, its name, and
// how the kinds of its events begin.
func storyParts() []storyPart {
	return []storyPart{{"", "Everything", nil}, {"money", "Money", []string{"payment", "refund", "chargeback"}},
		{"purchases", "Purchase orders", []string{"purchase"}}, {"parcels", "Parcels", []string{"shipment"}},
		{"mails", "Mails", []string{"mail"}}, {"people", "By people", nil}}
}

type storyPart struct {
	Key, Name string
	nouns     []string
}

// narrowed is the timeline as far as it is about a part.
func narrowed(list []said, key string) []said {
	at := slices.IndexFunc(storyParts(), func(p storyPart) bool { return p.Key == key })
	if at <= 0 {
		return list
	}
	part := storyParts()[at]
	return slices.DeleteFunc(slices.Clone(list), func(s said) bool {
		noun, _, _ := strings.Cut(s.Kind, ".")
		if part.nouns == nil {
			return !s.ByPerson
		}
		return !slices.Contains(part.nouns, noun)
	})
}
