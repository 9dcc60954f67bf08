package story_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// calls counts what reaches a supplier's door, by the story's clock.
type calls struct {
	now func() time.Time

	mu   sync.Mutex
	seen []call
}

type call struct {
	at   time.Time
	path string
}

func (c *calls) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.seen = append(c.seen, call{c.now(), r.URL.Path})
		c.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// since counts the calls from a moment on whose path contains a word.
func (c *calls) since(from time.Time, word string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.seen {
		if !one.at.Before(from) && strings.Contains(one.path, word) {
			n++
		}
	}
	return n
}

// Owner hires somebody who owns the shop, and is written to at boss@mug.example.
func (s *story) Owner() {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		s.boss, err = flow.HireStaff(ctx, tx, s.Store.StoreID, "boss@mug.example", "Mo", account.Owner, "no hash", flow.System)
		return err
	})
}

// desk is the owner's browser, just signed in: sessions end after some weeks.
func (s *story) desk() *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	at, err := url.Parse(s.url)
	s.must(err)
	s.do(func(ctx context.Context, tx *db.Tx) error {
		token, err := flow.SignIn(ctx, tx, s.boss, "a browser", "192.0.2.1")
		jar.SetCookies(at, []*http.Cookie{{Name: "doorstep_admin", Value: token, Path: "/admin"}})
		return err
	})
	return &http.Client{Jar: jar}
}

