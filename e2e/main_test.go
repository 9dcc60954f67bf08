// Package e2e drives the real binary with a real browser: what people meet, from the first
// page to the parcel at the door. It needs Chromium, and says so when there is none.
package e2e

import (
	"context"
	_ "embed" // axe.min.js
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

//go:embed testdata/axe.min.js
var axe string

// suite is what all tests share: one binary and one browser.
var suite struct {
	dir, binary string
	chromium    *browser.Chromium
	seats       chan struct{} // one for each tab that may be busy at once
}

// tabs is how many people use the browser at once: more make each other slow.
const tabs = 2

func TestMain(m *testing.M) {
	code, err := setUp(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func setUp(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if suite.chromium, err = browser.Start(ctx); err != nil {
		return 1, err
	}
	defer suite.chromium.Close()
	if suite.dir, err = os.MkdirTemp("", "doorstep-e2e-data-"); err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(suite.dir) }()
	if suite.binary = os.Getenv("DOORSTEP_E2E_BINARY"); suite.binary == "" {
		if suite.binary, err = stage.Build(ctx, suite.dir); err != nil {
			return 1, err
		}
	}
	suite.seats = make(chan struct{}, tabs)
	defer stopDemo()
	defer stopTown()
	return m.Run(), nil
}

// person opens a tab for the length of the test, once there is room for one more.
func person(t *testing.T, look browser.Look) *browser.Tab {
	t.Helper()
	select {
	case suite.seats <- struct{}{}:
	case <-t.Context().Done():
		t.Fatal("no seat became free")
	}
	t.Cleanup(func() { <-suite.seats })
	tab := suite.chromium.Open(t, look)
	t.Cleanup(tab.Close)
	tab.Expect(404, "/favicon.ico")
	return tab
}

// looks are how every journey is seen.
func looks() []browser.Look {
	return []browser.Look{{Phone: true}, {}, {Phone: true, Dark: true}, {Dark: true}}
}

// demoSpeed lets a parcel that takes a week reach the door within a few seconds.
const demoSpeed = 100_000

var demoOnce struct {
	sync.Once
	*stage.Demo
	err error
}

// demo is the shop of `doorstep demo`, which all shoppers share.
func demo(t *testing.T) *stage.Demo {
	t.Helper()
	demoOnce.Do(func() {
		demoOnce.Demo, demoOnce.err = stage.StartDemo(context.WithoutCancel(t.Context()), suite.binary, filepath.Join(suite.dir, "demo.db"), demoSpeed)
	})
	if demoOnce.err != nil {
		t.Fatal(demoOnce.err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the demo said last:\n%s", demoOnce.Said())
		}
	})
	return demoOnce.Demo
}

func stopDemo() {
	if demoOnce.Demo != nil {
		demoOnce.Stop()
	}
}
