package score

import "testing"

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
