package story_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
)

// key is an API key of the merchant's.
func (s *story) key(role account.Role) (secret string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		_, secret, err = account.AddKey(ctx, tx, s.Store.StoreID, "story", role)
		return err
	})
	return secret
}

// hasCode is the merchant making a discount's code.
func (s *story) hasCode(code string, terms map[string]any) {
	s.t.Helper()
	terms["code"] = code
	s.api(http.MethodPost, "/admin/discounts", s.key(account.Manager), terms, nil)
}

// own is an address of the customer's: with the secret of the order's link.
func (o sale) own(rest string) string {
	return "/orders/" + string(o.id) + rest + "?token=" + flow.OrderToken(o.s.Seal, o.s.Store.StoreID, o.id)
}

// complains sends the claim's form as a customer does, and answers the claim.
func (o sale) complains(fields map[string]string, photos ...[]byte) claim.Claim {
	o.s.t.Helper()
	status, to, page := o.s.sends(o.own("/claims"), fields, photos...)
	if status != http.StatusSeeOther {
		o.s.t.Fatalf("the claim is not taken: %d %s", status, page)
	}
	for _, c := range o.claims() {
		if strings.Contains(to, string(c.ClaimID)) {
			return c
		}
	}
	o.s.t.Fatalf("there is no claim at %s", to)
	return claim.Claim{}
}

// now reads a claim anew.
func (o sale) now(c claim.Claim) claim.Claim {
	o.s.t.Helper()
	for _, one := range o.claims() {
		if one.ClaimID == c.ClaimID {
			return one
		}
	}
	o.s.t.Fatalf("claim %s is gone", c.Number)
	return c
}

// worth is what units of the first line weigh in the allocation: with shipping, or without.
func (o sale) worth(first, last int64, shipping bool) (sum int64) {
	o.s.t.Helper()
	o.s.must(o.s.DB.View(o.s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		units, err := order.UnitsOf(ctx, tx, o.s.Store.StoreID, o.id)
		if !shipping {
			for i := range units {
				units[i].ShippingMinor = 0
			}
		}
		sum = order.Share(units, 1, first, last, true)
		return err
	}))
	return sum
}

// books are the entries of an order.
func (o sale) books() (entries []ledger.LedgerEntry) {
	o.s.t.Helper()
	o.s.must(o.s.DB.View(o.s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		entries, err = ledger.Entries(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	}))
	return entries
}

func (o sale) total() (n int64) {
	o.s.t.Helper()
	o.s.must(o.s.DB.View(o.s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		found, err := order.Get(ctx, tx, o.s.Store.StoreID, o.id)
		n = found.TotalMinor
		return err
	}))
	return n
}

// Three lamps at 39.95 with a tenth off, and two of them are broken: what goes back is what the
// allocation says of those two, to the cent, at the bank and in the books. The third makes the
// whole whole.
func TestTwoOfThreeUnderADiscount(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "200.00", "tax.rate", "19"}, func(s *story) {
		s.exec("UPDATE variants SET price_minor = 3995 WHERE sku = 'lamp'")
		s.hasCode("tenth", map[string]any{"kind": "percent", "basis_points": 1000})
		o := s.Customer("ann").With("Tenth").Buys("lamp", 3)
		if got := s.column("SELECT discount_minor FROM orders")[0]; got != "1199" && got != "1198" { // a tenth of 119.85
			s.t.Errorf("%s taken off", got)
		}
		s.Later(12 * day)
		c := o.complains(map[string]string{"kind": "damaged", "wish": "money", "line-1": "2", "words": "Two feet are broken."}, broken(s.t), broken(s.t))
		want := o.worth(1, 2, true)
		if goods := o.worth(1, 2, false); goods != 2*3995-2*399 && goods != 2*3995-399-400 && goods != 2*3995-2*400 {
			s.t.Errorf("two lamps with their discount weigh %d", goods)
		}
		o.approves(c, claim.Keep)
		s.Later(time.Hour)
		if got := o.now(c); got.State != claim.Settled || got.AmountMinor != want {
			s.t.Errorf("the claim is %s with %d, want %d", got.State, got.AmountMinor, want)
		}
		if b := s.bank.Books()[0]; b.Refunded != want || len(b.Refunds) != 1 {
			s.t.Errorf("the bank gave back %d in %d refunds, want %d", b.Refunded, len(b.Refunds), want)
		}
		if got := ledger.Sum(o.books(), ledger.Refunded); got != want {
			s.t.Errorf("the books say %d, want %d", got, want)
		}
		s.Expect(o, "closed, delivered, partly refunded")
		if status, _, _ := s.sends(o.own("/claims"), map[string]string{"kind": "damaged", "wish": "money", "line-1": "2", "words": "More."}, broken(s.t)); status != http.StatusUnprocessableEntity {
			s.t.Errorf("units that were paid for are claimed again: %d", status)
		}
		o.approves(o.complains(map[string]string{"kind": "damaged", "wish": "money", "line-1": "1", "words": "The last one too."}, broken(s.t)), claim.Keep)
		s.Later(time.Hour)
		s.Expect(o, "closed, delivered, refunded")
		if b := s.bank.Books()[0]; b.Refunded != o.total() {
			s.t.Errorf("all three: %d, the order was %d", b.Refunded, o.total())
		}
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered", "We have your message", "is approved", "Refund of", "We have your message", "is approved", "Refund of")
	})
}

