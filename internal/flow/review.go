package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/photo"
	"doorstep/internal/purchase"
	"doorstep/internal/review"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
)

// Reviewable is what the customer of an order may say of it.
type Reviewable struct {
	Lines   []order.OrderLine        // that arrived, at least in part
	Reviews map[int64]review.Review  // that are written, by line
	Service []review.ServiceRating   // by purchase
	Photos  map[id.Review][]PhotoRow // of the reviews
}

// PhotoRow is a photo of a review, without its picture.
type PhotoRow = review.PhotosOfRow

// Open says whether there is an article without a review.
func (r Reviewable) Open() bool {
	for _, l := range r.Lines {
		if _, said := r.Reviews[l.LineID]; !said {
			return true
		}
	}
	return false
}

// MayReview says what the customer of an order may say of it: of the articles of which a unit
// has arrived. A test order says nothing.
func MayReview(ctx context.Context, tx *db.Tx, o order.Order) (may Reviewable, err error) {
	may.Reviews, may.Photos = map[int64]review.Review{}, map[id.Review][]PhotoRow{}
	if test, err := store.IsTest(ctx, tx, o.StoreID, o.OrderID); err != nil || test {
		return may, err
	}
	if may.Lines, err = arrivedLines(ctx, tx, o); err != nil || len(may.Lines) == 0 {
		return may, err
	}
	list, err := review.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return may, err
	}
	for _, r := range list {
		may.Reviews[r.LineID] = r
		if may.Photos[r.ReviewID], err = review.Photos(ctx, tx, o.StoreID, r.ReviewID); err != nil {
			return may, err
		}
	}
	may.Service, err = review.ServiceOf(ctx, tx, o.StoreID, o.OrderID)
	return may, err
}

