package storefront_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
)

// bought is an order that was paid for, with the page that its link opens.
func (b *browser) bought() (o id.Order, path, token string) {
	b.Helper()
	b.buy(ann)
	path, token = b.page.at.Path, b.page.at.Query().Get("token")
	o = id.Order(strings.TrimPrefix(path, "/orders/"))
	b.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ConfirmManual(ctx, tx, b.store, o, "staff:us_1")
	})
	return o, path, token
}

func (m *mall) purchaseOf(o id.Order) (p purchase.Purchase) {
	m.Helper()
	m.update(func(ctx context.Context, tx *db.Tx) error {
		list, err := purchase.OfOrder(ctx, tx, m.store, o)
		p = list[len(list)-1]
		return err
	})
	return p
}

func TestACustomerCancels(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		b.buy(ann) // not paid yet
		own := b.page.at.Path + "?token=" + b.page.at.Query().Get("token")
		b.get(own)
		b.says("Cancel this order")
		b.get(strings.Replace(own, "?", "/cancel?", 1))
		b.says("Cancel order #1001?", "Nothing was charged")
		if p := m.browser().get(b.page.at.Path); p.status != http.StatusNotFound {
			t.Errorf("a stranger: %d", p.status)
		}
		b.post(b.page.at.Path, "token", b.field("token"), "reason", "wrong size")
		b.says("This order was cancelled")
		b.saysNot("Cancel this order")
	})
}

// While the supplier has it the customer waits for an answer; once it is on its way it is too
// late, and the page says so instead of offering it.
func TestACustomerCancelsTooLate(t *testing.T) {
	t.Parallel()
	each(t, func(_ *testing.T, m *mall) {
		b := m.browser()
		o, path, token := b.bought()
		one := m.purchaseOf(o).PurchaseID
		m.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, m.store, one, "A-1", "staff:us_1")
		})
		b.get(path + "/cancel?token=" + token)
		b.says("We stop what has not been sent")
		b.post(path+"/cancel", "token", token)
		b.says("We are stopping your order", "wait for the answer")
		m.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveCancel(ctx, tx, m.store, one, false, "it is packed", "staff:us_1")
		})
		b.get(path + "?token=" + token)
		b.says("That was too late for what is coming to you")

		b2 := m.browser()
		o, path, token = b2.bought()
		one = m.purchaseOf(o).PurchaseID
		m.update(func(ctx context.Context, tx *db.Tx) error {
			if err := flow.PlaceByHand(ctx, tx, m.store, one, "A-2", "staff:us_1"); err != nil {
				return err
			}
			return flow.ShipByHand(ctx, tx, m.store, one, flow.ParcelSaid{Number: "RB123456785GB", At: tx.Now}, "staff:us_1")
		})
		b2.get(path + "/cancel?token=" + token)
		b2.says("It is too late to cancel this order")
		b2.post(path+"/cancel", "token", token)
		b2.says("On its way", "It is too late to cancel this order")
	})
}

// soldOut lets the supplier of an order have none of it, and the desk ask the customer.
func (m *mall) soldOut(o id.Order) {
	m.Helper()
	one := m.purchaseOf(o).PurchaseID
	m.update(func(ctx context.Context, tx *db.Tx) error {
		if err := flow.PlaceByHand(ctx, tx, m.store, one, "A-1", "staff:us_1"); err != nil {
			return err
		}
		if err := flow.Reject(ctx, tx, m.store, one, "sold out", "staff:us_1"); err != nil {
			return err
		}
		return flow.AskCustomerAboutShort(ctx, tx, m.store, o, "staff:us_1")
	})
}

// Nobody can send it and the desk asks: the customer would wait, and later has the money back.
func TestACustomerChooses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		o, path, token := b.bought()
		own := path + "?token=" + token
		b.get(path + "/choice?token=" + token)
		b.saysNot("Would you like to wait?") // nobody asked
		m.soldOut(o)
		b.get(own)
		b.says("A part of your order cannot be sent", "Choose: wait, another article, or money back")
		b.get(path + "/choice?token=" + token)
		b.says("Would you like to wait?", "1 × "+longName, "I would rather wait", "Give me the money back")
		b.post(path+"/choice", "token", token, "choice", "dance")
		b.says("Choose: wait, another article, or money back")
		m.now.Advance(time.Second)
		b.post(path+"/choice", "token", token, "choice", "wait")
		b.says("You would rather wait")
		b.get(own)
		b.says("Sending it takes longer than planned")
		b.saysNot("We are passing your order on", "Expected ")
		b.post(path+"/choice", "token", token, "choice", "refund")
		b.says("This order was cancelled")
		b.post(path+"/choice", "token", token, "choice", "refund") // pressed twice
		b.says("This order was cancelled")
		for _, language := range []string{"de", "fr", "es", "pt-BR"} {
			if p := b.get(own, "Accept-Language", language); p.status != http.StatusOK {
				t.Errorf("%s: %d", language, p.status)
			}
		}
	})
}

