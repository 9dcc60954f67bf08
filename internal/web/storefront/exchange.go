package storefront

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// exchangePage is where a customer chooses what they would like instead.
type exchangePage struct {
	Order   order.Order
	Lines   []order.OrderLine // of which something can be exchanged
	Free    map[int64]int64
	Token   string
	Line    int64
	Units   int64
	Query   string
	Options []flow.ExchangeOption
}

// exchangesMost is how many hits of a search are looked at.
const exchangesMost = 40

// exchangeURL is where something is chosen in place of units of an order.
func exchangeURL(o id.Order, token string) string {
	return "/orders/" + string(o) + "/exchange" + tokenQuery(token)
}

// mayExchange says whether anything that a customer has may be claimed today.
func mayExchange(by map[claim.Kind]claim.Decision) bool {
	for kind, d := range by {
		if flow.Exchangeable(kind) && d.Open {
			return true
		}
	}
	return false
}

// exchange shows what a customer may have instead of what they bought.
func (s *shop) exchange(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	p := exchangePage{Token: q.Get("token"), Query: cut(strings.Join(strings.Fields(q.Get("q")), " "), 100)}
	p.Line, p.Units = numberOf(q.Get("line")), numberOf(q.Get("units"))
	among, err := s.answering(v, p.Query)
	if err != nil {
		return err
	}
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Order, err = order.Get(ctx, tx, v.store, name); err != nil {
			return err
		}
		return p.read(ctx, tx, v, among)
	})
	if err != nil {
		return err
	}
	if len(p.Lines) == 0 {
		return v.leave("/orders/" + string(name) + "/claims/new" + tokenQuery(p.Token)) // it says why
	}
	v.privately(v.say("exchange_title"))
	return v.show(http.StatusOK, exchangeView(v, p))
}

// read finds the lines of which something can be exchanged, and what there is instead.
func (p *exchangePage) read(ctx context.Context, tx *db.Tx, v *visit, among []id.Product) error {
	free, by, err := flow.MayClaim(ctx, tx, v.store, p.Order.OrderID)
	if err != nil || !mayExchange(by) {
		return err
	}
	all, err := order.LinesOf(ctx, tx, v.store, p.Order.OrderID)
	if err != nil {
		return err
	}
	p.Free = free
	p.Lines = slices.DeleteFunc(slices.Clone(all), func(l order.OrderLine) bool { return free[l.LineID] == 0 })
	if len(p.Lines) == 0 {
		return nil
	}
	if free[p.Line] == 0 {
		p.Line = p.Lines[0].LineID
	}
	p.Units = min(max(p.Units, 1), free[p.Line])
	if p.Query != "" && len(among) == 0 {
		return nil // nothing of the shop answers to that
	}
	p.Options, err = flow.ExchangeOptions(ctx, tx, v.store, p.Order.OrderID, p.Line, p.Units, among)
	return err
}

// answering are the products that answer to words; none where nobody searches.
func (s *shop) answering(v *visit, words string) ([]id.Product, error) {
	if words == "" {
		return nil, nil
	}
	found, err := s.index(v)
	if err != nil {
		return nil, err
	}
	hits, _ := found.find(words)
	return hits[:min(len(hits), exchangesMost)], nil
}

func numberOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// readSwap finds the article that is wished for in place of a line; none where it cannot be had.
func (p *claimForm) readSwap(ctx context.Context, tx *db.Tx, v *visit) (err error) {
	if p.Variant == "" || len(p.Units) != 1 {
		return nil
	}
	for line, n := range p.Units {
		if n <= 0 || n > p.Free[line] {
			return nil
		}
		p.Line = line
		p.Swap, err = flow.ExchangeFor(ctx, tx, v.store, p.Order.OrderID, line, n, p.Variant)
	}
	return err
}

// exchangeDifference says what an exchange costs the customer.
func (v *visit) exchangeDifference(more money.Amount) string {
	switch {
	case more.Minor > 0:
		return v.say("exchange_more", "amount", v.price(more))
	case more.Minor < 0:
		return v.say("exchange_less", "amount", v.price(money.New(-more.Minor, more.Currency)))
	}
	return v.say("exchange_same")
}

// exchangePay is what a customer sees who is to pay the difference.
type exchangePay struct {
	Ways  []payWay
	HowTo howTo
	Words string // why the last payment failed
}

// readPay finds out how the difference of an exchange is paid.
func (p *claimPage) readPay(ctx context.Context, tx *db.Tx, v *visit) error {
	if p.Exchange == nil || p.Exchange.State != claim.ExchangeWaiting {
		return nil
	}
	rows, err := store.Connectors(ctx, tx, v.store)
	if err != nil {
		return err
	}
	p.Pay.Ways = slices.DeleteFunc(ways(rows), func(w payWay) bool { return w.row.Driver == manualDriver && cashOnDelivery(w.row) })
	if len(p.Payments) == 0 {
		return nil
	}
	last := p.Payments[len(p.Payments)-1]
	i := slices.IndexFunc(rows, func(c store.Connector) bool { return c.ConnectorID == last.ConnectorID })
	switch {
	case last.State == ledger.PaymentPending && last.Manual && i >= 0:
		p.Pay.HowTo = v.howTo(outside.TransferOf(rows[i], p.Order.Number, last.PaymentID), report.Payment{Amount: last.Amount(), Words: last.Words})
	case last.State == ledger.PaymentFailed:
		p.Pay.Words = v.say("pay_failed_words")
	}
	return nil
}

