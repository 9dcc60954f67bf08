package storefront

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	photos "doorstep/internal/photo"
	"doorstep/internal/review"
	"doorstep/internal/web/ui"
)

// reviewCodes are the texts for what a customer's words are refused for, by code.
var reviewCodes = map[string]string{
	"stars": k("review_no_stars"), "words": k("claim_no_words"), "photos": k("claim_no_photos"), "nothing": k("review_nothing"), "not-delivered": k("review_not_yet"),
}

// starWords are what one to five stars are called.
var starWords = []string{k("stars_1"), k("stars_2"), k("stars_3"), k("stars_4"), k("stars_5")}

// reviewForm is the page on which a customer says what they think of an order.
type reviewForm struct {
	Order   order.Order
	May     flow.Reviewable
	Token   string
	Thanks  bool
	Problem string
	Name    string
	Typed   map[int64]flow.ReviewSaid // by line; of those that are not typed: as they are stored
	Service flow.ServiceSaid
}

func (p reviewForm) at(rest string) string {
	return "/orders/" + string(p.Order.OrderID) + rest + tokenQuery(p.Token)
}

// said is what stands in the form for a line.
func (p reviewForm) said(line int64) flow.ReviewSaid {
	if typed, ok := p.Typed[line]; ok {
		return typed
	}
	r := p.May.Reviews[line]
	return flow.ReviewSaid{Line: line, Stars: r.Stars, Words: r.Words}
}

// reviewPage shows the form to whom the order belongs.
func (s *shop) reviewPage(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	return s.showReviewForm(v, http.StatusOK, name, reviewForm{Thanks: v.r.URL.Query().Get("thanks") == "yes"})
}

func (s *shop) showReviewForm(v *visit, status int, name id.Order, p reviewForm) error {
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Order, err = order.Get(ctx, tx, v.store, name); err != nil {
			return err
		}
		p.May, err = flow.MayReview(ctx, tx, p.Order)
		return err
	})
	if err != nil {
		return err
	}
	p.Token = v.r.URL.Query().Get("token")
	if p.Typed == nil {
		p.stored()
	}
	v.privately(v.say("review_title"))
	return v.show(status, reviewFormView(v, p))
}

// stored fills in what was said before, or how somebody may be called.
func (p *reviewForm) stored() {
	to, _ := p.Order.ShipTo() // an address that cannot be read gives no name
	p.Name = review.Shown(to.Name)
	for _, r := range p.May.Reviews {
		p.Name = r.Name
	}
	if len(p.May.Service) > 0 {
		said := p.May.Service[0]
		p.Service = flow.ServiceSaid{Delivery: said.Delivery, Packaging: said.Packaging, Contact: said.Contact, Words: said.Words}
	}
}

// giveReview takes the form in.
func (s *shop) giveReview(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.CountFeedback(ctx, tx, v.store, name, s.from(v.r))
	})
	if soon, ok := errors.AsType[*flow.TooSoon](err); ok {
		return s.showReviewForm(v, http.StatusTooManyRequests, name, reviewForm{Problem: v.waitWords(soon.Wait)})
	}
	if err != nil {
		return err
	}
	sent, problem, err := v.photosBy()
	if err != nil {
		return err
	}
	p := v.readReviewForm(sent)
	if p.Problem = problem; problem != "" {
		return s.showReviewForm(v, http.StatusUnprocessableEntity, name, p)
	}
	said := flow.FeedbackSaid{Name: p.Name, Service: p.Service, Actor: customer}
	for _, one := range p.Typed {
		said.Reviews = append(said.Reviews, one)
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.GiveFeedback(ctx, tx, v.store, name, said)
	})
	if refused, ok := errors.AsType[*flow.Refusal](err); ok {
		p.Problem = v.say("review_nothing")
		if key, known := reviewCodes[refused.Code]; known {
			p.Problem = v.say(key)
		}
		return s.showReviewForm(v, http.StatusUnprocessableEntity, name, p)
	}
	if err != nil {
		return err
	}
	to := "/orders/" + string(name) + "/review" + tokenQuery(v.r.URL.Query().Get("token"))
	if strings.Contains(to, "?") {
		return v.leave(to + "&thanks=yes")
	}
	return v.leave(to + "?thanks=yes")
}

// readReviewForm reads what was typed.
func (v *visit) readReviewForm(sent map[string][]photos.Photo) reviewForm {
	form := v.r.PostForm
	if v.r.MultipartForm != nil {
		form = v.r.MultipartForm.Value
	}
	get := func(name string) string { return strings.TrimSpace(formValue(form, name)) }
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(get(name), 10, 64) // what is no number is none
		return n
	}
	p := reviewForm{Name: get("name"), Typed: map[int64]flow.ReviewSaid{},
		Service: flow.ServiceSaid{Delivery: number("delivery"), Packaging: number("packaging"), Contact: number("contact"), Words: get("service-words")}}
	for field := range form {
		text, ok := strings.CutPrefix(field, "words-")
		line, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil {
			continue
		}
		p.Typed[line] = flow.ReviewSaid{Line: line, Stars: number("stars-" + text), Words: get(field), Photos: sent["photos-"+text], Without: get("without-"+text) == "yes"}
	}
	return p
}

func formValue(form map[string][]string, name string) string {
	if list := form[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// ownReviewPhoto shows a photo of a review to who sent it, before others see it.
func (s *shop) ownReviewPhoto(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	return s.showReviewPhoto(v, "private, max-age=3600", func(r review.Review) bool { return r.OrderID == name })
}

// reviewPhoto shows a photo of a review that is published.
func (s *shop) reviewPhoto(v *visit) error {
	return s.showReviewPhoto(v, "public, max-age=86400", func(r review.Review) bool { return r.State == review.Published })
}

func (s *shop) showReviewPhoto(v *visit, caching string, may func(review.Review) bool) error {
	var jpeg []byte
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := review.Get(ctx, tx, v.store, id.Review(v.r.PathValue("review")))
		if errors.Is(err, sql.ErrNoRows) || err == nil && !may(r) {
			return errMissing
		}
		if err != nil {
			return err
		}
		jpeg, err = review.PhotoJPEG(ctx, tx, v.store, r.ReviewID, v.r.PathValue("photo"))
		return err
	})
	if err != nil {
		return err
	}
	return v.showJPEG(jpeg, caching)
}

// rate is a choice of stars in the visit's language.
func (v *visit) rate(name, legend string, value int64, optional bool) ui.Rate {
	r := ui.Rate{Name: name, Legend: legend, Value: value, Optional: optional}
	for _, key := range starWords {
		r.Words = append(r.Words, v.say(key))
	}
	return r
}

// average is a number of tenths as people here write it: "4.6".
func (v *visit) average(tenths int64) string { return v.decimals(tenths/10, tenths%10) }

// ratingWords say a rating to who cannot see stars.
func (v *visit) ratingWords(tenths, n int64) string {
	return v.count("rating_words", n, "average", v.average(tenths))
}
