package storefront

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/httprate"
)

// So many links that open nothing may be tried from one address in that time. Nobody finds a
// link's secret by guessing; this is for the load of those who try.
const (
	guessesMost  = 30
	guessesEvery = 10 * time.Minute
)

// guessed says whether a link of an order opened nothing, and its address has tried too many
// of them. A link that is right is never asked for: neighbours behind one address may guess.
func (s *shop) guessed(v *visit, err error) bool {
	return errors.Is(err, errMissing) && strings.HasPrefix(v.r.URL.Path, "/orders/") &&
		s.guesses.OnLimit(v.w, v.r, httprate.CanonicalizeIP(s.from(v.r)))
}

// tooMany asks who guesses to wait.
func (s *shop) tooMany(v *visit) {
	s.sorry(v, http.StatusTooManyRequests, sorryPage{Title: v.say("throttled_title"), Icon: "clock", Words: v.waitWords(guessesEvery)})
}
