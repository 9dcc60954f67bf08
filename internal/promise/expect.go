package promise

import "time"

// Leg is one parcel's way to the customer, or that of goods that are in no parcel yet, as far
// as it is known. Moments are zero while they have not come.
type Leg struct {
	Start     time.Time // when it was ordered
	Learnt    Learnt
	Accepted  time.Time // by the supplier
	Leaves    time.Time // the day that the supplier says, where it is late
	Scanned   time.Time // by a carrier, for the first time
	Says      time.Time // the day of arrival that the carrier says
	Delivered time.Time
}

// The reasons for an expectation, as codes for the words that people see.
const (
	ByLane      = "lane"      // how long it takes mostly
	ByAccepted  = "accepted"  // the supplier took the order late
	ByHandling  = "handling"  // it has not left yet, and should have
	BySupplier  = "supplier"  // the supplier says that it leaves later
	ByScan      = "scan"      // a carrier has it
	ByCarrier   = "carrier"   // the carrier says a day
	ByOverdue   = "overdue"   // it should be there by now
	ByDelivered = "delivered" // it is there
)

// patience is how long a supplier may think about an order before what is expected moves.
const patience = 24 * time.Hour

// Expect is when the leg ends, as it looks now, and what that rests on.
func (l Leg) Expect(now time.Time) (from, to time.Time, why string) {
	from, to, why = l.plainly(now)
	if why != ByDelivered && to.Before(now) {
		from, to, why = now, now.Add(max(patience, (l.Learnt.Way.To-l.Learnt.Way.From)/2)), ByOverdue
	}
	return from, to, why
}

func (l Leg) plainly(now time.Time) (from, to time.Time, why string) {
	way := l.Learnt.Way
	if !l.Delivered.IsZero() {
		return l.Delivered, l.Delivered, ByDelivered
	}
	if !l.Says.IsZero() && l.Says.After(now.Add(-patience)) {
		return l.Says, l.Says, ByCarrier
	}
	if !l.Scanned.IsZero() {
		return l.Scanned.Add(way.From), l.Scanned.Add(way.To), ByScan
	}
	from, to, why = l.Start.Add(l.Learnt.Whole.From), l.Start.Add(l.Learnt.Whole.To), ByLane
	later := func(by time.Duration, reason string) {
		if by > 0 {
			from, to, why = from.Add(by), to.Add(by), reason
		}
	}
	if !l.Accepted.IsZero() {
		later(l.Accepted.Sub(l.Start)-patience, ByAccepted)
	}
	if end := l.Leaves.Add(way.To); !l.Leaves.IsZero() && end.After(to) {
		from, to, why = l.Leaves.Add(way.From), end, BySupplier
	}
	later(now.Add(way.To).Sub(to)-patience, ByHandling)
	return from, to, why
}
