package score

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// mostAtOnce is how many articles one query looks for.
const mostAtOnce = 500

// Keep replaces what was counted before.
func Keep(ctx context.Context, tx *db.Tx, s id.Store, cards Cards) error {
	q := New(tx)
	if err := q.DropScores(ctx, s); err != nil {
		return err
	}
	keys := slices.SortedFunc(maps.Keys(cards), func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.Supplier, b.Supplier), cmp.Compare(a.SKU, b.SKU))
	})
	for _, k := range keys {
		for _, m := range slices.Sorted(maps.Keys(cards[k])) {
			f := cards[k][m]
			err := q.InsertScore(ctx, InsertScoreParams{StoreID: s, SupplierID: k.Supplier, Sku: k.SKU, Measure: m, RecentPart: f.Recent.Part,
				RecentWhole: f.Recent.Whole, BeforePart: f.Before.Part, BeforeWhole: f.Before.Whole, CountedAt: tx.Now})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Of reads the card of a supplier as a whole; an empty supplier is the store. It is empty
// where nothing was counted.
func Of(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier) (Card, clock.Time, error) {
	rows, err := New(tx).WholeScores(ctx, WholeScoresParams{StoreID: s, SupplierID: supplier})
	cards, at := fold(rows)
	return cards[Key{Supplier: supplier}], at, err
}

// Articles reads the cards of a supplier's articles, itself among them under an empty SKU.
func Articles(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier) (map[string]Card, error) {
	rows, err := New(tx).ScoresOf(ctx, ScoresOfParams{StoreID: s, SupplierID: supplier})
	cards, _ := fold(rows)
	out := map[string]Card{}
	for k, c := range cards {
		out[k.SKU] = c
	}
	return out, err
}

// Some reads the cards of a supplier and of some of its articles, by SKU, its own under an
// empty one. What was not counted is missing.
func Some(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, skus []string) (map[string]Card, error) {
	out := map[string]Card{}
	for part := range slices.Chunk(append([]string{""}, skus...), mostAtOnce) {
		rows, err := New(db.Among(tx, part)).ScoresAmong(ctx, ScoresAmongParams{StoreID: s, SupplierID: supplier})
		if err != nil {
			return nil, err
		}
		cards, _ := fold(rows)
		for k, c := range cards {
			out[k.SKU] = c
		}
	}
	return out, nil
}

func fold(rows []Score) (Cards, clock.Time) {
	cards, at := Cards{}, clock.Time(0)
	for _, r := range rows {
		k := Key{r.SupplierID, r.Sku}
		cards.Add(k, r.Measure, true, Count{r.RecentPart, r.RecentWhole})
		cards.Add(k, r.Measure, false, Count{r.BeforePart, r.BeforeWhole})
		at = max(at, r.CountedAt)
	}
	return cards, at
}