// What came back is looked at: two of three are as they should be and are paid; the customer
// reads why the third is not.
func TestReturnPartlyAccepted(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.return_to", "Mug Street 1, Leeds"}, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 3)
		s.Later(12 * day)
		c := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "3", "words": "They do not fit in."})
		if c.State != claim.Returning {
			s.t.Fatalf("a withdrawal within the days is %s", c.State)
		}
		at := "/claims/" + string(c.ClaimID)
		if _, _, page := s.browse(http.MethodGet, o.own(at), "", nil); !strings.Contains(page, "Mug Street 1") || !strings.Contains(page, c.Number) {
			s.t.Errorf("where to send it: %s", page)
		}
		if status, _, _ := s.sends(o.own(at+"/sent"), map[string]string{"number": "rb 123456785 de", "carrier": "DHL"}); status != http.StatusSeeOther {
			s.t.Errorf("the parcel's number: %d", status)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ReceiveReturn(ctx, tx, s.Store.StoreID, c.ClaimID, staff)
		})
		s.Expect(o, "closed, delivered, paid, claim-inspect")
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.InspectReturn(ctx, tx, s.Store.StoreID, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: 2}, Words: "One was used for weeks.", Actor: staff})
		})
		s.Later(time.Hour)
		want := o.worth(1, 2, false)
		if b := s.bank.Books()[0]; b.Refunded != want || want != 7800 {
			s.t.Errorf("the bank gave back %d, want %d", b.Refunded, want)
		}
		if got := o.now(c); got.State != claim.Settled || got.ReturnNumber != "RB123456785DE" {
			s.t.Errorf("%+v", got)
		}
		if _, _, page := s.browse(http.MethodGet, o.own(at), "", nil); !strings.Contains(page, "One was used for weeks.") || !strings.Contains(page, "78.00") {
			s.t.Errorf("the customer does not read why: %s", page)
		}
		s.Expect(o, "closed, delivered, partly refunded")
	})
}

// Within fourteen days a customer in the Union may change their mind; on the fifteenth the form
// says that it is over, and a form that is sent all the same is refused.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.return_to", "Mug Street 1, Leeds"}, func(s *story) {
		early, late := s.Customer("ann").Buys("lamp", 1), s.Customer("bob").Buys("lamp", 1)
		s.Later(12 * day)
		came := late.parcels()[0].DeliveredAt.Std()
		if last := came.AddDate(0, 0, claim.WithdrawalDays).Weekday(); last == time.Saturday || last == time.Sunday {
			s.t.Fatalf("the days end on a %s, which the law moves: the story needs another day", last)
		}
		wish := map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "1", "words": "Changed my mind."}
		s.Later(came.Add(13 * day).Sub(s.clock.Now()))
		if c := early.complains(wish); c.State != claim.Returning {
			s.t.Errorf("after 13 days it is %s", c.State)
		}
		s.Later(came.Add(15 * day).Sub(s.clock.Now()))
		if _, _, page := s.browse(http.MethodGet, late.own("/claims/new"), "", nil); !strings.Contains(page, "The time for this is over.") {
			s.t.Errorf("the form does not say that it is over: %s", page)
		}
		if status, _, page := s.sends(late.own("/claims"), wish); status != http.StatusUnprocessableEntity || !strings.Contains(page, "The time for this is over.") {
			s.t.Errorf("after 15 days: %d", status)
		}
		if n := len(late.claims()); n != 0 {
			s.t.Errorf("%d claims", n)
		}
		s.Expect(late, "closed, delivered, paid")
	})
}

