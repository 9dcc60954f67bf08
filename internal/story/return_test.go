package story_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/shipment"
)

// One of two lamps goes back, which the shop bears. The customer reads how, prints the slip, opens
// the label, shows the receipt and gets what it cost, and nothing less for the lamp.
func TestSendingBackAtTheShopsCost(t *testing.T) {
	t.Parallel()
	settings := []string{"claim.return_to", "Mug Street 1\\nLeeds", "claim.freight_by", "merchant", "claim.freight_most", "6.00",
		"claim.return_words", "Use the old box.\\nAny post office takes it."}
	tell(t, settings, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 2)
		s.Later(12 * day)
		c := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "1", "words": "It does not fit in."})
		at := "/claims/" + string(c.ClaimID)
		s.reads(o.own(at), "Use the old box.", "Any post office takes it.", "Mug Street 1", at+"/slip", "up to €6.00")
		if text := s.mailed(o.mail, "is approved"); !strings.Contains(text, "Use the old box.") || !strings.Contains(text, "Any post office takes it.") {
			s.t.Errorf("the mail: %s", text)
		}
		s.reads(o.own(at+"/slip"), "Return slip "+c.Number, "Mug Street 1", "Leeds", "1 × lamp")
		for _, path := range []string{at, at + "/slip"} {
			if status, _, _ := s.browse(http.MethodGet, "/orders/"+string(o.id)+path+"?token=guess", "", nil); status != http.StatusNotFound {
				s.t.Errorf("a stranger at %s: %d", path, status)
			}
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetLabel(ctx, tx, s.Store.StoreID, c.ClaimID, "https://label.example/77", nil, staff)
		})
		s.reads(o.own(at), `href="https://label.example/77"`)
		s.mailed(o.mail, "About your return")

		send := func(amount string, photos ...[]byte) (int, string) {
			status, _, page := s.sends(o.own(at+"/receipt"), map[string]string{"amount": amount}, photos...)
			return status, page
		}
		for amount, says := range map[string]string{"much": "as 4.90", "0": "as 4.90", "-3": "as 4.90"} {
			if status, page := send(amount, broken(s.t)); status != http.StatusUnprocessableEntity || !strings.Contains(page, says) || !strings.Contains(page, `id="receipt-amount-error"`) {
				s.t.Errorf("%q: %d", amount, status)
			}
		}
		if status, page := send("5.40"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="receipt-photo-error"`) {
			s.t.Errorf("no photo: %d", status)
		}
		no := []byte("GIF89a no photo") // they are counted before one of them is read
		if status, page := send("5.40", no, no, no, no, no, no, no); status != http.StatusUnprocessableEntity || !strings.Contains(page, "At most six photos") {
			s.t.Errorf("seven photos: %d", status)
		}
		if status, page := send("5.40", no); status != http.StatusUnprocessableEntity || !strings.Contains(page, `id="receipt-photo-error"`) {
			s.t.Errorf("something that is no photo: %d", status)
		}
		if status, page := send("5,40", broken(s.t)); status != http.StatusSeeOther {
			s.t.Fatalf("the receipt: %d %s", status, page)
		}
		s.Expect(o, "closed, delivered, paid, claim-receipt")
		s.reads(o.own(at), "looking at your receipt of €5.40")
		receipt := s.column("SELECT photo_id FROM claim_photos WHERE purpose = 'receipt'")[0]
		if _, _, jpeg := s.browse(http.MethodGet, o.own(at+"/photos/"+receipt), "", nil); strings.Contains(jpeg, "GPS") || http.DetectContentType([]byte(jpeg)) != "image/jpeg" {
			s.t.Error("the receipt is no JPEG, or tells where it was taken")
		}

		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.PayReceipt(ctx, tx, s.Store.StoreID, c.ClaimID, 540, staff)
		})
		s.Later(time.Hour)
		s.Expect(o, "closed, delivered, partly refunded")
		s.reads(o.own(at), "We pay you €5.40")
		if b := s.bank.Books()[0]; b.Refunded != 540 {
			s.t.Errorf("the bank gave back %d", b.Refunded)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ReceiveReturn(ctx, tx, s.Store.StoreID, c.ClaimID, staff)
		})
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.InspectReturn(ctx, tx, s.Store.StoreID, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: 1}, Actor: staff})
		})
		s.Later(time.Hour)
		want := o.worth(1, 1, false) + 540
		if b := s.bank.Books()[0]; o.now(c).State != claim.Settled || b.Refunded != want {
			s.t.Errorf("the claim is %s, the bank gave back %d, want %d", o.now(c).State, b.Refunded, want)
		}
		if got := ledger.Sum(o.books(), ledger.ReturnFreight); got != 540 {
			s.t.Errorf("the books say %d for the way back", got)
		}
		if status, _, _ := s.browse(http.MethodGet, o.own(at+"/slip"), "", nil); status != http.StatusNotFound {
			s.t.Errorf("the slip of a claim that is settled: %d", status)
		}
		s.forgets(o.mail)
	})
}

// What carriers say of a parcel that goes back is followed as of any other: customer and staff see
// its way, goods that have come are to be looked at, and a parcel that is lost is told to a person.
func TestParcelsAreFollowedBack(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.return_to", "Mug Street 1\\nLeeds"}, func(s *story) {
		ann, ben := s.Customer("ann").Buys("lamp", 1), s.Customer("ben").Buys("lamp", 1)
		s.Later(12 * day)
		back := func(o sale, number string) claim.Claim {
			c := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "1", "words": "It does not fit in."})
			at := "/claims/" + string(c.ClaimID)
			if status, _, page := s.sends(o.own(at+"/sent"), map[string]string{"number": strings.ToLower(number)}); status != http.StatusSeeOther {
				s.t.Fatalf("%d %s", status, page)
			}
			s.world.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "DE", To: "GB", City: "Leeds", Label: s.clock.Now()})
			return c
		}
		came, lost := back(ann, "RB000000014GB"), back(ben, "RB000000028GB")
		s.world.Doom("RB000000028GB", emulator.StepLost)
		s.Later(2 * day)
		if c := ann.now(came); c.State != claim.Returning || c.Trouble != "" {
			s.t.Errorf("on its way: %+v", c)
		}
		s.reads(ann.own("/claims/"+string(came.ClaimID)), "way-back", "RB000000014GB")
		s.Later(40 * day)
		if c := ann.now(came); c.State != claim.Inspecting || c.ReceivedAt == 0 {
			s.t.Errorf("it was delivered: %+v", c)
		}
		s.Expect(ann, "closed, delivered, paid, claim-inspect")
		s.Expect(ben, "closed, delivered, paid, claim-unheard")
		if c := ben.now(lost); c.State != claim.Returning || !strings.Contains(c.Trouble, "is lost") {
			s.t.Errorf("the carrier lost it: %+v", c)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			left, err := shipment.Followed(ctx, tx, s.Store.StoreID, "", 100)
			if len(left) != 0 {
				s.t.Errorf("still asked for: %+v", left)
			}
			return err
		})
	})
}

// reads wants words on a page of the shop.
func (s *story) reads(path string, words ...string) {
	s.t.Helper()
	_, _, page := s.browse(http.MethodGet, path, "", nil)
	for _, w := range words {
		if !strings.Contains(page, w) {
			s.t.Errorf("%s does not say %q: %s", path, w, page)
		}
	}
}

// forgets erases a customer: their receipt and their label are handed over before, and gone after.
func (s *story) forgets(email string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		held, err := flow.ExportCustomer(ctx, tx, s.Store.StoreID, email)
		if err != nil {
			return err
		}
		if len(held.Tables["claim_returns"]) != 1 || len(held.Tables["claim_photos"]) != 1 {
			s.t.Errorf("handed over: %v", held.Tables["claim_returns"])
		}
		_, err = flow.EraseCustomer(ctx, tx, s.Store.StoreID, email, staff)
		return err
	})
	if n := len(s.column("SELECT photo_id FROM claim_photos")); n != 0 {
		s.t.Errorf("%d pictures are left", n)
	}
	if got := s.column("SELECT label_url FROM claim_returns"); strings.Join(got, "") != "" {
		s.t.Errorf("the label is left: %v", got)
	}
	if got := s.column("SELECT paid_minor FROM claim_returns"); strings.Join(got, "") != "540" {
		s.t.Errorf("what was paid is %v", got)
	}
}
