package outside

import (
	"time"

	"doorstep/internal/id"
)

// Resting says whether a connector is left alone, because the other side did not answer so
// many times in a row. Each node counts for itself.
func (o *Outside) Resting(c id.Connector) bool {
	_, down := o.DownSince(c)
	return down
}

// DownSince is since when a connector that is left alone has not answered; false for one that
// is not left alone.
func (o *Outside) DownSince(c id.Connector) (time.Time, bool) {
	o.mu.Lock()
	b := o.breakers[string(c)]
	o.mu.Unlock()
	if b == nil {
		return time.Time{}, false
	}
	return b.downSince()
}
