// Command summary reads `go test -json` and says what matters: a line per package, the
// whole output of what failed, and a closing count. It exits 1 if a test failed, was
// skipped, or none ran, because here nothing is skipped.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// event is one line of `go test -json`: see `go doc cmd/test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output, instead of Package
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

type tally struct {
	passed, packages int
	failed, skipped  []string
	slowest          []event
	output           map[string][]string // of tests and packages not yet known to pass
}

func main() {
	began := time.Now()
	t := tally{output: map[string][]string{}}
	if err := t.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	if !t.report(os.Stdout, time.Since(began)) {
		os.Exit(1)
	}
}

func (t *tally) read(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(out, "%s", line) // go's own words, before any test ran
				e = event{}
			}
			t.note(e, out)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) note(e event, out io.Writer) {
	key := cmp.Or(e.Package, e.ImportPath) + "\x00" + e.Test
	name := strings.TrimPrefix(e.Package, "doorstep/") + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		t.output[key] = append(t.output[key], e.Output)
	case "build-fail":
		t.failed = append(t.failed, e.ImportPath+" (does not build)")
		t.show(key, out)
	case "pass":
		delete(t.output, key)
		if e.Test == "" {
			t.packages++
			t.slowest = append(t.slowest, e)
			fmt.Fprintf(out, "ok    %7.1fs  %s\n", e.Elapsed, e.Package)
			return
		}
		t.passed++
	case "fail":
		t.show(key, out)
		if e.Test != "" {
			t.failed = append(t.failed, name)
			return
		}
		t.packages++
		fmt.Fprintf(out, "FAIL  %7.1fs  %s\n", e.Elapsed, e.Package)
		if !slices.ContainsFunc(t.failed, func(f string) bool { return strings.HasPrefix(f, name) }) {
			t.failed = append(t.failed, name+"(outside its tests)")
		}
	case "skip":
		delete(t.output, key)
		if e.Test != "" { // without a test it is a package that has no test files
			t.skipped = append(t.skipped, name)
		}
	}
}

func (t *tally) show(key string, out io.Writer) {
	for _, line := range t.output[key] {
		fmt.Fprint(out, line)
	}
	delete(t.output, key)
}

// report prints the closing lines and says whether all is well.
func (t *tally) report(out io.Writer, took time.Duration) bool {
	slices.SortFunc(t.slowest, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	for _, name := range t.skipped {
		fmt.Fprintln(out, "SKIPPED", name)
	}
	for _, name := range t.failed {
		fmt.Fprintln(out, "FAILED ", name)
	}
	if len(t.slowest) > 0 && t.slowest[0].Elapsed >= 1 {
		fmt.Fprintf(out, "Slowest: %s, %.1f s.\n", t.slowest[0].Package, t.slowest[0].Elapsed)
	}
	fmt.Fprintf(out, "%d tests passed, %d failed, %d skipped, in %d packages and %.0f s.\n",
		t.passed, len(t.failed), len(t.skipped), t.packages, took.Seconds())
	return t.passed > 0 && len(t.failed) == 0 && len(t.skipped) == 0
}
