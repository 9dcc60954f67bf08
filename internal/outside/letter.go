package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/mail"
	"doorstep/internal/order"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/internal/words"
	"doorstep/money"
	"doorstep/payment/manual"
	"doorstep/postal"
)

// mailMore is what a mail tells beyond flow.MailCall.
type mailMore struct {
	packed   []shipment.ShipmentLine // of all parcels of the order
	bought   []purchase.PurchaseLine // of the purchase that is late
	unsent   map[int64]int64         // units that nobody sends, by line
	refunds  []ledger.Refund
	settings map[string]string // of the payment's connector: bank account
	texts    map[string]words.Forms
	expected mail.Window // as it looks now; zero where nothing was promised
}

// gatherMore reads it in the transaction of the intent.
func gatherMore(ctx context.Context, tx *db.Tx, c *flow.MailCall) (m mailMore, err error) {
	s := c.Mail.StoreID
	if m.texts, err = ownTexts(ctx, tx, s, readerOf(c)); err != nil || c.Staff != nil || c.Order.OrderID == "" {
		return m, err
	}
	if m.packed, err = shipment.AllLines(ctx, tx, s, c.Order.OrderID); err != nil {
		return m, err
	}
	if c.Purchase != nil {
		if m.bought, err = purchase.LinesOf(ctx, tx, s, c.Purchase.PurchaseID); err != nil {
			return m, err
		}
	}
	if m.expected, err = expectedOf(ctx, tx, c); err != nil {
		return m, err
	}
	if c.Mail.Kind == flow.MailChoice {
		if m.unsent, err = unsentOf(ctx, tx, c); err != nil {
			return m, err
		}
	}
	if c.Mail.Kind == flow.MailCancelled {
		if m.refunds, err = ledger.RefundsOf(ctx, tx, s, c.Order.OrderID); err != nil {
			return m, err
		}
	}
	if c.Payment == nil {
		return m, nil
	}
	row, err := store.GetConnector(ctx, tx, s, c.Payment.ConnectorID)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(row.Settings), &m.settings)
}

// expectedOf is when an order is expected as it looks now.
func expectedOf(ctx context.Context, tx *db.Tx, c *flow.MailCall) (mail.Window, error) {
	p, found, err := promise.Of(ctx, tx, c.Mail.StoreID, c.Order.OrderID)
	if err != nil || !found {
		return mail.Window{}, err
	}
	return mail.Window{From: p.ExpectFromAt.Std(), To: p.ExpectToAt.Std()}, nil
}

// unsentOf are the units about which a customer chooses; for a preview of an order of which
// nothing is missing, all of them.
func unsentOf(ctx context.Context, tx *db.Tx, c *flow.MailCall) (map[int64]int64, error) {
	choice, err := flow.ChoiceOf(ctx, tx, c.Mail.StoreID, c.Order.OrderID)
	units := map[int64]int64{}
	for _, l := range choice.Lines {
		units[l.Line] += l.Quantity
	}
	if len(units) == 0 {
		for _, l := range c.Lines {
			units[l.LineID] = l.Left()
		}
	}
	return units, err
}

