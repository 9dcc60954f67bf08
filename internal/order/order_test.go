package order_test

import (
	"testing"

	"doorstep/internal/order"
)

func TestAddressesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	a := order.Address{Name: "Zoë 김", Line1: "Straße 1/<2>", Locality: "Łódź", Country: "PL", Phone: "+48 1", TaxID: "x"}
	o := order.Order{Number: 1042, Shipping: a.JSON(), TotalMinor: 1999, Currency: "EUR"}
	if got, err := o.ShipTo(); err != nil || got != a {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := o.BillTo(); err != nil || got != (order.Address{}) {
		t.Errorf("no billing address: %+v, %v", got, err)
	}
	if _, err := order.ParseAddress("{"); err == nil {
		t.Error("half an address was read")
	}
	if o.Name() != "#1042" || o.Total().String() != "19.99 EUR" {
		t.Errorf("%s of %s", o.Name(), o.Total())
	}
	if got := (order.OrderLine{Quantity: 3, Cancelled: 1}).Left(); got != 2 {
		t.Errorf("%d units left", got)
	}
	if got := (order.Order{Attention: `[{"code":"x","words":"y","person":true}]`}).Reasons(); len(got) != 1 || got[0].Code != "x" || !got[0].Person {
		t.Errorf("reasons %+v", got)
	}
}
