package storefront

import (
	"context"
	"net/url"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/review"
	"doorstep/internal/web/ui"
)

// reviewsOnPage is how many reviews a page of a product shows.
const reviewsOnPage = 8

// productReviews is what customers think of a product.
type productReviews struct {
	Rating review.Rating
	List   []review.Review
	Photos map[id.Review][]flow.PhotoRow
	Paging ui.Paging
}

// readReviews reads a page of a product's reviews.
func readReviews(ctx context.Context, tx *db.Tx, v *visit, p id.Product, path string) (out productReviews, err error) {
	if out.Rating, err = review.RatingOf(ctx, tx, v.store, p); err != nil || out.Rating.Count() == 0 {
		return out, err
	}
	after := v.r.URL.Query().Get("reviews")
	if out.List, err = review.OfProduct(ctx, tx, v.store, p, id.Review(after), reviewsOnPage+1); err != nil {
		return out, err
	}
	page := func(after string) string {
		u := url.URL{Path: path, Fragment: "reviews"}
		if after != "" {
			u.RawQuery = url.Values{"reviews": {after}}.Encode()
		}
		return u.String()
	}
	if after != "" {
		out.Paging.First = page("")
	}
	if len(out.List) > reviewsOnPage {
		out.List = out.List[:reviewsOnPage]
		out.Paging.Next = page(string(out.List[reviewsOnPage-1].ReviewID))
	}
	out.Photos = map[id.Review][]flow.PhotoRow{}
	for _, r := range out.List {
		if out.Photos[r.ReviewID], err = review.Photos(ctx, tx, v.store, r.ReviewID); err != nil {
			return out, err
		}
	}
	return out, nil
}

// fiveToOne are the numbers of stars, the best first.
var fiveToOne = [...]int64{5, 4, 3, 2, 1}

// graph adds to what search engines read of a product what customers think of it; nothing
// where nobody has said anything.
func (p productReviews) graph(v *visit, product map[string]any) {
	if p.Rating.Count() == 0 {
		return
	}
	product["aggregateRating"] = map[string]any{"@type": "AggregateRating", "ratingValue": p.Rating.Decimal(), "reviewCount": p.Rating.Count(), "bestRating": 5, "worstRating": 1}
	var list []any
	for _, r := range p.List {
		one := map[string]any{"@type": "Review", "author": map[string]any{"@type": "Person", "name": v.reviewer(r)},
			"datePublished": r.CreatedAt.Std().In(v.zone()).Format("2006-01-02"),
			"reviewRating":  map[string]any{"@type": "Rating", "ratingValue": r.Stars, "bestRating": 5, "worstRating": 1}}
		if r.Words != "" {
			one["reviewBody"] = r.Words
		}
		list = append(list, one)
	}
	product["review"] = list
}

// reviewer is who wrote a review, as it is shown.
func (v *visit) reviewer(r review.Review) string {
	if r.Name == "" {
		return v.say("review_nobody")
	}
	return r.Name
}
