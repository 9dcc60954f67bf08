package account

import (
	"errors"
	"strings"
	"testing"
	"time"

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

// A new password is hashed in a turn of the gate, so that no flood of them fills the memory; what is
// none waits for no turn.
func TestHashingTakesATurn(t *testing.T) {
	t.Parallel()
	g := NewGate()
	for range cap(g.turns) {
		g.turns <- struct{}{}
	}
	for _, bad := range []string{"", "too short", strings.Repeat("x", maxPassword+1)} {
		if _, err := g.Hash(bad); !errors.Is(err, ErrPassword) {
			t.Errorf("%.12q: %v", bad, err)
		}
	}
	hashed := make(chan string, 1)
	go func() {
		hash, err := g.Hash("correct horse battery")
		if err != nil {
			t.Error(err)
		}
		hashed <- hash
	}()
	select {
	case <-hashed:
		t.Fatal("it was hashed while nobody's turn was over")
	case <-time.After(300 * time.Millisecond):
	}
	<-g.turns
	if same, err := argon2id.ComparePasswordAndHash("correct horse battery", <-hashed); err != nil || !same {
		t.Errorf("%v, %v", same, err)
	}
}
