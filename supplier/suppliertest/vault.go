package suppliertest

import (
	"context"
	"sync"
)

// Vault is a connector.Vault in memory, for tests. The zero value is empty and ready.
type Vault struct {
	mu     sync.Mutex
	values map[string]kept
}

type kept struct {
	value   string
	version int64
}

// Load is the kept value and its version.
func (v *Vault) Load(ctx context.Context, key string) (string, int64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.values[key]
	return k.value, k.version, ctx.Err()
}

// Store keeps value if version is still the one loaded.
func (v *Vault) Store(ctx context.Context, key, value string, version int64) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if v.values == nil {
		v.values = map[string]kept{}
	}
	if v.values[key].version != version {
		return false, nil
	}
	v.values[key] = kept{value, version + 1}
	return true, nil
}

// Values are all kept values, for a search of what must be nowhere else.
func (v *Vault) Values() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for _, k := range v.values {
		out = append(out, k.value)
	}
	return out
}
