package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"doorstep/internal/promise/backtest"
)

type evaluateCmd struct {
	Eta evaluateEtaCmd `cmd:"" help:"How good delivery forecasts would have been on a history of real deliveries."`
}

type evaluateEtaCmd struct {
	File     string `required:"" type:"existingfile" help:"The history: CSV or CSV.gz with at least the columns purchase and delivered."`
	TestFrom string `required:"" placeholder:"YYYY-MM-DD" help:"Orders of this day and later are forecast, in the order of their purchase."`
	Report   string `default:"text" enum:"text,json" help:"How the figures are printed: text or json."`
}

// Run forecasts each order of the test from what had been delivered when it was placed.
func (c *evaluateEtaCmd) Run(e *env) error {
	from, err := time.Parse(time.DateOnly, c.TestFrom)
	if err != nil {
		return fmt.Errorf("--test-from: %q is no day; write it as 2026-01-31", c.TestFrom)
	}
	orders, err := backtest.ReadFile(c.File)
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		return errors.New("the file has no delivered order")
	}
	r, err := backtest.Run(orders, from)
	if err != nil {
		return err
	}
	if c.Report == "json" {
		return e.print(r)
	}
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%d orders from %s, trained on %d deliveries\n", r.Orders, r.TestFrom, r.Trained)
	fmt.Fprintln(t, "\tmean error, days\t9 of 10 errors within\tlate\tpromised, days\t")
	row := func(name string, s backtest.Score) {
		fmt.Fprintf(t, "%s\t%.2f\t%.1f\t%.1f %%\t%.1f\t\n", name, s.MAE, s.P90, 100*s.LateShare, s.MeanPromised)
	}
	row("Doorstep", r.Score)
	for _, b := range []struct{ key, name string }{{backtest.Marketplace, "the marketplace's date"}, {backtest.LaneMedian, "lane median"}, {backtest.Rolling, "lane median, last 90 days"}} {
		if s, has := r.Baselines[b.key]; has {
			row(b.name, s)
		}
	}
	return t.Flush()
}
