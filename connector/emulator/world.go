package emulator

import (
	"slices"
	"sync"
	"time"
)

// Pace is how fast the emulated world goes: each figure counts from the step before.
type Pace struct {
	Accept  time.Duration // from paid to accepted by the supplier
	Ship    time.Duration // from accepted to label and tracking number
	Scan    time.Duration // from label to the carrier's first scan
	Move    time.Duration // between two scans on the way
	GoOut   time.Duration // from the last scan to "out for delivery"
	Deliver time.Duration // from there to the door
}

// Real is a world of ordinary days.
func Real() Pace {
	day := 24 * time.Hour
	return Pace{Accept: 2 * time.Hour, Ship: day, Scan: 12 * time.Hour, Move: 2 * day, GoOut: day, Deliver: 6 * time.Hour}
}

// Scaled is the pace divided by factor: 86,400 makes a day a second.
func (p Pace) Scaled(factor int64) Pace {
	if factor < 1 {
		factor = 1
	}
	f := time.Duration(factor)
	return Pace{p.Accept / f, p.Ship / f, p.Scan / f, p.Move / f, p.GoOut / f, p.Deliver / f}
}

// Scan is one fact of a parcel's way, in the words of no vendor: emulators translate Step.
type Scan struct {
	Step     Step
	At       time.Time
	Words    string
	Location string
	Country  string
}

// Step is what a scan says.
type Step string

// The steps of a parcel's way.
const (
	StepLabel     Step = "label"
	StepPickedUp  Step = "picked-up"
	StepDeparted  Step = "departed"
	StepArrived   Step = "arrived"
	StepOut       Step = "out"
	StepDelivered Step = "delivered"
	StepLost      Step = "lost"
	StepReturning Step = "returning"
	StepReturned  Step = "returned"
	StepFailed    Step = "failed"
)

// Parcel is a package that travels.
type Parcel struct {
	Number  string
	Carrier string
	From    string // ISO 3166 alpha-2
	To      string
	City    string
	Label   time.Time // when the label was made
	Fate    Step      // how it ends: StepDelivered if empty
}

// World is where the emulated parcels are. It is shared by the emulators of one run.
type World struct {
	Now func() time.Time

	mu      sync.Mutex
	pace    Pace
	parcels map[string]Parcel
	drift   time.Duration
}

// NewWorld is an empty world.
func NewWorld(now func() time.Time, pace Pace) *World {
	return &World{Now: now, pace: pace, parcels: map[string]Parcel{}}
}

// Pace is how fast the world goes.
func (w *World) Pace() Pace {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pace
}

// SetPace makes the world go faster or slower, also for what is on its way.
func (w *World) SetPace(p Pace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pace = p
}

// Send puts a parcel on its way.
func (w *World) Send(p Parcel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.parcels[p.Number]; !known {
		w.parcels[p.Number] = p
	}
}

// Doom changes how a parcel's way ends.
func (w *World) Doom(number string, fate Step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p, known := w.parcels[number]; known {
		p.Fate = fate
		w.parcels[number] = p
	}
}

// Drift makes the carriers' clocks wrong: their scans happen as before, and tell of a time that
// is so much later.
func (w *World) Drift(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drift = d
}

// Parcel is the package of that number.
func (w *World) Parcel(number string) (Parcel, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, known := w.parcels[number]
	return p, known
}

// Scans are the facts of a parcel's way up to now, oldest first; none if it is unknown.
func (w *World) Scans(number string) []Scan {
	p, known := w.Parcel(number)
	if !known {
		return nil
	}
	now := w.Now()
	all := p.way(w.Pace())
	if past := slices.IndexFunc(all, func(s Scan) bool { return s.At.After(now) }); past >= 0 {
		all = all[:past]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range all {
		all[i].At = all[i].At.Add(w.drift)
	}
	return all
}

// way is all that will happen to the parcel.
func (p Parcel) way(pace Pace) []Scan {
	at := p.Label
	step := func(s Step, wait time.Duration, words, place, country string) Scan {
		at = at.Add(wait)
		return Scan{s, at, words, place, country}
	}
	scans := []Scan{
		step(StepLabel, 0, "Shipping label created", "Warehouse", p.From),
		step(StepPickedUp, pace.Scan, "Picked up by the carrier", "Origin depot", p.From),
		step(StepDeparted, pace.Move, "Departed from origin country", "Export hub", p.From),
		step(StepArrived, pace.Move, "Arrived in destination country", "Import hub", p.To),
	}
	switch p.Fate {
	case StepLabel: // nobody ever picks it up
		return scans[:1]
	case StepDeparted: // and then there is no more news of it
		return scans[:3]
	case StepOut:
		return append(scans, step(StepOut, pace.GoOut, "Out for delivery", p.City, p.To))
	case StepLost:
		return append(scans, step(StepLost, pace.Move, "Parcel lost in transit", "Import hub", p.To))
	case StepReturned, StepReturning:
		return append(scans, step(StepFailed, pace.GoOut, "Delivery attempt failed", p.City, p.To),
			step(StepReturning, pace.Move, "Returning to sender", "Import hub", p.To),
			step(StepReturned, pace.Move, "Returned to sender", "Warehouse", p.From))
	}
	return append(scans, step(StepOut, pace.GoOut, "Out for delivery", p.City, p.To),
		step(StepDelivered, pace.Deliver, "Delivered, left with the recipient", p.City, p.To))
}
