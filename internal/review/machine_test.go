package review_test

import (
	"testing"
	"time"

	"doorstep/internal/machine/machinetest"
	"doorstep/internal/review"
)

func TestReviews(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, review.Reviews, `
		rewrite: waiting refused -> waiting
		publish: waiting refused -> published
		refuse:  waiting published -> refused`)
}

// TestWhoIsAsked: each reason not to write to somebody, and the order among them.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	yes := review.Facts{Kind: review.Ask, Wanted: true}
	for name, c := range map[string]struct {
		change func(*review.Facts)
		want   review.PlanEvent
	}{
		"all is well":                    {func(*review.Facts) {}, review.Send},
		"unsubscribed":                   {func(f *review.Facts) { f.Wanted = false }, review.GiveUp},
		"erased":                         {func(f *review.Facts) { f.Erased = true }, review.GiveUp},
		"a test order":                   {func(f *review.Facts) { f.Test = true }, review.GiveUp},
		"the store asks nobody":          {func(f *review.Facts) { f.Off = true }, review.GiveUp},
		"all went back":                  {func(f *review.Facts) { f.Refunded = true }, review.GiveUp},
		"a claim is open":                {func(f *review.Facts) { f.Claim = true }, review.PutOff},
		"a chargeback is open":           {func(f *review.Facts) { f.Disputed = true }, review.PutOff},
		"a claim is open for months":     {func(f *review.Facts) { f.Claim, f.Waited = true, 61*24*time.Hour }, review.GiveUp},
		"a claim of who unsubscribed":    {func(f *review.Facts) { f.Claim, f.Wanted = true, false }, review.GiveUp},
		"reviewed already":               {func(f *review.Facts) { f.Said = true }, review.GiveUp},
		"an offer although all was said": {func(f *review.Facts) { f.Said, f.Kind = true, review.Offer }, review.Send},
	} {
		f := yes
		c.change(&f)
		if v := review.Judge(f); v.Event != c.want || (v.Reason == "") != (c.want == review.Send) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestRatings: averages and shares are whole numbers, rounded half up.
func TestRatings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r       review.Rating
		decimal string
		percent int64 // of five stars
	}{
		{review.Rating{}, "0.0", 0}, {review.Rating{Five: 1}, "5.0", 100}, {review.Rating{Four: 1, Five: 1}, "4.5", 50},
		{review.Rating{One: 1, Five: 2}, "3.7", 67}, {review.Rating{One: 1, Two: 1, Three: 1, Four: 1, Five: 1}, "3.0", 20}, {review.Rating{Four: 19, Five: 1}, "4.1", 5},
	} {
		if c.r.Decimal() != c.decimal || c.r.Percent(5) != c.percent {
			t.Errorf("%+v: %s, %d %%", c.r, c.r.Decimal(), c.r.Percent(5))
		}
	}
}

// TestWords: what is kept of a text, and how somebody is called.
func TestWords(t *testing.T) {
	t.Parallel()
	if got, ok := review.Words(" fine\r\n\x00\u202etxet\u202c\t "); got != "fine\ntxet" || !ok {
		t.Errorf("%q %v", got, ok)
	}
	if _, ok := review.Words(longText()); ok {
		t.Error("a text without end is kept")
	}
	for full, want := range map[string]string{"Ann Müller": "Ann M.", "Ann": "Ann", "": "", " Jean  Luc  Ørsted ": "Jean Ø."} {
		if got := review.Shown(full); got != want {
			t.Errorf("%q is called %q", full, got)
		}
	}
	if d := review.AskAfter(3 * 24 * time.Hour); d >= review.AskAfter(30*24*time.Hour) {
		t.Error("who waited long is asked as soon")
	}
}

func longText() string {
	text := make([]byte, review.MostWords+1)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}
