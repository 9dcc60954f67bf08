package flow

import (
	"context"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/db/rows"
	"doorstep/internal/event"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// sealed is every column in which sealed texts stand, with its primary key and the place that
// a text is bound to.
var sealed = []struct {
	table, column string
	key           []string
	place         func(rows.Row) []string
}{
	{"settings", "value", []string{"store_id", "name"}, func(r rows.Row) []string { return []string{r.Text("store_id"), "setting", r.Text("name")} }},
	{"connectors", "secrets", []string{"store_id", "connector_id"}, func(r rows.Row) []string {
		return []string{r.Text("store_id"), r.Text("connector_id"), "secrets"}
	}},
	{"vault", "value", []string{"store_id", "connector_id", "name"}, func(r rows.Row) []string {
		return []string{r.Text("store_id"), r.Text("connector_id"), "vault", r.Text("name")}
	}},
	{"staff_codes", "secret", []string{"store_id", "staff_id"}, func(r rows.Row) []string {
		return []string{"staff-codes", r.Text("store_id"), r.Text("staff_id")}
	}},
	{"idempotency", "body", []string{"store_id", "scope", "name"}, func(r rows.Row) []string {
		return []string{"answer", r.Text("store_id"), r.Text("scope"), r.Text("name")}
	}},
}

// Reseal seals every sealed text of every store anew with box, which must open those that are
// there: it knows the former keys. It answers how many there were. In one transaction: either
// all are sealed with the new key, or none.
func Reseal(ctx context.Context, tx *db.Tx, box *seal.Box, actor Actor) (n int, err error) {
	stores, err := store.All(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, s := range stores {
		done := 0
		for _, in := range sealed {
			found, err := rows.Holding(ctx, tx, s.StoreID, in.table, in.column, []string{"sealed:"})
			if err != nil {
				return n, err
			}
			for _, r := range found {
				if !seal.IsSealed(r.Text(in.column)) {
					continue // the words stand in something that is none
				}
				plain, err := box.Open(r.Text(in.column), in.place(r)...)
				if err != nil {
					return n, fmt.Errorf("%s of %s: %w", in.column, in.table, err)
				}
				if err := rows.Update(ctx, tx, in.table, r, in.key, rows.Row{in.column: box.Seal(plain, in.place(r)...)}); err != nil {
					return n, err
				}
				done++
			}
		}
		n += done
		if err := Record(ctx, tx, event.Fact{Store: s.StoreID, Kind: "store.resealed", Subject: string(s.StoreID), Actor: string(actor), Data: data{"texts": done}}); err != nil {
			return n, err
		}
	}
	return n, nil
}
