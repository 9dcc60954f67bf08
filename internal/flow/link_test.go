package flow_test

import (
	"testing"
)

// TestLinksOfOthersAreOfTheWeb: a supplier's tracking link of javascript: once stood on the
// customer's page as it came.
func TestLinksOfOthersAreOfTheWeb(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		for i, told := range []string{"javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//host/x", "https://", "/x", "https://track.example/RB1"} {
			o := s.bought(1, 0).Order.OrderID
			s.acknowledged()
			said := parcel("RB12345678" + string(rune('0'+i)) + "GB")
			said.Parcels[0].URL, said.PayURL = told, told
			s.says(s.purchases(o)[0], said)
			want := ""
			if i == 6 {
				want = told
			}
			if got := s.column("SELECT url FROM shipments WHERE order_id = '" + string(o) + "'"); got != want {
				t.Errorf("%q is stored as %q", told, got)
			}
		}
	})
}
