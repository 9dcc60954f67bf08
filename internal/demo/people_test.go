package demo

import (
	"testing"

	"doorstep/internal/address"
)

func TestPeopleLiveWherePostArrives(t *testing.T) {
	t.Parallel()
	countries := map[string]bool{}
	for _, p := range people() {
		home := address.Clean(p.home)
		for _, wrong := range address.Check(home) {
			t.Errorf("%s: %s %s", p.home.Name, wrong.Field, wrong.Words)
		}
		countries[home.Country] = true
	}
	if len(countries) < 15 {
		t.Errorf("%d countries; the demo shows at least 15", len(countries))
	}
}
