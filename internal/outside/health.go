package outside

import "doorstep/internal/id"

// Resting says whether a connector is left alone at the moment, because the other side did
// not answer so many times in a row. Each node counts for itself.
func (o *Outside) Resting(c id.Connector) bool {
	o.mu.Lock()
	b := o.breakers[string(c)]
	o.mu.Unlock()
	if b == nil {
		return false
	}
	_, open := b.isOpen()
	return open
}
