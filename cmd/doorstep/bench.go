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
	Sizes    []int         `default:"10000,100000" help:"Numbers of orders to which the database is filled, one after the other, measuring at each."`
	Backlog  int           `default:"600" help:"How many paid orders are forwarded at once."`
	Pace     time.Duration `default:"10s" help:"How long orders are paid at 20 a second."`
	Timeout  time.Duration `default:"20m" help:"When a measurement that does not come to its end has failed."`
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
		Sizes: c.Sizes, Backlog: c.Backlog, Pace: c.Pace,
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
		fmt.Fprintf(t, "placing orders, %d clients\t%.0f/s\tp50 %.1f ms, p99 %.1f ms\t%.3f of raw commits, %.2f ms of processor each\n", p.Clients, p.Rate, p.P50, p.P99, p.Ratio, p.Work)
	}
	fmt.Fprintf(t, "whole journeys\t%.1f/s\t\t%.3f of raw commits\n", r.Journeys.Rate, r.Journeys.Ratio)
	fmt.Fprintf(t, "offers taken in\t%.0f/s unchanged\t%.0f/s changed\n", r.Feed.Unchanged, r.Feed.Changed)
	fmt.Fprintf(t, "paid to accepted, %.0f orders/s\tp50 %.0f ms\tp99 %.0f ms\t%d late\n", r.Pace.Every, r.Pace.P50, r.Pace.P99, r.Pace.Late)
	fmt.Fprintf(t, "backlog of %d orders\t%.0f/s\t%.2f ms of processor each\n", r.Backlog.Orders, r.Backlog.Rate, r.Backlog.Work)
	fmt.Fprintf(t, "memory, idle\t%.0f MiB\n", r.Memory.Idle)
	fmt.Fprintf(t, "memory, highest under load\t%.0f MiB\n", r.Memory.Load)
	fmt.Fprintf(t, "start to first answer\t%.0f ms\n", r.Startup)
	for _, s := range r.Sizes {
		fmt.Fprintf(t, "\nwith %d orders\t\n", s.Orders)
		fmt.Fprintf(t, "start to first answer\t%.0f ms\tidle %.0f MiB\n", s.Startup, s.Idle)
		fmt.Fprintf(t, "placing, 32 clients\t%.0f/s\tjourneys %.1f/s\n", s.Placing, s.Journeys)
		fmt.Fprintf(t, "list of orders, p95\t%.1f ms\tin the middle %.1f ms\n", s.List, s.Middle)
	}
	webTable(t, r)
	return t.Flush()
}

// webTable prints how pages are served, and the goals.
func webTable(t *tabwriter.Writer, r bench.Report) {
	fmt.Fprintf(t, "\npages, 16 connections\t\n")
	for _, p := range r.Pages {
		fmt.Fprintf(t, "%s\t%.0f/s\tp50 %.1f ms, p99 %.1f ms\t%.3f of hello\t%d bytes\n", p.Page, p.Rate, p.P50, p.P99, p.Ratio, p.Bytes)
	}
	fmt.Fprintf(t, "\nlist of orders\tp50\tp95\tp99 ms\n")
	for _, l := range r.Lists {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\n", l.Look, l.P50, l.P95, l.P99)
	}
	fmt.Fprintf(t, "\ngoals\t\n")
	for _, g := range r.Goals {
		word := "missed"
		if g.Met {
			word = "met"
		}
		fmt.Fprintf(t, "%s\t%s\twanted %s\t%s\n", g.Name, g.Have, g.Want, word)
	}
}
