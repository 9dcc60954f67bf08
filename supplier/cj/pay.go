package cj

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// Pay brings an unpaid order to paid, from the CJ balance. It may be called again at any
// point: every step is taken only when CJ says that the order has not got there.
func (c *conn) Pay(ctx context.Context, ref supplier.Ref) error {
	shipment := ""
	before := ""
	for range 5 {
		r, err := c.detail(ctx, orElse(ref.Ref, ref.Key))
		if err != nil {
			return err
		}
		switch {
		case r.paid():
			return nil
		case stateOf(string(r.State)) == supplier.Cancelled:
			return &connector.Rejected{Code: string(r.State), Words: "the order is cancelled", Cause: connector.CauseOther, Raw: r.raw}
		case before == string(r.State):
			return lost("the order stays %s after the step that should move it on", before)
		}
		before, shipment = string(r.State), orElse(shipment, string(r.Shipment))
		if err := c.step(ctx, r, &shipment); err != nil {
			return err
		}
	}
	return lost("the order is not paid after all steps")
}

// step takes the one step that comes after the order's state.
func (c *conn) step(ctx context.Context, r record, shipment *string) error {
	list := map[string]any{"cjOrderIdList": []string{r.number()}}
	sandbox := c.values.Bool("sandbox")
	switch {
	case r.State == "UNPAID" && sandbox:
		return c.move(ctx, http.MethodPost, "/shopping/sandbox/simulatePay", map[string]string{"orderId": r.number()}, nil)
	case r.State == "UNPAID":
		return c.payUnpaid(ctx, r, *shipment)
	case sandbox:
		return c.move(ctx, http.MethodPatch, "/shopping/order/confirmOrder", map[string]string{"orderId": r.number()}, nil)
	case r.State == "IN_CART":
		var out moved
		if err := c.move(ctx, http.MethodPost, "/shopping/order/addCartConfirm", list, &out); err != nil {
			return err
		}
		*shipment = orElse(string(out.Shipment), *shipment)
		return nil
	case r.State == "CREATED":
		return c.move(ctx, http.MethodPost, "/shopping/order/addCart", list, &moved{})
	}
	return lost("no step is known from the state %q", r.State)
}

// payUnpaid pays a confirmed order: by its parent order where its number is known, else by
// the older call.
func (c *conn) payUnpaid(ctx context.Context, r record, shipment string) error {
	if shipment == "" {
		return c.move(ctx, http.MethodPost, "/shopping/pay/payBalance", map[string]string{"orderId": r.number()}, nil)
	}
	var out moved
	err := c.move(ctx, http.MethodPost, "/shopping/order/saveGenerateParentOrder", map[string]string{"shipmentOrderId": shipment}, &out)
	if err != nil {
		return err
	}
	return c.move(ctx, http.MethodPost, "/shopping/pay/payBalanceV2", map[string]string{"shipmentOrderId": shipment, "payId": string(out.PayID)}, nil)
}

// moved is what the steps answer.
type moved struct {
	Shipment    text          `json:"shipmentsId"`
	PayID       text          `json:"payId"`
	Submitted   text          `json:"submitSuccess"`
	Intercepted lines[reason] `json:"interceptOrders"`
}

// move makes a call that changes an order; out is nil where the answer says nothing more.
func (c *conn) move(ctx context.Context, method, path string, body any, out *moved) error {
	got, err := c.send(ctx, method, path, body)
	if r := asRefusal(err); r != nil {
		switch r.verdict() {
		case halfDone:
			return r.rejected()
		case isRepeated, absent:
			return &connector.Uncertain{Err: r}
		}
	}
	if err != nil || out == nil {
		return translate(err)
	}
	if err := got.into(out); err != nil {
		return err
	}
	if out.Submitted == "false" || len(out.Intercepted) > 0 {
		words := "CJ holds the order back"
		for _, why := range out.Intercepted {
			words += ": " + string(why.Message)
		}
		return &connector.Rejected{Words: words, Cause: connector.CauseOther, Raw: got.raw}
	}
	return nil
}

// Cancel deletes an order, which CJ allows until it is confirmed; later it is too late.
// An order that CJ does not know (any more) is connector.ErrNotFound: nothing will be
// shipped, but whether it was ever there is not said.
func (c *conn) Cancel(ctx context.Context, ref supplier.Ref) error {
	r, err := c.detail(ctx, orElse(ref.Ref, ref.Key))
	if err != nil {
		return err
	}
	switch r.State {
	case "CREATED", "IN_CART":
	case "CANCELLED", "CANCELED":
		return nil
	default:
		return &connector.Rejected{Code: string(r.State), Words: "CJ lets orders be cancelled only before they are confirmed",
			Cause: connector.CauseLate, Raw: r.raw}
	}
	_, err = c.send(ctx, http.MethodDelete, "/shopping/order/deleteOrder?"+url.Values{"orderId": {r.number()}}.Encode(), nil)
	return translate(err)
}

// Check asks for the balance, which needs a valid key and changes nothing; it warns in
// the log when the balance is low.
func (c *conn) Check(ctx context.Context) error {
	balance, err := c.balance(ctx)
	if err != nil {
		return err
	}
	if less, err := balance.Sub(c.low); err == nil && less.Minor < 0 {
		c.log.Warn("the balance at CJ is low: orders will stay unpaid", "balance", balance.String(), "below", c.low.String())
	}
	return nil
}

func (c *conn) balance(ctx context.Context) (money.Amount, error) {
	got, err := c.get(ctx, "/shopping/pay/getBalance", url.Values{})
	if err != nil {
		return money.Amount{}, translate(err)
	}
	var in struct {
		Amount text `json:"amount"`
	}
	if err := got.into(&in); err != nil {
		return money.Amount{}, err
	}
	amount, err := in.Amount.dollars()
	if err == nil && amount.Currency == "" {
		err = errors.New("no amount")
	}
	if err != nil {
		return money.Amount{}, lost("balance: %v", err)
	}
	return amount, nil
}

// Subscribe has CJ send its messages to the address; CJ probes it at once.
func (c *conn) Subscribe(ctx context.Context, callback string) error {
	topic := map[string]any{"type": "ENABLE", "callbackUrls": []string{callback}}
	_, err := c.post(ctx, "/webhook/set", map[string]any{"product": topic, "stock": topic, "order": topic, "logistics": topic})
	if err != nil {
		return fmt.Errorf("webhook: %w", translate(err))
	}
	return nil
}
