package promise

import (
	"cmp"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/id"
)

// Past is a parcel of the past: its trip, Delivered zero while it was not, and how long the
// stages of its way took, 0 for those that are not known. The trip's Supplier and To are the
// supplier's id and the country.
type Past struct {
	Trip
	Service          string
	Label, Scan, Gap time.Duration
}

// way is a lane's name.
type way struct {
	country, service string
	supplier         id.Supplier
}

// Learn makes the lanes of a store from its parcels: one for each supplier, country and
// service, one for each supplier and country, one for each supplier, one for all. The figures
// of thin ones are drawn towards those of their neighbours by the model; see Model.
func Learn(past []Past, now time.Time) []Lane {
	var trips []Trip
	var spans []Span
	lanes := map[way][]Past{}
	for _, p := range past {
		s := id.Supplier(p.Supplier)
		for _, w := range []way{{p.To, p.Service, s}, {p.To, "", s}, {"", "", s}, {}} {
			if w.service == "" || p.Service != "" {
				lanes[w] = append(lanes[w], p)
			}
		}
		p.From = p.Supplier
		trips = append(trips, p.Trip)
		for stage, took := range map[string]time.Duration{StageLabel: p.Label, StageScan: p.Scan, StageGap: p.Gap} {
			if took > 0 {
				spans = append(spans, Span{Stage: stage, Supplier: s, Country: p.To, Took: took})
			}
		}
	}
	model, stages := NewHistory(trips).At(now), newStages(spans)
	var out []Lane
	for w, of := range lanes {
		out = append(out, w.learnt(model, stages, of, now))
	}
	slices.SortFunc(out, func(a, b Lane) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.SupplierID, b.SupplierID), cmp.Compare(a.Service, b.Service))
	})
	return out
}

// learnt is what the model and the stages say of one lane.
func (w way) learnt(m *Model, stages stages, of []Past, now time.Time) Lane {
	l := Lane{Country: w.country, SupplierID: w.supplier, Service: w.service, LearnedAt: clock.Of(now)}
	var stated, ready []float64
	for _, p := range of {
		if !p.Delivered.IsZero() {
			l.Parcels++
			stated, ready = append(stated, p.StatedDays), append(ready, p.ReadyDays)
		}
	}
	l.LabelMinutes = inMinutes(stages.of(StageLabel, w.supplier, w.country))
	l.ScanMinutes = inMinutes(stages.of(StageScan, w.supplier, w.country))
	l.GapMinutes = inMinutes(stages.of(StageGap, w.supplier, w.country))
	if l.Parcels == 0 {
		return l
	}
	trip := Trip{Supplier: string(w.supplier), From: string(w.supplier), To: w.country, StatedDays: middleOf(stated), ReadyDays: middleOf(ready)}
	f := m.Forecast(trip)
	l.StatedMinutes, l.TypicalMinutes, l.SlowMinutes = dayMinutes(trip.StatedDays), max(1, dayMinutes(f.P50)), max(1, dayMinutes(f.P90))
	l.WayPermille = int64(1000*m.wayShare(trip) + 0.5)
	return l
}

func dayMinutes(days float64) int64 { return int64(days*24*60 + 0.5) }

func inMinutes(d time.Duration) int64 { return int64(d / time.Minute) }

// middleOf is the median; 0 of nothing.
func middleOf(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}
