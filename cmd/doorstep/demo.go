package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"doorstep"
	"doorstep/internal/config"
	"doorstep/internal/demo"
)

type demoCmd struct {
	Orders  int           `help:"How many orders are placed; 0 goes on until Ctrl-C, with a new shopper every few seconds."`
	Until   string        `default:"delivered" enum:"delivered" help:"Where a run with --orders ends: when all are delivered."`
	Report  string        `default:"text" enum:"text,json" help:"How the verdict is printed: text or json."`
	Chaos   bool          `help:"Everybody misbehaves: time-outs, answers lost after the deed, 429 and 500, messages twice and late."`
	Speed   int64         `help:"How much faster than life the emulated world goes; as fits when it is not given."`
	Seed    uint64        `default:"1" help:"Of the shoppers' choices and of the chaos."`
	Timeout time.Duration `default:"3m" help:"When a run with --orders that does not come to its end has failed."`
	Listen  string        `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the shop listens when people look on."`
}

// Run plays the demo on a database of its own, unless one is given.
func (c *demoCmd) Run(e *env) error {
	if c.Orders < 0 || c.Speed < 0 {
		return errors.New("orders and speed: neither can be less than 0")
	}
	if e.Database == config.DefaultDatabase { // nobody named one: the merchant's own is left alone
		dir, err := os.MkdirTemp("", "doorstep-demo-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		e.Database = filepath.Join(dir, "demo.db")
	}
	source, made := e.ForOnce()
	if made != "" {
		fmt.Fprintf(e.errOut, "The secrets of this demo are sealed with DOORSTEP_KEY=%s\n", made)
	}
	o := demo.Options{
		Config: doorstep.Config{Database: e.Database, Key: source, Drivers: drivers(), Log: e.Logger(e.errOut, slog.LevelError)},
		Speed:  c.Speed, Seed: c.Seed, Chaos: c.Chaos, Timeout: c.Timeout, Listen: c.Listen,
		Say: func(format string, args ...any) { fmt.Fprintf(e.errOut, format+"\n", args...) },
	}
	if c.Orders == 0 {
		return demo.Show(e.ctx, o, e.out)
	}
	r, err := demo.Run(e.ctx, o, c.Orders)
	if err != nil {
		return err
	}
	return c.tell(e, r)
}

// tell prints the verdict; a bad one is a failure.
func (c *demoCmd) tell(e *env, r demo.Report) error {
	for _, p := range r.Problems {
		fmt.Fprintln(e.errOut, p)
	}
	if c.Report == "json" {
		if err := e.print(r); err != nil {
			return err
		}
	} else if _, err := fmt.Fprint(e.out, r.Text()); err != nil {
		return err
	}
	if !r.Good() {
		return errors.New("demo: the books do not agree: see above")
	}
	return nil
}
