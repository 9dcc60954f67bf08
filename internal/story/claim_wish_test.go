package story_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
)

// The form offers what is open for what is wrong, says what is not free before it is sent and
// what would help the supplier to see; a form that asks for something else is refused.
func TestWishesThatAreOpen(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.return_to", "Mug Street 1, Leeds", "claim.restocking_percent", "10", "claim.days.no-longer-wanted", "60"}, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 2)
		s.Later(12 * day)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			list, err := inventory.Suppliers(ctx, tx, s.Store.StoreID)
			for _, one := range list {
				if err == nil {
					err = flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.Store.StoreID, SupplierID: one.SupplierID, Days: 90, Accepts: "refund", Evidence: "photo,video"}, "staff:us_1")
				}
			}
			return err
		})
		wish := func(page, value string) string {
			return regexp.MustCompile(`(?s)<label class="[^"]*"><input type="radio" name="wish" value="` + value + `".*?</label>`).FindString(page)
		}
		page := s.page(o.own("/claims/new"))
		again, back := wish(page, "replacement"), wish(page, "money")
		if !strings.Contains(again, "not--no-longer-wanted") || strings.Contains(again, "not--damaged") || strings.Contains(back, "not--damaged") {
			s.t.Errorf("the wishes are %s and %s", again, back)
		}
		if !strings.Contains(back, "and pay for the return.") || !strings.Contains(back, "we pay for the return.") || strings.Contains(back, "restocking") {
			s.t.Errorf("within the days of the law: %s", back)
		}
		if !strings.Contains(page, "short video") || !strings.Contains(page, "A photo that shows it") {
			s.t.Error("the form does not say what the supplier wants to see")
		}
		fields := map[string]string{"kind": "no-longer-wanted", "wish": "replacement", "line-1": "1", "words": "Another, please."}
		status, _, refused := s.sends(o.own("/claims"), fields)
		if status != http.StatusUnprocessableEntity || !strings.Contains(refused, `id="wish-error"`) || !strings.Contains(refused, "That is not possible for what is wrong.") || len(o.claims()) != 0 {
			s.t.Errorf("what is no longer wanted is sent once more: %d", status)
		}
		s.Later(30 * day)
		if back = wish(s.page(o.own("/claims/new")), "money"); !strings.Contains(back, "restocking fee of at most") {
			s.t.Errorf("after the days of the law: %s", back)
		}
		if c := o.complains(map[string]string{"kind": "no-longer-wanted", "wish": "money", "line-1": "1", "words": "Too bright."}); c.Wish != claim.Return {
			s.t.Errorf("the wish is %s", c.Wish)
		}
	})
}