// payExchange begins the payment of an exchange's difference.
func (s *shop) payExchange(v *visit) error {
	with, err := s.wayNamed(v, v.r.PostFormValue("payment"))
	if err != nil {
		return err
	}
	var placed flow.Placed
	err = s.ownClaim(v, func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		if with == nil || with.row.Driver == manualDriver && cashOnDelivery(with.row) {
			return &flow.Refusal{Code: "payment-missing", Words: "That is no way to pay it."}
		}
		placed, err = flow.PayExchange(ctx, tx, c, flow.Placement{Store: v.store, Connector: with.row.ConnectorID, Driver: with.row.Driver,
			Manual: with.row.Driver == manualDriver, Actor: customer})
		return err
	}, s.DB.Update)
	if refused, ok := errors.AsType[*flow.Refusal](err); ok {
		return s.showClaim(v, http.StatusUnprocessableEntity, v.claimRefused(refused))
	}
	if err != nil {
		return err
	}
	token := v.r.URL.Query().Get("token")
	if token == "" {
		token = flow.OrderToken(s.Seal, v.store, placed.Order.OrderID) // who is signed in comes back from elsewhere
	}
	own := claimURL(placed.Order.OrderID, id.Claim(v.r.PathValue("claim")), token)
	back := strings.Replace(own, "?", "/paid?", 1)
	begun, err := s.Outside.BeginPayment(v.ctx, v.store, placed.Payment.PaymentID, v.base()+back, v.base()+own+"&paid=no")
	var trouble *outside.Trouble
	switch {
	case errors.As(err, &trouble):
		s.Log.Warn("payment not begun", "order", placed.Order.OrderID, "error", trouble.Err)
		return v.leave(own + "&paid=later")
	case err != nil:
		return err
	case begun.URL != "":
		return v.leave(begun.URL)
	}
	return v.leave(own)
}

// exchangePaid is where the provider's page leads back to. Its message may not have come yet, so
// the provider is asked.
func (s *shop) exchangePaid(v *visit) error {
	var last *ledger.Payment
	var own string
	err := s.ownClaim(v, func(ctx context.Context, tx *db.Tx, name id.Claim) error {
		c, err := flow.LookAtClaim(ctx, tx, v.store, name)
		own = claimURL(c.Order.OrderID, name, v.r.URL.Query().Get("token"))
		if err == nil && len(c.Payments) > 0 {
			last = &c.Payments[len(c.Payments)-1]
		}
		return err
	}, s.DB.View)
	if err != nil {
		return err
	}
	if last != nil && (last.State == ledger.PaymentPending || last.State == ledger.PaymentCreated) {
		if err := s.Outside.AskPayment(v.ctx, v.store, last.PaymentID); err != nil {
			s.Log.Info("the payment provider was not asked", "payment", last.PaymentID, "error", err) // its message will come
		}
	}
	http.Redirect(v.w, v.r, own, http.StatusSeeOther)
	return nil
}

// claimState is how a claim stands, in a word.
func claimState(v *visit, p claimPage) (string, ui.Tone) {
	if p.Exchange != nil && p.Exchange.State == claim.ExchangeWaiting {
		return v.say("exchange_to_pay"), ui.Warn
	}
	return v.say(claimStates[p.Claim.State]), claimTone(p.Claim.State)
}

// exchangeOutcome is what the customer gets by an exchange; empty while they are to pay.
func exchangeOutcome(v *visit, x *claim.Exchange) string {
	switch {
	case x != nil && x.State == claim.ExchangeDone:
		return v.say("exchange_get", "article", x.Name())
	case x != nil && x.State == claim.ExchangeHeld:
		return v.say("exchange_get_later", "article", x.Name())
	}
	return ""
}

// exchangeBill is how the difference comes about.
func exchangeBill(v *visit, x claim.Exchange) []ui.SumLine {
	in := func(minor int64) string { return v.price(money.New(minor, x.Currency)) }
	list := []ui.SumLine{{Name: fmt.Sprintf("%d × %s", x.Quantity, x.Name()), Value: in(x.PriceMinor)}, {Name: v.say("exchange_worth"), Value: "−" + in(x.WorthMinor)}}
	switch more := x.Difference(); {
	case more.Minor < 0:
		return append(list, ui.SumLine{Name: v.say("exchange_back"), Value: in(-more.Minor), Total: true})
	default:
		return append(list, ui.SumLine{Name: v.say("exchange_difference"), Value: in(more.Minor), Total: true})
	}
}
