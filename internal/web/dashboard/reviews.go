package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/review"
	"doorstep/internal/web/ui"
)

// reviewRoutes are what customers think, and what is held about one of them.
func (d *Dashboard) reviewRoutes() []route {
	const get, post = "GET", "POST"
	const reader, support, owner = account.Reader, account.Support, account.Owner
	return []route{
		{get, "/reviews", reader, false, d.reviews},
		{get, "/reviews/service", reader, false, d.service},
		{post, "/reviews/publish", support, false, d.publishReviews},
		{post, "/reviews/{review}/publish", support, false, d.publishReview},
		{post, "/reviews/{review}/refuse", support, false, d.refuseReview},
		{post, "/reviews/{review}/answer", support, false, d.answerReview},
		{get, "/reviews/{review}/photos/{photo}", reader, false, d.reviewPhoto},
		{post, "/customers/{customer}/wishes", support, false, d.setWish},
		{get, "/customers/{customer}/export", owner, false, d.exportCustomer},
		{get, "/customers/{customer}/erase", owner, false, d.erasePage},
		{post, "/customers/{customer}/erase", owner, false, d.eraseCustomer},
	}
}

// reviewsMost is how many reviews a page of the list shows.
const reviewsMost = 30

// reviewList is a page of the list.
type reviewList struct {
	listPage
	List []reviewRow
	Any  bool // there are some, of whatever state
}

// reviewKind is the list of reviews: those that wait, where the address says nothing else.
func reviewKind() listKind {
	stars := pickOf("stars", "Stars")
	for _, n := range []string{"5", "4", "3", "2", "1"} {
		stars.Words = append(stars.Words, n)
		stars.Choice = append(stars.Choice, ui.Choice{Value: n, Name: n + " ★"})
	}
	return listKind{Key: "reviews", Path: "/reviews",
		Fields: []listField{{Name: "state", Words: []string{"waiting", "published", "refused", "all"}, Usual: "waiting"}, stars},
		Sorts:  []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortWorst, Name: "Fewest stars"}, {Value: report.SortBest, Name: "Most stars"}},
		Usual:  []listView{{Name: "Waiting"}, {Name: "Published", Query: "state=published"}, {Name: "Refused", Query: "state=refused"}, {Name: "All", Query: "state=all"}}}
}

// reviewRow is a review with what it is about.
type reviewRow struct {
	review.Review
	Product catalog.Product
	Photos  []flow.PhotoRow
}

func (p reviewList) state() review.State { return review.State(p.Ask.get("state")) }

func (d *Dashboard) reviews(v *visit) error {
	var p reviewList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, reviewKind()); err != nil {
			return err
		}
		f := report.ReviewFilter{State: p.Ask.get("state"), Sort: p.Ask.sort()}
		if f.State == "all" {
			f.State = ""
		}
		f.Stars, _ = strconv.ParseInt(p.Ask.get("stars"), 10, 64) // empty: any
		names, next, err := report.ReviewNames(ctx, tx, v.store, f, p.After, reviewsMost)
		if err != nil {
			return err
		}
		p.Next = next
		if p.Any = len(names) > 0; !p.Any {
			some, _, err := report.ReviewNames(ctx, tx, v.store, report.ReviewFilter{}, "", 1)
			p.Any = len(some) > 0
			return err
		}
		p.List, err = reviewRows(ctx, tx, v.store, names)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Reviews", At: "reviews", Live: true}
	return d.show(v, at, reviewsPage(v, at, p))
}

func reviewRows(ctx context.Context, tx *db.Tx, s id.Store, names []id.Review) ([]reviewRow, error) {
	rows := make([]reviewRow, len(names))
	for i, name := range names {
		r, err := review.Get(ctx, tx, s, name)
		if err != nil {
			return nil, err
		}
		rows[i].Review = r
		if rows[i].Product, err = catalog.Get(ctx, tx, s, r.ProductID); err != nil {
			rows[i].Product = catalog.Product{Title: "An article that is gone"}
		}
		if rows[i].Photos, err = review.Photos(ctx, tx, s, r.ReviewID); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// serviceView is what customers told the store alone.
type serviceView struct {
	Suppliers []report.ServiceRating
	Names     map[id.Supplier]string
	Words     []report.ServiceWord
	Next      clock.Time
}

// serviceFor is how far back the averages look, and serviceMost how many words are shown.
const (
	serviceFor  = 365 * 24 * time.Hour
	serviceMost = 50
)

func (d *Dashboard) service(v *visit) error {
	p := serviceView{Names: map[id.Supplier]string{}}
	before, _ := strconv.ParseInt(v.query("before"), 10, 64) // what is no number is the beginning
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Suppliers, err = report.ServiceRatings(ctx, tx, v.store, v.now.Add(-serviceFor)); err != nil {
			return err
		}
		suppliers, err := report.Suppliers(ctx, tx, v.store, v.now)
		if err != nil {
			return err
		}
		for _, s := range suppliers {
			p.Names[s.ID] = s.Name
		}
		p.Words, err = report.ServiceWords(ctx, tx, v.store, clock.Time(before), serviceMost)
		return err
	})
	if err != nil {
		return err
	}
	if len(p.Words) == serviceMost {
		p.Next = p.Words[len(p.Words)-1].At
	}
	at := frame{Title: "Service", At: "reviews", Live: true, Back: Prefix + "/reviews"}
	return d.show(v, at, servicePage(v, at, p))
}

