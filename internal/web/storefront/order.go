package storefront

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// orderPage is an order as its customer follows it.
type orderPage struct {
	report.Order
	Token   string
	Stamp   int64
	Thanks  bool   // just placed
	Note    string // what the way back from the provider's page says
	Steps   []ui.Moment
	Next    string // what happens next, and when
	Parcels []parcel
	Unpaid  bool
	HowTo   string // instructions for paying by hand
	Ways    []payWay
	Words   string // why the last payment failed
}

// parcel is one parcel and its way.
type parcel struct {
	report.Shipment
	Title   string
	State   string
	Tone    ui.Tone
	When    string
	Lines   []string
	Moments []ui.Moment
}

func (s *shop) order(v *visit) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	p, err := s.readOrder(v, name)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	p.Thanks = q.Get("placed") == "yes"
	switch q.Get("paid") {
	case "no":
		p.Note = "Nothing was charged. You can pay below whenever you are ready."
	case "later":
		p.Note = "Your order is placed, but the payment provider did not answer just now. Please try to pay again below."
	}
	v.about("Order #"+strconv.FormatInt(p.Number, 10), "", "")
	v.page.Robots = "noindex"
	v.page.Scripts = []string{"vendor/htmx-sse-4.0.1.min.js"}
	if p.moves() {
		v.page.Refresh = 30
	}
	v.away = p.Unpaid
	v.w.Header().Set("Referrer-Policy", "no-referrer") // the address opens the order
	return v.show(http.StatusOK, orderView(v, p))
}

// moves says whether anything may still happen.
func (p orderPage) moves() bool {
	return p.State != "cancelled" && (p.State != "closed" || p.Goods != "delivered") && p.Goods != "returned"
}

// readOrder reads an order and says it in a customer's words.
func (s *shop) readOrder(v *visit, name id.Order) (p orderPage, err error) {
	p.Token = v.r.FormValue("token")
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if p.Order, err = report.TheOrder(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Stamp, err = report.OrderStamp(ctx, tx, v.store, name); err != nil {
			return err
		}
		rows, err := store.Connectors(ctx, tx, v.store)
		p.Ways = ways(rows)
		return err
	})
	if err != nil {
		return p, err
	}
	p.Unpaid = p.State == "pending"
	if len(p.Payments) > 0 {
		last := p.Payments[len(p.Payments)-1]
		switch {
		case p.Unpaid && last.State == "pending" && last.Manual:
			p.HowTo = last.Words
		case p.Unpaid && last.State == "failed":
			p.Words = last.Words
		}
	}
	p.Parcels = v.parcels(p.Order)
	p.Steps, p.Next = v.steps(p)
	return p, nil
}

// steps are the five steps of every order, and the sentence that says what comes next.
func (v *visit) steps(p orderPage) (list []ui.Moment, next string) {
	window := v.between(p.PromisedFrom, p.PromisedTo)
	reached := reachedStep(p.Order)
	if p.State == "cancelled" || p.State == "cancelling" {
		return v.stopped(p)
	}
	shipped, delivered := p.times()
	names := []ui.Moment{
		{Title: "Order placed", Icon: "receipt", When: v.moment(p.PlacedAt), At: stamp(p.PlacedAt)},
		{Title: "Payment confirmed", Icon: "credit-card", When: v.moment(p.PaidAt), At: stamp(p.PaidAt)},
		{Title: "Being prepared", Icon: "package-open"},
		{Title: "On its way", Icon: "truck", When: v.moment(shipped), At: stamp(shipped)},
		{Title: "Delivered", Icon: "house", When: v.moment(delivered), At: stamp(delivered)},
	}
	for i := range names {
		switch {
		case i < reached || reached == len(names):
			names[i].State = "done"
		case i == reached:
			names[i].State, names[i].When, names[i].At = "now", "", ""
			if i == 1 {
				names[i].Title = "Waiting for the payment"
			}
		default:
			names[i].State, names[i].When, names[i].At = "next", "", ""
		}
	}
	if reached < 4 && window != "" {
		names[4].When = "Expected " + window
	}
	return names, v.nextWords(p, reached, window)
}