// viewOf is a mail as it is drawn.
func (o *Outside) viewOf(set store.Settings, c *flow.MailCall, more mailMore) mail.View {
	if c.Staff != nil {
		return o.staffView(set, c)
	}
	if c.Code != nil {
		return o.codeView(set, c)
	}
	if c.Mail.Kind == flow.MailContact && c.Talk != nil {
		return mail.ContactAnswer{Subject: c.Talk.Conversation.Subject, Words: c.Talk.Message.Body, Before: lastAsked(c.Talk)}
	}
	l := letterer{o: o, set: set, c: c, more: more}
	about := l.order()
	switch c.Mail.Kind {
	case flow.MailHowToPay:
		return l.howToPay(about)
	case flow.MailShipped:
		return mail.Shipped{Order: about, Parcel: l.parcel(), Rest: l.rest(onTheWay), ShipTo: l.shipTo()}
	case flow.MailOut:
		return mail.OutForDelivery{Order: about, Parcel: l.parcel(), ShipTo: l.shipTo()}
	case flow.MailDelivered:
		return mail.Delivered{Order: about, Parcel: l.parcel(), At: l.deliveredAt(), Rest: l.rest(arrived)}
	case flow.MailDelayed:
		return mail.Delayed{Order: about, Parcel: mail.Parcel{Lines: l.lateLines()}, Was: l.promised(), Now: l.more.expected}
	case flow.MailChoice:
		return mail.Choice{Order: about, Lines: l.lines(l.more.unsent)}
	case flow.MailRefunded:
		return mail.Refunded{Order: about, Amount: c.Refund.Amount(), Credit: c.RefundTo == ledger.StoreCredit}
	case flow.MailClaimOpened, flow.MailClaimAsked, flow.MailClaimApproved, flow.MailClaimWayBack, flow.MailClaimReturned, flow.MailClaimDeclined, flow.MailClaimAppealed, flow.MailClaimEnded, flow.MailClaimRunOut,
		flow.MailExchangeWaiting, flow.MailExchangeDone, flow.MailExchangeLapsed:
		return l.claim(about)
	case flow.MailReview:
		return mail.Review{Order: about, Lines: l.unpriced(), URL: l.page("/review"), Unsubscribe: l.o.unsubscribeURL(l.set, c)}
	case flow.MailOffer:
		return mail.Offer{Order: about, Code: l.set.Feedback.OfferCode, URL: l.o.baseOf(l.set) + "/", Unsubscribe: l.o.unsubscribeURL(l.set, c)}
	case flow.MailGoodwill:
		return l.goodwill(about)
	case flow.MailMessage:
		return l.message(about)
	case flow.MailCancelled:
		return mail.Cancelled{Order: about, Lines: l.lines(nil), Refund: l.refunded()}
	}
	return mail.Confirmed{Order: about, Lines: l.lines(nil), Totals: l.totals(), ShipTo: l.shipTo(), Expected: l.promised()}
}

// letterer puts an order into mail's words.
type letterer struct {
	o    *Outside
	set  store.Settings
	c    *flow.MailCall
	more mailMore
}

func (l letterer) order() mail.Order {
	to, _ := l.c.Order.ShipTo() // an address that cannot be read gives no name
	return mail.Order{Number: fmt.Sprint(l.c.Order.Number), URL: l.page(""), Name: to.Name}
}

// isForCustomer says whether a mail goes to whom it is about: it is neither drawn for the staff
// nor a test for one of them.
func isForCustomer(c *flow.MailCall) bool { return c.Trial == nil && c.Mail.MailID != "" }

// page is the customer's own page of the order, or one below it.
func (l letterer) page(below string) string {
	return l.o.orderPage(l.set, l.c.Order.OrderID, below, l.token())
}

// token opens the order for its customer, and nothing for anybody else.
func (l letterer) token() string {
	if isForCustomer(l.c) {
		return flow.OrderToken(l.o.box, l.set.StoreID, l.c.Order.OrderID)
	}
	return flow.PreviewToken
}

func (l letterer) shipTo() postal.Address {
	to, _ := l.c.Order.ShipTo()
	return postal.Address{
		Name: to.Name, Company: to.Company, Line1: to.Line1, Line2: to.Line2, Line3: to.Line3, Sublocality: to.Sublocality,
		Locality: to.Locality, Region: to.Region, PostalCode: to.PostalCode, Country: to.Country,
	}
}

// lines are articles of the order: the given quantities by line, or all with their prices.
func (l letterer) lines(only map[int64]int64) []mail.Line {
	var out []mail.Line
	for _, line := range l.c.Lines {
		one := mail.Line{Title: line.Title, Variant: variantTitle(line), ImageURL: l.image(line.Image), Quantity: line.Quantity}
		if only != nil {
			one.Quantity = only[line.LineID]
		} else if price, err := money.New(line.UnitPriceMinor, l.c.Order.Currency).Times(line.Quantity); err == nil {
			one.Price = price
		}
		if one.Quantity > 0 {
			out = append(out, one)
		}
	}
	return out
}

