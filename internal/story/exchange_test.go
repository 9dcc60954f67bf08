package story_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	bank "doorstep/payment/stripe/emulator"
)

// exchanges is the customer who chooses another article on the shop's pages: the page of choices
// says what it costs more or less, and the form says it once more before it is sent.
func (o sale) exchanges(kind, article string, units int, difference string, more map[string]string) claim.Claim {
	s := o.s
	s.t.Helper()
	variant := string(s.variants[article])
	_, _, page := s.browse(http.MethodGet, fmt.Sprintf("%s&line=1&units=%d&q=%s", o.own("/exchange"), units, article), "", nil)
	if !strings.Contains(page, variant) || !strings.Contains(page, difference) {
		s.t.Fatalf("the choices have no %s with %q: %s", article, difference, page)
	}
	_, _, page = s.browse(http.MethodGet, fmt.Sprintf("%s&line=1&units=%d&variant=%s", o.own("/claims/new"), units, variant), "", nil)
	if !strings.Contains(page, `name="variant" value="`+variant) || !strings.Contains(page, difference) || strings.Contains(page, `value="late"`) {
		s.t.Fatalf("the form: %s", page)
	}
	fields := map[string]string{"kind": kind, "wish": "exchange", "variant": variant, "line-1": fmt.Sprint(units), "words": "The other one, please."}
	for name, value := range more {
		fields[name] = value
	}
	return o.complains(fields)
}

// granted is the merchant's program approving the exchange.
func (o sale) granted(c claim.Claim) {
	o.s.t.Helper()
	o.s.api(http.MethodPost, "/admin/claims/"+string(c.ClaimID)+"/approve", o.s.key(account.Manager), map[string]any{"outcome": "exchange"}, nil)
	o.s.work()
}

// paysDifference is the customer who opens the claim's page and pays there by card.
func (o sale) paysDifference(c claim.Claim) ledger.Payment {
	s := o.s
	s.t.Helper()
	p := o.opensPayment(c)
	s.must(s.bank.Pay(p.Ref, bank.Paid))
	s.work()
	if status, to, _ := s.browse(http.MethodGet, o.own("/claims/"+string(c.ClaimID)+"/paid"), "", nil); status != http.StatusSeeOther || !strings.Contains(to, "/claims/") {
		s.t.Errorf("back from paying: %d %s", status, to)
	}
	return p
}

// opensPayment presses "pay", and is led to the bank's page.
func (o sale) opensPayment(c claim.Claim) ledger.Payment {
	s := o.s
	s.t.Helper()
	form := url.Values{"payment": {"card"}}.Encode()
	status, to, page := s.browse(http.MethodPost, o.own("/claims/"+string(c.ClaimID)+"/pay"), "application/x-www-form-urlencoded", strings.NewReader(form))
	if status != http.StatusSeeOther || strings.HasPrefix(to, "/") {
		s.t.Fatalf("paying the difference: %d %s %s", status, to, page)
	}
	return o.payment()
}

// swapped is an order's last exchange: its state and its difference.
func (o sale) swapped() (state string, difference string) {
	o.s.t.Helper()
	var doc struct {
		Exchanges []struct {
			State      string
			Difference struct{ Amount string }
		}
	}
	o.s.api(http.MethodGet, "/admin/orders/"+string(o.id), o.s.key(account.Reader), nil, &doc)
	if len(doc.Exchanges) == 0 {
		o.s.t.Fatal("the order's document has no exchange")
	}
	x := doc.Exchanges[len(doc.Exchanges)-1]
	return x.State, x.Difference.Amount
}

func (o sale) expectSwap(want string) {
	o.s.t.Helper()
	if state, difference := o.swapped(); state+" "+difference != want {
		o.s.t.Errorf("the exchange is %s %s; want %s", state, difference, want)
	}
}

// A mug came broken and the customer would like the rug: they pay the difference on the claim's
// page, and the rug comes.
func TestExchangeForWhatCostsMore(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(12 * day)
		c := o.exchanges("damaged", "rug", 1, "You pay €29.10 more", nil)
		o.granted(c)
		o.expectSwap("waiting 29.10")
		text := s.mailed(o.mail, "difference")
		if !strings.Contains(text, string(c.ClaimID)) || !strings.Contains(text, "€29.10") {
			s.t.Errorf("the mail: %s", text)
		}
		if _, _, page := s.browse(http.MethodGet, o.own(""), "", nil); !strings.Contains(page, "Please pay the difference") || !strings.Contains(page, "To be paid") {
			s.t.Error("the order's page does not say that something is to be paid")
		}
		o.paysDifference(c)
		o.expectSwap("done 29.10")
		if status, _, _ := s.browse(http.MethodPost, o.own("/claims/"+string(c.ClaimID)+"/pay"), "application/x-www-form-urlencoded", strings.NewReader("payment=card")); status != http.StatusUnprocessableEntity {
			s.t.Errorf("paying twice: %d", status)
		}
		s.Later(14 * day)
		s.Expect(o, "closed, delivered, paid")
		if now := o.now(c); now.State != claim.Settled {
			s.t.Errorf("the claim is %s", now.State)
		}
		if _, _, page := s.browse(http.MethodGet, o.own(""), "", nil); !strings.Contains(page, "1 × rug") || !strings.Contains(page, "1 × mug") {
			s.t.Error("the order's page does not say what each parcel brought")
		}
		s.Supplier("aliexpress").Has(2)
	})
}

