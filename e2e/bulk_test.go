package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestBulkRelease holds and releases five hundred orders at once: first what would happen, then
// the progress, then what became of each.
func TestBulkRelease(t *testing.T) {
	t.Parallel()
	base := shop(t).Base
	p := person(t, browser.Look{})
	signIn(p, base, manager, stage.Password)
	for _, action := range []string{"hold", "release"} {
		p.Go(base + "/admin/orders?q=Customer")
		p.Click("#orders input[data-all]")
		p.Click("[data-bulk] input[name=all]")
		p.Follow("[data-bulk] button[value=" + action + "]")
		p.AtURL("/admin/runs/")
		p.Sees("#run .verdict")
		if p.Has("#run [name=reason]") {
			p.Type("#run [name=reason]", "The supplier takes stock")
		}
		p.Follow("#run form[action$='/begin'] button")
		p.Sees("#run progress")
		p.SeesOnReload("main a[href*='/export?format=csv']")
		p.Sees("#items-done summary")
	}
}
