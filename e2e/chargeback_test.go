package e2e

import (
	"errors"
	"net/http"
	"path"
	"slices"
	"testing"
	"time"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	bank "doorstep/payment/stripe/emulator"
)

// byCard is an order for a jug that a customer's program places and pays by card, and the name of
// its payment at the bank.
func byCard(t *testing.T, town *stage.Town, jug id.Variant) (r received, payment string) {
	t.Helper()
	cart, _ := askAs(t, town, "", http.MethodPost, "/carts", map[string]any{"locale": "en"})["token"].(string)
	askAs(t, town, cart, http.MethodPost, "/cart/lines", map[string]any{"variant": jug, "quantity": 1})
	askAs(t, town, cart, http.MethodPut, "/cart/contact", map[string]any{"email": "card@shopper.example", "shipping_address": map[string]string{
		"name": "Carla Card", "line1": "Lange Straße 1", "locality": "Berlin", "postal_code": "10115", "country": "DE"}})
	askAs(t, town, cart, http.MethodPost, "/cart/shipping-options", nil)
	askAs(t, town, cart, http.MethodPut, "/cart/shipping-option", map[string]any{"key": "standard"})
	placed := askAs(t, town, cart, http.MethodPost, "/cart/checkout", map[string]any{"payment": "stripe"})
	sold, _ := placed["order"].(map[string]any)
	name, _ := sold["id"].(string)
	r.Placed = flow.Placed{Order: order.Order{OrderID: id.Order(name)}}
	r.token, _ = sold["token"].(string)
	pays, _ := placed["payment"].(map[string]any)
	page, _ := pays["url"].(string)
	payment = path.Base(page)
	if err := town.World.Stripe.Pay(payment, bank.Paid); err != nil {
		t.Fatal(err)
	}
	until(t, "a purchase", func() bool {
		list, _ := ask(t, town, http.MethodGet, "/orders/"+name, nil)["purchases"].([]any)
		return len(list) > 0
	})
	return r, payment
}

// until waits for something that no page shows.
func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(30 * time.Second)
	for !there() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-look.C:
		}
	}
}

// TestChargebackWhileARefundIsOnItsWay: the merchant has given a part back, and is about to give
// more, when the customer's bank demands the rest. The refund is refused and its page says why; the
// evidence is handed in, the bank decides for the customer, and nothing is left to give back.
func TestChargebackWhileARefundIsOnItsWay(t *testing.T) {
	t.Parallel()
	jug := &town.glass.works
	town := shop(t)
	world := town.World.Stripe
	r, payment := byCard(t, town, jug.Variant)
	comes(t, town, r, "HGCARD1", time.Now().Add(-24*time.Hour))
	p := person(t, browser.Look{Phone: true})
	p.AcceptDialogs()
	signIn(p, town.Base, manager, stage.Password)
	refunds := town.Base + "/admin/orders/" + string(r.Order.OrderID) + "/refund"

	world.SlowRefunds(true) // no other test of the town gives money back by card
	p.Go(refunds)
	giveBack(p, "10.00")
	until(t, "the refund at the bank", func() bool { return len(bookOf(world, payment).Refunds) == 1 })
	world.SlowRefunds(false)

	p.Go(refunds)
	p.Sees("main li >> €10.00 is on its way back.")
	demand, err := world.Dispute(payment, 32_95)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the bank's demand", func() bool {
		return ask(t, town, http.MethodGet, "/orders/"+string(r.Order.OrderID), nil)["money"] == "disputed"
	})
	giveBack(p, "5.00") // the form is still open
	p.Sees(".told >> can be given back now")
	p.Go(refunds)
	p.Sees("main li >> The customer's bank disputes €32.95: until it has decided, nothing can be given back")
	p.Sees("main >> Nothing can be given back at the moment.")
	p.SeesNot("#other-amount")
	p.Axe(axe)
	p.Fits()

	openOrder(p, town.Base, r.Placed)
	p.Follow(".reason a >> Look at our evidence")
	p.Axe(axe)
	p.Fits()
	p.Follow("main form .btn--main")
	until(t, "the evidence at the bank", func() bool { return world.Defence(demand).Submissions == 1 })
	if err := errors.Join(world.SettleRefund(bookOf(world, payment).Refunds[0].Ref, true), world.Lose(demand)); err != nil {
		t.Fatal(err)
	}
	openOrder(p, town.Base, r.Placed)
	p.SeesOnReload("#story .story__item >> The bank decided for the customer")
	p.SeesNot(".reason a >> Look at our evidence")
	p.Go(refunds)
	for _, words := range []string{"€42.95 was paid.", "€10.00 was given back.", "The bank took €32.95 back.", "€0.00 can be given back now."} {
		p.Sees("main li >> " + words)
	}
	if got := bookOf(world, payment); got.Refunded != 10_00 || len(got.Refunds) != 1 {
		t.Errorf("the bank gave back %d in %d refunds", got.Refunded, len(got.Refunds))
	}
}

// bookOf is what the bank knows of a payment.
func bookOf(world *bank.Server, payment string) bank.Book {
	list := world.Books()
	return list[slices.IndexFunc(list, func(b bank.Book) bool { return b.Session == payment })]
}

// giveBack gives a sum of an order's money back, on the page for it, which is open.
func giveBack(p *browser.Tab, sum string) {
	p.Helper()
	p.Type("#other-amount", sum)
	p.Type("#other-reason", "For the trouble")
	p.Follow("form:has(#other-amount) button")
}
