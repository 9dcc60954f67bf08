package promise

import (
	"slices"
	"time"

	"doorstep/internal/id"
)

// The stages of a parcel's way that may take too long.
const (
	StageLabel = "label" // sold to us, until a parcel is announced
	StageScan  = "scan"  // announced, until a carrier has seen it
	StageGap   = "gap"   // on its way, the longest silence
)

// Span is how long one parcel took over a stage.
type Span struct {
	Stage    string
	Supplier id.Supplier
	Country  string
	Took     time.Duration
}

// place is where spans are gathered: a supplier's to a country, or to anywhere.
type place struct {
	supplier id.Supplier
	country  string
}

// stages are how long the stages took on each lane, sorted.
type stages map[string]map[place][]time.Duration

// belief is how many parcels the default, or what is known of a supplier's other lanes,
// weighs as much as.
const belief = 20

// usually is what nine of ten parcels take where nothing is known. The label's is the
// supplier's handling time and these days on top.
var usually = map[string]time.Duration{
	StageLabel: 3 * 24 * time.Hour, StageScan: 4 * 24 * time.Hour, StageGap: 7 * 24 * time.Hour,
}

func newStages(past []Span) stages {
	all := stages{}
	for _, s := range past {
		if all[s.Stage] == nil {
			all[s.Stage] = map[place][]time.Duration{}
		}
		for _, p := range []place{{s.Supplier, s.Country}, {s.Supplier, ""}} {
			all[s.Stage][p] = append(all[s.Stage][p], s.Took)
			if p.country == s.Country && s.Country == "" {
				break
			}
		}
	}
	for _, places := range all {
		for _, list := range places {
			slices.Sort(list)
		}
	}
	return all
}

// of is what nine of ten parcels took over a stage on a lane; few say little: their figure is
// drawn towards that of the supplier's other lanes, and that towards what is usual, as if
// each had been seen so many times. 0 where nothing is known of the supplier.
func (s stages) of(stage string, supplier id.Supplier, country string) time.Duration {
	own := s[stage][place{supplier, ""}]
	if supplier == "" || len(own) == 0 {
		return 0
	}
	took := tenth(own, usually[stage])
	if country != "" {
		took = tenth(s[stage][place{supplier, country}], took)
	}
	return took
}

// tenth is the ninth decile of a sorted list, drawn towards what is believed without it.
func tenth(sorted []time.Duration, believed time.Duration) time.Duration {
	n := time.Duration(len(sorted))
	if n == 0 {
		return believed
	}
	p90 := sorted[(len(sorted)*9+9)/10-1]
	return (p90/(n+belief))*n + (believed/(n+belief))*belief
}

// Limit is how long a stage may take on a lane before a person is told: half as long again as
// nine of ten parcels took. handling is the supplier's, which counts where nothing is known of
// how long its labels take.
func (k Known) Limit(stage, country string, s id.Supplier, handling time.Duration) time.Duration {
	took := usually[stage]
	if stage == StageLabel {
		took += handling
	}
	rank := 0
	for _, l := range k {
		n := 1 + filled(l.Country)
		learnt := map[string]int64{StageLabel: l.LabelMinutes, StageScan: l.ScanMinutes, StageGap: l.GapMinutes}[stage]
		fits := l.SupplierID == s && l.Service == "" && (l.Country == "" || l.Country == country)
		if fits && learnt > 0 && n > rank {
			took, rank = minutes(float64(learnt)), n
		}
	}
	return took + took/2
}
