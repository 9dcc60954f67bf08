package storefront

import (
	"net/http/httptest"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/words"
)

// Book is what the storefront says.
func Book() *words.Book { return book() }

// KnowsLabel says whether a field of an address has a name in every language.
func KnowsLabel(label string) bool { return labels[label] != "" }

// Dates are a moment and two windows as a language writes them.
func Dates(tag string) string {
	v := &visit{r: httptest.NewRequest("GET", "/", nil)}
	v.speak(tag)
	day := func(month time.Month, day int) clock.Time {
		return clock.Of(time.Date(2026, month, day, 12, 0, 0, 0, time.UTC))
	}
	return strings.Join([]string{v.moment(day(3, 2)), v.between(day(3, 7), day(3, 10)), v.between(day(2, 28), day(3, 1))}, "|")
}
