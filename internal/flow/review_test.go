package flow_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/photo"
	"doorstep/internal/review"
)

// snap is a photo of nothing.
func snap(t *testing.T) photo.Photo {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 12, 8))); err != nil {
		t.Fatal(err)
	}
	p, err := photo.Read(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// herReview is what she thinks of it, with traces of hers.
func (s *shop) herReview(o id.Order) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		err := flow.GiveFeedback(ctx, tx, s.store, o, flow.FeedbackSaid{Name: "Henriëtte O.", Actor: "customer",
			Reviews: []flow.ReviewSaid{{Line: 1, Stars: 4, Words: "Bought by " + hersTwo + ", who likes it", Photos: []photo.Photo{snap(s.t)}}},
			Service: flow.ServiceSaid{Delivery: 5, Packaging: 3, Words: "Left at Sackgasse 77 as I wished"}})
		if err != nil {
			return err
		}
		list, err := review.OfOrder(ctx, tx, s.store, o)
		if err != nil || len(list) != 1 {
			s.t.Fatalf("%v %v", list, err)
		}
		if err := flow.PublishReview(ctx, tx, s.store, list[0].ReviewID, me); err != nil {
			return err
		}
		return flow.AnswerReview(ctx, tx, s.store, list[0].ReviewID, "Thank you, Henriëtte O.!", me)
	})
}

// arrived is an order of mugs that arrived.
func (s *shop) arrived(number string) flow.Placed {
	s.t.Helper()
	placed := s.bought(2, 1)
	s.acknowledged()
	for i, p := range s.purchases(placed.Order.OrderID) {
		n := strings.Replace(number, "B", string(rune('B'+i)), 1)
		s.says(p, parcel(n))
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.TrackSaidSo(ctx, tx, s.store, flow.TrackSaid{Number: n, Source: "17", Actor: "carrier:17",
				Events: []flow.TrackingSaid{{At: tx.Now.Add(time.Hour), Kind: "delivered", Words: "there"}}})
			return err
		})
	}
	return placed
}

// thinks is what the customer of an order says of its first article.
func (s *shop) thinks(o id.Order, stars int64, words string) error {
	return s.Update(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return flow.GiveFeedback(ctx, tx, s.store, o, flow.FeedbackSaid{Name: "Ann M.", Actor: "customer", Reviews: []flow.ReviewSaid{{Line: 1, Stars: stars, Words: words}}})
	})
}

func (s *shop) theReview(o id.Order) (r review.Review) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := review.OfOrder(ctx, tx, s.store, o)
		if len(list) == 1 {
			r = list[0]
		}
		return err
	})
	return r
}

func (s *shop) rating(p id.Product) (r review.Rating) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = review.RatingOf(ctx, tx, s.store, p)
		return err
	})
	return r
}

// TestAReviewsLife: written, written anew, refused, written anew, published; then it stays, and
// the product's rating goes with it.
func TestAReviewsLife(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		early := s.bought(1, 0).Order.OrderID
		if err := s.thinks(early, 5, ""); err == nil {
			t.Error("an article that has not arrived was reviewed")
		}
		o := s.arrived("RB123456785GB").Order.OrderID
		for _, wrong := range []int64{-1, 6, 99} {
			if err := s.thinks(o, wrong, ""); err == nil {
				t.Errorf("%d stars", wrong)
			}
		}
		s.must(s.thinks(o, 2, "so so"))
		s.must(s.thinks(o, 2, "so so")) // a double click
		s.must(s.thinks(o, 3, "better than I thought"))
		r := s.theReview(o)
		if r.State != review.Waiting || r.Stars != 3 || s.rating(r.ProductID).Count() != 0 {
			t.Errorf("%+v", r)
		}
		desk := func(fn func(ctx context.Context, tx *db.Tx) error) { s.do(fn) }
		s.refused("reason", func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReview(ctx, tx, s.store, r.ReviewID, " ", me)
		})
		desk(func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReview(ctx, tx, s.store, r.ReviewID, "names a competitor", me)
		})
		s.must(s.thinks(o, 4, "good"))
		if r = s.theReview(o); r.State != review.Waiting || r.Reason != "" {
			t.Errorf("written anew it is %+v", r)
		}
		desk(func(ctx context.Context, tx *db.Tx) error {
			n, err := flow.PublishReviews(ctx, tx, s.store, []id.Review{r.ReviewID, r.ReviewID, "rv_none"}, me)
			if n != 1 {
				t.Errorf("%d published", n)
			}
			return err
		})
		s.must(s.thinks(o, 1, "changed my mind")) // too late: it is shown
		if r = s.theReview(o); r.Stars != 4 || s.rating(r.ProductID) != (review.Rating{Four: 1}) {
			t.Errorf("%+v, %+v", r, s.rating(r.ProductID))
		}
		desk(func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReview(ctx, tx, s.store, r.ReviewID, "it was not theirs", me)
		})
		if got := s.rating(r.ProductID); got.Count() != 0 {
			t.Errorf("after it was taken away: %+v", got)
		}
	})
}

// TestGoodReviewsAtOnce: the store's rule publishes from so many stars on.
func TestGoodReviewsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, "review.publish_from=4", func(s *shop) {
		for i, stars := range []int64{3, 4, 5} {
			o := s.arrived([]string{"RB123456785GB", "RB123456799GB", "RB123456808GB"}[i]).Order.OrderID
			s.must(s.thinks(o, stars, ""))
			if r := s.theReview(o); (r.State == review.Published) != (stars >= 4) {
				t.Errorf("with %d stars it is %s", stars, r.State)
			}
		}
	})
}

// TestConsentIsKept: a yes and a no are kept with their time and words; the same once more is
// no news.
func TestConsentIsKept(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		who := s.bought(1, 0).Order.OrderID
		s.do(func(ctx context.Context, tx *db.Tx) error {
			o, err := order.Get(ctx, tx, s.store, who)
			if err != nil {
				return err
			}
			say := func(w account.Wish, yes bool) {
				s.must(flow.SayWish(ctx, tx, s.store, account.Said{Customer: o.CustomerID, Wish: w, Yes: yes, Wording: "Yes, write to me", Source: "account"}, "customer"))
			}
			say(account.WishOffer, false) // as it is
			say(account.WishOffer, true)
			say(account.WishOffer, true)
			s.must(flow.Unsubscribe(ctx, tx, s.store, o.CustomerID, "mail", "customer"))
			s.must(flow.Unsubscribe(ctx, tx, s.store, o.CustomerID, "mail", "customer"))
			proof, err := account.Consents(ctx, tx, s.store, o.CustomerID)
			if err != nil || len(proof) != 3 || proof[2].Wording != "Yes, write to me" || proof[2].At != tx.Now {
				t.Errorf("%+v %v", proof, err)
			}
			all, err := account.AllWants(ctx, tx, s.store, o.CustomerID)
			for _, w := range all {
				if w.Yes {
					t.Errorf("%s is wanted", w.Wish)
				}
			}
			return err
		})
	})
}
