//go:build unix

// Command crashlab runs the crash laboratory for as many orders as wanted (make crash), or
// shows three nodes under load (make cluster). It prints its report and fails if the verdict is
// not zero everywhere.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"doorstep/internal/crash"
)

// flags are what a run can be told.
type flags struct {
	orders, nodes, shoppers int
	seed                    uint64
	database, report        string
	every, timeout          time.Duration
	cluster, hasty          bool
}

func main() {
	if os.Getenv(crash.ChildEnv) != "" {
		os.Exit(crash.Child())
	}
	var f flags
	flag.IntVar(&f.orders, "orders", 1000, "how many orders are placed on each database")
	flag.IntVar(&f.nodes, "nodes", 3, "how many nodes run on PostgreSQL")
	flag.IntVar(&f.shoppers, "shoppers", 12, "how many people shop at the same time")
	flag.Uint64Var(&f.seed, "seed", 1, "of what they buy")
	flag.StringVar(&f.database, "database", "both", "sqlite, postgres or both")
	flag.StringVar(&f.report, "report", "", "a file for the report as JSON")
	flag.DurationVar(&f.every, "every", 5*time.Second, "how often something happens")
	flag.DurationVar(&f.timeout, "timeout", 12*time.Hour, "when a run that does not come to rest has failed")
	flag.BoolVar(&f.cluster, "cluster", false, "show nodes under load, the loss of one and a rolling restart")
	flag.BoolVar(&f.hasty, "hasty", false, "nobody waits a minute for a request whose process died: all press again")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good, err := f.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "crashlab:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

// run plays on each database and tells what came of it.
func (f flags) run(ctx context.Context) (good bool, err error) {
	good = true
	var reports []crash.Report
	for _, postgres := range []bool{false, true} {
		if f.database == "sqlite" && postgres || (f.database == "postgres" || f.cluster) && !postgres {
			continue
		}
		r, err := f.play(ctx, postgres)
		if err != nil {
			return false, err
		}
		fmt.Printf("\n%s\n", r.Text())
		good = good && r.Good()
		reports = append(reports, r)
	}
	if f.report == "" {
		return good, nil
	}
	body, err := json.MarshalIndent(reports, "", "  ")
	if err != nil {
		return false, err
	}
	return good, os.WriteFile(f.report, append(body, '\n'), 0o600)
}

func (f flags) play(ctx context.Context, postgres bool) (r crash.Report, err error) {
	dir, err := os.MkdirTemp("", "doorstep-crash-")
	if err != nil {
		return r, err
	}
	defer func() {
		if err == nil && r.Good() {
			_ = os.RemoveAll(dir)
			return
		}
		fmt.Fprintln(os.Stderr, "database and logs are kept in", dir)
	}()
	o := crash.Options{Dir: dir, Postgres: postgres, Nodes: f.nodes, Orders: f.orders, Shoppers: f.shoppers, Seed: f.seed,
		Every: f.every, Timeout: f.timeout, Points: true, Least: 4, Hasty: f.hasty,
		Troubles: []crash.Trouble{crash.Kill, crash.FullDisk, crash.Kill, crash.Roll},
		Say:      func(format string, args ...any) { fmt.Fprintf(os.Stderr, "\n"+format+"\n", args...) }}
	if postgres {
		o.Troubles = []crash.Trouble{crash.Kill, crash.Cut, crash.Kill, crash.Roll, crash.Server}
	}
	if f.cluster {
		o.Points, o.Troubles = false, []crash.Trouble{crash.Kill, crash.Roll}
	}
	began := time.Now()
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		last := began // a file: a line now and then
		o.Live = func(now crash.Figures) {
			if time.Since(last) > 20*time.Second {
				last = time.Now()
				fmt.Fprintln(os.Stderr, line(now, time.Since(began)))
			}
		}
		return crash.Run(ctx, o)
	}
	o.Live = func(now crash.Figures) { fmt.Fprint(os.Stderr, "\r\x1b[K", line(now, time.Since(began))) }
	return crash.Run(ctx, o)
}

// line is how a run stands, in one line of a terminal.
func line(f crash.Figures, since time.Duration) string {
	var nodes, what []string
	for i, at := range f.Nodes {
		state := "up"
		if at == "" {
			state = "DOWN"
		}
		nodes = append(nodes, fmt.Sprintf("node %d %s", i+1, state))
	}
	for _, w := range slices.Sorted(maps.Keys(f.Deaths)) {
		what = append(what, fmt.Sprintf("%d× %s", f.Deaths[w], w))
	}
	return fmt.Sprintf("%4.0f s  %d/%d orders  %.1f/s  %s  %s", since.Seconds(), f.Placed, f.Wanted, float64(f.Placed)/since.Seconds(),
		strings.Join(nodes, ", "), strings.Join(what, "; "))
}
