package order_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/order"
)

func purchases(states ...string) (list []order.PurchaseFact) {
	for i, s := range states {
		list = append(list, order.PurchaseFact{ID: fmt.Sprint("pu", i), Number: fmt.Sprint("1-", i+1), Supplier: "Acme", State: s, Units: 1})
	}
	return list
}

func parcels(units int64, states ...string) (list []order.ShipmentFact) {
	for i, s := range states {
		list = append(list, order.ShipmentFact{ID: fmt.Sprint("sh", i), Number: "N", State: s, Units: units, Words: "w"})
	}
	return list
}

func TestGoodsWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f    order.Facts
		want string
	}{
		"cancelled":                  {order.Facts{State: order.Cancelled, Units: 1, Purchases: purchases("shipped"), Shipments: parcels(1, "delivered")}, "cancelled"},
		"pending":                    {order.Facts{State: order.Pending, Units: 2}, "waiting"},
		"nobody has it yet":          {order.Facts{State: order.Open, Units: 2, Purchases: purchases("planned", "held", "submitting", "uncertain", "rejected")}, "waiting"},
		"one supplier has it":        {order.Facts{State: order.Open, Units: 2, Purchases: purchases("planned", "submitted")}, "ordered"},
		"accepted":                   {order.Facts{State: order.Open, Units: 2, Purchases: purchases("accepted")}, "ordered"},
		"being cancelled":            {order.Facts{State: order.Cancelling, Units: 2, Purchases: purchases("cancelling")}, "ordered"},
		"one of two parcels":         {order.Facts{State: order.Open, Units: 2, Purchases: purchases("shipping"), Shipments: parcels(1, "announced")}, "partly shipped"},
		"both parcels":               {order.Facts{State: order.Open, Units: 2, Purchases: purchases("shipped"), Shipments: parcels(1, "announced", "in-transit")}, "shipped"},
		"one arrived":                {order.Facts{State: order.Open, Units: 2, Shipments: parcels(1, "delivered", "in-transit")}, "partly delivered"},
		"all arrived":                {order.Facts{State: order.Open, Units: 2, Shipments: parcels(2, "delivered")}, "delivered"},
		"all that is left arrived":   {order.Facts{State: order.Open, Units: 1, Shipments: parcels(1, "delivered")}, "delivered"},
		"came back":                  {order.Facts{State: order.Closed, Units: 1, Shipments: parcels(1, "returned")}, "returned"},
		"one arrived, one came back": {order.Facts{State: order.Open, Units: 2, Shipments: parcels(1, "delivered", "returned")}, "partly delivered"},
		"lost":                       {order.Facts{State: order.Open, Units: 1, Shipments: parcels(1, "lost")}, "shipped"},
		"a parcel without units":     {order.Facts{State: order.Open, Units: 1, Purchases: purchases("shipping"), Shipments: parcels(0, "in-transit")}, "ordered"},
	} {
		if got := order.Derive(c.f).Goods; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestMoneyWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f    order.Facts
		want string
	}{
		"nothing":                    {order.Facts{}, "unpaid"},
		"promised":                   {order.Facts{Authorised: 100}, "authorised"},
		"less than promised":         {order.Facts{Authorised: 40}, "authorised"},
		"some":                       {order.Facts{Captured: 40, Authorised: 60}, "partly paid"},
		"all":                        {order.Facts{Captured: 100}, "paid"},
		"twice":                      {order.Facts{Captured: 200}, "overpaid"},
		"twice, half of it back":     {order.Facts{Captured: 200, Refunded: 50}, "overpaid"},
		"twice, once back":           {order.Facts{Captured: 200, Refunded: 100}, "paid"},
		"twice, more than once back": {order.Facts{Captured: 200, Refunded: 110}, "partly refunded"},
		"some back":                  {order.Facts{Captured: 100, Refunded: 1}, "partly refunded"},
		"all back":                   {order.Facts{Captured: 100, Refunded: 100}, "refunded"},
		"a part, all of it back":     {order.Facts{Captured: 40, Refunded: 40}, "refunded"},
		"disputed":                   {order.Facts{Captured: 100, Refunded: 100, InDispute: true}, "disputed"},
	} {
		c.f.Total = 100
		if got := order.Derive(c.f).Money; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// held is one purchase with what makes it need somebody.
func held(state, code string) []order.PurchaseFact {
	p := purchases(state)
	p[0].HoldCode, p[0].HoldWhy, p[0].Words = code, "because", "words"
	return p
}

func TestReasonsForAttention(t *testing.T) {
	t.Parallel()
	unpaid, stuck := purchases("submitted"), purchases("uncertain")
	unpaid[0].Unpaid, stuck[0].Stuck = true, true
	for name, c := range map[string]struct {
		f    order.Facts
		want string // codes; "!" where a person must act
	}{
		"nothing":                     {order.Facts{State: order.Open, Purchases: purchases("planned", "submitted", "shipped")}, ""},
		"no supplier":                 {order.Facts{State: order.Open, Unplaced: 1, Why: "w"}, "unplaced!"},
		"no supplier, cancelling":     {order.Facts{State: order.Cancelling, Unplaced: 1, Why: "w"}, ""},
		"no supplier, cancelled":      {order.Facts{State: order.Cancelled, Unplaced: 1, Captured: 0}, ""},
		"held":                        {order.Facts{State: order.Open, Purchases: held("held", "margin")}, "held-margin!"},
		"being asked":                 {order.Facts{State: order.Open, Purchases: purchases("uncertain")}, "uncertain"},
		"cannot be asked":             {order.Facts{State: order.Open, Purchases: stuck}, "uncertain!"},
		"the supplier wants money":    {order.Facts{State: order.Open, Purchases: unpaid}, "supplier-unpaid!"},
		"to be cancelled by hand":     {order.Facts{State: order.Cancelling, Purchases: held("cancelling", "cancel-by-hand")}, "cancel-by-hand!"},
		"to be cancelled":             {order.Facts{State: order.Cancelling, Purchases: held("cancelling", "")}, ""},
		"works on what is over":       {order.Facts{State: order.Open, Purchases: held("rejected", "ghost")}, "ghost!"},
		"over, once held":             {order.Facts{State: order.Open, Purchases: held("cancelled", "margin")}, ""},
		"parcels":                     {order.Facts{State: order.Open, Shipments: parcels(1, "exception", "lost", "returning", "returned", "delivered")}, "parcel-exception! parcel-lost! parcel-returned! parcel-returned!"},
		"refunds":                     {order.Facts{State: order.Open, Refunds: []order.RefundFact{{State: "failed"}, {State: "uncertain"}, {State: "succeeded"}}}, "refund-failed! refund-uncertain"},
		"a refund nobody can look up": {order.Facts{State: order.Open, Refunds: []order.RefundFact{{State: "uncertain", Words: "refused"}}}, "refund-uncertain!"},
		"chargeback":                  {order.Facts{State: order.Closed, InDispute: true}, "chargeback!"},
		"money of a cancelled order":  {order.Facts{State: order.Cancelled, Captured: 100}, "money-to-return!"},
		"on its way back":             {order.Facts{State: order.Cancelled, Captured: 100, Refunds: []order.RefundFact{{State: "sending"}}}, ""},
		"overpaid":                    {order.Facts{State: order.Open, Captured: 200}, "overpaid!"},
		"overpaid, on its way back":   {order.Facts{State: order.Open, Captured: 200, Refunds: []order.RefundFact{{State: "approved"}}}, ""},
		"overpaid and given back":     {order.Facts{State: order.Open, Captured: 200, Refunded: 100}, ""},
		"payment failed":              {order.Facts{State: order.Pending, PayFailed: "no funds"}, "payment-failed"},
		"the promised money is gone":  {order.Facts{State: order.Open, PayFailed: "lapsed", Captured: -1}, "payment-lost!"},
	} {
		if c.f.Captured == 0 && c.f.State != order.Cancelled && c.f.State != order.Pending {
			c.f.Captured = 100
		}
		c.f.Captured, c.f.Total = max(c.f.Captured, 0), 100
		var got []string
		for _, r := range order.Derive(c.f).Reasons {
			if r.Words == "" || r.Action == "" {
				t.Errorf("%s: %s has no words or no action: %+v", name, r.Code, r)
			}
			code := r.Code
			if r.Person {
				code += "!"
			}
			got = append(got, code)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}

// Deriving twice gives the same words, and every word is one of those that people know.
func TestWordsAreAlwaysKnown(t *testing.T) {
	t.Parallel()
	goods := "waiting ordered partly-shipped shipped partly-delivered delivered returned cancelled"
	monies := "unpaid authorised partly-paid paid partly-refunded refunded disputed overpaid"
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 3)
		f := order.Facts{
			State: rapid.SampledFrom(order.Machine.States()).Draw(t, "state"), Total: amount.Draw(t, "total"), Units: amount.Draw(t, "units"),
			Captured: amount.Draw(t, "captured"), Authorised: amount.Draw(t, "authorised"), Refunded: amount.Draw(t, "refunded"), InDispute: rapid.Bool().Draw(t, "dispute"),
			Purchases: purchases(rapid.SliceOfN(rapid.SampledFrom([]string{"planned", "submitted", "shipped", "rejected"}), 0, 3).Draw(t, "purchases")...),
			Shipments: parcels(1, rapid.SliceOfN(rapid.SampledFrom([]string{"announced", "delivered", "returned"}), 0, 3).Draw(t, "parcels")...),
		}
		w := order.Derive(f)
		if fmt.Sprint(w) != fmt.Sprint(order.Derive(f)) {
			t.Fatalf("two answers: %+v", w)
		}
		for list, word := range map[string]string{goods: w.Goods, monies: w.Money} {
			if !strings.Contains(" "+list+" ", " "+strings.ReplaceAll(word, " ", "-")+" ") {
				t.Fatalf("the word %q", word)
			}
		}
	})
}
