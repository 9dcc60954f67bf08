package promise

import (
	"math"
	"strconv"
	"time"
)

// Trip is one order's way from a supplier to a door. What is not known stays empty.
type Trip struct {
	Ordered   time.Time
	Shipped   time.Time // handed to the carrier; zero while it was not
	Delivered time.Time // zero while it was not
	Noted     time.Time // since when it is known of; zero: from the order on
	Heard     time.Time // until when it surely was not delivered; zero: until it was, or until now
	Supplier  string    // whoever sends it
	From, To  string    // regions, as fine as is known: "CN", "BR-SP"
	Postcode  string    // of the customer
	// StatedDays is how long it takes by the supplier's or the marketplace's own words, and
	// ReadyDays by when the supplier says to have handed it over: days after the order.
	StatedDays, ReadyDays float64
	WeightGrams           float64
	FreightUnits          float64 // what shipping costs, in units of any one currency
}

// Days is how long the trip took.
func (t Trip) Days() float64 { return daysBetween(t.Ordered, t.Delivered) }

// oddlyShipped says that nobody noted the hand-over of a trip that was delivered, or wrongly.
func (t Trip) oddlyShipped() bool {
	return !t.Delivered.IsZero() && (t.Shipped.IsZero() || t.Shipped.Before(t.Ordered) || t.Shipped.After(t.Delivered))
}

// journey is what was known of the trip's way at a moment after the order.
func (t Trip) journey(middle float64, now time.Time) journey {
	j := journey{middle: middle, age: daysBetween(t.Ordered, now), noted: daysBetween(t.Ordered, t.Noted)}
	switch {
	case !t.Delivered.IsZero() && t.Delivered.Before(now):
		j.ended, j.arrived = t.Days(), true
	case !t.Heard.IsZero() && t.Heard.Before(now):
		j.ended = daysBetween(t.Ordered, t.Heard)
	default:
		j.ended = j.age
	}
	return j
}

func daysBetween(a, b time.Time) float64 { return max(0, b.Sub(a).Hours()/24) }

// A factor is a question about a trip, asked before it begins; its answer is a class with an
// effect of its own. An effect of as many deliveries as its shrinkage is believed by half.
type factor struct {
	name   string
	shrink float64
	class  func(Trip) string
}

// handling are the questions that the supplier's part depends on.
func handling() []factor {
	return []factor{
		{"supplier", 4, func(t Trip) string { return t.Supplier }},
		{"weekday", 30, weekday},
		{"hour", 50, hour},
		{"ready by", 30, func(t Trip) string { return steps(t.ReadyDays, 1, 20) }},
	}
}

// transit are the questions that the carrier's part depends on.
func transit() []factor {
	return []factor{
		{"lane", 10, func(t Trip) string { return t.From + ">" + t.To }},
		{"postcode region", 15, func(t Trip) string { return t.area(2) }},
		{"postcode area", 15, func(t Trip) string { return t.area(3) }},
		{"supplier", 24, func(t Trip) string { return t.Supplier }},
		{"weekday", 30, weekday},
		{"weight", 40, func(t Trip) string { return steps(math.Log2(max(t.WeightGrams, 50)), 1, 20) }},
		{"stated days", 30, func(t Trip) string { return steps(t.StatedDays, 3, 20) }},
		{"freight", 30, func(t Trip) string { return steps(2*math.Log2(max(t.FreightUnits, 1)), 1, 30) }},
	}
}

// area is the region with the first signs of the postcode.
func (t Trip) area(signs int) string { return t.To + " " + t.Postcode[:min(signs, len(t.Postcode))] }

// weekday and hour are of no class for a trip at no particular time.
func weekday(t Trip) string {
	if t.Ordered.IsZero() {
		return ""
	}
	return t.Ordered.Weekday().String()
}

func hour(t Trip) string {
	if t.Ordered.IsZero() {
		return ""
	}
	return strconv.Itoa(t.Ordered.Hour() / 4)
}

// steps is which step of a width a value stands on.
func steps(v, width float64, most int) string {
	return strconv.Itoa(min(int(max(v, 0)/width), most))
}
