package storefront

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/store"
)

// customer is who acts in a storefront.
const customer flow.Actor = "customer"

// clockOf is the present, for sentences about days.
type clockOf clock.Time

// arrives says when something paid now arrives.
func (now clockOf) arrives(v *visit, from, to int) string {
	day := 24 * time.Hour
	at := clock.Time(now)
	return v.say("arrives", "window", v.between(at.Add(time.Duration(from)*day), at.Add(time.Duration(to)*day)), "days", v.days(from, to))
}

// pay places the order in one transaction, and begins its payment with none open. Done is
// false when the form is to be shown again.
func (s *shop) pay(v *visit, f *contactForm) (done bool, err error) {
	with, err := s.wayNamed(v, f.Payment)
	if err != nil {
		return false, err
	}
	p := flow.Placement{Store: v.store, Cart: v.cart.CartID, Customer: v.customer.CustomerID, Actor: customer}
	if with != nil { // else store credit must pay for all of it
		p.Connector, p.Driver, p.Manual = with.row.ConnectorID, with.row.Driver, with.row.Driver == manualDriver
	}
	s.Outside.Recheck(v.ctx, v.store, v.cart.CartID)
	var placed flow.Placed
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PlaceOrder(ctx, tx, p)
		if err != nil || !f.Offers || !v.offersAsked() {
			return err
		}
		return flow.SayWish(ctx, tx, v.store, account.Said{Customer: placed.Order.CustomerID, Wish: account.WishOffer, Yes: true,
			Wording: v.wishWords(account.WishOffer), Source: "checkout", Order: placed.Order.OrderID}, customer)
	})
	words, err := s.refusal(v, err)
	if err != nil {
		return false, err
	}
	if words != "" {
		f.Problems = append(f.Problems, problem("", words))
		return false, nil
	}
	s.dropCart(v)
	if v.signedIn() && f.Remember {
		s.rememberAddress(v, f.Shipping)
	}
	return true, s.begin(v, placed.Order, placed.Payment)
}

// begin leads to the provider's page, or to the order's where there is none to see.
func (s *shop) begin(v *visit, o order.Order, p ledger.Payment) error {
	own := s.orderURL(v, o.OrderID)
	if p.OfCredit() || p.AmountMinor == 0 {
		return v.leave(own + "&placed=yes") // no provider has a part in it
	}
	back := v.base() + "/checkout/return?order=" + string(o.OrderID) + "&token=" + flow.OrderToken(s.Seal, v.store, o.OrderID)
	begun, err := s.Outside.BeginPayment(v.ctx, v.store, p.PaymentID, back, v.base()+own+"&paid=no")
	var trouble *outside.Trouble
	switch {
	case errors.As(err, &trouble):
		s.Log.Warn("payment not begun", "order", o.OrderID, "error", trouble.Err)
		return v.leave(own + "&paid=later")
	case err != nil:
		return err
	case begun.URL != "":
		return v.leave(begun.URL)
	}
	return v.leave(own + "&placed=yes")
}

// orderURL is the customer's own page of an order.
func (s *shop) orderURL(v *visit, o id.Order) string {
	return "/orders/" + string(o) + "?token=" + flow.OrderToken(s.Seal, v.store, o)
}

// wayNamed is the way to pay of a name, or the only one; nil when there is none.
func (s *shop) wayNamed(v *visit, name string) (*payWay, error) {
	var list []payWay
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := store.Connectors(ctx, tx, v.store)
		list = ways(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(w payWay) bool { return w.Name == name })
	if i < 0 && name == "" && len(list) == 1 {
		i = 0
	}
	if i < 0 {
		return nil, nil
	}
	return &list[i], nil
}

// payReturn is where the provider's page leads back to. Its message may not have come yet,
// so the provider is asked.
func (s *shop) payReturn(v *visit) error {
	name, err := s.opened(v, id.Order(v.r.URL.Query().Get("order")))
	if err != nil {
		return err
	}
	var last ledger.Payment
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := ledger.PaymentsOf(ctx, tx, v.store, name)
		for _, p := range list {
			if !p.OfCredit() {
				last = p
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if last.State == ledger.PaymentPending || last.State == ledger.PaymentCreated {
		if err := s.Outside.AskPayment(v.ctx, v.store, last.PaymentID); err != nil {
			s.Log.Info("the payment provider was not asked", "order", name, "error", err) // its message will come
		}
	}
	http.Redirect(v.w, v.r, s.orderURL(v, name)+"&placed=yes", http.StatusSeeOther)
	return nil
}

// payAgain begins a payment anew, of an order that is not paid yet.
func (s *shop) payAgain(v *visit) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	with, err := s.wayNamed(v, v.r.PostFormValue("payment"))
	if err != nil {
		return err
	}
	if with == nil {
		return v.leave(s.orderURL(v, name))
	}
	var placed flow.Placed
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := order.Get(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: v.store, Cart: o.CartID, Connector: with.row.ConnectorID,
			Driver: with.row.Driver, Manual: with.row.Driver == manualDriver, Actor: customer})
		return err
	})
	if words, err := s.refusal(v, err); err != nil || words != "" {
		if err != nil {
			return err
		}
		return v.leave(s.orderURL(v, name)) // it is paid or over: its page says so
	}
	return s.begin(v, placed.Order, placed.Payment)
}

// opened is an order whose token the request carries, or that is the signed-in customer's; the
// same answer for every other, there or not.
func (s *shop) opened(v *visit, name id.Order) (id.Order, error) {
	if flow.OrderTokenOpens(s.Seal, v.r.FormValue("token"), v.store, name) {
		return name, nil
	}
	if !v.signedIn() {
		return "", errMissing
	}
	var o order.Order
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.Get(ctx, tx, v.store, name)
		return err
	})
	if err == nil && o.CustomerID != v.customer.CustomerID {
		err = errMissing
	}
	return name, err
}

// cashOnDelivery says whether a manual way to pay is in cash, at the door.
func cashOnDelivery(c store.Connector) bool {
	var set struct {
		Method string `json:"method"`
	}
	return json.Unmarshal([]byte(c.Settings), &set) == nil && set.Method == "cash-on-delivery"
}

// problem is something wrong with a field of the form.
func problem(field, words string) address.Problem {
	return address.Problem{Field: field, Code: "refused", Words: words}
}
