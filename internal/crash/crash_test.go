//go:build unix

package crash_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/crash"
)

// TestMain makes this test binary a child of the laboratory where it is told to be one.
func TestMain(m *testing.M) {
	if os.Getenv(crash.ChildEnv) != "" {
		os.Exit(crash.Child())
	}
	os.Exit(m.Run())
}

// folder is a short one: PostgreSQL's socket has its name in there, and must be able to enter.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "crash-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() {
			_ = os.RemoveAll(dir)
		}
	})
	return dir
}

// judge plays a run and wants every verdict to be zero, and the points of some kinds of calls to
// have been died at.
func judge(t *testing.T, o crash.Options, kinds ...string) {
	t.Helper()
	o.Dir, o.Say, o.Points, o.Hasty, o.Seed = folder(t), t.Logf, true, true, 1
	o.Timeout = 8 * time.Minute
	r, err := crash.Run(t.Context(), o)
	if err != nil {
		t.Fatalf("%v; see %s", err, o.Dir)
	}
	t.Logf("\n%s", r.Text())
	if !r.Good() {
		t.Errorf("the verdict is not zero; see %s", o.Dir)
	}
	for _, p := range r.Unreached {
		if kind, _, _ := strings.Cut(p, "/"); slices.Contains(kinds, kind) {
			t.Errorf("nobody died at %s", p)
		}
	}
}

// A single node on a file: killed at every named point and at random, restarted, its disk full.
func TestOnSQLite(t *testing.T) {
	t.Parallel()
	judge(t, crash.Options{Orders: 30, Every: 2 * time.Second, Least: 4,
		Troubles: []crash.Trouble{crash.Kill, crash.FullDisk, crash.Kill, crash.Roll}},
		"purchase.submit", "purchase.find", "payment.begin", "payment.capture", "refund.send", "mail.send")
}

// Three nodes on one PostgreSQL: killed one at a time, restarted one after the other, their
// connections cut, the server itself killed.
func TestOnPostgresWithThreeNodes(t *testing.T) {
	t.Parallel()
	judge(t, crash.Options{Postgres: true, Nodes: 3, Orders: 30, Every: 2 * time.Second, Least: 5,
		Troubles: []crash.Trouble{crash.Kill, crash.Cut, crash.Server, crash.Roll, crash.Kill}},
		"purchase.submit", "payment.begin", "mail.send") // others come to the rest on a longer run only
}

func TestPointsAreNamedOnce(t *testing.T) {
	t.Parallel()
	all := crash.Points()
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(all) {
		t.Errorf("%d points, some twice: %v", len(all), all)
	}
}

// A thousand buyers press the button for ten units, on a file and over three nodes: ten orders.
func TestAThousandBuyersForTenUnits(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]crash.Options{"sqlite": {}, "three nodes": {Postgres: true, Nodes: 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Dir, o.Say, o.Timeout = folder(t), t.Logf, 8*time.Minute
			r, err := crash.Race(t.Context(), o, 1000, 10)
			if err != nil {
				t.Fatal(err)
			}
			if r.Won != 10 || r.Orders != 10 || r.Refused != 990 || r.Left != 0 || r.Audit != 0 || len(r.Problems) > 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}
