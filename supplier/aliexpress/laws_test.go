package aliexpress_test

import (
	"net/http"
	"testing"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	"doorstep/supplier/aliexpress/emulator"
	"doorstep/supplier/suppliertest"
)

const (
	mug   = "1005006900621295/14:193#Black"
	mugW  = "1005006900621295/14:29#White"
	lamp  = "1005004537846454/"
	chair = "1005005279638539/14:173#Blue" // of another store
)

// goods fills the shelf: two articles of one store and one of another.
func goods(s *emulator.Server) {
	s.Put(
		emulator.Article{ID: 1005006900621295, Title: "Enamel mug", Store: 910001, From: "CN", Days: 2, SKUs: []emulator.SKU{
			{ID: 12000037255569170, Attr: "14:193#Black", Cost: money.New(1299, "USD"), Stock: 900},
			{ID: 12000037255569171, Attr: "14:29#White", Cost: money.New(1189, "USD"), Stock: 800, From: "Poland"},
		}},
		emulator.Article{ID: 1005004537846454, Title: "Reading lamp", Store: 910001, From: "CN", Days: 3, NotSold: []string{"KP"}, SKUs: []emulator.SKU{
			{ID: 12000037255569180, Cost: money.New(505, "USD"), Stock: 700},
		}},
		emulator.Article{ID: 1005005279638539, Title: "Folding chair", Store: 910002, From: "CN", Days: 4, SKUs: []emulator.SKU{
			{ID: 12000037255569190, Attr: "14:173#Blue", Cost: money.New(2500, "USD"), Stock: 600},
		}},
	)
}

func values(base string) connector.Values {
	return connector.Values{
		"app_key": "123456", "app_secret": "helloworld", "access_token": "first-access", "refresh_token": "first-refresh",
		"base_url": base, "auto_pay": "true", "qps": "100000", "pay_url": base + "/p/order/detail.html?orderId=",
	}
}

func options(w *world.World) emulator.Options {
	return emulator.Options{
		World: w, Hooks: &world.Hooks{}, AppKey: "123456", AppSecret: "helloworld",
		AccessToken: "first-access", RefreshToken: "first-refresh", AutoPay: true, Limits: map[string]int{},
	}
}

func bench(shape emulator.Shape, repeat emulator.Repeat) suppliertest.Bench {
	return suppliertest.Bench{Driver: aliexpress.Driver(), Start: func(_ *testing.T, w *world.World) suppliertest.Rig {
		o := options(w)
		o.Shape, o.Repeat = shape, repeat
		s := emulator.New(o)
		goods(s)
		return rig(s)
	}}
}

func rig(s *emulator.Server) suppliertest.Rig {
	return suppliertest.Rig{
		Handler: s.Handler(), Knobs: s.Knobs, Settings: values, InURL: true, Hints: true,
		Paths: suppliertest.Paths{
			Submit: "method=aliexpress.ds.order.create", Offers: []string{"method=aliexpress.ds.product.get"},
			Report: []string{"method=aliexpress.trade.ds.order.get"}, Quote: "method=aliexpress.ds.freight.query",
		},
		Goods: []suppliertest.Good{
			{SKU: mug, Title: "Enamel mug", Cost: money.New(1299, "USD"), Quantity: 900},
			{SKU: lamp, Title: "Reading lamp", Cost: money.New(505, "USD"), Quantity: 700},
			{SKU: mugW, Title: "Enamel mug", Cost: money.New(1189, "USD"), Quantity: 800},
		},
		UnknownSKU: "1005999999999999/14:1#None",
		Books:      func() []suppliertest.Book { return books(s) },
		SetStock:   s.SetStock, Ship: s.Ship, Cancel: s.Cancel, Secrets: s.Tokens,
		Refuse: func() { s.Reject("INVENTORY_HOLD_ERROR", "Inventory is insufficient") },
		Wrong: func(base string) connector.Values {
			v := values(base)
			v["app_secret"] = "not-the-secret"
			return v
		},
		Addresses: addresses(),
		Message:   func(ref string) (http.Header, []byte) { return s.Message(ref, "OrderShipped") },
		Sign:      s.SignPush,
	}
}

// addresses are odd ones that AliExpress's own rules let pass: a rule of the country or a
// name of its list would change the others.
func addresses() []supplier.Address {
	return []supplier.Address{
		{Name: "Ann Example", Line1: "12 Mill Lane", Line2: "Flat 3", Locality: "Springfield", Region: "Illinois", PostalCode: "62704", Country: "US", Phone: "+15555550100"},
		{Name: "Jörg Müßig-Østergård", Line1: "Straße des 17. Juni 135", Line2: "Hinterhof, 3. OG", Locality: "Berlin", Region: "Berlin", PostalCode: "10623", Country: "DE", Phone: "+49301234567"},
		{Name: "山田 太郎", Line1: "千代田1丁目1番1号", Line2: "皇居前ビル", Locality: "千代田区", Region: "東京都", PostalCode: "100-0001", Country: "JP", Phone: "+81312345678"},
		{Name: "Zoë 👩🏽‍🚀 O'Neil", Line1: "1 \"Quote\" & <b>Tag</b> \\ Road", Line2: "c/o 50% + 1 #7; ok?", Locality: "Zürich", Region: "Zurich", PostalCode: "8001", Country: "CH", Phone: "+41441234567"},
		{Name: "Tom Tester", Line1: "1 High Street", Locality: "Leeds", Region: "West Yorkshire", PostalCode: "LS1 1AA", Country: "GB", Phone: "+441134960000"},
	}
}

func books(s *emulator.Server) []suppliertest.Book {
	var out []suppliertest.Book
	for _, b := range s.Books() {
		country := b.Address["country"]
		if country == "UK" {
			country = "GB"
		}
		paid := 0
		if b.Paid {
			paid = 1
		}
		out = append(out, suppliertest.Book{
			Key: b.Key, Ref: b.Ref, SKUs: b.SKUs, Cancelled: b.Cancelled, Payments: paid,
			Address: supplier.Address{
				Name: b.Address["full_name"], Line1: b.Address["address"], Line2: b.Address["address2"], Locality: b.Address["city"],
				Region: b.Address["province"], PostalCode: b.Address["zip"], Country: country,
				Phone: b.Address["phone_country"] + b.Address["mobile_no"],
			},
		})
	}
	return out
}

func TestLaws(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]emulator.Shape{"wrapped": emulator.Wrapped, "simple": emulator.Simple, "loose": emulator.Loose} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suppliertest.Run(t, bench(shape, emulator.Repeat(shape)))
		})
	}
}
