package db

import "time"

// KeptFor is how long another process's change of a lasting table may go unnoticed here.
const KeptFor = 250 * time.Millisecond

// lasting says whether a table is read in nearly every transaction and changed by hand, now and
// then: what Kept may keep comes from these.
func lasting(table string) bool {
	switch table {
	case "stores", "settings", "connectors":
		return true
	}
	return false
}

// kept is a value, the count of changes before its transaction began, and when that was.
type kept struct {
	value any
	count int64
	at    time.Time
}

// keptKey keeps the keys of Kept apart from those of Attach.
type keptKey struct{ key any }

// Kept is what read reads from lasting tables alone. This process keeps it until it changes one
// of them by itself, and in any case no longer than a quarter of a second, because another node
// may have changed one: who needs to see that at once reads for himself. A transaction that has
// changed one reads anew. As in a context, the key is of a type of the caller's own. Everybody
// is given the same value: nobody may change what it points to.
func Kept[T any](t *Tx, key any, read func() (T, error)) (T, error) {
	if t.changedLasting() {
		return read()
	}
	if value, ok := KeptNow[T](t.d, key); ok {
		return value, nil
	}
	value, err := read()
	if err == nil {
		t.AfterCommit(func() { t.d.shared.Store(keptKey{key}, kept{value, t.changes, t.began}) })
	}
	return value, err
}

// KeptNow is what Kept keeps at this moment, for those who would otherwise open a transaction
// for it alone; false when it keeps nothing.
func KeptNow[T any](d *DB, key any) (value T, ok bool) {
	found, _ := d.shared.Load(keptKey{key})
	k, ok := found.(kept)
	if !ok || k.count != d.changes.Load() || time.Since(k.at) > KeptFor {
		return value, false
	}
	value, ok = k.value.(T)
	return value, ok
}

// changedLasting says whether the transaction has written a lasting table, or may have.
func (t *Tx) changedLasting() bool {
	for table := range t.writes {
		if table == "" || lasting(table) {
			return true
		}
	}
	return false
}
