package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// exportPage is how many orders one transaction reads: a long export must not keep the
// database from cleaning up.
const exportPage = 100

// Export writes every order that the filter takes as one JSON document per line, the newest
// first, and says how many. Orders placed meanwhile are not in it.
func Export(ctx context.Context, d *db.DB, store id.Store, f Filter, w io.Writer) (written int, err error) {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for after := ""; ; {
		var page OrderPage
		var documents []Document
		err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			documents = documents[:0]
			if page, err = Orders(ctx, tx, store, f, after, exportPage); err != nil {
				return err
			}
			for _, o := range page.Orders {
				document, err := OrderDocument(ctx, tx, store, string(o.ID))
				if err != nil {
					return err
				}
				documents = append(documents, document)
			}
			return nil
		})
		if err != nil {
			return written, fmt.Errorf("export: %w", err)
		}
		for _, document := range documents {
			if err := out.Encode(document); err != nil {
				return written, fmt.Errorf("export: %w", err)
			}
			written++
		}
		if after = page.Next; after == "" {
			return written, nil
		}
	}
}
