package mail

import (
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/internal/smtptest"
	"doorstep/supplier"
	"doorstep/supplier/manual"
)

// TestSupplierByMail: an order to a supplier without API, over a real mail server, and
// what each of the server's failures means for it.
func TestSupplierByMail(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	values, err := connector.Check(manual.Driver().Settings, connector.Values{
		"email": "Acme Orders <orders@acme.example>", "reply_to": "po+1042@shop.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := manual.Driver().Open(values, connector.Env{
		Mailer: sender(t, Options{URL: box.URL()}), Now: time.Now,
		Brand: connector.Brand{Name: "Lumen & Loam", Email: "hello@shop.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := supplier.Order{
		Key: "01HV3Z-7", Number: "PO-1042-1", Currency: "EUR",
		Address: supplier.Address{Name: "Łukasz Żółć 佐藤", Line1: "ul. Długa 1", PostalCode: "00-001", Locality: "Warszawa", Country: "PL"},
		Lines:   []supplier.Line{{ID: "1", SKU: "MUG", Title: "Kubek – niebieski", Quantity: 3}},
	}
	for _, try := range []struct {
		fault smtptest.Fault
		want  connector.Outcome
	}{
		{smtptest.DeferRecipient, connector.WasNotSent},
		{smtptest.RefuseRecipient, connector.WasRejected},
		{smtptest.DropAfter, connector.WasLost},
		{"", connector.Done},
	} {
		if try.fault != "" {
			box.Once(try.fault, "orders@")
		}
		if _, err := c.Submit(t.Context(), o); connector.OutcomeOf(err) != try.want {
			t.Errorf("%s: %v", try.fault, err)
		}
	}
	list := box.To("orders@acme.example")
	if len(list) != 2 || box.Distinct() != 1 {
		t.Fatalf("%d mails, %d distinct: a lost answer and its repeat must be one order", len(list), box.Distinct())
	}
	m := list[0]
	if !strings.HasPrefix(m.Subject, "PO-1042-1") || m.ReplyTo != "po+1042@shop.example" || m.Problem != nil || len(m.Files) != 2 {
		t.Errorf("mail = %q, reply %q, %d files, %v", m.Subject, m.ReplyTo, len(m.Files), m.Problem)
	}
	for _, body := range []string{m.Text, m.HTML, string(m.Files[1].Data)} {
		if !strings.Contains(body, "Łukasz Żółć 佐藤") || !strings.Contains(body, "00-001 Warszawa") {
			t.Errorf("the address is not whole: %s", body)
		}
	}
}
