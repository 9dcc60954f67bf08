package cj_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier"
	"doorstep/supplier/cj"
	"doorstep/supplier/cj/emulator"
	"doorstep/supplier/suppliertest"
)

const (
	apiKey = "CJ1234567@api@9f2c77aa51d04a3fb2f0c1d2e3f4a5b6"
	openID = 12345
)

// account is an emulated CJ account with 23 articles and some money.
func account(world *shared.World, change func(*emulator.Options)) *emulator.Server {
	o := emulator.Options{World: world, APIKey: apiKey, OpenID: openID, Balance: 100_000_00, Hide: 3 * time.Second}
	if change != nil {
		change(&o)
	}
	s := emulator.New(o)
	for i := range 23 {
		s.Put(emulator.Variant{VID: fmt.Sprintf("13920537449459916%02d", i), PID: fmt.Sprintf("1424608189734850%d", i/4),
			Name: fmt.Sprintf("Mug %d", i), Cents: int64(57 + 111*i), Stock: int64(1000 + i), Country: "CN"})
	}
	return s
}

func goods() []suppliertest.Good {
	var out []suppliertest.Good
	for i := range 23 {
		out = append(out, suppliertest.Good{SKU: fmt.Sprintf("13920537449459916%02d", i), Title: fmt.Sprintf("Mug %d", i),
			Cost: money.New(int64(57+111*i), "USD"), Quantity: int64(1000 + i)})
	}
	return out
}

// values are settings for an account at base, with further ones.
func values(base string, more ...string) connector.Values {
	v := connector.Values{"api_key": apiKey, "base_url": base + emulator.Prefix, "qps": "100000"}
	for i := 0; i < len(more); i += 2 {
		v[more[i]] = more[i+1]
	}
	return v
}

// books translates the account's books for the suite.
func books(s *emulator.Server) []suppliertest.Book {
	var out []suppliertest.Book
	for _, b := range s.Books() {
		a := b.Address
		out = append(out, suppliertest.Book{Key: b.Key, Ref: b.Ref, SKUs: b.SKUs, Cancelled: b.State == "CANCELLED", Payments: b.Payments,
			Address: supplier.Address{Name: a["shippingCustomerName"], Line1: a["shippingAddress"], Line2: a["shippingAddress2"],
				Locality: a["shippingCity"], Region: a["shippingProvince"], PostalCode: a["shippingZip"],
				Country: a["shippingCountryCode"], Phone: a["shippingPhone"]}})
	}
	return out
}

// rig is the account as the suite wants it; more are settings.
func rig(s *emulator.Server, create string, more ...string) suppliertest.Rig {
	settings := func(base string) connector.Values { return values(base, more...) }
	return suppliertest.Rig{
		Handler: s.Handler(), Knobs: s.Knobs, Settings: settings,
		Paths: suppliertest.Paths{
			Submit: create, Offers: []string{"variant/queryByVid", "stock/queryByVid"},
			Find: []string{"getOrderDetail?", "order/list"}, Report: []string{"getOrderDetail", "order/list"}, Cancel: "deleteOrder", Quote: "freightCalculate",
			Pay: []string{"order/addCart", "addCartConfirm", "saveGenerateParentOrder", "payBalanceV2"},
		},
		Goods: goods(), Books: func() []suppliertest.Book { return books(s) },
		SetStock: s.SetStock, Ship: s.Ship, Cancel: s.Cancel,
		UnknownSKU: "0000000000000000000",
		Refuse:     func() { s.Reject(1602002, "Product has been removed from shelves") },
		Secrets:    s.Tokens,
		Wrong: func(base string) connector.Values {
			return values(base, "api_key", "CJ0@api@wrong-key-of-somebody-else")
		},
		Unpaid:  func(base string) connector.Values { return values(base, "payment", "create-only") },
		Message: func(ref string) (http.Header, []byte) { return s.Message("ORDER", ref) },
		Sign:    s.Sign,
	}
}

func TestLaws(t *testing.T) {
	t.Parallel()
	suppliertest.Run(t, suppliertest.Bench{Driver: cj.Driver(), Start: func(_ *testing.T, world *shared.World) suppliertest.Rig {
		return rig(account(world, nil), "createOrderV2")
	}})
}

// The same laws where orders are only created, by the other version of the call.
func TestLawsCreateOnly(t *testing.T) {
	t.Parallel()
	suppliertest.Run(t, suppliertest.Bench{Driver: cj.Driver(), Start: func(_ *testing.T, world *shared.World) suppliertest.Rig {
		return rig(account(world, nil), "createOrderV3", "order_api", "V3", "payment", "create-only")
	}})
}
