package storefront

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"doorstep/internal/address"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
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
	HowTo   howTo // pay by hand
	Ways    []payWay
	Wishes  wishes
	Words   string // why the last payment failed
	Claims  []claim.Claim
	Talk    flow.TalkView // what was written about it
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
		p.Note = v.say("pay_nothing_charged")
	case "later":
		p.Note = v.say("pay_no_answer")
	}
	v.about(v.say("order_title", "number", itoa(p.Number)), "", "")
	v.page.Robots = "noindex"
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
		if p.Claims, err = claim.OfOrder(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Talk, _, err = flow.TalkOfOrder(ctx, tx, v.store, name); err != nil {
			return err
		}
		rows, err := store.Connectors(ctx, tx, v.store)
		p.Ways = ways(rows)
		p.unpaid(v, rows)
		if err != nil {
			return err
		}
		return p.readWishes(ctx, tx, v)
	})
	if err != nil {
		return p, err
	}
	p.Parcels = v.parcels(p.Order)
	p.Steps, p.Next = v.steps(p)
	return p, nil
}

// steps are the five steps of every order, and the sentence that says what comes next.
func (v *visit) steps(p orderPage) (list []ui.Moment, next string) {
	window := p.expected(v)
	reached := reachedStep(p.Order)
	if p.State == "cancelled" || p.State == "cancelling" {
		return v.stopped(p)
	}
	shipped, delivered := p.times()
	names := []ui.Moment{
		{Title: v.say("step_placed"), Icon: "receipt", When: v.moment(p.PlacedAt), At: stamp(p.PlacedAt)},
		{Title: v.say("step_paid"), Icon: "credit-card", When: v.moment(p.PaidAt), At: stamp(p.PaidAt)},
		{Title: v.say("step_preparing"), Icon: "package-open"},
		{Title: v.say("step_shipped"), Icon: "truck", When: v.moment(shipped), At: stamp(shipped)},
		{Title: v.say("step_delivered"), Icon: "house", When: v.moment(delivered), At: stamp(delivered)},
	}
	for i := range names {
		switch {
		case i < reached || reached == len(names):
			names[i].State = "done"
		case i == reached:
			names[i].State, names[i].When, names[i].At = "now", "", ""
			if i == 1 {
				names[i].Title = v.say("step_waiting")
			}
		default:
			names[i].State, names[i].When, names[i].At = "next", "", ""
		}
	}
	if reached < 4 && window != "" {
		names[4].When = v.say("expected", "window", window)
	}
	next = v.nextWords(p, reached, window)
	if reached < 4 && p.Slips() {
		next += " " + v.say("next_slips", "window", v.between(p.PromisedFrom, p.PromisedTo))
	}
	return names, next
}

// expected are the days on which the order is expected; none while nobody can send it.
func (p orderPage) expected(v *visit) string {
	if p.Unplaced() {
		return ""
	}
	return v.between(p.Window())
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
	expected := ""
	if window != "" {
		expected = " " + v.say("next_expected", "window", window)
	}
	switch {
	case reached == 1 && p.HowTo.shown():
		return v.say("next_transfer")
	case reached == 1:
		return v.say("next_payment")
	case p.Goods == "ordered":
		return v.say("next_ordered") + expected
	case reached == 2 && p.Unplaced():
		return v.say("next_unplaced")
	case reached == 2:
		return v.say("next_waiting") + expected
	case p.Goods == "partly shipped":
		return v.say("next_partly_shipped") + expected
	case p.Goods == "partly delivered":
		return v.say("next_partly_delivered")
	case p.Goods == "returned":
		return v.say("next_returned")
	case reached == 3:
		return v.say("next_shipped") + expected
	}
	return v.say("next_delivered")
}

// stopped are the steps of an order that is not going to happen.
func (v *visit) stopped(p orderPage) ([]ui.Moment, string) {
	list := []ui.Moment{{Title: v.say("step_placed"), State: "done", When: v.moment(p.PlacedAt), At: stamp(p.PlacedAt)}}
	if p.State == "cancelling" {
		return append(list, ui.Moment{Title: v.say("step_cancelling"), State: "now", Icon: "undo-2"}),
			v.say("next_cancelling")
	}
	list = append(list, ui.Moment{Title: v.say("step_cancelled"), State: "bad", Icon: "x", When: v.moment(p.UpdatedAt), At: stamp(p.UpdatedAt)})
	next := v.say("next_cancelled")
	var back int64
	for _, r := range p.Refunds {
		if r.State == "declined" || r.State == "failed" {
			continue
		}
		back += r.Amount.Minor
		state, title := "now", v.say("refund_sent", "amount", v.price(r.Amount))
		if r.State == "succeeded" {
			state, title = "done", v.say("refund_done", "amount", v.price(r.Amount))
		}
		list = append(list, ui.Moment{Title: title, State: state, Icon: "undo-2", When: v.moment(r.UpdatedAt), At: stamp(r.UpdatedAt)})
	}
	if back > 0 {
		next = v.say("next_refunded", "amount", v.price(money.New(back, p.Totals.Total.Currency)))
	}
	return list, next
}

// lines is an address as it stands on a label, the country in the visit's language.
func (v *visit) lines(a address.Address) []string {
	list := address.Lines(a, a.Country)
	if a.Country != "" {
		list = append(list, v.countryName(a.Country))
	}
	return list
}

// live sends the order's page anew whenever the order or one of its parcels has changed
// (server-sent events). It looks for changes by one small query at a time.
func (s *shop) live(v *visit) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	leave, refused := s.readers.Take(s.seatOf(v), string(name))
	if refused != 0 {
		ui.RefuseSeat(v.w, refused)
		return nil
	}
	defer leave()
	since, _ := strconv.ParseInt(v.r.FormValue("since"), 10, 64)
	return s.stream(v, since, func(since int64) (int64, []byte) { return s.news(v, name, since) })
}

// news is what the page shows now, if it has changed since, and since when.
func (s *shop) news(v *visit, name id.Order, since int64) (int64, []byte) {
	var now int64
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = report.OrderStamp(ctx, tx, v.store, name)
		return err
	})
	if err != nil || now == since {
		return since, nil
	}
	p, err := s.readOrder(v, name)
	if err != nil {
		return since, nil
	}
	var html bytes.Buffer
	if err := orderNow(v, p).Render(v.ctx, &html); err != nil {
		s.Log.Error("a live page was not drawn", "order", name, "error", err)
		return since, nil
	}
	return p.Stamp, html.Bytes()
}
