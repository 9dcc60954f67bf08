package account

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// A stranger's password is compared at the full cost: else the time of the answer would tell
// who has an account.
func TestNobodysHashCostsWhatOthersDo(t *testing.T) {
	t.Parallel()
	same, p, err := argon2id.CheckHash("nobody has this password", nobodys(cost()))
	if same || err != nil || *p != *cost() {
		t.Fatalf("%v, %+v, %v", same, p, err)
	}
}
