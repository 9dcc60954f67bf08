package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/store"
	"doorstep/money"
)

type checkoutWish struct {
	Body *struct {
		Payment   string `json:"payment,omitempty" doc:"Name of one of the payment methods; may be missing where there is only one" example:"stripe"`
		ReturnURL string `json:"return_url,omitempty" doc:"Where the customer comes back to from the provider's page"`
		CancelURL string `json:"cancel_url,omitempty" doc:"Where to, if they change their mind there"`
	}
}

// Checkout is a placed order and how its payment goes on.
type Checkout struct {
	Order   PlacedOrder  `json:"order"`
	Payment BegunPayment `json:"payment"`
}

// PlacedOrder is the order of a checkout.
type PlacedOrder struct {
	ID     id.Order     `json:"id"`
	Number int64        `json:"number"`
	Token  string       `json:"token" doc:"Opens the customer's view of the order"`
	State  string       `json:"state"`
	Total  money.Amount `json:"total"`
}

// BegunPayment is what the customer has to do now.
type BegunPayment struct {
	ID           id.Payment   `json:"id"`
	State        string       `json:"state" doc:"pending, authorised, captured, failed, voided or expired; begin again where it is created"`
	Amount       money.Amount `json:"amount"`
	URL          string       `json:"url,omitempty" doc:"Send the customer there"`
	ClientSecret string       `json:"client_secret,omitempty" doc:"For the provider's form in your page"`
	Instructions string       `json:"instructions,omitempty" doc:"Show this to the customer, or the reason why it failed"`
}

// checkout places the order in one transaction, and begins its payment with none open.
// Where the provider cannot be reached the order stands: the same request again begins the
// same payment.
func (a *API) checkout(ctx context.Context, c *call, in *checkoutWish) (out Checkout, err error) {
	wish := orZero(in.Body)
	with, err := a.chosenPayment(ctx, c.store, wish.Payment)
	if err != nil {
		return out, err
	}
	if err := checkURLs(wish.ReturnURL, wish.CancelURL); err != nil {
		return out, err
	}
	a.outside.Recheck(ctx, c.store, c.cart)
	var placed flow.Placed
	var set store.Settings
	err = a.db.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: c.store, Cart: c.cart, Connector: with.ConnectorID, Driver: with.Driver,
			Manual: with.Driver == manualDriver, Actor: c.actor()})
		if err != nil {
			return err
		}
		set, err = store.LoadSettings(ctx, tx, c.store)
		return err
	})
	if err != nil {
		return out, err
	}
	o := placed.Order
	out.Order = PlacedOrder{ID: o.OrderID, Number: o.Number, Token: flow.OrderToken(a.box, c.store, o.OrderID), State: string(o.State), Total: o.Total()}
	back, cancel := wish.ReturnURL, wish.CancelURL
	if back == "" {
		back = set.PublicURL + "/orders/" + string(o.OrderID) + "?token=" + out.Order.Token
	}
	if cancel == "" {
		cancel = back
	}
	begun, err := a.outside.BeginPayment(ctx, c.store, placed.Payment.PaymentID, back, cancel)
	if err != nil {
		return out, a.payTrouble(ctx, c, o, err)
	}
	out.Payment = BegunPayment{ID: placed.Payment.PaymentID, State: begun.State, Amount: placed.Payment.Amount(), URL: begun.URL,
		ClientSecret: begun.Secret, Instructions: begun.Words}
	return out, a.freshState(ctx, c, &out)
}

// freshState reads what the payment has made of the order meanwhile.
func (a *API) freshState(ctx context.Context, c *call, out *Checkout) error {
	return a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := order.Get(ctx, tx, c.store, out.Order.ID)
		out.Order.State = string(now.State)
		return err
	})
}

// payTrouble says that the provider could not be asked, and that nothing is lost.
func (a *API) payTrouble(ctx context.Context, c *call, o order.Order, err error) error {
	t, ok := errors.AsType[*outside.Trouble](err)
	if !ok {
		return err
	}
	a.log.WarnContext(ctx, "payment not begun", "request", c.id, "order", o.OrderID, "error", t.Err)
	if t.Again {
		return problem(http.StatusServiceUnavailable, "payment_unavailable",
			"Order %s is placed, but the payment provider did not answer. Please send the same request again in a moment.", o.Name())
	}
	return problem(http.StatusBadGateway, "payment_broken", "Order %s is placed, but this way to pay does not work at present. Please choose another one.", o.Name())
}

// chosenPayment is the payment connector of a name, or the only one there is.
func (a *API) chosenPayment(ctx context.Context, s id.Store, name string) (store.Connector, error) {
	rows, err := a.paymentConnectors(ctx, s)
	if err != nil {
		return store.Connector{}, err
	}
	if name == "" && len(rows) == 1 {
		return rows[0], nil
	}
	i := slices.IndexFunc(rows, func(c store.Connector) bool { return c.Name == name })
	if i >= 0 {
		return rows[i], nil
	}
	p := problem(http.StatusUnprocessableEntity, "payment_unknown", "There is no payment method %q; see payment-methods.", name)
	if name == "" {
		p = problem(http.StatusUnprocessableEntity, "payment_missing", "Please say how it will be paid; see payment-methods.")
	}
	p.Field = "payment"
	return store.Connector{}, p
}

// checkURLs lets only web addresses through to the provider.
func checkURLs(back, cancel string) error {
	for field, text := range map[string]string{"return_url": back, "cancel_url": cancel} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			p := problem(http.StatusUnprocessableEntity, "invalid", "%s: it must be an http(s) address.", field)
			p.Field = field
			return p
		}
	}
	return nil
}
