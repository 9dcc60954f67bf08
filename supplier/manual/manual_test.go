package manual

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// outbox is a mailer that keeps what it is given and answers as told. How a real mail
// server is spoken to is proved where the sender is: internal/mail.
type outbox struct {
	mails  []connector.Mail
	answer error
}

func (o *outbox) Send(_ context.Context, m connector.Mail) error {
	o.mails = append(o.mails, m)
	return o.answer
}

func now() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func opened(t testing.TB, box *outbox, v connector.Values) supplier.Connector {
	t.Helper()
	values := connector.Values{"email": "orders@acme.example"}
	maps.Copy(values, v)
	checked, err := connector.Check(Driver().Settings, values)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Driver().Open(checked, connector.Env{Mailer: box, Now: now, Brand: connector.Brand{
		Name: "Lumen & Loam", Email: "hello@lumen.example", Address: "Hafenstr. 1\n20457 Hamburg", URL: "https://lumen.example",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func order() supplier.Order {
	eur := func(minor int64) money.Amount { return money.New(minor, "EUR") }
	return supplier.Order{
		Key: "01HV3Z-7", Number: "PO-1042-1", Email: "hello@lumen.example", Currency: "EUR",
		Address: supplier.Address{
			Name: "Jürgen Groß", Company: "Groß & Söhne", Line1: "Aachener Str. 5", PostalCode: "50667",
			Locality: "Köln", Country: "DE", Phone: "+49 221 123", TaxID: "DE123",
		},
		Lines: []supplier.Line{
			{ID: "1", SKU: "MUG-BLUE-350", Title: "Stoneware mug, blue glaze, 350 ml", Quantity: 2, UnitCost: eur(499)},
			{ID: "2", SKU: "LAMP-OAK", Title: "Bedside lamp, oak", Quantity: 1, UnitCost: eur(2350)},
		},
		Note: "Please wrap as a gift.\nNo invoice in the parcel.",
	}
}

func TestSubmitMails(t *testing.T) {
	t.Parallel()
	box := &outbox{}
	c := opened(t, box, connector.Values{"name": "Maria", "instructions": "Neutral packaging only."})
	status, err := c.Submit(t.Context(), order())
	if err != nil || status.State != supplier.Placed || status.Ref.Ref != "PO-1042-1" || status.Key != "01HV3Z-7" || !status.At.Equal(now()) {
		t.Fatalf("status = %+v, %v", status, err)
	}
	m := box.mails[0]
	if m.To != "orders@acme.example" || m.ReplyTo != "hello@lumen.example" || !strings.HasPrefix(m.Subject, "PO-1042-1") {
		t.Errorf("mail to %q, reply %q, subject %q", m.To, m.ReplyTo, m.Subject)
	}
	if m.MessageID != "purchase.01HV3Z-7@lumen.example" {
		t.Errorf("message id = %q", m.MessageID)
	}
	for name, body := range map[string]string{"text": m.Text, "html": visible(t, m.HTML), "sheet": visible(t, string(m.Files[1].Data))} {
		for _, want := range []string{
			"PO-1042-1", "2026-03-02", "Jürgen Groß", "Groß & Söhne", "50667 Köln", "GERMANY", "+49 221 123", "DE123",
			"MUG-BLUE-350", "Stoneware mug, blue glaze, 350 ml", "LAMP-OAK", "gift", "No invoice in the parcel.",
			"Neutral packaging only.", "ship it once", "Lumen & Loam", "20457 Hamburg",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, body)
			}
		}
		for _, price := range []string{"4.99", "9.98", "23.50", "33.48", "€"} {
			if strings.Contains(body, price) {
				t.Errorf("%s shows the price %s", name, price)
			}
		}
	}
	if !strings.Contains(m.Text, "Hello Maria,") {
		t.Errorf("greeting: %s", m.Text)
	}
	if !bytes.HasPrefix(m.Files[0].Data, []byte("%PDF-")) || m.Files[0].Name != "order-PO-1042-1.pdf" {
		t.Errorf("pdf = %q", m.Files[0].Name)
	}
}

// visible is the visible text of a page, in one line; a page that is no page fails.
func visible(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			out.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func TestCostsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	box := &outbox{}
	if _, err := opened(t, box, connector.Values{"show_costs": "true"}).Submit(t.Context(), order()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"€4.99", "€9.98", "€33.48"} {
		if !strings.Contains(box.mails[0].Text, want) {
			t.Errorf("text lacks %s", want)
		}
	}
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	for attach, want := range map[string][]string{
		"both": {"application/pdf", "text/html; charset=utf-8"}, "pdf": {"application/pdf"},
		"html": {"text/html; charset=utf-8"}, "none": nil,
	} {
		box := &outbox{}
		if _, err := opened(t, box, connector.Values{"attach": attach}).Submit(t.Context(), order()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range box.mails[0].Files {
			got = append(got, f.Type)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", attach, got)
		}
		if says := strings.Contains(box.mails[0].Text, "attached"); says != (want != nil) {
			t.Errorf("%s: the mail speaks of an attachment: %v", attach, says)
		}
	}
}

// TestOutcomes: what the mail server's answer means for the mail, it means for the order.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for want, answer := range map[connector.Outcome]error{
		connector.WasNotSent:  &connector.NotSent{Err: errors.New("refused")},
		connector.WasLost:     &connector.Uncertain{Err: errors.New("cut")},
		connector.WasRejected: &connector.Rejected{Code: "550"},
	} {
		box := &outbox{answer: answer}
		c := opened(t, box, nil)
		if _, err := c.Submit(t.Context(), order()); connector.OutcomeOf(err) != want {
			t.Errorf("%v: %v", answer, err)
		}
		box.answer = nil
		if _, err := c.Submit(t.Context(), order()); err != nil || box.mails[0].MessageID != box.mails[1].MessageID {
			t.Errorf("repeated: %v, %q and %q", err, box.mails[0].MessageID, box.mails[1].MessageID)
		}
	}
	spoilt := order()
	spoilt.Lines = nil
	if _, err := opened(t, &outbox{}, nil).Submit(t.Context(), spoilt); connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("no lines: %v", err)
	}
}

