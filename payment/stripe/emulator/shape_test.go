package emulator_test

import (
	"encoding/json"
	"testing"

	"github.com/stripe/stripe-mock/embedded"

	"doorstep/payment/stripe/emulator"
)

// described are the properties of Stripe's published objects.
type described struct {
	Components struct {
		Schemas map[string]struct {
			Required   []string                   `json:"required"`
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"schemas"`
	} `json:"components"`
}

// TestShapes holds the emulator's objects against Stripe's OpenAPI description: no
// property that is not described, and the ones that programs read are there.
func TestShapes(t *testing.T) {
	t.Parallel()
	var spec described
	if err := json.Unmarshal(embedded.OpenAPISpec, &spec); err != nil {
		t.Fatal(err)
	}
	d := open(t, nil)
	session := d.ask("POST", "/v1/checkout/sessions", "", sessionForm)
	if err := d.Pay(session.text("id"), emulator.Paid); err != nil {
		t.Fatal(err)
	}
	book := d.Books()[0]
	intent := d.ask("GET", "/v1/payment_intents/"+book.Intent, "", "expand[]=latest_charge.balance_transaction")
	charge, _ := intent.body["latest_charge"].(map[string]any)
	move, _ := charge["balance_transaction"].(map[string]any)
	refund := d.ask("POST", "/v1/refunds", "", "payment_intent="+book.Intent+"&amount=100")
	name, err := d.Dispute(book.Intent, 0)
	if err != nil {
		t.Fatal(err)
	}
	for kind, o := range map[string]map[string]any{
		"checkout.session": d.ask("GET", "/v1/checkout/sessions/"+session.text("id"), "", "").body,
		"payment_intent":   intent.body, "charge": charge, "balance_transaction": move, "refund": refund.body,
		"dispute": d.ask("GET", "/v1/disputes/"+name, "", "").body,
		"balance": d.ask("GET", "/v1/balance", "", "").body,
	} {
		schema, known := spec.Components.Schemas[kind]
		if !known {
			t.Errorf("%s is not described", kind)
			continue
		}
		for property := range o {
			if _, known := schema.Properties[property]; !known {
				t.Errorf("%s.%s is not described", kind, property)
			}
		}
		for _, property := range schema.Required {
			if _, there := o[property]; !there {
				t.Logf("%s.%s is required and left out", kind, property)
				t.Fail()
			}
		}
	}
	var event map[string]any
	if err := json.Unmarshal(d.Sent()[0].Body, &event); err != nil {
		t.Fatal(err)
	}
	for property := range event {
		if _, known := spec.Components.Schemas["event"].Properties[property]; !known {
			t.Errorf("event.%s is not described", property)
		}
	}
}
