// Command screenshots takes a picture of every page: storefront, dashboard and mails, on the
// phone and at the desk, by day and by night, with orders in many states, with orders that are
// stopped on their way and things that go wrong, with nothing in the shop at all, and with names
// that break careless layouts.
//
//	go run ./e2e/cmd/screenshots [-out screenshots] [-only normal|slow|empty] [-pages 'claim|door'] [-looks 390-light]
//
// Files are named after the state, the page and the look: normal/dashboard-orders_390-dark.png.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"

	"doorstep/e2e/stage"
	"doorstep/internal/web/gallery"
)

func main() {
	out := flag.String("out", "screenshots", "folder to write to")
	only := flag.String("only", "", "the state that is wanted; empty: all")
	views := flag.String("looks", "", "regular expression of the looks that are wanted, such as 390-light; empty: all")
	pages := flag.String("pages", "", "regular expression of the pages that are wanted; empty: all")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, *out, *only, *pages, *views)
	stop()
	os.Exit(code)
}

// run takes the pictures in a goroutine of its own, which a failed step may end.
func run(ctx context.Context, out, only, pages, views string) (code int) {
	wanted, err := regexp.Compile(pages)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	looked, err := regexp.Compile(views)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	c := &camera{ctx: ctx, out: out, only: only, pages: wanted, views: looked}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.work(); err != nil {
			c.Fatalf("%v", err)
		}
	}()
	<-done
	fmt.Fprintf(os.Stderr, "%d pictures are in %s.\n", c.taken, out)
	if c.Failed() {
		return 1
	}
	return 0
}

// camera stands where a test stands: steps that fail end it.
type camera struct {
	ctx       context.Context //nolint:containedctx // it is the context of a run
	out, only string
	pages     *regexp.Regexp
	views     *regexp.Regexp
	taken     int
	failed    bool

	town   *stage.Town // the shop of the state "normal"
	dir    string      // for files that go when the run ends
	claim  string      // the page of the claim that somebody opened
	back   string      // the page of the claim whose goods go back
	bill   string      // the page of the bill that was imported
	bought string      // the page of the order of which the claim is
	used   int         // the newest mail whose link was followed

	pagesKnown []gallery.Page // to the shop's gallery
}

// Helper does nothing: there are no lines of tests to name.
func (c *camera) Helper() {}

// Context ends with the run.
func (c *camera) Context() context.Context { return c.ctx }

// Name of the run, as part of a file's name.
func (c *camera) Name() string { return "screenshots" }

// Failed says whether something went wrong.
func (c *camera) Failed() bool { return c.failed }

// Logf tells.
func (c *camera) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// Errorf tells and goes on.
func (c *camera) Errorf(format string, args ...any) {
	c.failed = true
	c.Logf(format, args...)
}

// Fatalf tells and ends the step, or the run where none is under way.
func (c *camera) Fatalf(format string, args ...any) {
	c.Errorf(format, args...)
	runtime.Goexit()
}
