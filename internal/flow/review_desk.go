package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/review"
)

// changeReview lets fn change a review, stores it, and notes what happened.
func changeReview(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, kind string, actor Actor, fn func(*review.Review) (data, error)) error {
	found, err := review.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such review.")
	}
	if err != nil {
		return err
	}
	o, err := order.Lock(ctx, tx, s, found.OrderID)
	if err != nil {
		return err
	}
	was, err := review.Lock(ctx, tx, s, name)
	if err != nil {
		return err
	}
	now := was
	more, err := fn(&now)
	if err != nil || now == was {
		return err
	}
	if err := review.Save(ctx, tx, was, now); err != nil {
		return err
	}
	return note(ctx, tx, o, kind, string(name), actor, more)
}

// PublishReview shows a review to everybody. One that is published stays so.
func PublishReview(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, actor Actor) error {
	return changeReview(ctx, tx, s, name, "review.published", actor, func(r *review.Review) (data, error) {
		if r.State == review.Published {
			return data{}, nil
		}
		if err := r.Move(review.Publish); err != nil {
			return nil, refuse("not-possible", "This review is %s.", r.State)
		}
		r.PublishedAt, r.Reason = tx.Now, ""
		return data{"stars": r.Stars}, nil
	})
}

// PublishReviews publishes several and says how many were not yet.
func PublishReviews(ctx context.Context, tx *db.Tx, s id.Store, names []id.Review, actor Actor) (done int, err error) {
	for _, name := range names {
		r, err := review.Get(ctx, tx, s, name)
		if errors.Is(err, sql.ErrNoRows) || err == nil && r.State == review.Published {
			continue
		}
		if err != nil {
			return done, err
		}
		if err := PublishReview(ctx, tx, s, name, actor); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// RefuseReview keeps a review from being shown; its customer sees the reason and may write it
// anew.
func RefuseReview(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, reason string, actor Actor) error {
	reason, ok := review.Words(reason)
	if reason == "" || !ok {
		return &Refusal{Code: "reason", Field: "reason", Words: "Please say why. The customer reads it."}
	}
	return changeReview(ctx, tx, s, name, "review.refused", actor, func(r *review.Review) (data, error) {
		if err := r.Move(review.Refuse); err != nil {
			return nil, refuse("not-possible", "This review is %s.", r.State)
		}
		r.PublishedAt, r.Reason = 0, reason
		return data{}, nil
	})
}

// AnswerReview writes the merchant's answer beneath a review; empty takes it away.
func AnswerReview(ctx context.Context, tx *db.Tx, s id.Store, name id.Review, words string, actor Actor) error {
	words, ok := review.Words(words)
	if !ok {
		return &Refusal{Code: "words", Field: "words", Words: "That is too long."}
	}
	return changeReview(ctx, tx, s, name, "review.answered", actor, func(r *review.Review) (data, error) {
		if r.Answer == words {
			return data{}, nil
		}
		r.Answer, r.AnsweredAt = words, tx.Now
		if words == "" {
			r.AnsweredAt = 0
		}
		return data{}, nil
	})
}

// auditRatings compares every product's rating with its reviews.
func auditRatings(ctx context.Context, d *db.DB, s id.Store) (found []Difference, err error) {
	after := id.Product("")
	for {
		var page []review.ProductRating
		var list differences
		err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			list = nil
			if page, err = review.RatingsAfter(ctx, tx, s, after, auditPage); err != nil {
				return err
			}
			for _, r := range page {
				counted, err := review.Counted(ctx, tx, s, r.ProductID)
				if err != nil {
					return err
				}
				list.compare("product rating", string(r.ProductID), r.Rating(), counted)
			}
			return nil
		})
		found = append(found, list...)
		if err != nil || len(page) < auditPage {
			return found, err
		}
		after = page[len(page)-1].ProductID
	}
}