// What costs less is sent at once; the difference goes back to the card, or becomes store
// credit, as the customer said.
func TestExchangeForWhatCostsLess(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		ann, bob := s.Customer("ann"), s.Customer("bob")
		card, credit := ann.Buys("rug", 1), bob.Buys("rug", 1)
		s.Later(12 * day)
		card.granted(card.exchanges("not-as-described", "mug", 1, "You get €29.10 back", nil))
		credit.granted(credit.exchanges("not-as-described", "mug", 1, "You get €29.10 back", map[string]string{"credit": "yes"}))
		s.Later(14 * day)
		for _, o := range []sale{card, credit} {
			o.expectSwap("done -29.10")
			s.Expect(o, "closed, delivered, partly refunded")
		}
		s.mailed(card.mail, "Refund of")
		if sums, _ := bob.credit(); sums != "29.10 EUR" {
			s.t.Errorf("the store credit is %q", sums)
		}
		if sums, _ := ann.credit(); sums != "" {
			s.t.Errorf("store credit that nobody wished for: %q", sums)
		}
	})
}

// The other article is of a supplier that had no part in the order: its freight table says what
// the parcel costs.
func TestExchangeForWhatAnotherSupplierHas(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(12 * day)
		c := o.exchanges("damaged", "print", 1, "You pay €5.10 more", nil)
		o.granted(c)
		o.paysDifference(c)
		o.expectSwap("done 5.10")
		s.Later(day)
		s.ExpectBuys(o, "aliexpress shipped; workshop submitted")
		if now := o.now(c); now.State != claim.Settling {
			s.t.Errorf("the claim is %s", now.State)
		}
	})
}

// The same price: nothing is paid and nothing goes back. The store's rule approves it.
func TestExchangeAtTheSamePrice(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00", "claim.auto_below", "60.00"}, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(12 * day)
		s.exec("UPDATE variants SET price_minor = 4900 WHERE sku = 'mug'")
		c := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "exchange", "variant": string(s.variants["mug"]), "line-1": "1"})
		o.expectSwap("done 0.00")
		s.Later(14 * day)
		if now := o.now(c); now.State != claim.Settled {
			s.t.Errorf("the claim is %s", now.State)
		}
		s.Expect(o, "closed, delivered, paid")
	})
}

// Two rugs under a discount come back and one is accepted: one is exchanged, at what the
// allocation says of it.
func TestExchangePartlyAcceptedUnderADiscount(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.return_to", "Mug Street 1"}, func(s *story) {
		s.hasCode("tenth", map[string]any{"kind": "percent", "basis_points": 1000})
		o := s.Customer("ann").With("tenth").Buys("rug", 2)
		s.Later(12 * day)
		c := o.exchanges("no-longer-wanted", "mug", 2, "You get €48.40 back", nil) // 2 × (44.10 − 19.90)
		o.granted(c)
		o.expectSwap("held -48.40")
		if _, to, _ := s.sends(o.own("/claims/"+string(c.ClaimID)+"/sent"), map[string]string{"number": "RB123456789DE"}); to == "" {
			s.t.Error("the way back is not noted")
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ReceiveReturn(ctx, tx, s.Store.StoreID, c.ClaimID, staff)
		})
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.InspectReturn(ctx, tx, s.Store.StoreID, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: 1}, Words: "one has a stain", Actor: staff})
		})
		o.expectSwap("done -24.20")
		if reserved := s.column("SELECT CAST(reserved AS TEXT) FROM variants WHERE sku = 'mug'")[0]; reserved > "1" {
			s.t.Errorf("%s mugs are still put by", reserved)
		}
		s.Later(14 * day)
		s.Expect(o, "closed, delivered, partly refunded")
		s.Supplier("aliexpress").Has(2)
	})
}

// Nobody pays in time: the rug is free again, the broken mug is paid for. Who pays then gets
// that back.
func TestExchangeThatNobodyPays(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		o, late := s.Customer("ann").Buys("mug", 1), s.Customer("bob").Buys("mug", 1)
		s.Later(12 * day)
		c, d := o.exchanges("damaged", "rug", 1, "You pay €29.10 more", nil), late.exchanges("damaged", "rug", 1, "You pay €29.10 more", nil)
		o.granted(c)
		late.granted(d)
		o.opensPayment(c) // and closes the window
		form := strings.NewReader("payment=transfer")
		if status, to, page := s.browse(http.MethodPost, late.own("/claims/"+string(d.ClaimID)+"/pay"), "application/x-www-form-urlencoded", form); status != http.StatusSeeOther || !strings.HasPrefix(to, "/") {
			s.t.Fatalf("paying by transfer: %d %s %s", status, to, page)
		}
		if _, _, page := s.browse(http.MethodGet, late.own("/claims/"+string(d.ClaimID)), "", nil); !strings.Contains(page, "DE89") {
			s.t.Error("the claim's page does not say to which account")
		}
		s.Later(8 * day)
		for _, one := range []sale{o, late} {
			one.expectSwap("lapsed 29.10")
			s.Expect(one, "closed, delivered, refunded")
			s.mailed(one.mail, "has ended")
		}
		if reserved := s.column("SELECT CAST(reserved AS TEXT) FROM variants WHERE sku = 'rug'")[0]; reserved != "0" {
			s.t.Errorf("%s rugs are still put by", reserved)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error { // the transfer was long on its way
			return flow.ConfirmExchange(ctx, tx, s.Store.StoreID, d.ClaimID, staff)
		})
		list := s.column("SELECT reason FROM refunds WHERE order_id = $1 ORDER BY refund_id DESC", string(late.id))
		if len(list) != 2 || !strings.Contains(list[0], "after the exchange had ended") {
			s.t.Errorf("what came late goes back: %q", list)
		}
		if n := len(late.purchases()) + len(o.purchases()); n != 2 {
			s.t.Errorf("%d purchases", n)
		}
	})
}
