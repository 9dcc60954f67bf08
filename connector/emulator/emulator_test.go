package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector/emulator"
)

// desk counts how often it acted.
type desk struct {
	mu    sync.Mutex
	acted int
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.acted++
	d.mu.Unlock()
	w.Header().Set("X-Seen", r.URL.Path)
	_, _ = io.WriteString(w, "0123456789")
}

func (d *desk) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.acted
}

// ask posts once and says what came: status and body, or "error".
func ask(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Post(url, "text/plain", strings.NewReader("x"))
	if err != nil {
		return "error"
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Sprintf("%d cut at %d", res.StatusCode, len(body))
	}
	return fmt.Sprintf("%d %d", res.StatusCode, len(body))
}

func TestEachFaultDoesWhatItSays(t *testing.T) {
	t.Parallel()
	for fault, c := range map[emulator.Fault]struct {
		want  string
		acted int
	}{
		emulator.Busy: {"429 18", 0}, emulator.FailBefore: {"500 15", 0}, emulator.FailAfter: {"500 15", 1}, emulator.DropBefore: {"error", 0},
		emulator.DropAfter: {"error", 1}, emulator.Truncate: {"200 cut at 5", 1}, emulator.Slow: {"200 10", 1},
	} {
		var knobs emulator.Knobs
		d := &desk{}
		server := httptest.NewServer(knobs.Wrap(d))
		knobs.Delay(time.Millisecond)
		knobs.Once(fault, "/order?x=1")
		if got := ask(t, server.URL+"/other"); got != "200 10" {
			t.Errorf("%s: a request that does not match gets %s", fault, got)
		}
		before := d.count()
		if got := ask(t, server.URL+"/order?x=1&y=2"); got != c.want {
			t.Errorf("%s: %s, want %s", fault, got, c.want)
		}
		if got := ask(t, server.URL+"/order?x=1"); got != "200 10" {
			t.Errorf("%s struck twice: %s", fault, got)
		}
		server.Close()
		if acted := d.count() - before - 1; acted != c.acted {
			t.Errorf("%s: it acted %d times, want %d", fault, acted, c.acted)
		}
		if counts := knobs.Counts(); counts[fault] != 1 || len(counts) != 1 {
			t.Errorf("%s: counted %v", fault, counts)
		}
	}
}

func TestChaosIsAShareAndRepeatable(t *testing.T) {
	t.Parallel()
	strike := func() (int, map[emulator.Fault]int) {
		var knobs emulator.Knobs
		d := &desk{}
		knobs.Chaos(7, 30, emulator.Busy, emulator.FailAfter)
		h := knobs.Wrap(d)
		for range 1000 {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}
		return d.count(), knobs.Counts()
	}
	acted, counts := strike()
	if n := counts[emulator.Busy] + counts[emulator.FailAfter]; n < 250 || n > 350 || acted != 1000-counts[emulator.Busy] {
		t.Errorf("%v, acted %d times", counts, acted)
	}
	if _, again := strike(); again[emulator.Busy] != counts[emulator.Busy] {
		t.Errorf("the same seed: %v and %v", counts, again)
	}
}

func TestHooksAreSentAgainAndTwice(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got, refuse := 0, 2
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if refuse > 0 {
			refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if string(body) != "news" || r.Header.Get("X-Sign") != "s" {
			t.Errorf("%q with %v", body, r.Header)
		}
		got++
	}))
	t.Cleanup(server.Close)
	hook := emulator.Hook{URL: server.URL, Header: http.Header{"X-Sign": {"s"}}, Body: []byte("news")}
	h := &emulator.Hooks{Client: server.Client(), Retry: time.Millisecond}
	h.Send(t.Context(), hook)
	h.Wait()
	if sent, failed := h.Counts(); sent != 1 || failed != 0 || got != 1 {
		t.Errorf("sent %d, gave up %d, came %d times", sent, failed, got)
	}
	h.Chaos(1, 100)
	h.Send(t.Context(), hook)
	h.Wait()
	if got != 3 {
		t.Errorf("with chaos it came %d times, want twice", got-1)
	}
	lonely := &emulator.Hooks{Retry: time.Millisecond, Tries: 3}
	lonely.Send(t.Context(), emulator.Hook{URL: "http://127.0.0.1:1/", Body: []byte("x")})
	lonely.Send(t.Context(), emulator.Hook{URL: ":"})
	lonely.Wait()
	if sent, failed := lonely.Counts(); sent != 0 || failed != 2 {
		t.Errorf("nobody is there: sent %d, gave up %d", sent, failed)
	}
}

func TestParcelsTravelByTheWorldsClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	now := start
	w := emulator.NewWorld(func() time.Time { return now }, emulator.Real())
	for number, fate := range map[string]emulator.Step{"A": "", "L": emulator.StepLost, "R": emulator.StepReturned} {
		w.Send(emulator.Parcel{Number: number, From: "CN", To: "DE", City: "Berlin", Label: start, Fate: fate})
	}
	w.Send(emulator.Parcel{Number: "A", From: "US", Label: start.Add(-time.Hour)}) // the same number travels once
	last := func(number string) emulator.Step {
		scans := w.Scans(number)
		for i := 1; i < len(scans); i++ {
			if scans[i].At.Before(scans[i-1].At) {
				t.Errorf("%s: %v after %v", number, scans[i], scans[i-1])
			}
		}
		return scans[len(scans)-1].Step
	}
	for _, step := range []struct {
		wait time.Duration
		want emulator.Step
	}{{0, emulator.StepLabel}, {12 * time.Hour, emulator.StepPickedUp}, {48 * time.Hour, emulator.StepDeparted}, {48 * time.Hour, emulator.StepArrived},
		{24 * time.Hour, emulator.StepOut}, {6 * time.Hour, emulator.StepDelivered}} {
		now = now.Add(step.wait)
		if got := last("A"); got != step.want {
			t.Errorf("after %v: %s, want %s", step.wait, got, step.want)
		}
	}
	now = now.Add(30 * 24 * time.Hour)
	if last("L") != emulator.StepLost || last("R") != emulator.StepReturned {
		t.Errorf("%s and %s", last("L"), last("R"))
	}
	w.Doom("A", emulator.StepLost)
	w.Doom("none", emulator.StepLost)
	if last("A") != emulator.StepLost || len(w.Scans("none")) != 0 {
		t.Error("fate does not hold")
	}
	if p, known := w.Parcel("A"); !known || p.From != "CN" {
		t.Errorf("%+v", p)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	if p := emulator.Real().Scaled(86_400); p.Ship != time.Second || emulator.Real().Scaled(0) != emulator.Real() {
		t.Errorf("a day takes %v", p.Ship)
	}
}
