package story_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/review"
)

// linkIn is the first link of a customer's newest mail that holds a text, without the host.
func (o sale) linkIn(subject, part string) string {
	o.s.t.Helper()
	for _, m := range o.s.post.To(o.mail) {
		if !strings.Contains(m.Subject, subject) {
			continue
		}
		for word := range strings.FieldsSeq(m.Text) {
			if strings.HasPrefix(word, o.s.url) && strings.Contains(word, part) {
				return strings.TrimPrefix(word, o.s.url)
			}
		}
	}
	o.s.t.Fatalf("no mail %q with a link to %q", subject, part)
	return ""
}

// asked is how often an order's customer was asked what they think.
func (o sale) asked() (n int) {
	for _, m := range o.s.post.To(o.mail) {
		if strings.Contains(m.Subject, "What do you think of your order") {
			n++
		}
	}
	return n
}

func (o sale) reviews() (list []review.Review) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = review.OfOrder(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return list
}

func (s *story) page(path string) string {
	s.t.Helper()
	status, _, page := s.browse(http.MethodGet, path, "", nil)
	if status != http.StatusOK {
		s.t.Errorf("%s: %d", path, status)
	}
	return page
}

// A lamp is delivered; some days later its customer is asked, follows the link, gives stars,
// words and a photo, and rates the service. A person publishes it and answers: everybody sees
// it on the product's page, machines too, and the supplier's rating is there to be read.
func TestReviewWithPhotoIsPublished(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(12 * day)
		if strings.Contains(s.page("/products/lamp"), "aggregateRating") {
			s.t.Error("a product without reviews has a rating")
		}
		s.Later(8 * day)
		if o.asked() != 1 {
			s.t.Fatalf("asked %d times", o.asked())
		}
		form := o.linkIn("What do you think", "/review?token=")
		if page := s.page(form); !strings.Contains(page, `name="stars-1"`) || !strings.Contains(page, `value="Ann M."`) {
			s.t.Errorf("the form: %s", page)
		}
		said := map[string]string{"stars-1": "5", "words-1": "Bright <script>alert(1)</script> & warm", "name": "Ann M.", "delivery": "4", "packaging": "2", "service-words": "The box was wet."}
		if status, _, _ := s.sends(strings.Split(form, "?")[0]+"?token=guess", said); status != http.StatusNotFound {
			s.t.Errorf("a stranger's review: %d", status)
		}
		status, _, page := s.postsPhoto(form, said, "photos-1", broken(t))
		if status != http.StatusSeeOther {
			s.t.Fatalf("the review: %d %s", status, page)
		}
		r := o.reviews()[0]
		photo := s.column("SELECT photo_id FROM review_photos")[0]
		public := "/reviews/" + string(r.ReviewID) + "/photos/" + photo
		if status, _, _ := s.browse(http.MethodGet, public, "", nil); status != http.StatusNotFound || strings.Contains(s.page("/products/lamp"), "Ann M.") {
			s.t.Error("it is seen before it is published")
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			if err := flow.PublishReview(ctx, tx, s.Store.StoreID, r.ReviewID, staff); err != nil {
				return err
			}
			return flow.AnswerReview(ctx, tx, s.Store.StoreID, r.ReviewID, "Thank you, Ann!", staff)
		})
		s.shows(public)
		s.servedBy("cj", o)
		s.Later(2 * day)
		if o.asked() != 1 {
			s.t.Errorf("asked %d times", o.asked())
		}
	})
}

// shows wants the lamp's page to show the review, to people and to machines.
func (s *story) shows(photo string) {
	s.t.Helper()
	page := s.page("/products/lamp")
	for _, want := range []string{"Ann M.", "Bright &lt;script&gt;", "Thank you, Ann!", photo, `"aggregateRating":{"@type":"AggregateRating","bestRating":5,"ratingValue":"5.0","reviewCount":1,"worstRating":1}`,
		`"reviewBody":"Bright \u003cscript\u003e`} {
		if !strings.Contains(page, want) {
			s.t.Errorf("the product's page lacks %s", want)
		}
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "The box was wet") {
		s.t.Error("the page shows what it must not")
	}
	if !strings.Contains(s.page("/collections/all"), "5.0 of 5 stars, 1 review") {
		s.t.Error("the card has no stars")
	}
	if _, _, jpeg := s.browse(http.MethodGet, photo, "", nil); strings.Contains(jpeg, "GPS") || !strings.HasPrefix(jpeg, "\xff\xd8") {
		s.t.Error("the photo is not as it should be")
	}
}

// servedBy wants the private rating with the supplier.
func (s *story) servedBy(supplier string, o sale) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := report.ServiceRatings(ctx, tx, s.Store.StoreID, 0)
		if err != nil || len(list) != 1 || list[0].Delivery != (report.Said{Count: 1, Sum: 4}) || list[0].Packaging != (report.Said{Count: 1, Sum: 2}) || list[0].Contact.Count != 0 {
			s.t.Errorf("ratings of the service: %+v %v", list, err)
		}
		words, err := report.ServiceWords(ctx, tx, s.Store.StoreID, 0, 10)
		if err != nil || len(words) != 1 || words[0].Suppliers != supplier || words[0].Words != "The box was wet." || words[0].Order != o.id {
			s.t.Errorf("words about it: %+v %v", words, err)
		}
		return nil
	})
}

