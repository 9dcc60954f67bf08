package review

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Insert writes a new review; false when its line has one already.
func Insert(ctx context.Context, tx *db.Tx, r Review) (bool, error) {
	n, err := New(tx).InsertReview(ctx, InsertReviewParams{StoreID: r.StoreID, ReviewID: r.ReviewID, OrderID: r.OrderID, LineID: r.LineID, ProductID: r.ProductID,
		CustomerID: r.CustomerID, State: r.State, Stars: r.Stars, Words: r.Words, Name: r.Name, Variant: r.Variant, CreatedAt: tx.Now})
	return n > 0, err
}

// Save stores what may change of a review, and moves its product's rating with it: was is how
// it was read under the lock.
func Save(ctx context.Context, tx *db.Tx, was, r Review) error {
	err := New(tx).SaveReview(ctx, SaveReviewParams{StoreID: r.StoreID, ReviewID: r.ReviewID, State: r.State, Stars: r.Stars, Words: r.Words, Name: r.Name,
		Reason: r.Reason, Answer: r.Answer, AnsweredAt: r.AnsweredAt, PublishedAt: r.PublishedAt, UpdatedAt: tx.Now})
	if err != nil {
		return err
	}
	if was.State == Published {
		if err := rate(ctx, tx, was, -1); err != nil {
			return err
		}
	}
	if r.State == Published {
		return rate(ctx, tx, r, 1)
	}
	return nil
}

// rate adds a review's stars to its product's rating, or takes them away.
func rate(ctx context.Context, tx *db.Tx, r Review, by int64) error {
	var n [6]int64
	n[r.Stars] = by
	return New(tx).AddRating(ctx, AddRatingParams{StoreID: r.StoreID, ProductID: r.ProductID, One: n[1], Two: n[2], Three: n[3], Four: n[4], Five: n[5]})
}

// Get reads a review; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, s id.Store, name id.Review) (Review, error) {
	return New(tx).GetReview(ctx, GetReviewParams{StoreID: s, ReviewID: name})
}

// Lock reads a review and keeps others from changing it.
func Lock(ctx context.Context, tx *db.Tx, s id.Store, name id.Review) (Review, error) {
	return New(tx).LockReview(ctx, LockReviewParams{StoreID: s, ReviewID: name})
}

// LockOf is the review of a line, locked; known is false when there is none.
func LockOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, line int64) (r Review, known bool, err error) {
	r, err = New(tx).LockLine(ctx, LockLineParams{StoreID: s, OrderID: o, LineID: line})
	if errors.Is(err, sql.ErrNoRows) {
		return Review{}, false, nil
	}
	return r, err == nil, err
}

// OfOrder lists an order's reviews by its lines.
func OfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]Review, error) {
	return New(tx).ReviewsOfOrder(ctx, ReviewsOfOrderParams{StoreID: s, OrderID: o})
}

// newest sorts after every name of a review.
const newest id.Review = "rv_~"

// OfProduct is a page of a product's published reviews, the newest first. after is the last
// one of the page before; empty: from the beginning.
func OfProduct(ctx context.Context, tx *db.Tx, s id.Store, p id.Product, after id.Review, limit int32) ([]Review, error) {
	if after == "" {
		after = newest
	}
	return New(tx).ReviewsOfProduct(ctx, ReviewsOfProductParams{StoreID: s, ProductID: p, ReviewID: after, Limit: limit})
}

// Filter says which reviews are listed; the zero value is all.
type Filter struct {
	State State // empty: any
	Stars int64 // 0: any; counts only together with a state
}

// List is a page of a store's reviews, the newest first. after is the last one of the page
// before; empty: from the beginning.
func List(ctx context.Context, tx *db.Tx, s id.Store, f Filter, after id.Review, limit int32) ([]Review, error) {
	if after == "" {
		after = newest
	}
	switch {
	case f.State == "":
		return New(tx).AllReviews(ctx, AllReviewsParams{StoreID: s, ReviewID: after, Limit: limit})
	case f.Stars == 0:
		return New(tx).ReviewsIn(ctx, ReviewsInParams{StoreID: s, State: f.State, ReviewID: after, Limit: limit})
	}
	return New(tx).ReviewsWith(ctx, ReviewsWithParams{StoreID: s, State: f.State, Stars: f.Stars, ReviewID: after, Limit: limit})
}

// RatingOf is how a product's published reviews come out; the zero value where there are none.
func RatingOf(ctx context.Context, tx *db.Tx, s id.Store, p id.Product) (Rating, error) {
	r, err := New(tx).GetRating(ctx, GetRatingParams{StoreID: s, ProductID: p})
	if errors.Is(err, sql.ErrNoRows) {
		return Rating{}, nil
	}
	return r.Rating(), err
}

// RatingsAfter is a page of stored ratings by product, for checking them.
func RatingsAfter(ctx context.Context, tx *db.Tx, s id.Store, after id.Product, limit int32) ([]ProductRating, error) {
	return New(tx).RatingsAfter(ctx, RatingsAfterParams{StoreID: s, ProductID: after, Limit: limit})
}

// Counted is the rating that a product's reviews come to, counted anew.
func Counted(ctx context.Context, tx *db.Tx, s id.Store, p id.Product) (Rating, error) {
	r, err := New(tx).CountRating(ctx, CountRatingParams{StoreID: s, ProductID: p})
	return Rating(r), err
}

// PutService stores how it went with a purchase, in the place of what was said before.
func PutService(ctx context.Context, tx *db.Tx, r ServiceRating) error {
	return New(tx).PutService(ctx, PutServiceParams{StoreID: r.StoreID, OrderID: r.OrderID, PurchaseID: r.PurchaseID, SupplierID: r.SupplierID,
		Delivery: r.Delivery, Packaging: r.Packaging, Contact: r.Contact, Words: r.Words, CreatedAt: tx.Now})
}

// ServiceOf is what was said of an order's purchases.
func ServiceOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]ServiceRating, error) {
	return New(tx).ServiceOf(ctx, ServiceOfParams{StoreID: s, OrderID: o})
}

// Plan plans a follow-up, once for each order and kind; false when it is planned already, or
// over.
func Plan(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, k Kind, delivered, due clock.Time) (bool, error) {
	n, err := New(tx).InsertPlan(ctx, InsertPlanParams{StoreID: s, OrderID: o, Kind: k, DeliveredAt: delivered, DueAt: due})
	return n > 0, err
}

// Due lists follow-ups whose time has come, the longest due first.
func Due(ctx context.Context, tx *db.Tx, s id.Store, limit int32) ([]FollowUp, error) {
	return New(tx).DuePlans(ctx, DuePlansParams{StoreID: s, DueAt: tx.Now, Limit: limit})
}

// LockPlan reads a follow-up and keeps others from changing it.
func LockPlan(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, k Kind) (FollowUp, error) {
	return New(tx).LockPlan(ctx, LockPlanParams{StoreID: s, OrderID: o, Kind: k})
}

// SavePlan stores what may change of a follow-up.
func SavePlan(ctx context.Context, tx *db.Tx, f FollowUp) error {
	return New(tx).SavePlan(ctx, SavePlanParams{StoreID: f.StoreID, OrderID: f.OrderID, Kind: f.Kind, State: f.State, Reason: f.Reason, DueAt: f.DueAt, EndedAt: f.EndedAt})
}
