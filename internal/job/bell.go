package job

import (
	"sync"

	"doorstep/internal/clock"
	"doorstep/internal/db"
)

// bell wakes the worker of this process when a transaction has left it something to do. It
// hangs on the database (db.DB.Attach); without a worker there is none, and nil wakes nobody.
type bell struct {
	wake chan struct{} // holds one ring
	mu   sync.Mutex
	last clock.Time
}

type bellKey struct{}

// hang is the database's bell.
func hang(d *db.DB) *bell {
	return d.Attach(bellKey{}, &bell{wake: make(chan struct{}, 1)}).(*bell)
}

// of is the bell of the transaction's database, nil when no worker has hung one.
func of(tx *db.Tx) *bell {
	b, _ := tx.Attached(bellKey{}).(*bell)
	return b
}

func (b *bell) ring() {
	if b == nil {
		return
	}
	select {
	case b.wake <- struct{}{}:
	default: // it rings already
	}
}

// stamp is now, or the next microsecond nobody had yet: jobs keep the order in which this
// process made them even while a virtual clock stands still.
func (b *bell) stamp(now clock.Time) clock.Time {
	if b == nil {
		return now
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = max(now, b.last+1)
	return b.last
}
