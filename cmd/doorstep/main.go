// Command doorstep is the shop, the hub behind it and everything around them in one
// binary: doorstep --help lists what it can do, docs/commands.md explains it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"doorstep/internal/config"
)

// cli is every command.
type cli struct {
	Config kong.ConfigFlag `help:"File of lines name=value, named as the flags are."`
	config.Base

	Serve    serveCmd    `cmd:"" help:"Serve the shop's API and webhooks, and work its jobs."`
	Demo     demoCmd     `cmd:"" help:"Show the whole journey with emulated suppliers and shoppers."`
	Import   importCmd   `cmd:"" help:"Bring products and offers in from files."`
	Connect  connectCmd  `cmd:"" help:"Add or change a supplier, payment provider or tracking service."`
	Supplier supplierCmd `cmd:"" help:"List suppliers, or change how one is treated."`
	Set      setCmd      `cmd:"" help:"Change settings of the store: doorstep set hold=5m brand.name='Lumen & Loam'."`
	Settings settingsCmd `cmd:"" help:"List the settings of the store."`
	Orders   ordersCmd   `cmd:"" help:"List, show or export orders as JSON."`
	User     userCmd     `cmd:"" help:"People who may sign in."`
	Key      keyCmd      `cmd:"" help:"API keys for programs."`
	Customer customerCmd `cmd:"" help:"Hand somebody all that is held about them, or forget them."`
	Seal     sealCmd     `cmd:"" help:"Change the key that seals secrets in the database."`
	Audit    auditCmd    `cmd:"" help:"Compute every word, balance and stock figure anew and name each difference."`
	Backup   backupCmd   `cmd:"" help:"Write the whole database into one file, while the shop goes on."`
	Restore  restoreCmd  `cmd:"" help:"Fill a new database from a backup, on SQLite or PostgreSQL."`
	Bench    benchCmd    `cmd:"" help:"Measure how fast it is here."`
	Evaluate evaluateCmd `cmd:"" help:"Test what Doorstep learns against what really happened."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date."`
	Openapi  openapiCmd  `cmd:"" help:"Print the description of the API (OpenAPI 3.1)."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// env is what a command is handed.
type env struct {
	config.Base
	ctx    context.Context
	out    io.Writer // for results
	errOut io.Writer // for the log and for progress
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main with everything handed in; it answers the exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("doorstep"),
		kong.Description("From checkout to the customer's door: a shop, and a hub that forwards each sale to the supplier who ships it.\n\n"+
			"Every flag is also an environment variable: --log-level is DOORSTEP_LOG_LEVEL."),
		kong.DefaultEnvars("DOORSTEP"), kong.Configuration(config.File),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return fail(errOut, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help has said all there is to say
		return exited
	}
	if err != nil {
		return fail(errOut, fmt.Errorf("%w; see doorstep --help", err))
	}
	if err := c.Check(); err != nil {
		return fail(errOut, err)
	}
	err = parsed.Run(&env{Base: c.Base, ctx: ctx, out: out, errOut: errOut})
	var silent quiet
	switch {
	case errors.As(err, &silent):
		return 1
	case err != nil:
		return fail(errOut, err)
	}
	return 0
}

// quiet is a failure that has been told already.
type quiet struct{}

// Error says that nothing more is to be said.
func (quiet) Error() string { return "failed, as was said" }

// fail tells an error in one line.
func fail(w io.Writer, err error) int {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\t' })
	fmt.Fprintf(w, "doorstep: %s\n", strings.Join(lines, "; "))
	return 1
}
