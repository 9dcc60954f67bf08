package backtest

import (
	"fmt"
	"slices"
	"time"

	"doorstep/internal/promise"
)

// Report is how good forecasts were. Days count from the order.
type Report struct {
	TestFrom  string           `json:"test_from"`
	Trained   int              `json:"trained"` // deliveries before that day
	Score                      // ours
	Baselines map[string]Score `json:"baselines"`
}

// Score is how good one way to forecast was.
type Score struct {
	Orders       int     `json:"orders"`
	MAE          float64 `json:"mae_days"`           // mean absolute error of the expected day
	P90          float64 `json:"p90_days"`           // nine of ten errors are at most that many days
	LateShare    float64 `json:"late_share"`         // delivered after the day that was promised
	MeanPromised float64 `json:"mean_promised_days"` // how many days are promised
}

// The baselines: what a store could say without a model.
const (
	Marketplace = "marketplace_date"    // the date that the marketplace had promised
	LaneMedian  = "lane_median"         // of the lane's deliveries before the test
	Rolling     = "rolling_lane_median" // of the lane's deliveries of the last 90 days
)

// Run tests on the orders placed on the day from and later. The model and the baselines know
// the deliveries that had happened when each order was placed, and nothing else.
func Run(orders []Order, from time.Time) (Report, error) {
	first := slices.IndexFunc(orders, func(o Order) bool { return !o.Ordered.Before(from) })
	if first < 0 {
		return Report{}, fmt.Errorf("no order was placed on %s or later", from.Format(time.DateOnly))
	}
	byDelivery := make([]int, len(orders))
	for i := range byDelivery {
		byDelivery[i] = i
	}
	slices.SortStableFunc(byDelivery, func(a, b int) int { return orders[a].Delivered.Compare(orders[b].Delivered) })
	trips := make([]promise.Trip, len(orders))
	for i, o := range orders {
		trips[i] = o.Trip
	}
	w := walk{orders: orders, byDelivery: byDelivery, history: promise.NewHistory(trips), lanes: newLanes()}
	r := Report{TestFrom: from.Format(time.DateOnly), Baselines: map[string]Score{}}
	var ours tally
	others := map[string]*tally{Marketplace: {}, LaneMedian: {}, Rolling: {}}
	if isCut(orders, from) {
		w.history.Cut(from)
	}
	w.teach(from)
	w.lanes.freeze()
	r.Trained = w.taught
	for _, o := range orders[first:] {
		w.teach(o.Ordered)
		f := w.model.Forecast(o.Trip)
		ours.add(o, f.P50, f.Promise)
		for name, t := range others {
			w.baseline(name, o, t)
		}
	}
	r.Score = ours.score()
	for name, t := range others {
		if len(t.errors) > 0 {
			r.Baselines[name] = t.score()
		}
	}
	return r, nil
}

// isCut says that the history before a day was cut off there: nearly all orders of the month
// before it were delivered by then, so that what was on its way is missing.
func isCut(orders []Order, day time.Time) bool {
	placed, open := 0, 0
	for _, o := range orders {
		if !o.Ordered.Before(day) || o.Ordered.Before(day.AddDate(0, -1, 0)) {
			continue
		}
		placed++
		if !o.Delivered.Before(day) {
			open++
		}
	}
	return 50*open < placed
}

// walk is a walk through the orders in time.
type walk struct {
	orders     []Order
	byDelivery []int
	taught     int // of byDelivery
	history    *promise.History
	model      *promise.Model
	lanes      *lanes
	fitted     string // the day of the model
}

// teach lets everything that happened before now teach, once a day.
func (w *walk) teach(now time.Time) {
	for w.taught < len(w.byDelivery) && w.orders[w.byDelivery[w.taught]].Delivered.Before(now) {
		w.lanes.learn(w.orders[w.byDelivery[w.taught]])
		w.taught++
	}
	if day := now.Format(time.DateOnly); day != w.fitted {
		w.model, w.fitted = w.history.At(now), day
	}
}

func (w *walk) baseline(name string, o Order, t *tally) {
	switch name {
	case Marketplace:
		if o.Estimated.IsZero() {
			return
		}
		t.add(o, o.StatedDays, o.StatedDays+1) // the whole of the day that was promised
	case LaneMedian:
		t.add(o, w.lanes.before.of(o, 0.5), w.lanes.before.of(o, 0.95))
	case Rolling:
		lately := w.lanes.lately(o.Ordered)
		t.add(o, lately.of(o, 0.5), lately.of(o, 0.95))
	}
}

// tally sums up a way to forecast.
type tally struct {
	errors         []float64
	late           int
	sum, promising float64
}

func (t *tally) add(o Order, expected, promised float64) {
	miss := expected - o.Days()
	if miss < 0 {
		miss = -miss
	}
	t.errors = append(t.errors, miss)
	t.sum += miss
	t.promising += promised
	if o.Days() > promised {
		t.late++
	}
}

func (t *tally) score() Score {
	n := float64(len(t.errors))
	return Score{Orders: len(t.errors), MAE: t.sum / n, P90: rank(t.errors, 0.9), LateShare: float64(t.late) / n, MeanPromised: t.promising / n}
}
