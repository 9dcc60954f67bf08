package report

import (
	"sync"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

const (
	// settled is how old a booking is when no transaction can be under way any more that adds
	// one before it: each is named and timed by the moment its transaction began.
	settled = 2 * time.Minute
	// keptFor is after how long everything is read again, whatever happens: a clock that was
	// set back, or a database that somebody restored beneath the program.
	keptFor = time.Hour
	// healthKept is how long counts of many rows are shown.
	healthKept = 10 * time.Second
	// manyRows is from how many rows on counting them at each look is too dear.
	manyRows = 5000
)

// Kept is what reports remember in the process so that a look costs the same however much
// was sold: attach one to the database. Without one, everything is read each time. The zero
// value is ready; it may be used from many goroutines.
type Kept struct {
	mu      sync.Mutex
	figures map[figuresOf]figuresKept
	health  map[id.Store]healthOf
}

type keptKey struct{}

// Attach has reports on this database remember.
func Attach(d *db.DB) { d.Attach(keptKey{}, &Kept{}) }

func keptOf(tx *db.Tx) *Kept {
	k, _ := tx.Attached(keptKey{}).(*Kept)
	return k
}

// figuresOf are whose figures are kept.
type figuresOf struct {
	store    id.Store
	currency money.Currency
}

// figuresKept are the slots of all that was booked from a moment on, up to another at which
// everything has settled.
type figuresKept struct {
	slots       slots
	since, till clock.Time
	first       string // the name of the oldest order: another one, and rows came in from elsewhere
	readAt      clock.Time
}

// serves says whether what is kept is good for a look back to a moment.
func (f figuresKept) serves(now, since clock.Time, first string) bool {
	return f.slots != nil && f.first == first && !since.Before(f.since) && !now.Before(f.till) && now.Before(f.readAt.Add(keptFor))
}

func (k *Kept) figuresOf(of figuresOf) figuresKept {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.figures[of]
}

func (k *Kept) keepFigures(of figuresOf, f figuresKept) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.figures == nil {
		k.figures = map[figuresOf]figuresKept{}
	}
	k.figures[of] = f
}

// healthOf are counts about the suppliers of a store, of a moment.
type healthOf struct {
	offers []offerSum
	calls  []supplierSum
	since  clock.Time
	at     clock.Time
}

// serves says whether the counts are fresh enough. How far calls are looked back to moves with
// the present.
func (h healthOf) serves(now, since clock.Time) bool {
	moved := since.Std().Sub(h.since.Std())
	return h.at > 0 && !now.Before(h.at) && now.Before(h.at.Add(healthKept)) && moved >= 0 && moved < time.Minute
}

func (k *Kept) healthOf(store id.Store) healthOf {
	if k == nil {
		return healthOf{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.health[store]
}

// keepHealth keeps counts of many rows; few are counted at each look.
func (k *Kept) keepHealth(store id.Store, h healthOf) {
	var rows int64
	for _, o := range h.offers {
		rows += o.offers
	}
	for _, c := range h.calls {
		rows += c.a
	}
	if k == nil || rows < manyRows {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.health == nil {
		k.health = map[id.Store]healthOf{}
	}
	k.health[store] = h
}
