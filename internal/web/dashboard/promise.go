package dashboard

import (
	"doorstep/internal/promise"
	"doorstep/internal/report"
)

// expectedWords say when an order is expected as it looks now, and what that rests on; empty
// where nothing is known beside what was promised.
func expectedWords(v *visit, o report.Order) string {
	why := expectedWhy(o.ExpectedWhy)
	if o.ExpectedTo == 0 || why == "" {
		return ""
	}
	days := v.day(o.ExpectedFrom)
	if to := v.day(o.ExpectedTo); to != days {
		days += " to " + to
	}
	return days + ": " + why
}

// expectedWhy says what an expectation rests on.
func expectedWhy(code string) string {
	return map[string]string{
		promise.ByLane:      "by how long this way takes mostly",
		promise.ByAccepted:  "the supplier took the order late",
		promise.ByHandling:  "it has not left when it should have",
		promise.BySupplier:  "the supplier says that it leaves later",
		promise.ByScan:      "since a carrier has it",
		promise.ByCarrier:   "the carrier says so",
		promise.ByOverdue:   "it should be there by now",
		promise.ByDelivered: "it is there",
	}[code]
}
