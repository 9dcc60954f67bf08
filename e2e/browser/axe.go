package browser

import (
	"fmt"
	"strings"
)

// offence is something that axe found.
type offence struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML    string
		Target  []any
		Summary string
	}
}

// Axe lets axe-core, whose source is given, judge the page, and fails for what it calls
// serious or critical. The script runs from outside the page: its policy does not hold it.
func (t *Tab) Axe(source string) {
	t.Helper()
	var list []offence
	t.Eval(source+`;0`, nil)
	t.Eval(`axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: true } } }).then((r) => r.violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({ ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 4).map((n) => ({ HTML: n.html.slice(0, 200), Target: n.target, Summary: (n.failureSummary || "").split("\n").slice(1, 3).join(" ").trim() })) })))`, &list)
	for _, o := range list {
		var where []string
		for _, n := range o.Nodes {
			where = append(where, fmt.Sprintf("%v %s", n.Target, n.Summary))
		}
		t.Errorf("axe: %s at %s (%s): %s: %s", o.Impact, t.At(), t.Look, o.Help, strings.Join(where, " | "))
	}
}

// Fits fails where a page is wider than its window, and names what sticks out.
func (t *Tab) Fits() {
	t.Helper()
	var out []string
	t.Eval(`(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room + 1) return [];
		const held = (el) => { for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
		return [...document.body.querySelectorAll("*")].filter((el) => { const b = el.getBoundingClientRect(); return b.width && (b.right > room + 1 || b.left < -1) && !held(el); })
			.slice(-3).map((el) => el.outerHTML.slice(0, 160));
	})()`, &out)
	for _, what := range out {
		t.Errorf("%s (%s) is wider than its window: %s", t.At(), t.Look, what)
	}
}
