//go:build unix

package crash

import "slices"

// The moments around a call to the outside, in their order. They are outside's words.
const (
	beforeIntent = "before-intent" // nothing is written yet
	afterIntent  = "after-intent"  // what is about to be done is committed
	afterRequest = "after-request" // the request has left, nobody knows what came of it
	afterCall    = "after-call"    // the answer is here and not recorded
	afterResult  = "after-result"  // the answer is committed
)

// Points are all the points at which a child can be killed, "<kind of job>/<moment>".
func Points() []string {
	var all []string
	for _, kind := range []string{
		"purchase.submit", "purchase.find", "purchase.cancel", "purchase.pay", "payment.capture", "payment.void",
		"refund.send", "refund.find", "tracking.register", "tracking.batch", "tracking.page", "offers.page", "offers.some",
		"report.page", "purchase.report", "connector.subscribe", "money.page",
	} {
		for _, moment := range []string{beforeIntent, afterIntent, afterRequest, afterCall, afterResult} {
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

// Vital are the points that every run of some dozen orders comes to: a run that was asked for
// points and did not reach these has not shown what it should.
func Vital() []string {
	return slices.DeleteFunc(Points(), func(p string) bool {
		for _, kind := range []string{"purchase.submit", "purchase.find", "payment.begin", "payment.capture", "mail.send"} {
			if len(p) > len(kind) && p[:len(kind)+1] == kind+"/" {
				return false
			}
		}
		return true
	})
}