// times are when the first parcel left and the last one arrived; zero while that is ahead.
func (p orderPage) times() (shipped, delivered clock.Time) {
	for _, parcel := range p.Shipments {
		if shipped == 0 || parcel.AnnouncedAt < shipped {
			shipped = parcel.AnnouncedAt
		}
		delivered = max(delivered, parcel.DeliveredAt)
	}
	return shipped, delivered
}

// reachedStep is how many of the five steps are behind an order.
func reachedStep(o report.Order) int {
	switch o.Goods {
	case "delivered":
		return 5
	case "shipped", "partly shipped", "partly delivered", "returned":
		return 3
	}
	if o.State == "pending" {
		return 1
	}
	return 2
}

func (v *visit) nextWords(p orderPage, reached int, window string) string {
	switch {
	case reached == 1 && p.HowTo != "":
		return "Please transfer the amount with the details below. As soon as it is here, we order your articles and tell you by mail."
	case reached == 1:
		return "We wait for the payment to be confirmed. That mostly takes a few seconds; this page changes by itself."
	case p.Goods == "ordered":
		return "Our supplier has your order and is packing it. When it leaves, you get a mail with the tracking number. We expect it with you " + window + "."
	case reached == 2:
		return "We are passing your order on to the supplier who has it in stock. When it leaves, you get a mail with the tracking number. We expect it with you " + window + "."
	case p.Goods == "partly shipped":
		return "A part of your order is on its way; the rest follows in another parcel."
	case p.Goods == "partly delivered":
		return "A part of your order has arrived; the rest is on its way."
	case p.Goods == "returned":
		return "The parcel went back to the sender. We will be in touch about what to do."
	case reached == 3:
		return "Your parcel is on its way. We expect it with you " + window + "."
	}
	return "We hope you like it. If anything is not right, just write to us."
}

// stopped are the steps of an order that is not going to happen.
func (v *visit) stopped(p orderPage) ([]ui.Moment, string) {
	list := []ui.Moment{{Title: "Order placed", State: "done", When: v.moment(p.PlacedAt), At: stamp(p.PlacedAt)}}
	if p.State == "cancelling" {
		return append(list, ui.Moment{Title: "Being cancelled", State: "now", Icon: "undo-2"}),
			"We have asked the supplier to stop your order and wait for the answer. You will hear from us."
	}
	list = append(list, ui.Moment{Title: "Cancelled", State: "bad", Icon: "x", When: v.moment(p.UpdatedAt), At: stamp(p.UpdatedAt)})
	next := "This order was cancelled, and nothing was charged."
	var back int64
	for _, r := range p.Refunds {
		if r.State == "declined" || r.State == "failed" {
			continue
		}
		back += r.Amount.Minor
		state, title := "now", "Refund on its way"
		if r.State == "succeeded" {
			state, title = "done", "Refunded"
		}
		list = append(list, ui.Moment{Title: title + ": " + v.price(r.Amount), State: state, Icon: "undo-2", When: v.moment(r.UpdatedAt), At: stamp(r.UpdatedAt)})
	}
	if back > 0 {
		next = "This order was cancelled. " + v.price(money.New(back, p.Totals.Total.Currency)) + " go back to the way you paid, usually within 5 to 10 working days."
	}
	return list, next
}

// parcels says each parcel's way, the newest news first.
func (v *visit) parcels(o report.Order) []parcel {
	var list []parcel
	for i, sh := range o.Shipments {
		p := parcel{Shipment: sh, Title: "Your parcel"}
		if len(o.Shipments) > 1 {
			p.Title = fmt.Sprintf("Parcel %d of %d", i+1, len(o.Shipments))
		}
		p.State, p.Tone = parcelWords(sh.State)
		switch {
		case !sh.DeliveredAt.IsZero():
			p.When = "Delivered " + v.date(sh.DeliveredAt)
		case !sh.ExpectedAt.IsZero():
			p.When = "Expected " + v.date(sh.ExpectedAt)
		}
		for _, l := range sh.Lines {
			at := slices.IndexFunc(o.Lines, func(x report.Line) bool { return x.Line == l.OrderLine })
			if at >= 0 {
				p.Lines = append(p.Lines, fmt.Sprintf("%d × %s", l.Quantity, strings.TrimSpace(o.Lines[at].Title+" "+o.Lines[at].VariantTitle)))
			}
		}
		p.Moments = v.scans(sh)
		list = append(list, p)
	}
	return list
}