// Shows wants words on a page of the dashboard.
func (s *story) Shows(path string, words ...string) {
	s.t.Helper()
	res, err := s.desk().Get(s.url + "/admin" + path)
	s.must(err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	s.must(err)
	for _, w := range words {
		if !strings.Contains(string(page), w) {
			s.t.Errorf("%s (%s) does not show %q", path, res.Status, w)
		}
	}
}

// Enters sends a form of the dashboard and wants words on the page that follows.
func (s *story) Enters(path, want string, form url.Values) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/admin"+path, strings.NewReader(form.Encode()))
	s.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", s.url)
	res, err := s.desk().Do(req)
	s.must(err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	s.must(err)
	if !strings.Contains(string(page), want) {
		s.t.Errorf("%s: %s, and does not say %q: %.300s", path, res.Status, want, page)
	}
}

// OwnerGot counts the owner's mails with a word in the subject.
func (s *story) OwnerGot(word string) (n int) {
	for _, m := range s.post.To("boss@mug.example") {
		if strings.Contains(m.Subject, word) {
			n++
		}
	}
	return n
}

// connectorURL is the page of a connector.
func (s *story) connectorURL(name string) string {
	return "/connectors/" + s.column("SELECT connector_id FROM connectors WHERE name = $1", name)[0]
}

// Skip lets time pass at once.
func (s *story) Skip(d time.Duration) {
	s.t.Helper()
	s.clock.Advance(d)
	s.work()
}

// CJ is down for a day, and the breaker is as in production. The circuit opens, work waits and
// is shown; hardly anything knocks at CJ's door meanwhile. When it is back all that waited
// leaves once, spread over some minutes.
func TestDownForADay(t *testing.T) {
	t.Parallel()
	tellOn(t, terms{breakAfter: 10}, func(s *story) {
		s.Owner()
		var sold []sale
		for i := range 24 {
			sold = append(sold, s.Customer("c"+string(rune('a'+i))).Buys("lamp", 1))
		}
		s.cj.Knobs.Chaos(3, 100, emulator.DropBefore)
		down := s.clock.Now()
		for range 24 * 20 {
			s.Skip(3 * time.Minute)
		}
		states := map[string]int{}
		for _, o := range sold {
			states[string(o.purchases()[0].State)]++
		}
		if states["planned"] < 13 || states["planned"]+states["uncertain"] != 24 { // uncertain: those on their way when the circuit opened
			s.t.Errorf("the purchases are %v", states)
		}
		if n := s.calls.since(down.Add(time.Hour), ""); n == 0 || n > 23*15 {
			s.t.Errorf("CJ was called %d times in the last 23 hours", n)
		}
		s.Shows("/attention", "Nobody answers there", "cj", "24 purchases wait")
		s.Shows("", "Does not answer")

		s.cj.Knobs.Chaos(3, 0)
		back := s.clock.Now()
		for range 30 {
			s.Skip(time.Minute)
		}
		for _, o := range sold {
			s.Expect(o, "open, ordered, paid")
		}
		s.Supplier("cj").Has(24)
		if n := s.calls.since(back, "createOrder"); n != 24 {
			s.t.Errorf("%d orders were sent; want each once", n)
		}
		if n := s.calls.since(back, ""); n > 24*8 {
			s.t.Errorf("CJ was called %d times in the half hour after it was back", n)
		}
		s.Later(10 * day)
		for _, o := range sold {
			s.Expect(o, "closed, delivered, paid")
		}
	})
}

// AliExpress renews our permission without anybody for as long as the merchant's consent lasts.
// Before that ends people are told, by attention and by mail. When it has ended the connector
// stands still, people are told again, and its work waits; new tokens are entered on the page,
// and what waited leaves once.
func TestThePermissionEnds(t *testing.T) {
	t.Parallel()
	tellOn(t, terms{breakAfter: 10}, func(s *story) {
		s.Owner()
		s.ali.ExpireAccess() // the first renewal tells until when the consent lasts
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, ordered, paid")
		for range 47 {
			s.Skip(day)
		}
		if n := s.ali.Renewals(); n < 2 {
			s.t.Errorf("it was renewed %d times", n)
		}
		s.Shows("/attention", "Connectors that need you", "Its permission ends on")
		if n := s.OwnerGot("ends on"); n != 1 {
			s.t.Errorf("the owner got %d mails that it will end", n)
		}
		for range 12 {
			s.Skip(day)
		}
		if n := s.OwnerGot("ends on"); n != 3 { // 14, 3 and 1 days before
			s.t.Errorf("the owner got %d mails that it will end", n)
		}
		p := s.Customer("bob").Buys("rug", 1)
		s.ali.ExpireAccess() // a day early
		s.ali.ExpireRefresh()
		s.Later(day)
		s.Expect(p, "open, waiting, paid")
		s.Supplier("aliexpress").Has(1)
		s.Shows("/attention", "Connectors that need you", "IllegalRefreshToken")
		s.Shows("", "IllegalRefreshToken")
		if n := s.OwnerGot("does not let us in"); n != 1 {
			s.t.Errorf("the owner got %d mails that it has ended", n)
		}

		access, refresh := s.ali.Consent()
		s.Enters(s.connectorURL("aliexpress"), "is stored", url.Values{"set.base_url": {s.aliURL}, "set.app_key": {"500100"}, "set.access_token": {access},
			"set.refresh_token": {refresh}, "set.auto_pay": {"yes"}, "set.target_currency": {"USD"}, "set.qps": {"100000"}})
		s.Later(10 * day)
		s.Expect(p, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(2)
	})
}

// The carriers' clocks are days off: what they tell counts, in the order in which it happened.
func TestACarriersClockIsDaysOff(t *testing.T) {
	t.Parallel()
	for name, drift := range map[string]time.Duration{"ahead": 3 * day, "behind": -3 * day} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tell(t, nil, func(s *story) {
				s.world.Drift(drift)
				o := s.Customer("ann").Buys("rug", 1, "lamp", 1)
				s.Later(12 * day)
				s.Expect(o, "closed, delivered, paid")
				mails := []string{"confirmed", "on its way", "on its way", "out for delivery", "out for delivery", "delivered", "delivered"}
				if drift < 0 { // delivered longer ago, says the carrier: what the customer thinks is asked already
					mails = append(mails, "What do you think")
				}
				s.ExpectMails(o, mails...)
			})
		})
	}
}

// Somebody sets our own clock back by six hours while everything is under way: it takes six
// hours longer, and nothing happens twice.
func TestOurClockIsSetBack(t *testing.T) {
	t.Parallel()
	tellOn(t, terms{settings: []string{"payment.capture", "authorise"}, breakAfter: 10}, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1, "lamp", 1)
		s.clock.Advance(-6 * time.Hour)
		s.work()
		p := s.Customer("bob").Buys("mug", 2)
		s.Later(day)
		s.clock.Advance(-6 * time.Hour)
		s.work()
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Expect(p, "closed, delivered, paid")
		s.Supplier("cj").Has(1)
		s.Supplier("aliexpress").Has(2)
		for _, b := range s.bank.Books() {
			if b.Captures != 1 || b.Captured != b.Asked {
				s.t.Errorf("the bank: %+v", b)
			}
		}
	})
}
