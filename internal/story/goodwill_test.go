package story_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An order is late: its customer gets a code by mail, once, and the next order is a tenth
// cheaper by it. Nobody else can use it, and nobody twice.
func TestLateAndMadeGood(t *testing.T) {
	t.Parallel()
	tell(t, []string{"goodwill.late_percent", "10"}, func(s *story) {
		o := s.Customer("ann").Buys("print", 1)
		sold, _ := o.promised()
		s.Later(sold.ToAt.Std().Sub(s.clock.Now()))
		s.ExpectMails(o, "confirmed", "running late")
		s.Later(4 * day)
		s.ExpectMails(o, "confirmed", "running late", "Sorry for the wait")
		code := s.sorryCode(o.mail)
		if got := s.column("SELECT code FROM discounts"); len(got) != 1 || got[0] != code {
			s.t.Fatalf("the codes are %v, the mail says %s", got, code)
		}
		if status, answer := s.tries(http.MethodPut, "/cart/code", s.Customer("bob").fills("rug", 1), map[string]any{"code": code}); status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), "code_not_yours") {
			s.t.Errorf("somebody else's code: %d %s", status, answer)
		}
		next := s.Customer("ann").With(strings.ToLower(code)).Buys("rug", 1)
		s.Later(time.Hour)
		if got := s.column("SELECT discount_minor FROM orders WHERE order_id = $1", string(next.id))[0]; got != "490" {
			s.t.Errorf("%s taken off 49.00", got)
		}
		if b := s.bank.Books(); b[len(b)-1].Captured != next.total() {
			s.t.Errorf("the bank took %d of %d", b[len(b)-1].Captured, next.total())
		}
		s.Expect(next, "open, ordered, paid")
		if status, answer := s.tries(http.MethodPut, "/cart/code", s.Customer("ann").fills("rug", 1), map[string]any{"code": code}); status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), "code_used_up") {
			s.t.Errorf("the code a second time: %d %s", status, answer)
		}
		s.Supplier("workshop").Accepts(o)
		s.Supplier("workshop").Ships(o, "AB123456785GB")
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		if got := s.column("SELECT code FROM discounts"); len(got) != 1 {
			s.t.Errorf("made good more than once: %v", got)
		}
	})
}

// sorryCode is the code of the mail that says sorry.
func (s *story) sorryCode(to string) string {
	s.t.Helper()
	text := s.mailed(to, "Sorry for the wait")
	code := regexp.MustCompile(`SORRY-[0-9A-Z]+`).FindString(text)
	if code == "" {
		s.t.Fatalf("no code in %q", text)
	}
	return code
}