// Who guesses links sees nothing, whatever they try, and is asked to wait after some of them;
// who has the link is let in all the same, also from behind the same address.
func TestStrangersGuessLinks(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(12 * day)
		at := "/orders/" + string(o.id)
		fields := map[string]string{"kind": "damaged", "wish": "money", "line-1": "1", "words": "Give me money."}
		tried := map[int]int{}
		for i := range 40 {
			guess := fmt.Sprintf("?token=guess%d", i)
			switch i % 3 {
			case 0:
				status, _, _ := s.sends(at+"/claims"+guess, fields, broken(s.t))
				tried[status]++
			case 1:
				status, _, page := s.browse(http.MethodGet, at+"/claims/new"+guess, "", nil)
				tried[status]++
				if strings.Contains(page, "lamp") {
					s.t.Error("a stranger reads what was bought")
				}
			default:
				status, _, _ := s.browse(http.MethodGet, at+guess, "", nil)
				tried[status]++
			}
		}
		if tried[http.StatusNotFound] != 30 || tried[http.StatusTooManyRequests] != 10 {
			s.t.Errorf("guesses were answered %v", tried)
		}
		if n := len(o.claims()); n != 0 {
			s.t.Errorf("%d claims of strangers", n)
		}
		if status, _, page := s.browse(http.MethodGet, o.own(""), "", nil); status != http.StatusOK || !strings.Contains(page, "lamp") {
			s.t.Errorf("the customer's own link: %d", status)
		}
		res, err := http.Get(s.url + at + "?token=more")
		s.must(err)
		s.must(res.Body.Close())
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
			s.t.Errorf("%d, to be tried again after %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
	})
}

// The wrong article came: the customer shows it and wants the right one; it is bought once more
// under a key of its own, no money moves, and nothing of the stock stays put by.
func TestWrongItemReplaced(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 2)
		s.Later(12 * day)
		c := o.complains(map[string]string{"kind": "wrong-item", "wish": "replacement", "line-1": "1", "words": "One is blue."}, broken(s.t))
		if c.Wish != claim.Replacement {
			s.t.Errorf("the wish is %s", c.Wish)
		}
		o.approves(c, claim.Replacement)
		s.Later(time.Hour)
		s.Supplier("aliexpress").Has(2)
		again := o.purchases()[1]
		if again.ClaimID != c.ClaimID || again.Key == o.purchases()[0].Key {
			s.t.Errorf("the second purchase: %+v", again)
		}
		s.Later(14 * day)
		if got := o.now(c); got.State != claim.Settled {
			s.t.Errorf("the claim is %s", got.State)
		}
		if n := len(o.parcels()); n != 2 {
			s.t.Errorf("%d parcels", n)
		}
		_, _, page := s.browse(http.MethodGet, o.own(""), "", nil)
		for _, p := range o.parcels() {
			if !strings.Contains(page, p.Number) {
				s.t.Errorf("the order's page does not show parcel %s", p.Number)
			}
		}
		if b := s.bank.Books()[0]; b.Refunded != 0 {
			s.t.Errorf("%d went back", b.Refunded)
		}
		if got := s.column("SELECT reserved FROM variants WHERE sku = 'rug'")[0]; got != "0" {
			s.t.Errorf("%s rugs stay put by", got)
		}
		s.Expect(o, "closed, delivered, paid")
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered", "We have your message", "is approved", "on its way", "out for delivery", "delivered",
			"What do you think")
	})
}
