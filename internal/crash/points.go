//go:build unix

package crash

import (
	"slices"
	"strings"
)

// The moments around a call to the outside, in their order. They are outside's words.
const (
	beforeIntent = "before-intent" // nothing is written yet
	beforeCall   = "before-call"   // of a call that only reads: it has no intent
	afterIntent  = "after-intent"  // what is about to be done is committed
	afterRequest = "after-request" // the request has left, nobody knows what came of it
	afterCall    = "after-call"    // the answer is here and not recorded
	afterResult  = "after-result"  // the answer is committed
)

// Points are all the points at which a child can be killed, "<kind of job>/<moment>".
func Points() []string {
	var all []string
	for _, kind := range []string{
		"purchase.submit", "purchase.find", "purchase.cancel", "payment.capture", "payment.void", "refund.send", "refund.find",
	} {
		for _, moment := range []string{beforeIntent, afterIntent, afterRequest, afterCall, afterResult} {
			all = append(all, kind+"/"+moment)
		}
	}
	for _, kind := range []string{
		"tracking.batch", "tracking.page", "offers.page", "offers.some", "report.page", "purchase.report", "connector.subscribe",
	} {
		for _, moment := range []string{beforeCall, afterRequest, afterCall} {
			all = append(all, kind+"/"+moment)
		}
	}
	// Mail is no HTTP: nobody can say when a request has left. A payment begins while its
	// customer waits: the order itself is the intent.
	for _, moment := range []string{beforeIntent, afterIntent, afterCall, afterResult} {
		all = append(all, "mail.send/"+moment)
	}
	for _, moment := range []string{afterIntent, afterRequest, afterCall, afterResult} {
		all = append(all, "payment.begin/"+moment)
	}
	return all
}

// vital says whether a run goes on, with further orders, until it has come to a point: without
// these it has not shown what it should.
func vital(point string) bool {
	kind, _, _ := strings.Cut(point, "/")
	return slices.Contains([]string{"purchase.submit", "purchase.find", "payment.begin", "payment.capture", "refund.send", "mail.send"}, kind)
}

// finding says whether a point is at the search for a lost order.
func finding(point string) bool { return strings.HasPrefix(point, "purchase.find/") }

// silent says whether a supplier's message is held back: it would say that the order is there
// before anybody has searched for it, and no run could die while searching.
func (p *points) silent(path string) bool {
	return path == "/webhooks/supplier/cj" && p.lacking(finding)
}

// deadly are the points of a run: sending an order counts most, and suppliers differ, so
// its points come three times.
func deadly() []string {
	all := Points()
	for _, p := range Points() {
		if strings.HasPrefix(p, "purchase.submit/") {
			all = append(all, p, p)
		}
	}
	return all
}
