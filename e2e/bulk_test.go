package e2e

import (
	"fmt"
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// batches are who waits for the mill, to be released at once: as many as a shop has on its worst
// day, and a few for each further look.
func batches() []batch {
	return []batch{{browser.Look{}, "Baker", 500}, {browser.Look{Phone: true}, "Cook", 6}, {browser.Look{Dark: true}, "Grocer", 6}}
}

// batch is so many orders of customers by one name.
type batch struct {
	look browser.Look
	name string
	many int
}

// judge judges a page, unless hundreds of rows that are alike would only take time.
func (b batch) judge(p *browser.Tab) {
	p.Helper()
	if b.many < 100 {
		p.Axe(axe)
		p.Fits()
	}
}

// TestBulkRelease releases held orders at once: first what would happen, then the progress, then
// what became of each.
func TestBulkRelease(t *testing.T) {
	t.Parallel()
	for _, b := range batches() {
		t.Run(b.look.String(), func(t *testing.T) {
			t.Parallel()
			base, all := shop(t).Base, fmt.Sprint(b.many)
			p := person(t, b.look)
			signIn(p, base, manager, stage.Password)
			p.Go(base + "/admin/orders?q=" + b.name)
			if b.look.Phone { // there the list has no head
				p.Click("#orders input[data-row]")
			} else {
				p.Click("#orders input[data-all]")
			}
			p.Click("[data-bulk] input[name=all]")
			b.judge(p)
			p.Follow("[data-bulk] button[value=release]")
			p.AtURL("/admin/runs/")
			p.Sees("#run .verdict >> " + all)
			b.judge(p)
			p.Follow("#run form[action$='/begin'] button")
			if b.many > 100 { // the others may be done before one looks
				p.Sees("#run progress")
			}
			p.SeesOnReload("main a[href*='/export?format=csv']")
			p.Sees("#items-done summary >> " + all)
			b.judge(p)
		})
	}
}
