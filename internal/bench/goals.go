package bench

import "fmt"

// Goal is a figure beside what it should be, on two processors.
type Goal struct {
	Name  string `json:"name"`
	Want  string `json:"want"`
	Have  string `json:"have"`
	Met   bool   `json:"met"`
	Limit string `json:"limit,omitempty"` // what the figure does not say
}

// judge puts the goals beside the figures that were measured.
func (r *Report) judge() {
	sqlite := r.Database == "sqlite"
	atLeast := func(name string, have, want float64, unit string) {
		if have > 0 {
			r.Goals = append(r.Goals, Goal{Name: name, Want: fmt.Sprintf("≥ %g%s", want, unit), Have: fmt.Sprintf("%.4g%s", have, unit), Met: have >= want})
		}
	}
	atMost := func(name string, have, want float64, unit string) {
		if have > 0 {
			r.Goals = append(r.Goals, Goal{Name: name, Want: fmt.Sprintf("< %g%s", want, unit), Have: fmt.Sprintf("%.4g%s", have, unit), Met: have < want})
		}
	}
	if n := len(r.Placing); n > 0 {
		atLeast("placing, share of raw commits", r.Placing[n-1].Ratio, 0.5, "")
	}
	forward := 250.0
	if sqlite {
		forward = 150
		atLeast("feed, offers unchanged", r.Feed.Unchanged, 50_000, "/s")
		atLeast("feed, offers changed", r.Feed.Changed, 20_000, "/s")
	}
	atLeast("backlog forwarded", r.Backlog.Rate, forward, " orders/s")
	atMost("paid to accepted at 20 orders/s, p99", r.Pace.P99, 1000, " ms")
	atMost("memory, idle", r.Memory.Idle, 64, " MiB")
	atMost("memory, under load", r.Memory.Load, 256, " MiB")
	if n := len(r.Sizes); n > 0 {
		last := r.Sizes[n-1]
		atMost(fmt.Sprintf("start to first answer with %d orders", last.Orders), last.Startup, 300, " ms")
	}
	worst := List{}
	for _, l := range r.Lists {
		if l.P95 > worst.P95 {
			worst = l
		}
	}
	atMost("list of orders, slowest look ("+worst.Look+"), p95", worst.P95, 100, " ms")
}
