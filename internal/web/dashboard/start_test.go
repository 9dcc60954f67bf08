package dashboard_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/report"
)

// The first hour of a merchant: from the welcome on an empty database, every step
// of the wizard to the test order, by forms alone.
func TestTheFirstSteps(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.stranger()
		b.post("/admin/welcome", "store", "Lumen & Loam", "name", "Ann", "email", "ann@example.com", "password", "correct horse 9")
		if b.at != "/admin/start/store" {
			t.Fatal(b.at)
		}
		b.sees("Setting up", "Your shop", "1 min")
		b.post("/admin/start/store", "name", "Loam", "country", "", "currency", "EUR").sees("choose the country")
		b.post("/admin/start/store", "name", "Loam", "country", "DE", "currency", "EUR", "locale", "de", "zone", "Nowhere/Berlin", "email", "a@loam.example").sees("no time zone")
		b.post("/admin/start/store", "name", "Loam", "country", "KW", "currency", "KWD", "locale", "de", "zone", "Europe/Berlin", "email", "a@loam.example", "address", "Lange Straße 1\n10115 Berlin")
		if b.at != "/admin/start/payment" {
			t.Fatal(b.at)
		}
		b.get("/admin/start/store").sees("KWD", "Done")
		b.post("/admin/start/store", "name", "Loam", "country", "DE", "currency", "EUR", "locale", "de", "zone", "Europe/Berlin", "email", "a@loam.example")

		b.get("/admin/start/payment?driver=manual").sees("Account (IBAN)")
		b.post("/admin/start/payment", "driver", "manual", "name", "manual", "set.payee", "Loam", "set.iban", "nonsense")
		if b.status != http.StatusUnprocessableEntity {
			t.Error(b.status)
		}
		b.post("/admin/start/payment", "driver", "manual", "name", "manual", "set.payee", "Loam", "set.iban", "DE89370400440532013000").sees("is connected", "First supplier")

		b.post("/admin/start/skip", "step", "supplier").sees("First products", "Later")
		b.post("/admin/start/skip", "step", "supplier", "again", "yes").sees("Or one whom only you talk to")
		b.post("/admin/start/supplier/by-hand", "name", "Hearth").sees("Orders for it wait")

		b.get("/admin/start/order").sees("Not yet", "product on sale")
		b.post("/admin/products/import/sample", "back", "/admin/start").sees("84 products")
		if b.at != "/admin/start/order" {
			t.Fatal(b.at)
		}
		b.get("/admin/start/order").sees("Place the test order").not("What does shipping cost you?", "What is their money worth?")
		b.post("/admin/start/supplier/by-hand", "name", "Loom")
		b.get("/admin/start/order").sees("What does shipping cost you?", "Loom")
		b.post("/admin/start/freight", "cost", "x", "min", "3", "max", "7").sees("no price")
		b.post("/admin/start/freight", "cost", "4.90", "min", "3", "max", "7").not("What does shipping cost you?")
		variant := "va_" + between(b.html, `value="va_`, `"`)
		b.post("/admin/start/order", "variant", variant, "to_country", "DE", "to_name", "Ann", "to_line1", "Weg 1", "to_postal_code", "x", "to_locality", "Berlin").not("is placed")
		b.post("/admin/start/order", "variant", variant, "to_country", "DE", "to_name", "Ann", "to_line1", "Weg 1", "to_postal_code", "10115", "to_locality", "Berlin").
			sees("as a test", "Purchase order", "1001-1", "nothing leaves by itself")
		b.get("/admin/start").sees("Your shop is ready")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			figures, err := report.Figures(ctx, tx, d.store, "EUR", tx.Now.Add(-time.Hour))
			if len(figures) != 0 {
				t.Errorf("a test order counts as a sale: %+v", figures)
			}
			return err
		})
		b.post("/admin/start/order/cancel").sees("The test order is cancelled", "Stock is free again")
	})
}

// A table comes in by the browser: what would happen is told, and only then it happens.
func TestAFileComesIn(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		b.get("/admin/products/import").sees("From a file", "A template to fill in")
		b.get("/admin/products/import/template.csv")
		template := b.html
		b.upload("colours.csv", "colour;shade\nred;dark\n").sees("Its columns are none that we know")
		b.upload("sheet.xlsx", "PK\x03\x04rest").sees("Save it as CSV")
		b.upload("mugs.csv", template+"cup,Cup,,,,,TRUE,,,CUP,3,not a price,,,,\r\n")
		b.until("What would happen").sees("New products 1", "Problems 1", "is not an exact amount")
		b.get("/admin/products").sees("No products yet")
		b.get(b.runAt).post(b.runAt + "/begin")
		b.until("It is in").sees("New products 1", "Offers 2")
		b.get("/admin/products").sees("Stone mug")
		b.post(b.runAt + "/forget")
		b.get(b.runAt).sees("not here any more")
		d.signedIn(account.Reader).get("/admin/products/import").sees("not for your role")
	})
}

// upload sends a file as a browser does.
func (b *browser) upload(name, text string) *browser {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	b.must(err)
	_, err = part.Write([]byte(text))
	b.must(err)
	b.must(form.WriteField("supplier", "Hearth"))
	b.must(form.Close())
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+"/admin/products/import/upload", &body)
	b.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.client.Do(r)
	b.must(err)
	b.take(answer)
	b.runAt = b.at
	return b
}

// until asks for the run again until it says so.
func (b *browser) until(words string) *browser {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 300 {
		if b.get(b.runAt); strings.Contains(plainText(b.html), words) {
			return b
		}
		<-tick.C
	}
	b.Fatalf("%s never says %q: %s", b.runAt, words, plainText(b.html))
	return b
}
