package score

import (
	"testing"

	"pgregory.net/rapid"
)

// TestFewOrdersSayLittle: one refusal of one order is no supplier that refuses everything.
func TestFewOrdersSayLittle(t *testing.T) {
	t.Parallel()
	all := Count{950, 1000}
	for _, c := range []struct {
		own  Count
		want int64
	}{
		{Count{0, 0}, 9500}, {Count{0, 1}, 9047}, {Count{1, 1}, 9523}, {Count{500, 1000}, 5088}, {Count{1000, 1000}, 9990},
	} {
		if got, known := Shrunk(Accepted, c.own, all); !known || got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.own.Part, c.own.Whole, got, c.want)
		}
	}
	if _, known := Shrunk(Accepted, Count{}, Count{}); known {
		t.Error("something is known of nothing")
	}
	if got, _ := Shrunk(ToScan, Count{6000, 2}, Count{100_000, 100}); got != 1181 {
		t.Errorf("%d minutes, want 1181", got)
	}
}

func TestTrend(t *testing.T) {
	t.Parallel()
	all := Figure{Before: Count{900, 1000}}
	figure := func(a, b, c, d int64) Figure { return Figure{Count{a, b}, Count{c, d}} }
	for name, c := range map[string]struct {
		measure string
		f       Figure
		want    int
	}{
		"better":             {Accepted, figure(100, 100, 80, 100), 1},
		"worse":              {Accepted, figure(70, 100, 95, 100), -1},
		"the same":           {Accepted, figure(90, 100, 90, 100), 0},
		"too few":            {Accepted, figure(0, 2, 95, 100), 0},
		"more damage":        {Damaged, figure(30, 100, 1, 100), -1},
		"quicker than ever":  {ToScan, figure(1000, 100, 200_000, 100), 1},
		"an hour either way": {ToScan, figure(100_000, 100, 103_000, 100), 0},
	} {
		if got := Trend(c.measure, c.f, all); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	card := func(good, bad int64) Card {
		return Card{Accepted: {Before: Count{good, good + bad}}, NeverScanned: {Before: Count{bad, good + bad}}}
	}
	all := card(900, 100)
	good, n := Standing(card(200, 0), all)
	poor, _ := Standing(card(100, 100), all)
	fresh, none := Standing(nil, all)
	if n != 200 || none != 0 || good < 9700 || poor > 3500 || fresh != 8100 {
		t.Errorf("good %d of %d, poor %d, never seen %d of %d", good, n, poor, fresh, none)
	}
	if s, n := Standing(nil, nil); s != 10_000 || n != 0 {
		t.Errorf("without anything: %d of %d", s, n)
	}
}

// TestWorseIsNeverBetter: whatever was counted of an article, its supplier and the store, one
// more thing that went wrong raises the standing of neither the article nor the supplier.
func TestWorseIsNeverBetter(t *testing.T) {
	t.Parallel()
	measures := []string{Accepted, Filled, Cancelled, OnTime, Damaged, Wrong, NeverScanned, Served}
	rapid.Check(t, func(t *rapid.T) {
		article, own, all := Card{}, Card{}, Card{}
		for _, m := range measures {
			var c Count
			for _, into := range []Card{article, own, all} { // each holds what the one before it does
				whole := rapid.Int64Range(0, 300).Draw(t, "whole")
				c = c.plus(Count{rapid.Int64Range(0, whole).Draw(t, "part"), whole})
				into[m] = Figure{Before: c}
			}
		}
		of, _ := ArticleStanding(article, own, all)
		by, _ := Standing(own, all)
		m := rapid.SampledFrom(measures).Draw(t, "what goes wrong")
		bad := Count{Whole: 1}
		if Bad(m) {
			bad.Part = 1
		}
		for _, into := range []Card{article, own, all} {
			into[m] = Figure{Recent: bad, Before: into[m].Before}
		}
		if now, _ := ArticleStanding(article, own, all); now > of || now < 0 {
			t.Fatalf("one more of %s: the article's standing was %d and is %d", m, of, now)
		}
		if now, _ := Standing(own, all); now > by || now < 0 {
			t.Fatalf("one more of %s: the supplier's standing was %d and is %d", m, by, now)
		}
	})
}

func TestAnArticleIsDrawnToItsSupplier(t *testing.T) {
	t.Parallel()
	card := func(m string, good, whole int64) Card { return Card{m: {Before: Count{good, whole}}} }
	all, own := card(Accepted, 900, 1000), card(Accepted, 80, 80)
	for _, c := range []struct {
		article Card
		want    int64
	}{{nil, 9800}, {card(Accepted, 0, 1), 9333}, {card(Accepted, 0, 20), 4900}, {card(Accepted, 20, 20), 9900}} {
		if got, _ := ArticleStanding(c.article, own, all); got != c.want {
			t.Errorf("%+v: %d, want %d", c.article, got, c.want)
		}
	}
	// A customer who is not content weighs a fifth of an order that was refused.
	if got, _ := Standing(card(Served, 0, 80), card(Served, 100, 100)); got != 8400 {
		t.Errorf("rated badly by 80 of 80: %d", got)
	}
}