// variantTitle leaves out the word that imports give to the only variant of a product.
func variantTitle(l order.OrderLine) string {
	if l.VariantTitle == "Default Title" {
		return ""
	}
	return l.VariantTitle
}

func (l letterer) image(address string) string {
	if strings.HasPrefix(address, "/") {
		return l.o.baseOf(l.set) + address
	}
	return address
}

func (l letterer) totals() mail.Totals {
	in := func(minor int64) money.Amount { return money.New(minor, l.c.Order.Currency) }
	placed := l.c.Order
	return mail.Totals{Goods: in(placed.SubtotalMinor), Discount: in(-placed.DiscountMinor), Code: placed.DiscountCode, Shipping: in(placed.ShippingMinor),
		Tax: in(placed.TaxMinor), Total: in(placed.TotalMinor), TaxIncluded: l.set.TaxIncluded}
}

func (l letterer) promised() mail.Window {
	return mail.Window{From: l.c.Order.PromisedFrom.Std(), To: l.c.Order.PromisedTo.Std()}
}

func (l letterer) howToPay(about mail.Order) mail.View {
	p := l.c.Payment
	return mail.PaymentDue{
		Order: about, Amount: p.Amount(), Holder: l.more.settings["payee"], IBAN: l.more.settings["iban"], BIC: l.more.settings["bic"],
		Reference: manual.Reference(about.Number, keyOf(string(p.PaymentID))),
		Due:       l.c.Order.PlacedAt.Add(l.set.OrderExpireManual).Std(), Lines: l.lines(nil), Totals: l.totals(),
	}
}

func (l letterer) parcel() mail.Parcel {
	s := l.c.Shipment
	p := mail.Parcel{Number: s.Number, Carrier: s.CarrierName, CarrierURL: s.Url, Of: len(l.c.Shipments)}
	p.Index = 1 + slices.IndexFunc(l.c.Shipments, func(other shipment.Shipment) bool { return other.ShipmentID == s.ShipmentID })
	only := map[int64]int64{}
	for _, packed := range l.c.ShipmentLines {
		only[packed.OrderLineID] += packed.Quantity
	}
	p.Lines = l.lines(only)
	if x := l.c.Exchange; x != nil {
		p.Lines = []mail.Line{{Title: x.Name(), Quantity: x.Quantity}}
	}
	if p.Expected = l.more.expected; p.Expected.To.IsZero() {
		p.Expected = l.promised()
	}
	if s.ExpectedAt != 0 {
		p.Expected = mail.Window{From: s.ExpectedAt.Std(), To: s.ExpectedAt.Std()}
	}
	if p.Expected.To.Before(l.o.o.Clock()) {
		p.Expected = mail.Window{} // the day has passed: say nothing rather than something wrong
	}
	return p
}

func onTheWay(shipment.Shipment) bool  { return true }
func arrived(s shipment.Shipment) bool { return s.State == shipment.Delivered }

// rest is how many units of the order are in no parcel of the wanted kind.
func (l letterer) rest(wanted func(shipment.Shipment) bool) int64 {
	var units int64
	for _, line := range l.c.Lines {
		units += line.Left()
	}
	for _, packed := range l.more.packed {
		i := slices.IndexFunc(l.c.Shipments, func(s shipment.Shipment) bool { return s.ShipmentID == packed.ShipmentID })
		if i >= 0 && wanted(l.c.Shipments[i]) {
			units -= packed.Quantity
		}
	}
	return max(units, 0)
}

func (l letterer) deliveredAt() time.Time {
	if at := l.c.Shipment.DeliveredAt; at != 0 {
		return at.Std()
	}
	return l.o.o.Clock()
}

func (l letterer) lateLines() []mail.Line {
	only := map[int64]int64{}
	for _, line := range l.more.bought {
		only[line.OrderLineID] += line.Quantity
	}
	return l.lines(only)
}

// refunded is what goes back for a cancelled order; no currency where nothing was taken.
func (l letterer) refunded() money.Amount {
	var total money.Amount
	for _, r := range l.more.refunds {
		if r.State != ledger.RefundFailed && r.State != ledger.RefundDeclined {
			total = money.New(total.Minor+r.AmountMinor, r.Currency)
		}
	}
	return total
}
