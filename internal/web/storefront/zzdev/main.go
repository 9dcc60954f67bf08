// Command zzdev is temporary.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/importer"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/sample"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/storefront"
	"doorstep/payment"
	"doorstep/payment/manual"
)

func main() {
	ctx := context.Background()
	os.Remove("/tmp/sf/dev.db")
	d, err := db.Open(ctx, "/tmp/sf/dev.db", db.Options{})
	check(err)
	check(d.Migrate(ctx))
	box, _ := seal.New(bytes.Repeat([]byte{7}, 32))
	box.Attach(d)
	var s store.Store
	check(d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err = store.Create(ctx, tx, sample.ShopName, "EUR")
		if err != nil {
			return err
		}
		for k, v := range map[string]string{"brand.tagline": sample.Tagline, "brand.colour": "#2f4a4f", "brand.email": "hello@hearth.example", "shipping.free_from": "60", "rate.USD.EUR": "0.92", "rate.GBP.EUR": "1.16", "rate.CNY.EUR": "0.128", "tax.rate": "19", "locale": "en-IE", "brand.logo_url": "http://127.0.0.1:9191/sample/logo.svg"} {
			if err := store.Set(ctx, tx, s.StoreID, k, v); err != nil {
				fmt.Println(k, err)
			}
		}
		return nil
	}))
	_, err = importer.Sample(ctx, d, s.StoreID)
	check(err)
	check(d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := inventory.Suppliers(ctx, tx, s.StoreID)
		for i, sup := range list {
			sup.Freight = []string{
				`[{"countries":["*"],"service":"standard","name":"Standard","cost":"3.20","currency":"EUR","min_days":8,"max_days":15}]`,
				`[{"countries":["*"],"service":"packet","name":"Packet","cost":"4.10","currency":"EUR","min_days":6,"max_days":11},{"countries":["*"],"service":"express","name":"Express","cost":"14.90","currency":"EUR","min_days":2,"max_days":4}]`,
				`[{"countries":["*"],"service":"post","name":"Post","cost":"6.50","currency":"EUR","min_days":3,"max_days":5}]`}[i%3]
			if err := inventory.ChangeSupplier(ctx, tx, sup); err != nil {
				return err
			}
		}
		return err
	}))
	out := outside.New(outside.Options{DB: d, Seal: box, Log: slog.Default(), Drivers: outside.Drivers{Payments: []payment.Driver{manual.Driver()}}})
	_, err = out.Connect(ctx, s.StoreID, "payment", "manual", "bank", map[string]string{"payee": "Hearth & Harbour Ltd", "iban": "DE89370400440532013000"})
	check(err)
	_, err = out.Connect(ctx, s.StoreID, "payment", "manual", "cash", map[string]string{"method": "cash-on-delivery"})
	check(err)
	h, err := storefront.New(storefront.Options{DB: d, Seal: box, Outside: out, Log: slog.Default(), Gallery: true, Store: func(*http.Request) (id.Store, error) { return s.StoreID, nil }})
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.HandleFunc("GET /sample/logo.svg", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Type", "image/svg+xml"); w.Write(sample.Logo()) })
	mux.HandleFunc("GET /sample/{handle}/{picture}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.TrimSuffix(r.PathValue("picture"), ".svg"))
		svg, err := sample.Picture(r.PathValue("handle"), n)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Write(svg)
	})
	mux.HandleFunc("GET /zz/{step}", func(w http.ResponseWriter, r *http.Request) { journey(w, r) })
	fmt.Println("ready")
	check(http.ListenAndServe("127.0.0.1:9191", mux))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// journey plays a shopper and hands the cookies to the browser.
func journey(w http.ResponseWriter, r *http.Request) {
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar}
	base := "http://127.0.0.1:9191"
	post := func(path string, form url.Values) *http.Response {
		resp, err := c.PostForm(base+path, form)
		check(err)
		return resp
	}
	post("/cart/add", url.Values{"product": {"stoneware-mug"}, "o1": {"Moss"}, "quantity": {"2"}})
	post("/cart/add", url.Values{"product": {"gooseneck-kettle"}, "o1": {"Steel"}, "quantity": {"1"}})
	step := r.PathValue("step")
	to := map[string]string{"cart": "/cart", "home": "/", "checkout": "/checkout"}[step]
	form := url.Values{"email": {"ann@example.com"}, "same": {"yes"}, "shipping_address.name": {"Ann Mercer"}, "shipping_address.line1": {"14 Larkspur Lane"}, "shipping_address.locality": {"Bristol"}, "shipping_address.postal_code": {"BS8 4QX"}, "shipping_address.country": {"GB"}}
	if step == "ship" || step == "order" {
		form.Set("action", "ship")
		post("/checkout", form)
		to = "/checkout"
	}
	if step == "order" {
		form.Set("action", "pay")
		form.Set("payment", "bank")
		to = post("/checkout", form).Request.URL.RequestURI()
	}
	u, _ := url.Parse(base)
	for _, k := range jar.Cookies(u) {
		http.SetCookie(w, &http.Cookie{Name: k.Name, Value: k.Value, Path: "/"})
	}
	http.Redirect(w, r, to, 303)
}
