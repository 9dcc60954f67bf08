package dashboard_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/store"
	"doorstep/money"
)

// returning is a claim whose goods are to come back at the shop's cost, with a receipt of the
// customer over 450 of the smallest coins.
func (d *desk) returning(limit string) (c claim.Claim) {
	d.Helper()
	p := d.paid("Ann")
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		for key, value := range map[string]string{"claim.return_to": "Mug Street 1", "claim.freight_by": "merchant", "claim.freight_most": limit} {
			if err := store.Set(ctx, tx, d.store, key, value); err != nil {
				return err
			}
		}
		c, err = flow.OpenClaim(ctx, tx, d.store, p.Order.OrderID, flow.ClaimSaid{Kind: claim.NoLongerWanted, Wish: claim.Return, Units: map[int64]int64{1: 1}, Actor: "staff:us_test"})
		return err
	})
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ApproveClaim(ctx, tx, d.store, c.ClaimID, flow.ClaimYes{Outcome: claim.Return, Actor: "staff:us_test"})
	})
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ShowReceipt(ctx, tx, d.store, c.ClaimID, 450, &claim.Photo{Width: 1, Height: 1, JPEG: []byte("receipt")}, "customer")
	})
	return c
}

// The desk sees the receipt on the order and the claim, and pays it with one button, never more
// than the limit and never twice.
func TestAReceiptOfTheWayBackIsPaid(t *testing.T) {
	t.Parallel()
	for currency, says := range map[money.Currency][4]string{"EUR": {"4.00", "4.01", "€4.50", "€4.00"}, "JPY": {"400", "401", "¥450", "¥400"}} {
		each(t, currency, func(d *desk) {
			d.furnish(currency)
			c := d.returning(says[0])
			b, at := d.signedIn(account.Manager), "/admin/claims/"+string(c.ClaimID)
			b.get("/admin/orders/"+string(c.OrderID)).sees("sending it back cost", "Look at the claim")
			b.get(at).sees("The customer says "+says[2], "At most "+says[3], "Pay it back", "Do not pay it")
			b.contains(`value="` + says[0] + `"`)
			support := d.signedIn(account.Support)
			support.get(at).sees("Do not pay it").not("Pay it back")
			support.post(at+"/receipt-pay", "amount", says[0]).sees("not for your role")
			b.post(at+"/receipt-pay", "amount", says[1]).sees("at most")
			b.post(at+"/receipt-pay", "amount", "much").sees("write the amount")
			b.post(at+"/receipt-pay", "amount", says[0]).sees("Paid; the customer is told", says[3]+" was paid on", says[3]+" to where the customer paid from")
			b.post(at+"/receipt-pay", "amount", says[0]).sees("waits to be paid")
			b.post(at+"/receipt-refuse", "words", "Too late.").sees("waits to be paid")
		})
	}
}

// A label is a link or a picture; what is neither is refused with words.
func TestALabelIsGivenToTheCustomer(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		c := d.returning("4.00")
		b, at := d.signedIn(account.Support), "/admin/claims/"+string(c.ClaimID)
		b.get(at).sees("Label for the way back", "Its address", "Or a picture of it")
		b.post(at+"/label", "link", "javascript:alert(1)").sees("begins with https://")
		b.post(at+"/label", "link", "https://label.example/1").sees("a link to it")
		var picture bytes.Buffer
		b.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
		b.label(at, "%PDF-1.7").sees("Of a PDF please give the address")
		b.label(at, picture.String()).sees("a picture of it")
		b.get(at + "/photos/" + d.columnOf("SELECT label_photo FROM claim_returns"))
		if kind := http.DetectContentType([]byte(b.html)); kind != "image/jpeg" {
			b.Errorf("the label is %s", kind)
		}
		b.post(at+"/label", "link", "").sees("Done").not("The customer sees a")
		d.signedIn(account.Reader).get(at).not("Give it to the customer")
	})
}

// label sends a label's file as a browser does.
func (b *browser) label(at, file string) *browser {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	b.must(form.WriteField("key", "label"+at+file[:4]))
	b.must(form.WriteField("link", ""))
	part, err := form.CreateFormFile("label", "label.png")
	b.must(err)
	_, err = part.Write([]byte(file))
	b.must(err)
	b.must(form.Close())
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+at+"/label", &body)
	b.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.client.Do(r)
	b.must(err)
	b.take(answer)
	return b
}

// contains wants markup on the page.
func (b *browser) contains(markup string) {
	b.Helper()
	if !strings.Contains(b.html, markup) {
		b.Errorf("%s has no %q", b.at, markup)
	}
}

// columnOf is the one value that a query finds.
func (d *desk) columnOf(query string) (value string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&value) })
	return value
}
