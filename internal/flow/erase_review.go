package flow

import (
	"context"

	"doorstep/internal/db/rows"
)

// reviews forgets who wrote a review: their name, their photos, and their names in the words of
// it and of its answer. The stars stay: others chose by them.
func (e *eraser) reviews(ctx context.Context) error {
	if len(e.held.reviews) > 0 {
		if err := e.drop(ctx, "review_photos", "review_id", e.held.reviews); err != nil {
			return err
		}
	}
	for _, r := range e.held.Tables["reviews"] {
		spellings := e.spellings(nil)
		if name := r.Text("name"); len([]rune(name)) >= 4 {
			spellings = append(spellings, name)
		}
		to := rows.Row{"name": ""}
		for _, column := range []string{"words", "answer", "reason"} {
			to[column] = scrub(r.Text(column), spellings)
		}
		if err := e.set(ctx, "reviews", r, "review_id", to); err != nil {
			return err
		}
	}
	return nil
}