func TestNothingToAsk(t *testing.T) {
	t.Parallel()
	c := opened(t, &outbox{}, nil)
	page, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{"A"}})
	if err != nil || len(page.Offers)+len(page.Gone) > 0 || page.Next != "" || !page.AsOf.Equal(now()) {
		t.Errorf("offers = %+v, %v", page, err)
	}
	if list, err := c.Report(t.Context(), []supplier.Ref{{Key: "k"}}); err != nil || len(list) > 0 {
		t.Errorf("report = %v, %v", list, err)
	}
	if _, finds := c.(supplier.Finder); finds {
		t.Error("nobody can be asked whether a mail arrived")
	}
	if _, err := Driver().Open(connector.Values{"language": "en"}, connector.Env{Now: now}); err == nil {
		t.Error("opened without a mail server")
	}
}

// TestWords: every language has every word, with the verbs of the English one.
func TestWords(t *testing.T) {
	t.Parallel()
	en := reflect.ValueOf(wordTable()["en"])
	for lang, w := range wordTable() {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			name, text := v.Type().Field(i).Name, v.Field(i).String()
			if text == "" || strings.Count(text, "%s") != strings.Count(en.Field(i).String(), "%s") ||
				strings.Count(text, "%d") != strings.Count(en.Field(i).String(), "%d") {
				t.Errorf("%s: %s = %q", lang, name, text)
			}
		}
		if _, err := opened(t, &outbox{}, connector.Values{"language": lang}).Submit(t.Context(), order()); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

// TestNaughty: whatever a shopper types, the mail is whole and the sheet prints.
func TestNaughty(t *testing.T) {
	t.Parallel()
	list := []string{
		"<script>alert(1)</script>", "佐藤 花", "أحمد", "שלום", "👩‍👩‍👧 🎁", "a\r\nBcc: x@y.example", "\x00\x01\xff", "{{.}}", "%s%d%n",
		strings.Repeat("W", 400), strings.Repeat("word ", 200), "Ünïcödé Ελληνικά Кириллица Հայերեն ქართული",
	}
	if shared := os.Getenv("DOORSTEP_SHARED"); shared != "" {
		if raw, err := os.ReadFile(filepath.Join(shared, "data", "addresses", "naughty", "blns.txt")); err == nil {
			list = append(list, string(raw[:8000]))
		}
	}
	for _, s := range list {
		o := order()
		o.Number, o.Note, o.Email, o.Service = "PO-"+s, s, s, s
		o.Address = supplier.Address{Name: s, Company: s, Line1: s, Line2: s, Locality: s, Region: s, PostalCode: s, Country: "JP", Phone: s, TaxID: s}
		o.Lines[0].SKU, o.Lines[0].Title = s, s
		box := &outbox{}
		if _, err := opened(t, box, connector.Values{"name": s, "instructions": s}).Submit(t.Context(), o); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		m := box.mails[0]
		if strings.ContainsAny(m.Subject, "\r\n\x00") || strings.Contains(m.HTML, "<script") || strings.Contains(string(m.Files[1].Data), "<script") {
			t.Errorf("%q: subject %q", s, m.Subject)
		}
		if strings.Contains(m.Files[0].Name, "/") || strings.ContainsAny(m.Files[0].Name, "\r\n<> ") {
			t.Errorf("%q: file name %q", s, m.Files[0].Name)
		}
	}
}

// sheet is an order's, for a supplier without wishes of its own.
func sheet(t testing.TB, o supplier.Order) paper {
	t.Helper()
	p, err := opened(t, &outbox{}, nil).(*client).paper(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLongOrder: an order of many lines goes over several pages.
func TestLongOrder(t *testing.T) {
	t.Parallel()
	o := order()
	for i := range 80 {
		o.Lines = append(o.Lines, supplier.Line{SKU: fmt.Sprintf("SKU-%03d", i), Title: strings.Repeat("A long title ", i%12), Quantity: 1, UnitCost: money.New(1, "EUR")})
	}
	p := sheet(t, o)
	data, err := p.pdf(now())
	if err != nil {
		t.Fatal(err)
	}
	if pages := bytes.Count(data, []byte("/Type /Page\n")); pages < 4 || pages > 12 {
		t.Errorf("%d pages", pages)
	}
	again, err := p.pdf(now())
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same sheet differs: %v", err)
	}
}

// TestUnprintableIsSaid: boxes are explained where they stand, and nowhere else.
func TestUnprintableIsSaid(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"Jürgen Groß": false, "Łukasz Żółć": false, "佐藤 花": true, "أحمد": true} {
		o := order()
		o.Address.Name = name
		p := sheet(t, o)
		if d := p.draw(now()); d.lost != lost || d.Error() != nil {
			t.Errorf("%s: lost %v, %v", name, d.lost, d.Error())
		}
	}
}

// TestSheetsOfTheWestAreLight: no font is put into a sheet that needs none.
func TestSheetsOfTheWestAreLight(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"Jürgen Groß, 5 € “l’Œuvre” – Ñandú": 6_000, "Łukasz Żółć": 60_000} {
		o := order()
		o.Address.Name = name
		p := sheet(t, o)
		data, err := p.pdf(now())
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > most || bytes.Contains(data, []byte("FontFile")) != (most > 6_000) {
			t.Errorf("%s: %d bytes", name, len(data))
		}
	}
}

func BenchmarkSheet(b *testing.B) {
	for name, customer := range map[string]string{"western": "Jürgen Groß", "polish": "Łukasz Żółć"} {
		o := order()
		o.Address.Name = customer
		p := sheet(b, o)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.pdf(now()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	list, width := bars("PO-1042-1")
	if len(list) < 20 || list[0].At != quiet || list[len(list)-1].At+list[len(list)-1].Width != width-quiet {
		t.Errorf("%d bars in %d: %v", len(list), width, list)
	}
	if list, _ := bars("注文"); list != nil {
		t.Error("a code for letters that it does not know")
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]bool{'a': true, 'ß': true, 'Ж': true, 'Ω': true, 'ł': true, '€': true, '□': true, '花': false, 'ا': false, 'א': false, '🎁': false} {
		if printable(r) != want {
			t.Errorf("%c printable = %v", r, !want)
		}
	}
}
