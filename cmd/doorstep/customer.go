package main

import (
	"context"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/store"
)

type customerCmd struct {
	Export customerExportCmd `cmd:"" help:"Print everything that is held about a mail address as JSON."`
	Erase  customerEraseCmd  `cmd:"" help:"Overwrite everything by which somebody is known. The books stay."`
}

type customerExportCmd struct {
	Email string `required:"" help:"Whose data."`
}

// Run prints the rows of every table, as they are stored.
func (c *customerExportCmd) Run(e *env) error {
	return e.reading(func(d *db.DB, s store.Store) error {
		var held *flow.Held
		err := d.View(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			held, err = flow.ExportCustomer(ctx, tx, s.StoreID, c.Email)
			return err
		})
		if err != nil {
			return inWords(err)
		}
		return e.print(held)
	})
}

type customerEraseCmd struct {
	Email string `required:"" help:"Whose data."`
	Sure  bool   `help:"It cannot be undone: say that it is meant."`
}

// Run forgets somebody.
func (c *customerEraseCmd) Run(e *env) error {
	if !c.Sure {
		return errors.New("customer: this cannot be undone; say --sure if it is meant, and doorstep customer export first")
	}
	return e.reading(func(d *db.DB, s store.Store) error {
		var done flow.Erasure
		err := d.Update(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			done, err = flow.EraseCustomer(ctx, tx, s.StoreID, c.Email, "system")
			return err
		})
		if err != nil {
			return inWords(err)
		}
		_, err = fmt.Fprintf(e.out, "Forgotten: %d orders and %d rows name nobody any more. Backups from before still do, until you delete them.\n", done.Orders, done.Rows)
		return err
	})
}

// inWords is a refusal as people read it.
func inWords(err error) error {
	var refusal *flow.Refusal
	if errors.As(err, &refusal) {
		return errors.New("customer: " + refusal.Words)
	}
	return err
}
