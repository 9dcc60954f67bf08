package flow_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/db/archive"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/photo"
	"doorstep/internal/store"
)

// Somebody who can be told from everybody else in any spelling.
const (
	hersMail = "henriette.öl@post.example"
	hersTwo  = "Henriëtte O'Brien <Öl>"
)

// hers are the texts that must be gone.
var hers = []string{"henri", "brien", "Sackgasse 77", "Sackgasse", "Irrweg 5", "+49 30 5557777", "5557777", "DE999777555", "öl@post"}

func herAddress(line string) address.Address {
	return address.Address{Name: hersTwo, Company: "O'Brien & Söhne", Line1: line, Line2: "c/o Henriëtte", Locality: "Berlin", PostalCode: "10115", Country: "DE",
		Phone: "+49 30 5557777", TaxID: "DE999777555"}
}

// everything is every row of every table as text.
func everything(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Write(t.Context(), d, &b, archive.JSONL); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

// herOrder is an order of hers whose money is there.
func (s *shop) herOrder() flow.Placed {
	s.t.Helper()
	name := s.cart(1, 0)
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return cart.SetContact(ctx, tx, s.store, name, cart.Contact{Email: hersMail, Shipping: herAddress("Sackgasse 77"), Billing: herAddress("Sackgasse 77")})
	})
	s.ship(name)
	placed := s.place(s.placement(name))
	s.paid(placed, "captured")
	return placed
}

// herTraces are left wherever somebody's words can stand.
func (s *shop) herTraces() {
	s.t.Helper()
	refused := s.herOrder().Order.OrderID
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeAddress(ctx, tx, s.store, refused, herAddress("Irrweg 5"), false, me)
	})
	raw := func() string {
		text, _ := json.Marshal(map[string]any{"consignee": herAddress("Sackgasse 77")})
		return string(text)
	}()
	s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "ADDR", Words: "no house at " + "Irrweg 5 for " + hersTwo, Cause: "address", Raw: raw}, nil, flow.Powers{})
	s.cancel(refused)
	delivered := s.herOrder().Order.OrderID
	s.acknowledged()
	p := s.purchases(delivered)[0]
	s.says(p, parcel("RB123456785GB"))
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.TrackSaidSo(ctx, tx, s.store, flow.TrackSaid{Number: "RB123456785GB", Source: "17", Actor: "carrier:17", Events: []flow.TrackingSaid{
			{At: tx.Now.Add(time.Hour), Kind: "in-transit", Words: "on its way to HENRIËTTE O'BRIEN <ÖL>", Location: "Sackgasse 77"},
			{At: tx.Now.Add(2 * time.Hour), Kind: "delivered", Words: "left with " + hersTwo + " at Sackgasse 77", Latitude: 51_234_567, Longitude: 6_789_012}}})
		return err
	})
	s.do(func(ctx context.Context, tx *db.Tx) error {
		who, err := account.PutCustomer(ctx, tx, s.store, hersMail, "de")
		if err != nil {
			return err
		}
		if _, err := account.StartCustomer(ctx, tx, who, "Henriette's browser"); err != nil {
			return err
		}
		if err := flow.KeepAddress(ctx, tx, s.store, who.CustomerID, "", herAddress("Sackgasse 77")); err != nil {
			return err
		}
		if err := flow.NoteCustomer(ctx, tx, s.store, who.CustomerID, "us_me", "Henriëtte is kind", me); err != nil {
			return err
		}
		for _, body := range []string{raw, "name=Henri%C3%ABtte+O%27Brien+%3C%C3%96l%3E&x=1", `{"email":"henriette.\u00f6l@post.example","address":"Sackgasse 77"}`} {
			if _, err := store.Seen(ctx, tx, s.store, "cn_ali", fmt.Sprint("m", len(body)), []byte(body)); err != nil {
				return err
			}
		}
		_, err = flow.AskCode(ctx, tx, s.store, hersMail, "de", "192.0.2.7")
		return err
	})
	s.herReview(delivered)
	s.herWords(refused)
	other := s.cart(1, 1) // never ordered
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return cart.SetContact(ctx, tx, s.store, other, cart.Contact{Email: hersMail, Shipping: herAddress("Sackgasse 77")})
	})
}