// averageOf is how something was rated: "4.5 of 5, by 12".
func averageOf(s report.Said) string {
	if s.Count == 0 {
		return "–"
	}
	return stars(s) + ", by " + count(s.Count)
}

// stars is an average to one decimal, of at least one answer: "4.5 of 5".
func stars(s report.Said) string {
	tenths := (20*s.Sum + s.Count) / (2 * s.Count)
	return fmt.Sprintf("%d.%d of 5", tenths/10, tenths%10)
}

func (v *visit) review() id.Review { return id.Review(v.path("review")) }

// publishReviews publishes those that are ticked.
func (d *Dashboard) publishReviews(v *visit) error {
	return d.do(v, Prefix+"/reviews", "Published: the ticked reviews are in the shop.", func(ctx context.Context, tx *db.Tx) error {
		var names []id.Review
		for _, name := range v.r.PostForm["review"] {
			names = append(names, id.Review(name))
		}
		if len(names) == 0 {
			return &flow.Refusal{Code: "none", Words: "Please tick the reviews that you want to publish."}
		}
		_, err := flow.PublishReviews(ctx, tx, v.store, names[:min(len(names), reviewsMost)], v.actor())
		return err
	})
}

func (d *Dashboard) publishReview(v *visit) error {
	return d.do(v, Prefix+"/reviews", "Published: it is in the shop.", func(ctx context.Context, tx *db.Tx) error {
		return flow.PublishReview(ctx, tx, v.store, v.review(), v.actor())
	})
}

func (d *Dashboard) refuseReview(v *visit) error {
	return d.do(v, Prefix+"/reviews", "Not published. The customer sees why on the page of their order, and may change it.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RefuseReview(ctx, tx, v.store, v.review(), v.form("reason"), v.actor())
	})
}

func (d *Dashboard) answerReview(v *visit) error {
	return d.do(v, Prefix+"/reviews?state=published", "Your answer stands beneath the review.", func(ctx context.Context, tx *db.Tx) error {
		return flow.AnswerReview(ctx, tx, v.store, v.review(), v.form("words"), v.actor())
	})
}

func (d *Dashboard) reviewPhoto(v *visit) error {
	var jpeg []byte
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		jpeg, err = review.PhotoJPEG(ctx, tx, v.store, v.review(), v.path("photo"))
		return err
	})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	_, _ = v.w.Write(jpeg) // the browser went away
	return nil
}

// setWish keeps what a customer told the staff about mails that nobody must get. A yes to
// offers is the customer's own to give.
func (d *Dashboard) setWish(v *visit) error {
	name := id.Customer(v.path("customer"))
	return d.do(v, customerURL(name), "Kept.", func(ctx context.Context, tx *db.Tx) error {
		said := account.Said{Customer: name, Wish: account.Wish(v.form("wish")), Yes: v.form("yes") == "yes", Source: "staff", Wording: v.form("wording")}
		if said.Wish != account.WishReview && said.Wish != account.WishOffer {
			return &flow.Refusal{Code: "wish", Words: "There is no such kind of mail."}
		}
		if said.Yes && said.Wording == "" {
			return &flow.Refusal{Code: "wording", Field: "wording", Words: "Please write down how the customer agreed: it is your proof."}
		}
		return flow.SayWish(ctx, tx, v.store, said, v.actor())
	})
}

// exportCustomer hands over everything that is held about a customer, as a file.
func (d *Dashboard) exportCustomer(v *visit) error {
	var held *flow.Held
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		row, err := report.TheCustomer(ctx, tx, v.store, v.settings.Currency, id.Customer(v.path("customer")))
		if err != nil {
			return err
		}
		held, err = flow.ExportCustomer(ctx, tx, v.store, row.Email)
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return fmt.Errorf("export of a customer: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+v.path("customer")+`.json"`)
	_, _ = v.w.Write(append(text, '\n')) // the browser went away
	return nil
}

// erasePage says what erasing somebody means, before it is done.
func (d *Dashboard) erasePage(v *visit) error {
	var row report.CustomerRow
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = report.TheCustomer(ctx, tx, v.store, v.settings.Currency, id.Customer(v.path("customer")))
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Erase a customer's data", At: "customers", Back: customerURL(row.ID)}
	return d.show(v, at, eraseView(v, at, row))
}

// eraseCustomer forgets somebody. Their mail address must be typed, so that it is nobody else's.
func (d *Dashboard) eraseCustomer(v *visit) error {
	name := id.Customer(v.path("customer"))
	return d.do(v, customerURL(name), "Erased: names, addresses, mails and photos are gone. Amounts and stars stay.", func(ctx context.Context, tx *db.Tx) error {
		row, err := report.TheCustomer(ctx, tx, v.store, v.settings.Currency, name)
		if err != nil {
			return err
		}
		if v.form("email") != row.Email {
			return &flow.Refusal{Code: "email", Field: "email", Words: "That is not this customer's mail address. Nothing was erased."}
		}
		_, err = flow.EraseCustomer(ctx, tx, v.store, row.Email, v.actor())
		return err
	})
}
