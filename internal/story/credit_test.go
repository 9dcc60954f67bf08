package story_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// window is a browser of somebody's, with cookies and without scripts.
type window struct {
	s      *story
	client http.Client
	at     *url.URL
	page   string
}

func (s *story) window() *window {
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &window{s: s, client: http.Client{Jar: jar}}
}

// posts sends a form, pairs of name and value; looks reads a page.
func (w *window) posts(path string, pairs ...string) {
	w.s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	w.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (w *window) looks(path string) {
	w.s.t.Helper()
	w.ask(http.MethodGet, path, nil)
}

func (w *window) ask(method, path string, body io.Reader) {
	s := w.s
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	s.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := w.client.Do(req)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	s.must(err)
	w.at, w.page = res.Request.URL, string(text)
	s.work()
}

// signsIn lets a customer in by the code of their mail.
func (w *window) signsIn(c customer) {
	s := w.s
	s.t.Helper()
	w.posts("/account/sign-in", "email", c.mail())
	mails := s.post.To(c.mail())
	digits := regexp.MustCompile(`^\d{3} ?\d{3}`).FindString(mails[len(mails)-1].Subject)
	w.posts("/account/code", "id", w.at.Query().Get("id"), "code", digits)
	if w.at.Path != "/account" {
		s.t.Fatalf("not signed in with %q but at %s", digits, w.at)
	}
}

// pays goes through the checkout with what is in the cart; more are fields of the form.
func (w *window) pays(c customer, more ...string) sale {
	s := w.s
	s.t.Helper()
	form := append([]string{"email", c.mail(), "same", "yes", "shipping_address.name", "Ann Müller", "shipping_address.line1", "Gasse 1",
		"shipping_address.locality", "Berlin", "shipping_address.postal_code", "10115", "shipping_address.country", "DE", "shipping_address.phone", "+49301234567"}, more...)
	w.posts("/checkout", append(form, "action", "ship")...)
	w.posts("/checkout", append(form, "action", "pay")...)
	name, is := strings.CutPrefix(w.at.Path, "/orders/")
	if !is {
		s.t.Fatalf("not ordered but at %s: %s", w.at, w.page)
	}
	return sale{s: s, id: id.Order(name), token: w.at.Query().Get("token"), mail: c.mail()}
}

// credit is what a program of the merchant's reads of a customer's store credit.
func (c customer) credit() (sums string, kinds []string) {
	s := c.s
	s.t.Helper()
	var got struct {
		Balances []struct{ Amount, Currency string }
		Entries  []struct{ Kind string }
	}
	s.api(http.MethodGet, c.path()+"/credit", s.key(account.Reader), nil, &got)
	for _, b := range got.Balances {
		sums += b.Amount + " " + b.Currency
	}
	for _, e := range got.Entries {
		kinds = append(kinds, e.Kind)
	}
	return sums, kinds
}

// path is the customer's address in the API; there is one after a first order.
func (c customer) path() string {
	c.s.t.Helper()
	return "/admin/customers/" + c.s.column("SELECT customer_id FROM customers WHERE email = $1", c.mail())[0]
}

// gets is the merchant giving store credit.
func (c customer) gets(amount, why string) {
	c.s.t.Helper()
	c.s.api(http.MethodPost, c.path()+"/credit", c.s.key(account.Manager), map[string]any{"amount": map[string]string{"amount": amount, "currency": "EUR"}, "reason": why}, nil)
}

// An order that is wholly paid with store credit has no provider; what is given back of it is
// credit again, at once, to the cent.
func TestPaidByCreditAndGivenBack(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "200.00"}, func(s *story) {
		ann := s.Customer("ann")
		ann.Buys("rug", 1)
		ann.gets("100.00", "for the trouble")
		w := s.window()
		w.signsIn(ann)
		w.posts("/cart/add", "product", "lamp", "quantity", "1")
		o := w.pays(ann, "credit", "yes")
		s.Expect(o, "open, waiting, paid")
		if n := len(s.bank.Books()); n != 1 {
			s.t.Errorf("the bank has %d payments: the second order needs none", n)
		}
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		left := fmt.Sprintf("%d.%02d EUR", (10000-o.total())/100, (10000-o.total())%100)
		if sums, kinds := ann.credit(); sums != left || fmt.Sprint(kinds) != "[used hand]" {
			s.t.Errorf("after paying: %s %v, want %s", sums, kinds, left)
		}
		c := o.complains(map[string]string{"kind": "damaged", "wish": "money", "line-1": "1", "words": "Broken."}, broken(s.t))
		o.approves(c, claim.Keep)
		if got := o.now(c); got.State != claim.Settled {
			s.t.Errorf("store credit has not far to go, and the claim is %s", got.State)
		}
		s.Expect(o, "closed, delivered, refunded")
		if sums, kinds := ann.credit(); sums != "100.00 EUR" || fmt.Sprint(kinds) != "[back used hand]" {
			s.t.Errorf("given back: %s %v", sums, kinds)
		}
		if b := s.bank.Books()[0]; b.Refunded != 0 {
			s.t.Errorf("the bank gave back %d of another order", b.Refunded)
		}
		w.looks("/account")
		if !strings.Contains(w.page, "€100.00") {
			s.t.Errorf("the customer does not see their credit: %s", w.page)
		}
	})
}

