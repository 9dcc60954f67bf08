package api

import (
	"context"
	"net/http"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/review"
)

// Review is what a customer thinks of an article.
type Review struct {
	ID          id.Review   `json:"id"`
	Product     id.Product  `json:"product"`
	Stars       int64       `json:"stars" doc:"1 to 5"`
	Words       string      `json:"words,omitempty" doc:"Plain text: escape it where it is shown"`
	Name        string      `json:"name,omitempty" doc:"As the customer wants to be called"`
	Variant     string      `json:"variant,omitempty"`
	Answer      string      `json:"answer,omitempty" doc:"Of the merchant"`
	Photos      []string    `json:"photos" doc:"Addresses at the shop, of published reviews"`
	CreatedAt   clock.Time  `json:"created_at"`
	PublishedAt clock.Time  `json:"published_at,omitempty"`
	State       string      `json:"state,omitempty" doc:"Only for the merchant: waiting, published or refused"`
	Reason      string      `json:"reason,omitempty" doc:"Only for the merchant: why it was refused"`
	Order       id.Order    `json:"order,omitempty" doc:"Only for the merchant"`
	Customer    id.Customer `json:"customer,omitempty" doc:"Only for the merchant"`
}

// ProductReviews is a page of a product's published reviews, the newest first.
type ProductReviews struct {
	Count   int64     `json:"count" doc:"Published reviews in all"`
	Average string    `json:"average" doc:"Stars with one decimal; 0.0 when there are none"`
	Stars   [5]int64  `json:"stars" doc:"How many gave one, two, three, four, five stars"`
	Reviews []Review  `json:"reviews"`
	Next    id.Review `json:"next,omitempty" doc:"Hand it back as after"`
}

// Reviews is a page of the store's reviews, the newest first.
type Reviews struct {
	Reviews []Review  `json:"reviews"`
	Next    id.Review `json:"next,omitempty" doc:"Hand it back as after"`
}

type productReviewsQuery struct {
	productPath
	After string `query:"after" doc:"next of the page before"`
	Limit int32  `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

func (a *API) productReviews(ctx context.Context, c *call, in *productReviewsQuery) (out ProductReviews, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.ByHandle(ctx, tx, c.store, in.Handle)
		if err != nil {
			return err
		}
		if p.Status != catalog.Active {
			return problem(http.StatusNotFound, "not_found", "There is no such thing here.")
		}
		rating, err := review.RatingOf(ctx, tx, c.store, p.ProductID)
		if err != nil {
			return err
		}
		out = ProductReviews{Count: rating.Count(), Average: rating.Decimal(), Stars: [5]int64{rating.One, rating.Two, rating.Three, rating.Four, rating.Five}}
		list, err := review.OfProduct(ctx, tx, c.store, p.ProductID, id.Review(in.After), in.Limit+1)
		if err != nil {
			return err
		}
		out.Reviews, out.Next, err = reviewsOf(ctx, tx, c.store, list, in.Limit, false)
		return err
	})
	return out, err
}

type reviewsQuery struct {
	State string `query:"state" enum:"waiting,published,refused" doc:"Empty: all"`
	Stars int64  `query:"stars" minimum:"1" maximum:"5" doc:"Only together with a state"`
	After string `query:"after" doc:"next of the page before"`
	Limit int32  `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

func (a *API) adminReviews(ctx context.Context, c *call, in *reviewsQuery) (out Reviews, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := review.List(ctx, tx, c.store, review.Filter{State: review.State(in.State), Stars: in.Stars}, id.Review(in.After), in.Limit+1)
		if err != nil {
			return err
		}
		out.Reviews, out.Next, err = reviewsOf(ctx, tx, c.store, list, in.Limit, true)
		return err
	})
	return out, err
}

// reviewsOf is a page of reviews of which one more than the limit was read; staff see who wrote
// them.
func reviewsOf(ctx context.Context, tx *db.Tx, s id.Store, list []review.Review, limit int32, staff bool) (page []Review, next id.Review, err error) {
	if len(list) > int(limit) {
		list, next = list[:limit], list[limit-1].ReviewID
	}
	page = []Review{}
	for _, r := range list {
		one, err := reviewOf(ctx, tx, s, r, staff)
		if err != nil {
			return nil, "", err
		}
		page = append(page, one)
	}
	return page, next, nil
}

func reviewOf(ctx context.Context, tx *db.Tx, s id.Store, r review.Review, staff bool) (Review, error) {
	one := Review{ID: r.ReviewID, Product: r.ProductID, Stars: r.Stars, Words: r.Words, Name: r.Name, Variant: r.Variant, Answer: r.Answer, Photos: []string{},
		CreatedAt: r.CreatedAt, PublishedAt: r.PublishedAt}
	if staff {
		one.State, one.Reason, one.Order, one.Customer = string(r.State), r.Reason, r.OrderID, r.CustomerID
	}
	photos, err := review.Photos(ctx, tx, s, r.ReviewID)
	for _, p := range photos {
		if r.State == review.Published {
			one.Photos = append(one.Photos, "/reviews/"+string(r.ReviewID)+"/photos/"+p.PhotoID)
		}
	}
	return one, err
}

// ReviewPath names a review.
type ReviewPath struct {
	Review id.Review `path:"review"`
}

// onReview runs a command on the review that the path names and shows it then.
func (a *API) onReview(ctx context.Context, c *call, name id.Review, command func(ctx context.Context, tx *db.Tx) error) (out Review, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := command(ctx, tx); err != nil {
			return err
		}
		r, err := review.Get(ctx, tx, c.store, name)
		if err != nil {
			return err
		}
		out, err = reviewOf(ctx, tx, c.store, r, true)
		return err
	})
	return out, err
}

func (a *API) publishReview(ctx context.Context, c *call, in *ReviewPath) (Review, error) {
	return a.onReview(ctx, c, in.Review, func(ctx context.Context, tx *db.Tx) error {
		return flow.PublishReview(ctx, tx, c.store, in.Review, c.actor())
	})
}

type refusalOfReview struct {
	ReviewPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"The customer reads it"`
	}
}

func (a *API) refuseReview(ctx context.Context, c *call, in *refusalOfReview) (Review, error) {
	return a.onReview(ctx, c, in.Review, func(ctx context.Context, tx *db.Tx) error {
		return flow.RefuseReview(ctx, tx, c.store, in.Review, in.Body.Reason, c.actor())
	})
}

type answerToReview struct {
	ReviewPath
	Body struct {
		Words string `json:"words" maxLength:"4000" doc:"Everybody reads it; empty takes the answer away"`
	}
}

func (a *API) answerReview(ctx context.Context, c *call, in *answerToReview) (Review, error) {
	return a.onReview(ctx, c, in.Review, func(ctx context.Context, tx *db.Tx) error {
		return flow.AnswerReview(ctx, tx, c.store, in.Review, in.Body.Words, c.actor())
	})
}