func parcelWords(state string) (string, ui.Tone) {
	switch state {
	case "announced":
		return "Label made, waiting for the carrier", ui.Note
	case "in-transit":
		return "On its way", ui.Note
	case "out-for-delivery":
		return "Out for delivery today", ui.Good
	case "delivered":
		return "Delivered", ui.Good
	case "exception":
		return "Delivery has a problem", ui.Warn
	case "lost":
		return "Lost", ui.Bad
	case "returning":
		return "Going back to the sender", ui.Warn
	case "returned":
		return "Back at the sender", ui.Warn
	}
	return state, ui.Plain
}

// scans are a parcel's tracking events, the newest first.
func (v *visit) scans(sh report.Shipment) []ui.Moment {
	var list []ui.Moment
	for _, e := range slices.Backward(sh.Events) {
		m := ui.Moment{State: "done", Icon: "circle", Title: e.Words, When: v.moment(e.At), At: stamp(e.At)}
		if m.Title == "" {
			m.Title, _ = parcelWords(e.Kind)
		}
		place := e.Location
		if e.Country != "" && !strings.Contains(strings.ToLower(place), strings.ToLower(countryName(e.Country))) {
			place = strings.TrimPrefix(place+", "+countryName(e.Country), ", ")
		}
		m.Words = place
		if len(list) == 0 && sh.State != "delivered" {
			m.State, m.Icon = "now", "map-pin"
		}
		if e.Kind == "exception" || e.Kind == "failed" {
			m.State, m.Icon = "bad", "triangle-alert"
		}
		list = append(list, m)
	}
	return list
}

// label is an address as lines.
func label(a address.Address) []string { return address.Lines(a, "") }

// How long a live page is fed by one request, and how often a silent line says that it lives.
const (
	liveFor   = 10 * time.Minute
	heartbeat = 20 * time.Second
)

// live sends the order's page anew whenever the order or one of its parcels has changed
// (server-sent events). It looks for changes by one small query at a time.
func (s *shop) live(v *visit) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	since, _ := strconv.ParseInt(v.r.FormValue("since"), 10, 64)
	if last, err := strconv.ParseInt(v.r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		since = last
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // the server's own one would cut the line
	ctx, cancel := context.WithTimeout(v.ctx, liveFor)
	defer cancel()
	look, beat := time.NewTicker(s.Look), time.NewTicker(heartbeat)
	defer look.Stop()
	defer beat.Stop()
	_, _ = fmt.Fprint(v.w, "retry: 2000\n\n")
	for {
		if out.Flush() != nil { // the browser went away
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Stopping:
			return nil
		case <-beat.C:
			_, _ = fmt.Fprint(v.w, ": still here\n\n")
		case <-look.C:
			since = s.news(v, name, since)
		}
	}
}

// news writes what the page shows now, if it has changed since; it answers since when.
func (s *shop) news(v *visit, name id.Order, since int64) int64 {
	var now int64
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = report.OrderStamp(ctx, tx, v.store, name)
		return err
	})
	if err != nil || now == since {
		return since
	}
	p, err := s.readOrder(v, name)
	if err != nil {
		return since
	}
	var html bytes.Buffer
	if err := orderNow(v, p).Render(v.ctx, &html); err != nil {
		s.Log.Error("a live page was not drawn", "order", name, "error", err)
		return since
	}
	_, _ = fmt.Fprintf(v.w, "id: %d\n", p.Stamp)
	for line := range strings.SplitSeq(html.String(), "\n") {
		_, _ = fmt.Fprintf(v.w, "data: %s\n", line)
	}
	_, _ = fmt.Fprint(v.w, "\n")
	return p.Stamp
}
