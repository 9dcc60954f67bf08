package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestBulkRelease releases five hundred held orders at once: first what would happen, then the
// progress, then what became of each.
func TestBulkRelease(t *testing.T) {
	t.Parallel()
	base := shop(t).Base
	p := person(t, browser.Look{})
	signIn(p, base, manager, stage.Password)
	p.Go(base + "/admin/orders?q=Baker")
	p.Click("#orders input[data-all]")
	p.Click("[data-bulk] input[name=all]")
	p.Follow("[data-bulk] button[value=release]")
	p.AtURL("/admin/runs/")
	p.Sees("#run .verdict >> 500")
	p.Follow("#run form[action$='/begin'] button")
	p.Sees("#run progress")
	p.SeesOnReload("main a[href*='/export?format=csv']")
	p.Sees("#items-done summary >> 500")
}
