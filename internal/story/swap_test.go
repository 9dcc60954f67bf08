package story_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// A rug will not come and nobody else has one. The desk asks, Ann follows the link of the mail
// and takes a mug in its place: it is bought as a new purchase, what it costs less goes back, and
// the books add up.
func TestShortAndSwapped(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1, "rug", 2)
		s.Later(5 * time.Minute)
		s.ali.CancelLine(s.ali.Books()[0].Ref, "1005002/")
		s.Later(2 * time.Hour)
		s.Expect(o, "open, ordered, paid, unplaced")
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.AskCustomerAboutShort(ctx, tx, s.Store.StoreID, o.id, staff)
		})
		o.swaps("rug", "mug")
		s.Expect(o, "open, ordered, partly refunded")
		s.Later(2 * time.Hour)
		s.ExpectBuys(o, "aliexpress rejected; cj accepted; aliexpress submitted")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, partly refunded")
		if b := s.bank.Books()[0]; b.Refunded != 2*(4900-1990) {
			s.t.Errorf("the bank: %+v", b)
		}
		s.Supplier("aliexpress").Has(2)
	})
}

// swaps is the customer on the page that the question's mail leads to.
func (o sale) swaps(old, other string) {
	o.s.t.Helper()
	at := o.linkIn("would you like to wait", "/orders/")
	path, query, _ := strings.Cut(at, "?")
	asked := o.s.page(path + "/choice?" + query)
	line := regexp.MustCompile(`name="line" value="(\d+)"`).FindStringSubmatch(asked)
	if line == nil || !strings.Contains(asked, "Instead of 2 × "+old) || !strings.Contains(asked, string(o.s.variants[other])) {
		o.s.t.Fatalf("the page does not offer %s for %s:\n%s", other, old, asked)
	}
	token, err := url.ParseQuery(query)
	o.s.must(err)
	form := url.Values{"token": token["token"], "line": {line[1]}, "choice": {"swap"}, "variant": {string(o.s.variants[other])}}
	for range 2 { // pressed twice
		status, _, page := o.s.browse(http.MethodPost, path+"/choice", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		if status != http.StatusSeeOther {
			o.s.t.Errorf("swapping: %d %s", status, page)
		}
	}
}
