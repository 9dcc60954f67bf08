package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// T is the part of a test that a tab needs; *testing.T is one.
type T interface {
	Helper()
	Context() context.Context
	Name() string
	Failed() bool
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Look is how a person sees the pages. The zero value is a desk, by day, with scripts.
type Look struct {
	Phone   bool
	Dark    bool
	Script  Script
	Visible int64 // height of the window; as usual when 0
}

// Script says whether pages may run scripts.
type Script string

// With and without scripts.
const (
	WithScript    Script = ""
	WithoutScript Script = "no script"
)

// Width of the window in CSS pixels.
func (l Look) Width() int64 {
	if l.Phone {
		return 390
	}
	return 1440
}

func (l Look) height() int64 {
	switch {
	case l.Visible > 0:
		return l.Visible
	case l.Phone:
		return 844
	}
	return 900
}

// String is the look as part of a file's or a test's name: "390-dark".
func (l Look) String() string {
	words := fmt.Sprint(l.Width())
	if l.Dark {
		words += "-dark"
	} else {
		words += "-light"
	}
	if l.Script == WithoutScript {
		words += "-noscript"
	}
	return words
}

// patience is how long anything may take to be seen. It is long because the machine is
// shared with other tests, and costs nothing when all is well.
const patience = 45 * time.Second

// Tab is a person at a browser: nobody else has their cookies.
type Tab struct {
	T
	Look
	ctx   context.Context //nolint:containedctx // chromedp keeps the tab in its context
	close context.CancelFunc
	watch *watch
	last  string // what was waited for
}

// Open opens a tab for a new person. Close it when the person is done.
func (c *Chromium) Open(t T, look Look) *Tab {
	t.Helper()
	tab := &Tab{T: t, Look: look, watch: &watch{asked: map[network.RequestID]string{}}}
	tab.ctx, tab.close = chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.watch.hear))
	theme := "light"
	if look.Dark {
		theme = "dark"
	}
	tab.must(chromedp.Do(tab.ctx))
	_, err := chromedp.Call(tab.ctx, audits.Enable, cdp.Empty{})
	tab.must(err)
	_, err = chromedp.Call(tab.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: look.Width(), Height: look.height(), DeviceScaleFactor: 1, Mobile: look.Phone})
	tab.must(err)
	_, err = chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	tab.must(err)
	if look.Script == WithoutScript {
		_, err = chromedp.Call(tab.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		tab.must(err)
	}
	return tab
}

// Close tells the faults that were seen and, where the test has failed, leaves a picture.
func (t *Tab) Close() {
	t.Helper()
	defer t.close()
	for _, fault := range t.watch.take() {
		t.Errorf("%s (the tab is at %s)", fault, t.At())
	}
	if t.Failed() {
		t.Logf("the tab was at %s; a picture of it: %s", t.At(), t.picture())
	}
}

// Expect allows an answer that would be a fault elsewhere: a status, from addresses with path.
func (t *Tab) Expect(status int64, path string) {
	t.watch.mu.Lock()
	defer t.watch.mu.Unlock()
	t.watch.expected = append(t.watch.expected, expectation{status, path})
}

// picture saves what is to be seen and says where: in the folder DOORSTEP_PICTURES where that is set.
func (t *Tab) picture() string {
	shot, err := t.Shot(false)
	if err != nil {
		return err.Error()
	}
	dir, err := os.MkdirTemp(os.Getenv("DOORSTEP_PICTURES"), "doorstep-e2e-")
	if err != nil {
		return err.Error()
	}
	path := filepath.Join(dir, regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(t.Name(), "_")+".png")
	if err := os.WriteFile(path, shot, 0o600); err != nil { //nolint:gosec // in a folder of our own, by a name without slashes
		return err.Error()
	}
	return path
}

// Shot is a picture (PNG) of the window, or of the whole page.
func (t *Tab) Shot(whole bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	p := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng}
	if whole {
		var high int64
		if err := t.eval("Math.ceil(document.documentElement.scrollHeight)", &high); err != nil {
			return nil, err
		}
		beyond := true
		p.CaptureBeyondViewport = &beyond
		p.Clip = &page.Viewport{Width: float64(t.Width()), Height: float64(min(max(high, t.height()), 12_000)), Scale: 1}
	}
	res, err := chromedp.Call(ctx, page.CaptureScreenshot, p)
	return res.Data, err
}

// At is the address that the tab shows.
func (t *Tab) At() string {
	var at string
	_ = t.eval("location.href", &at) // a tab without a page has no address
	return at
}

// Eval runs an expression in the page and reads its value, which may be a promise. It is for
// looking, not for doing: people cannot.
func (t *Tab) Eval(expression string, into any) {
	t.Helper()
	if err := t.eval(expression, into); err != nil {
		t.Fatalf("%s: %v", strings.SplitN(expression, "\n", 2)[0], err)
	}
}

func (t *Tab) eval(expression string, into any) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	yes := true
	res, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ReturnByValue: &yes, AwaitPromise: &yes, UserGesture: &yes})
	if err != nil {
		return err
	}
	if d := res.ExceptionDetails; d != nil {
		if d.Exception != nil {
			return fmt.Errorf("%s %s", d.Text, d.Exception.Description)
		}
		return fmt.Errorf("%s", d.Text)
	}
	if into == nil || len(res.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(res.Result.Value, into)
}

// until asks again and again, every twentieth of a second, and fails when patience is over.
func (t *Tab) until(what string, ask func() (done bool, err error)) {
	t.Helper()
	t.last = what
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		done, err := ask()
		if done {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s: the test ended before", what)
		case <-deadline.C:
			if err != nil {
				what += ": " + err.Error()
			}
			t.Fatalf("waited in vain for %s at %s", what, t.At())
		case <-look.C:
		}
	}
}

func (t *Tab) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
}
