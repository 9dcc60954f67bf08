package flow

import (
	"context"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/review"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
)

// The kinds of mail that a customer can do without.
const (
	MailReview = "review-request" // what do you think of it?
	MailOffer  = "offer"          // something for the next time
)

// wishOf is what a customer must want to get such a mail; false for mails about orders.
func wishOf(kind string) (account.Wish, bool) {
	switch kind {
	case MailReview:
		return account.WishReview, true
	case MailOffer:
		return account.WishOffer, true
	}
	return "", false
}

// unwanted says whether a mail is one that its customer does not want (any more).
func unwanted(ctx context.Context, tx *db.Tx, m Mail) (bool, error) {
	wish, asked := wishOf(m.Kind)
	if !asked {
		return false, nil
	}
	o, err := order.Get(ctx, tx, m.StoreID, m.OrderID)
	if err != nil {
		return false, err
	}
	wants, err := account.Wants(ctx, tx, m.StoreID, o.CustomerID, wish)
	return !wants.Yes, err
}

// followUpLater plans what is to be asked and offered some days after an order was delivered.
func followUpLater(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	set, err := settingsOf(ctx, tx, e.StoreID)
	if err != nil {
		return err
	}
	parcels, err := shipment.OfOrder(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	var delivered clock.Time
	for _, p := range parcels {
		delivered = max(delivered, p.DeliveredAt)
	}
	if delivered == 0 {
		return nil
	}
	if set.Feedback.Ask {
		due := delivered.Add(askAfter(set, o, delivered))
		if _, err := review.Plan(ctx, tx, o.StoreID, o.OrderID, review.Ask, delivered, due); err != nil {
			return err
		}
	}
	if n := set.Feedback.OfferDays; n > 0 {
		_, err = review.Plan(ctx, tx, o.StoreID, o.OrderID, review.Offer, delivered, delivered.Add(time.Duration(n)*24*time.Hour))
	}
	return err
}

// askAfter is how long after its delivery an order's customer is asked.
func askAfter(set store.Settings, o order.Order, delivered clock.Time) time.Duration {
	to, _ := o.ShipTo() // an address that cannot be read has no country
	if after, said := set.Feedback.AskAfter(to.Country); said {
		return after
	}
	return review.AskAfter(delivered.Sub(max(o.PaidAt, o.PlacedAt)))
}

// followUpsAtOnce is how many are looked at in one transaction.
const followUpsAtOnce = 50

// FollowUp sends what is due of requests and offers, or drops it for a reason, or puts it off;
// more says that there may be others.
func FollowUp(ctx context.Context, tx *db.Tx, s id.Store) (more bool, err error) {
	due, err := review.Due(ctx, tx, s, followUpsAtOnce)
	if err != nil {
		return false, err
	}
	for _, f := range due {
		if err := followUp(ctx, tx, f); err != nil {
			return false, err
		}
	}
	return len(due) == followUpsAtOnce, nil
}

func followUp(ctx context.Context, tx *db.Tx, due review.FollowUp) error {
	f, err := review.LockPlan(ctx, tx, due.StoreID, due.OrderID, due.Kind)
	if err != nil || f.State != review.Planned || f.DueAt > tx.Now {
		return err // another node was quicker
	}
	facts, err := followFacts(ctx, tx, f)
	if err != nil {
		return err
	}
	verdict := review.Judge(facts)
	if f.State, err = review.FollowUps.Next(f.State, verdict.Event); err != nil {
		return err
	}
	f.Reason = verdict.Reason
	if verdict.Event == review.PutOff {
		f.DueAt = tx.Now.Add(24 * time.Hour)
		return review.SavePlan(ctx, tx, f)
	}
	f.EndedAt = tx.Now
	if err := review.SavePlan(ctx, tx, f); err != nil || verdict.Event != review.Send {
		return err
	}
	kind := MailReview
	if f.Kind == review.Offer {
		kind = MailOffer
	}
	return tell(ctx, tx, event.Event{StoreID: f.StoreID, OrderID: f.OrderID}, kind, string(f.OrderID), About{})
}

// followFacts gathers what it depends on whether a follow-up is sent.
func followFacts(ctx context.Context, tx *db.Tx, f review.FollowUp) (facts review.Facts, err error) {
	o, err := order.Get(ctx, tx, f.StoreID, f.OrderID)
	if err != nil {
		return facts, err
	}
	set, err := settingsOf(ctx, tx, f.StoreID)
	if err != nil {
		return facts, err
	}
	facts = review.Facts{Kind: f.Kind, Erased: Erased(o.Email), Waited: tx.Now.Sub(f.DeliveredAt), Refunded: o.Money == "refunded", Disputed: o.Money == "disputed",
		Off: f.Kind == review.Ask && !set.Feedback.Ask || f.Kind == review.Offer && set.Feedback.OfferDays == 0}
	if facts.Test, err = store.IsTest(ctx, tx, f.StoreID, f.OrderID); err != nil {
		return facts, err
	}
	wants, err := account.Wants(ctx, tx, f.StoreID, o.CustomerID, account.Wish(f.Kind))
	if err != nil {
		return facts, err
	}
	facts.Wanted = wants.Yes
	claims, err := claim.OfOrder(ctx, tx, f.StoreID, f.OrderID)
	for _, c := range claims {
		facts.Claim = facts.Claim || c.Live()
	}
	if err != nil || f.Kind != review.Ask {
		return facts, err
	}
	may, err := MayReview(ctx, tx, o)
	facts.Said = err == nil && !may.Open()
	return facts, err
}
