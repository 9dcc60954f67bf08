package paymenttest

import (
	"context"
	"sync"

	"doorstep/connector"
)

// Vault is a connector.Vault in memory.
type Vault struct {
	mu   sync.Mutex
	kept map[string]sealed
}

type sealed struct {
	value   string
	version int64
}

var _ connector.Vault = (*Vault)(nil)

// Load gives the kept value and its version.
func (v *Vault) Load(_ context.Context, key string) (string, int64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kept[key].value, v.kept[key].version, nil
}

// Store keeps the value unless another was quicker.
func (v *Vault) Store(_ context.Context, key, value string, version int64) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept[key].version != version {
		return false, nil
	}
	if v.kept == nil {
		v.kept = map[string]sealed{}
	}
	v.kept[key] = sealed{value, version + 1}
	return true, nil
}
