package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// ErrNoChromium says in one line what to do when there is no browser.
var ErrNoChromium = errors.New("the browser tests need Chromium: run scripts/install.sh chromium, or apt-get install chromium")

// Chromium is a running browser. Close ends it.
type Chromium struct {
	ctx  context.Context //nolint:containedctx // chromedp keeps the browser in its context
	stop []context.CancelFunc
}

// names are what Chromium is called on different machines. The one that never had a window takes
// two thirds of the time.
func names() []string {
	return []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}
}

// Start starts a browser without a window. It keeps nothing: each tab is a person of its own.
func Start(ctx context.Context) (*Chromium, error) {
	path := ""
	for _, name := range names() {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, ErrNoChromium
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-search-engine-choice-screen", true), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("accept-lang", "en-GB"), chromedp.Flag("lang", "en-GB"))
	c := &Chromium{}
	ctx, cancel := chromedp.NewExecAllocator(ctx, options...)
	c.stop = append(c.stop, cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	c.ctx, c.stop = ctx, append(c.stop, cancel)
	if err := chromedp.Do(c.ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("chromium: %w", err)
	}
	return c, nil
}

// Close ends the browser and all its tabs.
func (c *Chromium) Close() {
	for i := len(c.stop) - 1; i >= 0; i-- {
		c.stop[i]()
	}
}
