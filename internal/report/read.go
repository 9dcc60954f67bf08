package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"doorstep/internal/db"
)

// ErrNone answers who asks for something that is not there; it is sql.ErrNoRows.
var ErrNone = sql.ErrNoRows

// collect reads all rows of a query; never nil, so that JSON has [] and not null.
func collect[T any](ctx context.Context, tx *db.Tx, scan func(row scanner, v *T) error, query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// scanner is a row of either kind.
type scanner interface{ Scan(to ...any) error }

// parsed is stored JSON on its way into a field; an empty text leaves the field alone.
type parsed struct{ into any }

// Scan implements sql.Scanner.
func (p parsed) Scan(src any) error {
	var text []byte
	switch s := src.(type) {
	case string:
		text = []byte(s)
	case []byte:
		text = s
	case nil:
		return nil
	default:
		return fmt.Errorf("stored JSON: it is a %T", src)
	}
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, p.into)
}

// list is stored JSON of a list: a missing one is [].
func list(raw *json.RawMessage) parsed {
	*raw = json.RawMessage("[]")
	return parsed{raw}
}
