package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"doorstep"
	"doorstep/connector"
	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/importer"
	"doorstep/internal/sample"
	"doorstep/internal/store"
	"doorstep/money"
	ali "doorstep/supplier/aliexpress/emulator"
)

// workshopMail is where the workshop takes orders, as the sample shop says.
const workshopMail = "orders@hearthandloom.example"

// workshopFreight is what the workshop asks for posting a parcel.
const workshopFreight = `[
 {"countries":["GB"],"service":"royal-mail-48","name":"Royal Mail Tracked 48","cost":"3.20","currency":"GBP","min_days":2,"max_days":3},
 {"countries":["*"],"service":"royal-mail-intl","name":"Royal Mail International Tracked","cost":"9.80","currency":"GBP","min_days":5,"max_days":9}]`

// The freight tables of the suppliers with an API say the same as their quotes do. They
// count when a supplier does not answer a waiting customer in time, so that a customer of a
// chaotic world is offered what one of a calm world is.
const (
	aliFreight = `[
 {"countries":["*"],"service":"CAINIAO_STANDARD","name":"AliExpress Standard Shipping","cost":"0","currency":"USD","min_days":12,"max_days":20},
 {"countries":["*"],"service":"CAINIAO_ECONOMY","name":"Cainiao Super Economy","cost":"0","currency":"USD","min_days":25,"max_days":45}]`
	cjFreight = `[
 {"countries":["*"],"service":"CJPacket Ordinary","name":"CJPacket Ordinary","cost":"3.68","currency":"USD","min_days":7,"max_days":12},
 {"countries":["*"],"service":"DHL Official","name":"DHL Official","cost":"18.99","currency":"USD","min_days":3,"max_days":7}]`
	cjUSFreight = `[
 {"countries":["*"],"service":"CJPacket Ordinary","name":"CJPacket Ordinary","cost":"3.68","currency":"USD","min_days":7,"max_days":12},
 {"countries":["*"],"service":"USPS+","name":"USPS+","cost":"4.71","currency":"USD","min_days":2,"max_days":2}]`
)

// aliServices are what the emulated AliExpress sends by: free of charge, as most of its
// stores do.
func aliServices() []ali.Service {
	free := money.Zero("USD")
	return []ali.Service{
		{Code: "CAINIAO_STANDARD", Company: "AliExpress Standard Shipping", Fee: free, Min: 12, Max: 20, Tracked: true},
		{Code: "CAINIAO_ECONOMY", Company: "Cainiao Super Economy", Fee: free, Min: 25, Max: 45},
	}
}

// Furnish makes a shop of an empty store: the sample's goods, the world's suppliers,
// payments and tracking, and settings that fit the pace. It answers the secret of an API
// key for the simulated staff.
func Furnish(ctx context.Context, p *doorstep.Program, w *World, c sample.Catalogue, settings map[string]string) (key string, err error) {
	if err := p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			if err := store.Set(ctx, tx, p.Store.StoreID, name, settings[name]); err != nil {
				return err
			}
		}
		_, key, err = account.AddKey(ctx, tx, p.Store.StoreID, "the demo's staff", account.Manager)
		return err
	}); err != nil {
		return "", err
	}
	if _, err := importer.SampleOf(ctx, p.DB, p.Store.StoreID, c); err != nil {
		return "", err
	}
	for _, plug := range w.plugs() {
		if _, err := p.Connect(ctx, plug.kind, plug.driver, plug.name, plug.set, plug.how); err != nil {
			return "", fmt.Errorf("demo: %w", err)
		}
	}
	return key, nil
}

// plug is a connector of the demo.
type plug struct {
	kind         connector.Kind
	driver, name string
	set          map[string]string
	how          doorstep.Supplying
}

// manyCalls lifts the documented rate limits, which the emulated world does not have.
const manyCalls = "2000"

func (w *World) plugs() []plug {
	byPost, byCainiao, byCJ, byUSPS := workshopFreight, aliFreight, cjFreight, cjUSFreight
	cjSettings := func(base, key, from string) map[string]string {
		return map[string]string{"base_url": base + "/api2.0/v1", "api_key": key, "from_country": from, "qps": manyCalls, "settles": "2s"}
	}
	return []plug{
		{connector.Supplier, "aliexpress", aliName, map[string]string{
			"base_url": w.aliURL, "pay_url": w.aliURL + "/p/order/detail.html?orderId=", "app_key": aliKey, "app_secret": aliSecret,
			"access_token": aliAccess, "refresh_token": aliRefresh, "auto_pay": "true", "target_currency": "CNY", "qps": manyCalls,
		}, doorstep.Supplying{Supplier: "AliExpress", Freight: &byCainiao}},
		{connector.Supplier, "cj", cjName, cjSettings(w.cjURL, cjKey, "CN"), doorstep.Supplying{Supplier: "CJ Dropshipping", Freight: &byCJ}},
		{connector.Supplier, "cj", cjUSName, cjSettings(w.cjUSURL, cjUSKey, "US"), doorstep.Supplying{Supplier: "CJ Dropshipping (US)", Freight: &byUSPS}},
		{connector.Supplier, "manual", manualName, map[string]string{
			"email": workshopMail, "name": "Mo", "instructions": "Plain packaging, please: no prices in the parcel.",
		}, doorstep.Supplying{Supplier: "Hearth & Loom Workshop", Freight: &byPost}},
		{connector.Payment, "stripe", stripeName, map[string]string{
			"base_url": w.payURL, "secret_key": stripeKey, "webhook_secret": stripeHookSecret, "qps": manyCalls,
		}, doorstep.Supplying{}},
		{connector.Payment, "manual", bankName, map[string]string{
			"payee": sample.ShopName, "iban": "DE89 3704 0044 0532 0130 00",
		}, doorstep.Supplying{}},
		{connector.Carrier, "seventeentrack", trackName, map[string]string{
			"base_url": w.trkURL + "/track/v2.4", "api_key": trackKey, "qps": manyCalls,
		}, doorstep.Supplying{}},
	}
}

// Settings are the store's settings for a world of some speed; base is the program's own
// address.
func (w *World) Settings(base string, hurried bool) map[string]string {
	set := map[string]string{
		"url": base, "mail.smtp_url": w.Post.URL(), "brand.name": sample.ShopName, "brand.tagline": sample.Tagline, "brand.logo_url": base + "/sample/logo.svg", "brand.colour": "#2f4a4f",
		"brand.email": "hello@hearthandharbour.example", "brand.address": "Harbour Road 1\\n20457 Hamburg",
		"brand.url": base, "rate.USD.EUR": "0.92", "rate.CNY.EUR": "0.128", "rate.GBP.EUR": "1.17", "rate.USD.CNY": "7.17",
		"tax.rate": "0", "tax.rate.DE": "19", "tax.rate.FR": "20", "tax.rate.AT": "20", "tax.rate.NL": "21",
		"hold": "3s", "report.every": "5s", "tracking.every": "10s", "offers.every": "1m", "reserve.minutes": "60",
	}
	if hurried {
		set["hold"], set["report.every"], set["tracking.every"] = "0s", "2s", "3s"
	}
	return set
}
