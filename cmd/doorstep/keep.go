package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/db/archive"
	"doorstep/internal/flow"
	"doorstep/internal/job"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

type backupCmd struct {
	To     string `placeholder:"FILE" help:"The file to write; doorstep-<day>-<time>.zip when it is not given."`
	Format string `default:"jsonl" enum:"jsonl,csv" help:"How rows are written: jsonl or csv."`
}

// Run writes all tables into one file, while the shop goes on.
func (c *backupCmd) Run(e *env) error {
	to := c.To
	if to == "" {
		to = "doorstep-" + time.Now().UTC().Format("20060102-150405") + ".zip"
	}
	return e.reading(func(d *db.DB, _ store.Store) error {
		m, err := archive.WriteFile(e.ctx, d, to, archive.Format(c.Format))
		if err != nil {
			return err
		}
		info, err := os.Stat(to)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%s: %d rows of %d tables, %.1f MB, as they were at %s.\n"+
			"Secrets in it stay sealed: keep the key of this installation too, in another place.\n",
			to, m.Rows(), len(m.Tables), float64(info.Size())/1e6, m.TakenAt.Format("15:04:05 UTC"))
		return err
	})
}

type restoreCmd struct {
	From string `required:"" type:"existingfile" placeholder:"FILE" help:"A file that doorstep backup wrote."`
}

// Run fills the database, which must be new, and has everything doubted that may have left
// since the backup was taken.
func (c *restoreCmd) Run(e *env) error {
	if _, err := seal.Load(existing(e.Sealing())); err != nil {
		return fmt.Errorf("%w: the secrets of a backup open with the key of its installation only: give it with --key or --key-file, or lay it beside the database", err)
	}
	a, err := archive.Open(c.From)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Restore(e.ctx, e.Database, e.Logger(e.errOut, slog.LevelError), job.Freeze); err != nil {
		return e.explain(err)
	}
	fmt.Fprintf(e.out, "%d rows are back, as they were at %s.\n", a.Manifest.Rows(), a.Manifest.TakenAt.Format(time.RFC3339))
	return e.reading(func(d *db.DB, s store.Store) error {
		var doubts flow.Doubts
		err := d.Update(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			doubts, err = flow.Restored(ctx, tx, s.StoreID, a.Manifest.TakenAt)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Perhaps sent since then, so asked about before anything is sent: %d purchases, %d refunds.\n"+
			"For a person to look at: %d held purchases, %d mails.\n", doubts.Purchases, doubts.Refunds, doubts.Held, doubts.Mails)
		found, err := flow.Audit(e.ctx, d, s.StoreID)
		if err == nil {
			err = (&auditCmd{}).tell(e, found)
		}
		if err == nil && len(found) > 0 {
			err = errors.New("the backup does not add up: see above")
		}
		return err
	})
}