// One use of a code is left, and two customers press "pay" at once: one order has it, the other
// customer reads why not, and buys without it.
func TestOneCodeAndTwoTills(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.hasCode("last", map[string]any{"kind": "amount", "amount": map[string]string{"amount": "5.00", "currency": "EUR"}, "most_uses": 1, "once_per_customer": true})
		carts := []string{s.Customer("ann").With("LAST").fills("lamp", 1), s.Customer("bob").With("LAST").fills("lamp", 1)}
		status, answers := make([]int, 2), make([]string, 2)
		var group sync.WaitGroup
		for i, c := range carts {
			group.Go(func() {
				code, body := s.tries(http.MethodPost, "/cart/checkout", c, map[string]any{"payment": "card"})
				status[i], answers[i] = code, string(body)
			})
		}
		group.Wait()
		lost := 0
		if status[0] == http.StatusCreated {
			lost = 1
		}
		if status[1-lost] != http.StatusCreated || status[lost] != http.StatusUnprocessableEntity ||
			!strings.Contains(answers[lost], "code_used_up") || !strings.Contains(answers[lost], "This discount code has been used up.") {
			s.t.Fatalf("%v %v", status, answers)
		}
		if got := s.column("SELECT uses FROM discounts")[0]; got != "1" {
			s.t.Errorf("used %s times", got)
		}
		s.api(http.MethodPut, "/cart/code", carts[lost], map[string]any{"code": ""}, nil)
		s.api(http.MethodPost, "/cart/checkout", carts[lost], map[string]any{"payment": "card"}, nil)
		if got := s.column("SELECT discount_minor FROM orders ORDER BY discount_minor"); fmt.Sprint(got) != "[0 500]" {
			s.t.Errorf("taken off: %v", got)
		}
		s.Later(time.Hour) // nobody pays: the use is free again
		if got := s.column("SELECT uses FROM discounts")[0]; got != "0" {
			s.t.Errorf("used %s times after the order ended unpaid", got)
		}
	})
}

// The customer would rather have store credit than the money: the wish stands before whoever
// decides, the credit is there at once, the mails say so, and the bank gives nothing back. Who
// withdraws by law and wishes it gets it too; who does not is paid as they paid.
func TestMoneyAsStoreCredit(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "200.00", "claim.return_to", "Mug Street 1"}, func(s *story) {
		ann, bob := s.Customer("ann"), s.Customer("bob")
		o, p := ann.Buys("lamp", 2), bob.Buys("lamp", 1)
		s.Later(12 * day)
		c := o.complains(map[string]string{"kind": "damaged", "wish": "credit", "line-1": "1", "words": "Broken."}, broken(s.t))
		if c.Wish != claim.Keep || !c.WishCredit {
			s.t.Errorf("the wish is %s, as credit: %v", c.Wish, c.WishCredit)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ApproveClaim(ctx, tx, s.Store.StoreID, c.ClaimID, flow.ClaimYes{Outcome: claim.Keep, ToCredit: c.WishCredit, Actor: staff})
		})
		got := o.now(c)
		want := fmt.Sprintf("%d.%02d EUR", got.AmountMinor/100, got.AmountMinor%100)
		if sums, kinds := ann.credit(); got.State != claim.Settled || sums != want || fmt.Sprint(kinds) != "[refund]" {
			s.t.Errorf("the claim is %s, store credit %s %v, want %s", got.State, sums, kinds, want)
		}
		if _, _, page := s.browse(http.MethodGet, o.own("/claims/"+string(c.ClaimID)), "", nil); !strings.Contains(page, "as store credit") {
			s.t.Errorf("the customer does not read it: %s", page)
		}
		for _, subject := range []string{"is approved", "Refund of"} {
			if text := s.mailed(o.mail, subject); !strings.Contains(text, "store credit") || strings.Contains(text, "to where you paid from") || strings.Contains(text, "on its way back") {
				s.t.Errorf("the mail %q: %s", subject, text)
			}
		}
		back := p.complains(map[string]string{"kind": "no-longer-wanted", "wish": "credit", "line-1": "1", "words": "Changed my mind."})
		if back.State != claim.Returning || !back.ToCredit {
			s.t.Errorf("the withdrawal is %s, as credit: %v", back.State, back.ToCredit)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ReceiveReturn(ctx, tx, s.Store.StoreID, back.ClaimID, staff)
		})
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.InspectReturn(ctx, tx, s.Store.StoreID, back.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: 1}, Actor: staff})
		})
		if _, kinds := bob.credit(); p.now(back).State != claim.Settled || fmt.Sprint(kinds) != "[refund]" {
			s.t.Errorf("%s %v", p.now(back).State, kinds)
		}
		plain := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "1", "words": "Nor this one."})
		if plain.ToCredit {
			s.t.Error("a withdrawal is paid as credit that nobody asked for")
		}
		for _, b := range s.bank.Books() {
			if b.Refunded != 0 {
				s.t.Errorf("the bank gave back %d", b.Refunded)
			}
		}
	})
}

// mailed is the newest mail to somebody whose subject has the words.
func (s *story) mailed(to, words string) (text string) {
	s.t.Helper()
	for _, m := range s.post.To(to) {
		if strings.Contains(m.Subject, words) {
			text = m.Text
		}
	}
	if text == "" {
		s.t.Errorf("%s has no mail with %q", to, words)
	}
	return text
}
