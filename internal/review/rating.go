package review

import "fmt"

// Rating is how a product's published reviews come out: how many gave one star, two, …
type Rating struct{ One, Two, Three, Four, Five int64 }

// Of is how many gave so many stars.
func (r Rating) Of(stars int64) int64 {
	return [...]int64{0, r.One, r.Two, r.Three, r.Four, r.Five}[min(max(stars, 0), 5)]
}

// Count is how many there are.
func (r Rating) Count() int64 { return r.One + r.Two + r.Three + r.Four + r.Five }

// Sum is how many stars they gave together.
func (r Rating) Sum() int64 { return r.One + 2*r.Two + 3*r.Three + 4*r.Four + 5*r.Five }

// Tenths is the average in tenths of a star, rounded half up; 0 when there are none.
func (r Rating) Tenths() int64 {
	n := r.Count()
	if n == 0 {
		return 0
	}
	return (20*r.Sum() + n) / (2 * n)
}

// Decimal is the average with one place, as machines write it: "4.6".
func (r Rating) Decimal() string { return fmt.Sprintf("%d.%d", r.Tenths()/10, r.Tenths()%10) }

// Percent is how many of a hundred gave so many stars, rounded half up.
func (r Rating) Percent(stars int64) int64 {
	n := r.Count()
	if n == 0 {
		return 0
	}
	return (200*r.Of(stars) + n) / (2 * n)
}

// Rating is a stored rating as figures.
func (r ProductRating) Rating() Rating { return Rating{r.One, r.Two, r.Three, r.Four, r.Five} }