// Nobody can send it: the customer looks for another article on the question's page, takes it,
// and the difference goes back.
func TestACustomerSwaps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		o, path, token := b.bought()
		m.soldOut(o)
		at := path + "/choice?token=" + token
		b.get(at)
		b.says("Instead of 1 × "+longName, "Stoneware Mug 0 · Oat / S", "You get €15.00 back.", "Look for another article")
		b.saysNot(arabic, "Ink / S") // dearer; sold out
		dear := variantOf(m, "mug-2")
		b.post(path+"/choice", "token", token, "line", b.field("line"), "choice", "swap", "variant", string(dear))
		if b.page.status != http.StatusConflict {
			t.Errorf("a dearer one: %d", b.page.status)
		}
		b.says("That is no longer possible", "costs more")
		m.now.Advance(time.Second)
		b.get(at + "&q=zzzz")
		b.says("There is nothing that fits")
		b.get(at + "&q=mug+0")
		b.says("Stoneware Mug 0 · Oat / L")
		b.post(path+"/choice", "token", token, "q", "mug 0", "line", b.field("line"), "choice", "swap", "variant", string(variantOf(m, "mug-0-Oat-S")))
		b.says("Stoneware Mug 0")
		b.saysNot("cannot be sent at the moment")
		if p := m.purchaseOf(o); p.Number != "1001-2" || p.State == purchase.Rejected {
			t.Errorf("bought as %s, %s", p.Number, p.State)
		}
		b.post(path+"/choice", "token", token, "line", "1", "choice", "swap", "variant", string(dear)) // pressed again
		b.saysNot("That is no longer possible")
		for _, language := range []string{"de", "fr", "es", "pt-BR"} {
			if p := b.get(path+"?token="+token, "Accept-Language", language); p.status != http.StatusOK {
				t.Errorf("%s: %d", language, p.status)
			}
		}
	})
}

// variantOf is the variant of a SKU.
func variantOf(m *mall, sku string) (v id.Variant) {
	m.Helper()
	m.update(func(ctx context.Context, tx *db.Tx) error {
		list, err := catalog.BySKU(ctx, tx, m.store, sku)
		if err == nil {
			v = list[0].VariantID
		}
		return err
	})
	return v
}

// sends posts a form with a file that says it is a photo.
func (b *browser) sends(path string, pairs ...string) page {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := form.WriteField(pairs[i], pairs[i+1]); err != nil {
			b.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("photos", "photo.jpg")
	if err != nil {
		b.Fatal(err)
	}
	_, _ = file.Write([]byte("no photo")) // into memory
	if err := form.Close(); err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, &body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	res, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.page = page{res.StatusCode, res.Header, res.Request.URL, string(text)}
	return b.page
}

// Photos are read only after tries were counted: whoever sends them without end is told to wait.
func TestPhotosAreReadLast(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		_, own, token := b.bought()
		token = "?token=" + token
		b.sends(own+"/claims"+token, "kind", "damaged", "words", "It is broken")
		b.says("neither JPEG", "It is broken")
		for range account.TriesPerAddress {
			b.sends(own+"/claims"+token, "kind", "damaged")
		}
		if p := b.sends(own+"/claims"+token, "kind", "damaged", "words", "It is broken"); p.status != http.StatusTooManyRequests {
			t.Errorf("a claim too many: %d", p.status)
		}
		b.saysNot("neither JPEG")
		for range account.WritesPerOrder {
			b.sends(own+"/messages"+token, "topic", "other", "words", "Hello")
			b.says("neither JPEG")
		}
		if p := b.sends(own+"/messages"+token, "topic", "other", "words", "Hello again"); p.status != http.StatusTooManyRequests {
			t.Errorf("a message too many: %d", p.status)
		}
		b.says("Hello again")
		b.saysNot("neither JPEG")
	})
}
