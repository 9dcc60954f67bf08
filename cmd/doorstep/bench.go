package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"doorstep"
	"doorstep/internal/bench"
	"doorstep/internal/config"
)

type benchCmd struct {
	Report   string        `default:"text" enum:"text,json" help:"How the figures are printed: text or json."`
	Orders   int           `default:"320" help:"How many orders are placed with each number of clients."`
	Journeys int           `default:"200" help:"How many orders travel from cart to door."`
	Timeout  time.Duration `default:"5m" help:"When a measurement that does not come to its end has failed."`
}

// Run measures on a database of its own, unless one is given.
func (c *benchCmd) Run(e *env) error {
	if c.Orders < 1 || c.Journeys < 1 {
		return errors.New("orders and journeys: at least 1 is needed")
	}
	if e.Database == config.DefaultDatabase { // nobody named one: the merchant's own is left alone
		dir, err := os.MkdirTemp("", "doorstep-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		e.Database = filepath.Join(dir, "bench.db")
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	source, made := e.ForOnce()
	childEnv := []string{"DOORSTEP_DATABASE=" + e.Database}
	if made != "" {
		childEnv = append(childEnv, "DOORSTEP_KEY="+made)
	}
	ctx, cancel := context.WithTimeoutCause(e.ctx, c.Timeout, fmt.Errorf("the measurement took longer than %s", c.Timeout))
	defer cancel()
	r, err := bench.Run(ctx, bench.Options{
		Config: doorstep.Config{Database: e.Database, Key: source, Drivers: drivers(), Log: e.Logger(e.errOut, slog.LevelError)},
		Binary: binary, Env: childEnv, Orders: c.Orders, Journeys: c.Journeys,
		Say: func(format string, args ...any) { fmt.Fprintf(e.errOut, format+"\n", args...) },
	})
	if err != nil {
		return err
	}
	if c.Report == "json" {
		return e.print(r)
	}
	return table(e, r)
}

// table prints the figures for people.
func table(e *env, r bench.Report) error {
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s, %d CPUs\t\n", r.Database, r.CPUs)
	fmt.Fprintf(t, "raw commits, one writer\t%.0f/s\n", r.Commits)
	for _, p := range r.Placing {
		fmt.Fprintf(t, "placing orders, %d clients\t%.0f/s\tp50 %.1f ms, p99 %.1f ms\t%.3f of raw commits\n", p.Clients, p.Rate, p.P50, p.P99, p.Ratio)
	}
	fmt.Fprintf(t, "whole journeys\t%.1f/s\t\t%.3f of raw commits\n", r.Journeys.Rate, r.Journeys.Ratio)
	fmt.Fprintf(t, "memory, idle\t%.0f MiB\n", r.Memory.Idle)
	fmt.Fprintf(t, "memory, highest under load\t%.0f MiB\n", r.Memory.Load)
	fmt.Fprintf(t, "start to first answer\t%.0f ms\n", r.Startup)
	return t.Flush()
}
