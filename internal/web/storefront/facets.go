package storefront

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

// shelfKey names a shelf of a store.
type shelfKey struct {
	store      id.Store
	collection id.Collection
}

// sieve is what a shelf can be narrowed by. Counting it reads every product of the shelf, so
// it is kept until a product changes.
type sieve struct {
	count     int64
	latest    clock.Time
	facets    []report.Facet
	low, high int64
}

// sieveOf is a shelf's, counted anew where products have changed.
func (s *shop) sieveOf(ctx context.Context, tx *db.Tx, v *visit, collection id.Collection) (*sieve, error) {
	count, latest, err := report.WordsState(ctx, tx, v.store)
	if err != nil {
		return nil, err
	}
	key := shelfKey{v.store, collection}
	if known, ok := s.sieves.Load(key); ok && known.(*sieve).count == count && known.(*sieve).latest == latest {
		return known.(*sieve), nil
	}
	made := &sieve{count: count, latest: latest}
	if made.facets, made.low, made.high, err = report.Facets(ctx, tx, v.store, collection); err != nil {
		return nil, err
	}
	s.sieves.Store(key, made)
	return made, nil
}