// arrivedLines are the lines of an order of which a unit was delivered.
func arrivedLines(ctx context.Context, tx *db.Tx, o order.Order) (list []order.OrderLine, err error) {
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	there := map[id.Shipment]bool{}
	for _, p := range parcels {
		there[p.ShipmentID] = p.DeliveredAt != 0
	}
	packed, err := shipment.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	arrived := map[int64]bool{}
	for _, p := range packed {
		arrived[p.OrderLineID] = arrived[p.OrderLineID] || there[p.ShipmentID]
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	for _, l := range lines {
		if arrived[l.LineID] {
			list = append(list, l)
		}
	}
	return list, err
}

// ReviewSaid is what a customer says of one article.
type ReviewSaid struct {
	Line    int64
	Stars   int64 // 0: nothing
	Words   string
	Photos  []photo.Photo // further ones
	Without bool          // the photos that are there are taken out
}

// ServiceSaid is what a customer says to the merchant alone: 1 to 5, or 0 for nothing.
type ServiceSaid struct {
	Delivery, Packaging, Contact int64
	Words                        string
}

func (s ServiceSaid) nothing() bool {
	return s.Delivery == 0 && s.Packaging == 0 && s.Contact == 0 && s.Words == ""
}

// FeedbackSaid is all that a customer says of an order at once.
type FeedbackSaid struct {
	Name    string // that is shown beside the reviews; may be empty
	Reviews []ReviewSaid
	Service ServiceSaid
	Actor   Actor
}

// GiveFeedback takes in what a customer says of an order. What is published already stays as
// it is. Errors for the customer are *Refusal.
func GiveFeedback(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, said FeedbackSaid) error {
	o, err := order.Lock(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such order.")
	}
	if err != nil {
		return err
	}
	may, err := MayReview(ctx, tx, o)
	if err != nil {
		return err
	}
	if len(may.Lines) == 0 {
		return refuse("not-delivered", "Nothing of order %s has arrived yet.", o.Name())
	}
	something := false
	for _, one := range said.Reviews {
		if one.Stars == 0 {
			if one.Words != "" || len(one.Photos) > 0 {
				return &Refusal{Code: "stars", Field: fmt.Sprintf("stars-%d", one.Line), Words: "Please give stars as well."}
			}
			continue
		}
		something = true
		if err := giveReview(ctx, tx, o, may, one, said); err != nil {
			return err
		}
	}
	if said.Service.nothing() {
		if !something {
			return &Refusal{Code: "nothing", Field: "", Words: "Please give stars to an article, or say how it went."}
		}
		return nil
	}
	return rateService(ctx, tx, o, said)
}

func giveReview(ctx context.Context, tx *db.Tx, o order.Order, may Reviewable, one ReviewSaid, said FeedbackSaid) error {
	var line *order.OrderLine
	for i := range may.Lines {
		if may.Lines[i].LineID == one.Line {
			line = &may.Lines[i]
		}
	}
	words, ok := review.Words(one.Words)
	switch {
	case line == nil:
		return &Refusal{Code: "line", Words: "This article has not arrived, or is of another order."}
	case one.Stars < 1 || one.Stars > 5:
		return &Refusal{Code: "stars", Field: fmt.Sprintf("stars-%d", one.Line), Words: "Please give one to five stars."}
	case !ok:
		return &Refusal{Code: "words", Field: fmt.Sprintf("words-%d", one.Line), Words: fmt.Sprintf("At most %d letters, please.", review.MostWords)}
	}
	r, known, err := review.LockOf(ctx, tx, o.StoreID, o.OrderID, one.Line)
	if err != nil {
		return err
	}
	was := r
	if !known {
		r = review.Review{StoreID: o.StoreID, ReviewID: id.Review(id.Ordered("rv", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, LineID: one.Line,
			ProductID: line.ProductID, CustomerID: o.CustomerID, State: review.Waiting, Variant: variantOf(*line)}
	} else if !review.Reviews.Can(r.State, review.Rewrite) {
		return nil // it is published: the page says so
	}
	r.Stars, r.Words, r.Name, r.Reason = one.Stars, words, review.Name(said.Name), ""
	if known && r.Stars == was.Stars && r.Words == was.Words && r.Name == was.Name && len(one.Photos) == 0 && !one.Without {
		return nil // the form was sent again as it was
	}
	if known {
		if err := r.Move(review.Rewrite); err != nil {
			return err
		}
		err = review.Save(ctx, tx, was, r)
	} else {
		_, err = review.Insert(ctx, tx, r)
	}
	if err != nil {
		return err
	}
	if err := keepPhotos(ctx, tx, r, one); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "review.written", string(r.ReviewID), said.Actor, data{"stars": r.Stars, "title": line.Title, "photos": len(one.Photos)}); err != nil {
		return err
	}
	return publishAtOnce(ctx, tx, o, r)
}

// variantOf is which kind of an article somebody bought, in words; empty where there is one.
func variantOf(l order.OrderLine) string {
	if l.VariantTitle == "Default Title" {
		return ""
	}
	return l.VariantTitle
}

func keepPhotos(ctx context.Context, tx *db.Tx, r review.Review, one ReviewSaid) error {
	if one.Without {
		if err := review.DropPhotos(ctx, tx, r.StoreID, r.ReviewID); err != nil {
			return err
		}
	}
	have, err := review.Photos(ctx, tx, r.StoreID, r.ReviewID)
	if err != nil {
		return err
	}
	if len(have)+len(one.Photos) > photo.Most {
		return &Refusal{Code: "photos", Field: fmt.Sprintf("photos-%d", one.Line), Words: fmt.Sprintf("At most %d photos, please.", photo.Most)}
	}
	for _, p := range one.Photos {
		if err := review.AddPhoto(ctx, tx, r.StoreID, r.ReviewID, p); err != nil {
			return err
		}
	}
	return nil
}

// publishAtOnce publishes a review that is as good as the store's rule wants.
func publishAtOnce(ctx context.Context, tx *db.Tx, o order.Order, r review.Review) error {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil || set.Feedback.PublishFrom == 0 || r.Stars < set.Feedback.PublishFrom {
		return err
	}
	return PublishReview(ctx, tx, o.StoreID, r.ReviewID, System)
}

// rateService keeps what was said of the service with every purchase of the order that sent
// something: one customer's word counts for each supplier that had a part in it.
func rateService(ctx context.Context, tx *db.Tx, o order.Order, said FeedbackSaid) error {
	sv := said.Service
	words, ok := review.Words(sv.Words)
	if !ok {
		return &Refusal{Code: "words", Field: "service-words", Words: fmt.Sprintf("At most %d letters, please.", review.MostWords)}
	}
	for _, n := range []int64{sv.Delivery, sv.Packaging, sv.Contact} {
		if n < 0 || n > 5 {
			return &Refusal{Code: "stars", Field: "delivery", Words: "Please give one to five stars."}
		}
	}
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	done := map[id.Purchase]bool{}
	for _, p := range parcels {
		if p.PurchaseID == "" || done[p.PurchaseID] || p.DeliveredAt == 0 {
			continue
		}
		done[p.PurchaseID] = true
		bought, err := purchase.Get(ctx, tx, o.StoreID, p.PurchaseID)
		if err != nil {
			return err
		}
		err = review.PutService(ctx, tx, review.ServiceRating{StoreID: o.StoreID, OrderID: o.OrderID, PurchaseID: p.PurchaseID, SupplierID: bought.SupplierID,
			Delivery: sv.Delivery, Packaging: sv.Packaging, Contact: sv.Contact, Words: words})
		if err != nil {
			return err
		}
	}
	return note(ctx, tx, o, "service.rated", string(o.OrderID), said.Actor, data{"delivery": sv.Delivery, "packaging": sv.Packaging, "contact": sv.Contact})
}
