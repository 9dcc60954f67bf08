package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"doorstep"
	"doorstep/internal/importer"
)

type importCmd struct {
	Products importProductsCmd `cmd:"" help:"Products from CSV files of Shopify or WooCommerce; which of them is found out."`
	Offers   importOffersCmd   `cmd:"" help:"What suppliers have and what it costs, from CSV files."`
	Sample   importSampleCmd   `cmd:"" help:"The built-in sample shop: 84 products, three suppliers."`
}

// bring is what both kinds of import are told.
type bring struct {
	Files    []string `arg:"" name:"file" help:"Files to read; - is the standard input." type:"path"`
	DryRun   bool     `help:"Do everything, keep nothing."`
	Supplier string   `placeholder:"NAME" help:"Who has the stock, where the file does not say."`
	JSON     bool     `help:"What was done, as JSON."`
}

type importProductsCmd struct {
	bring
	CostPercent int64 `placeholder:"N" help:"Cost of an article of which the file does not tell it, in percent of its price."`
	DropMissing bool  `help:"Delete variants that a product in the file no longer has."`
}

// Run imports products.
func (c *importProductsCmd) Run(e *env) error {
	return e.with(func(p *doorstep.Program) error {
		o := c.options(e, p)
		o.CostPercent, o.DropMissing = c.CostPercent, c.DropMissing
		return c.reading(os.Stdin, func(files []string) error {
			r, err := importer.Products(e.ctx, p.DB, p.Store.StoreID, files, o)
			if err := c.tell(e, r, err); err != nil {
				return err
			}
			return e.tellFreightless(p)
		})
	})
}

type importOffersCmd struct {
	bring
	CreateSuppliers bool `help:"Make suppliers that are not there yet."`
}

// Run imports offers.
func (c *importOffersCmd) Run(e *env) error {
	return e.with(func(p *doorstep.Program) error {
		o := c.options(e, p)
		o.CreateSuppliers = c.CreateSuppliers
		return c.reading(os.Stdin, func(files []string) error {
			r, err := importer.Offers(e.ctx, p.DB, p.Store.StoreID, files, o)
			if err := c.tell(e, r, err); err != nil {
				return err
			}
			return e.tellFreightless(p)
		})
	})
}

type importSampleCmd struct {
	JSON bool `help:"What was done, as JSON."`
}

// Run imports the sample shop.
func (c *importSampleCmd) Run(e *env) error {
	return e.with(func(p *doorstep.Program) error {
		r, err := importer.Sample(e.ctx, p.DB, p.Store.StoreID)
		if err := (bring{JSON: c.JSON}).tell(e, r, err); err != nil {
			return err
		}
		return e.tellFreightless(p)
	})
}

// reading runs fn with the files; "-" is a copy of the input, because a file is read twice:
// once for its encoding, once for its rows.
func (c bring) reading(in io.Reader, fn func(files []string) error) error {
	n := slices.Index(c.Files, "-")
	if n < 0 {
		return fn(c.Files)
	}
	dir, err := os.MkdirTemp("", "doorstep-import-")
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	files := slices.Clone(c.Files)
	files[n] = filepath.Join(dir, "stdin")
	if err := spool(in, files[n]); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return fn(files)
}

// spool writes what comes in to a file of ours alone.
func spool(in io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, f.Close())
}

func (c bring) options(e *env, p *doorstep.Program) importer.Options {
	return importer.Options{DryRun: c.DryRun, Supplier: c.Supplier, Currency: p.Store.Currency, Progress: progress(e.errOut)}
}

// progress shows how far an import is, at most every half second.
func progress(w io.Writer) func(importer.Progress) {
	last := time.Now()
	return func(p importer.Progress) {
		if time.Since(last) < 500*time.Millisecond {
			return
		}
		last = time.Now()
		if p.Total > 0 {
			fmt.Fprintf(w, "%s: %d %%, %d rows\n", p.File, 100*p.Done/p.Total, p.Rows)
			return
		}
		fmt.Fprintf(w, "%s: %d rows\n", p.File, p.Rows)
	}
}

// tell says what an import did. Rows that were not taken are named; that nothing at all was
// taken is a failure.
func (c bring) tell(e *env, r importer.Report, err error) error {
	if err != nil {
		return err
	}
	for _, p := range r.Problems {
		fmt.Fprintln(e.errOut, p)
	}
	if more := r.ProblemsTotal - len(r.Problems); more > 0 {
		fmt.Fprintf(e.errOut, "… and %d more\n", more)
	}
	if c.JSON {
		err = e.print(r)
	} else {
		_, err = fmt.Fprintf(e.out, "%d rows: %d products created, %d changed, %d unchanged; %d variants, %d offers; %d problems.\n",
			r.Rows, r.Created, r.Updated, r.Unchanged, r.Variants, r.Offers, r.ProblemsTotal)
		for _, note := range r.Notes {
			fmt.Fprintln(e.out, note)
		}
	}
	if taken := r.Created + r.Updated + r.Unchanged + r.Offers; err == nil && r.ProblemsTotal > 0 && taken == 0 {
		err = quiet{}
	}
	return err
}