// herWords are what she wrote to us, in every way, and what was answered.
func (s *shop) herWords(o id.Order) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		m, err := flow.WriteToUs(ctx, tx, s.store, o, flow.Wrote{Topic: "where", Words: "I am " + hersTwo + ", Sackgasse 77", Photos: []photo.Photo{{Width: 1, Height: 1, JPEG: []byte(hersMail)}}})
		if err != nil {
			return err
		}
		_, err = flow.AnswerMessage(ctx, tx, s.store, m.ConversationID, "Dear "+hersTwo, "desk", me)
		return err
	})
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.ContactUs(ctx, tx, s.store, flow.Wrote{Name: hersTwo, Email: hersMail, Subject: "Sackgasse 77", Words: "Call me: +49 30 5557777"})
		return err
	})
	letter := message.Read([]byte("From: stranger@else.example\r\nSubject: for " + hersMail + "\r\nMessage-ID: <x@else.example>\r\n\r\nShe lives in Sackgasse 77"))
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.HearMail(ctx, tx, boxOf(s.t, 7), s.store, letter, nil)
		return err
	})
}

// TestErasedCustomerIsNowhere: after somebody was forgotten no column of any table names them,
// and the books and derived words are as they were.
func TestErasedCustomerIsNowhere(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		s.bought(1, 1) // somebody else
		s.acknowledged()
		s.herTraces()
		before := everything(t, s.DB)
		found := map[string]bool{}
		for table, text := range before {
			for _, w := range hers {
				if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
					found[table] = true
				}
			}
		}
		if len(found) < 9 {
			t.Fatalf("the test leaves traces only in %v", found)
		}
		erase := func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.EraseCustomer(ctx, tx, s.store, " HENRIETTE.öl@post.example ", me)
			return err
		}
		open := s.herOrder().Order.OrderID
		s.refused("open-orders", erase)
		s.cancel(open)
		before["ledger_entries.jsonl"] = everything(t, s.DB)["ledger_entries.jsonl"]
		s.do(erase)
		after := everything(t, s.DB)
		for table, text := range after {
			for line := range strings.SplitSeq(text, "\n") {
				for _, w := range hers {
					if strings.Contains(strings.ToLower(line), strings.ToLower(w)) {
						t.Errorf("%s still says %q: %s", table, w, line)
					}
				}
			}
		}
		if before["ledger_entries.jsonl"] == "" || !strings.HasPrefix(after["ledger_entries.jsonl"], before["ledger_entries.jsonl"]) {
			t.Error("the books changed")
		}
		if scans := after["tracking_events.jsonl"]; strings.Contains(scans, "51234567") || strings.Contains(scans, "6789012") {
			t.Errorf("where her door is stayed: %s", scans)
		}
		if !strings.Contains(after["orders.jsonl"], `\"country\":\"DE\"`) || !strings.Contains(after["customers.jsonl"], "ann1@shop.example") {
			t.Error("more was erased than one person")
		}
		differences, err := flow.Audit(t.Context(), s.DB, s.store)
		if err != nil || len(differences) > 0 {
			t.Errorf("the audit finds %v %v", differences, err)
		}
		s.refused("not-found", erase)
		s.herOrder() // and comes again, as somebody new
	})
}

// TestEverythingHeldIsHandedOver: an export holds the orders, parcels, mails and notes of a
// mail address, no other's, and nothing that opens a door.
func TestEverythingHeldIsHandedOver(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		s.bought(1, 1)
		s.acknowledged()
		s.herTraces()
		var held *flow.Held
		s.must(s.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			held, err = flow.ExportCustomer(ctx, tx, s.store, hersMail)
			return err
		}))
		for table, n := range map[string]int{"customers": 1, "orders": 2, "carts": 3, "customer_addresses": 1, "customer_notes": 1, "customer_sessions": 1,
			"customer_codes": 1, "shipments": 1, "tracking_events": 2, "payments": 2, "order_lines": 2} {
			if len(held.Tables[table]) != n {
				t.Errorf("%d rows of %s, want %d", len(held.Tables[table]), table, n)
			}
		}
		text, err := json.Marshal(held)
		s.must(err)
		if strings.Contains(string(text), "token_hash") || strings.Contains(string(text), "ann1@") || !strings.Contains(string(text), "Sackgasse 77") || !strings.Contains(string(text), "51234567") {
			t.Errorf("%s", text)
		}
	})
}
