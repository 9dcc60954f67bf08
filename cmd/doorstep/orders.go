package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/report"
	"doorstep/internal/store"
)

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

type ordersCmd struct {
	List   ordersListCmd   `cmd:"" help:"List orders, the newest first."`
	Show   ordersShowCmd   `cmd:"" help:"Everything about one order."`
	Export ordersExportCmd `cmd:"" help:"Write every order as one JSON document per line."`
}

// which are the flags that choose orders.
type which struct {
	State string `help:"Only those in this state: pending, open, cancelling, cancelled or closed." enum:",pending,open,cancelling,cancelled,closed" default:""`
	Email string `help:"Only this customer's."`
	Stuck bool   `help:"Only those that wait for a person."`
}

func (w which) filter() report.Filter {
	return report.Filter{State: w.State, Email: w.Email, NeedsPerson: w.Stuck}
}

type ordersListCmd struct {
	which
	Limit int    `default:"50" help:"How many at most."`
	After string `help:"Where the last page ended: its next."`
}

// Run lists orders as JSON.
func (c *ordersListCmd) Run(e *env) error {
	if c.Limit < 1 {
		return fmt.Errorf("limit: %d is less than 1", c.Limit)
	}
	return e.reading(func(d *db.DB, s store.Store) error {
		var page report.OrderPage
		err := d.View(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = report.Orders(ctx, tx, s.StoreID, c.filter(), c.After, c.Limit)
			return err
		})
		if err != nil {
			return err
		}
		return e.print(page)
	})
}

type ordersShowCmd struct {
	Order string `arg:"" help:"Number or id of the order."`
}

// Run shows an order with all that belongs to it.
func (c *ordersShowCmd) Run(e *env) error {
	return e.reading(func(d *db.DB, s store.Store) error {
		var document report.Document
		err := d.View(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			document, err = report.OrderDocument(ctx, tx, s.StoreID, c.Order)
			return err
		})
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("order %q: there is none of this number or id: doorstep orders list shows what there is", c.Order)
		}
		if err != nil {
			return err
		}
		return e.print(document)
	})
}

type ordersExportCmd struct {
	which
	Output string `short:"o" placeholder:"FILE" help:"Where to; the standard output when it is not given."`
}

// Run exports orders.
func (c *ordersExportCmd) Run(e *env) error {
	return e.reading(func(d *db.DB, s store.Store) (err error) {
		out := e.out
		if c.Output != "" {
			f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // customers' addresses
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			out = f
		}
		buffered := bufio.NewWriter(out)
		n, err := report.Export(e.ctx, d, s.StoreID, c.filter(), buffered)
		if err := errors.Join(err, buffered.Flush()); err != nil {
			return err
		}
		fmt.Fprintf(e.errOut, "%d orders written.\n", n)
		return nil
	})
}

type auditCmd struct {
	JSON bool `help:"The differences as a JSON list."`
}

// Run names every difference between what is stored and what the facts come to.
func (c *auditCmd) Run(e *env) error {
	return e.reading(func(d *db.DB, s store.Store) error {
		found, err := flow.Audit(e.ctx, d, s.StoreID)
		if err != nil {
			return err
		}
		if err := c.tell(e, found); err != nil {
			return err
		}
		if len(found) > 0 {
			return quiet{}
		}
		return nil
	})
}

func (c *auditCmd) tell(e *env, found []flow.Difference) error {
	if c.JSON {
		if found == nil {
			found = []flow.Difference{}
		}
		return e.print(found)
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(e.out, "Everything adds up: every word, balance and stock figure is what the facts come to.")
		return err
	}
	table := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tOF\tSTORED\tSHOULD BE")
	for _, f := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.What, f.Subject, f.Stored, f.Computed)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "%d differences.\n", len(found))
	return err
}