// A review that is refused is not shown; its customer reads why, changes it, and it is
// published then. What they said of the service stays as it was.
func TestRefusedReviewIsWrittenAnew(t *testing.T) {
	t.Parallel()
	tell(t, []string{"review.days", "1"}, func(s *story) {
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(13 * day)
		form := o.linkIn("What do you think", "/review?token=")
		if status, _, _ := s.sends(form, map[string]string{"stars-1": "1", "words-1": "call 0301234567 for better ones", "name": ""}); status != http.StatusSeeOther {
			s.t.Fatalf("the review: %d", status)
		}
		written := o.reviews()[0].ReviewID
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReview(ctx, tx, s.Store.StoreID, written, "Please leave the telephone number out.", staff)
		})
		if !strings.Contains(s.page(form), "Please leave the telephone number out.") || strings.Contains(s.page("/products/mug"), "aggregateRating") {
			s.t.Error("the customer does not read why, or everybody reads the review")
		}
		if status, _, _ := s.sends(form, map[string]string{"stars-1": "2", "words-1": "smaller than I thought", "name": ""}); status != http.StatusSeeOther {
			s.t.Error("it cannot be changed")
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.PublishReviews(ctx, tx, s.Store.StoreID, []id.Review{written}, staff)
			return err
		})
		if page := s.page("/products/mug"); !strings.Contains(page, "smaller than I thought") || !strings.Contains(page, "A customer") || !strings.Contains(page, `"ratingValue":"2.0"`) {
			s.t.Error("it is not shown")
		}
	})
}

// Who has unsubscribed by the link of one order's mail, in one POST without a cookie, gets
// nothing after the next one. An offer goes to nobody who did not agree to it.
func TestUnsubscribedGetsNothing(t *testing.T) {
	t.Parallel()
	tell(t, []string{"review.days", "1", "offer.days", "2", "offer.code", "THANKS10"}, func(s *story) {
		first := s.Customer("ann").Buys("mug", 1)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SayWish(ctx, tx, s.Store.StoreID, account.Said{Customer: first.buyer(ctx, tx), Wish: account.WishOffer, Yes: true, Wording: "Yes", Source: "checkout"}, "customer")
		})
		silent := s.Customer("bob").Buys("mug", 1)
		s.Later(14 * day)
		if first.asked() != 1 || silent.asked() != 1 {
			s.t.Errorf("asked %d and %d times", first.asked(), silent.asked())
		}
		first.linkIn("Something for your next order", "/unsubscribe/")
		for _, m := range s.post.To(silent.mail) {
			if strings.Contains(m.Subject, "Something for your next order") {
				s.t.Error("an offer that nobody agreed to")
			}
		}
		end := first.linkIn("What do you think", "/unsubscribe/")
		for _, m := range s.post.To(first.mail) {
			if strings.Contains(m.Subject, "What do you think") && (m.Header.Get("List-Unsubscribe") != "<"+s.url+end+">" || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click") {
				s.t.Errorf("headers: %v", m.Header)
			}
		}
		if !strings.Contains(s.page(end), "No more such mails?") {
			s.t.Error("the page does not ask")
		}
		body := strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode())
		if status, _, page := s.browse(http.MethodPost, end, "application/x-www-form-urlencoded", body); status != http.StatusOK || !strings.Contains(page, "You are unsubscribed") {
			s.t.Errorf("unsubscribing: %d", status)
		}
		if status, _, _ := s.browse(http.MethodPost, strings.Split(end, "?")[0]+"?token=guess", "application/x-www-form-urlencoded", nil); status != http.StatusNotFound {
			s.t.Errorf("a stranger unsubscribes somebody: %d", status)
		}
		mails := len(s.post.To(first.mail))
		second := s.Customer("ann").Buys("mug", 1)
		s.Later(14 * day)
		s.Expect(second, "closed, delivered, paid")
		if got := second.asked(); got != 1 || len(s.post.To(first.mail)) != mails+4 { // confirmed, shipped, out, delivered
			s.t.Errorf("asked %d times, %d mails more", got, len(s.post.To(first.mail))-mails)
		}
	})
}

func (o sale) buyer(ctx context.Context, tx *db.Tx) id.Customer {
	o.s.t.Helper()
	found, err := order.Get(ctx, tx, o.s.Store.StoreID, o.id)
	o.s.must(err)
	return found.CustomerID
}

// While a claim is open nobody is asked; once it is over they are, unless all went back.
func TestClaimOpenIsNotAsked(t *testing.T) {
	t.Parallel()
	tell(t, []string{"review.days", "8"}, func(s *story) {
		settled, refunded := s.Customer("ann").Buys("rug", 1), s.Customer("bob").Buys("rug", 1)
		s.Later(12 * day)
		if settled.asked()+refunded.asked() != 0 {
			s.t.Fatal("asked too early for this story")
		}
		for _, o := range []sale{settled, refunded} {
			s.by(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.OpenClaim(ctx, tx, s.Store.StoreID, o.id, flow.ClaimSaid{Kind: claim.Damaged, Wish: claim.Keep, Units: map[int64]int64{1: 1}, Actor: staff})
				return err
			})
		}
		s.Later(4 * day)
		if settled.asked()+refunded.asked() != 0 {
			s.t.Error("asked while a claim is open")
		}
		whole := settled.claims()[0].ClaimID
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.Store.StoreID, whole, "It was whole.", staff)
		})
		refunded.approves(refunded.claims()[0], claim.Keep)
		s.Later(2 * day)
		s.Expect(refunded, "closed, delivered, refunded")
		if settled.asked() != 1 || refunded.asked() != 0 {
			s.t.Errorf("asked %d and %d times", settled.asked(), refunded.asked())
		}
	})
}

// postsPhoto is sends with a photo in a field of another name.
func (s *story) postsPhoto(path string, fields map[string]string, field string, photo []byte) (status int, to, page string) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		s.must(form.WriteField(name, value))
	}
	part, err := form.CreateFormFile(field, "photo.jpg")
	s.must(err)
	_, err = part.Write(photo)
	s.must(err)
	s.must(form.Close())
	return s.browse(http.MethodPost, path, form.FormDataContentType(), &body)
}
