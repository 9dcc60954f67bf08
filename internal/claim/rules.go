package claim

import (
	"slices"
	"time"
)

// Rules are the store's own, in the order's currency.
type Rules struct {
	Days              map[string]int64 // by kind, or by kind and country: "damaged", "damaged.DE"
	RestockingPercent int64            // basis points of the goods, where the law leaves room
	FreightBy         string           // who pays for sending back what is no longer wanted: customer or merchant
	FreightMinor      int64            // what one parcel back costs, as it is reckoned with
	FreightMost       int64            // the most that is paid back of a receipt for it; 0: FreightMinor
	KeepBelow         int64            // goods worth up to this need not come back; 0: all do
	AutoBelow         int64            // approved by itself up to this; 0: never
	ReturnTo          string           // the store's own address for returns; empty: none
}

// MostFreight is the most that is paid back of what a customer paid to send goods back.
func (r Rules) MostFreight() int64 {
	if r.FreightMost > 0 {
		return r.FreightMost
	}
	return r.FreightMinor
}

// MerchantPays is the word of Rules.FreightBy by which the store pays.
const MerchantPays = "merchant"

// Terms are a supplier's: what it makes good, and until when.
type Terms struct {
	Supplier string
	ReturnTo string   // where it takes goods back; empty: nowhere
	Days     int64    // after delivery, or after the day promised; 0: it makes nothing good
	Evidence []string // photo, tracking, message, video: what it wants to see
	Accepts  []string // refund, replacement, return
}

// Recoverable says whether the supplier makes good what is wrong.
func (t Terms) Recoverable(k Kind, since, now time.Time) bool {
	if t.Days <= 0 || since.IsZero() || now.After(since.AddDate(0, 0, int(t.Days))) {
		return false
	}
	if k == NoLongerWanted {
		return t.Returnable()
	}
	return slices.Contains(t.Accepts, "refund") || slices.Contains(t.Accepts, "replacement")
}

// Returnable says whether the supplier takes goods back.
func (t Terms) Returnable() bool { return t.ReturnTo != "" && slices.Contains(t.Accepts, "return") }

// WithdrawalDays is how long a consumer in the European Union may send back what was bought at
// a distance without giving a reason (Directive 2011/83/EU, article 9).
const WithdrawalDays = 14

// withdrawal are the countries whose consumers may: the Union, and Iceland, Liechtenstein and
// Norway, where the directive holds too.
const withdrawal = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO "

func mayWithdraw(country string) bool {
	for i := 0; i+2 < len(withdrawal); i += 3 {
		if withdrawal[i:i+2] == country {
			return true
		}
	}
	return false
}

// DefaultDays is how long after the fact each kind may be claimed where the store says nothing.
func DefaultDays(k Kind) int64 {
	switch k {
	case Late:
		return 60
	case NoLongerWanted:
		return WithdrawalDays
	}
	return 30
}

// days is the store's window: the country's, else the kind's, else the usual one.
func (r Rules) days(k Kind, country string) int64 {
	if n, set := r.Days[string(k)+"."+country]; set {
		return n
	}
	if n, set := r.Days[string(k)]; set {
		return n
	}
	return DefaultDays(k)
}

// endOf is the last moment of the n-th day after a day; the day itself does not count.
func endOf(since time.Time, n int64, zone *time.Location) time.Time {
	y, m, d := since.In(zone).Date()
	return time.Date(y, m, d+int(n)+1, 0, 0, 0, 0, zone).Add(-time.Microsecond)
}

// lawEnd is the end of the statutory days: a period that would end on a Saturday or Sunday
// ends on the Monday after (Regulation 1182/71, article 3). Holidays are not known here.
func lawEnd(delivered time.Time, zone *time.Location) time.Time {
	end := endOf(delivered, WithdrawalDays, zone)
	switch end.Weekday() {
	case time.Saturday:
		return endOf(delivered, WithdrawalDays+2, zone)
	case time.Sunday:
		return endOf(delivered, WithdrawalDays+1, zone)
	}
	return end
}
