package main

import (
	"context"
	"fmt"
	"log/slog"

	"doorstep"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/seal"
)

type sealCmd struct {
	Rotate sealRotateCmd `cmd:"" help:"Make a new key and seal every secret with it anew."`
}

type sealRotateCmd struct {
	NewKeyFile string `required:"" placeholder:"FILE" help:"The key file to write: the new key, and after it the one in use, which still opens old links and backups."`
}

// Run makes the new key, seals everything with it in one transaction, and says what to do with
// it. Where sealing fails the old key stays in use, and the new file is of no harm.
func (c *sealRotateCmd) Run(e *env) error {
	if err := seal.Succeed(existing(e.Sealing()), c.NewKeyFile); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	box, err := seal.Load(seal.Source{File: c.NewKeyFile})
	if err != nil {
		return err
	}
	d, err := doorstep.Open(e.ctx, e.Database, db.Options{Log: e.Logger(e.errOut, slog.LevelWarn)})
	if err != nil {
		return e.explain(err)
	}
	defer func() { _ = d.Close() }()
	n := 0
	err = d.Update(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = flow.Reseal(ctx, tx, box, "system")
		return err
	})
	if err != nil {
		return fmt.Errorf("seal: nothing was changed: %w", err)
	}
	_, err = fmt.Fprintf(e.out, "%d secrets are sealed with the new key. Start every node with --key-file %s from now on, and keep a copy of that file.\n"+
		"Its second line is the former key: it opens backups and links in mails from before. Delete that line when you need neither.\n", n, c.NewKeyFile)
	return err
}
