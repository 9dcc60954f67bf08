package flow

import (
	"context"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// UnsubscribeToken opens the page on which a customer says what they do not want to be written
// about any more; it opens nothing else.
func UnsubscribeToken(box *seal.Box, s id.Store, who id.Customer) string {
	return box.Sign("unsubscribe", string(s), string(who))
}

// UnsubscribeOpens says whether a token is the customer's, in constant time.
func UnsubscribeOpens(box *seal.Box, token string, s id.Store, who id.Customer) bool {
	return box.Verify(token, "unsubscribe", string(s), string(who))
}

// SayWish keeps whether a customer wants to be written about something, with its proof. The
// same once more changes nothing.
func SayWish(ctx context.Context, tx *db.Tx, s id.Store, said account.Said, actor Actor) error {
	news, err := account.Say(ctx, tx, s, said)
	if err != nil || !news {
		return err
	}
	kind := "consent.withdrawn"
	if said.Yes {
		kind = "consent.given"
	}
	return Record(ctx, tx, event.Fact{Store: s, Order: said.Order, Kind: kind, Subject: string(said.Customer), Actor: string(actor),
		Data: data{"wish": said.Wish, "source": said.Source}})
}

// Unsubscribe ends everything that a customer is written about besides their orders.
func Unsubscribe(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, source string, actor Actor) error {
	for _, w := range account.Wishes() {
		if err := SayWish(ctx, tx, s, account.Said{Customer: who, Wish: w, Source: source}, actor); err != nil {
			return err
		}
	}
	return nil
}

// CountFeedback counts a try to say something about an order, from an address; *TooSoon when
// there were too many.
func CountFeedback(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, from string) error {
	return countAbout(ctx, tx, s, "feedback", o, from)
}

// countAbout counts a try to do something about an order, from an address and for the order.
func countAbout(ctx context.Context, tx *db.Tx, s id.Store, what string, o id.Order, from string) error {
	for _, by := range [][2]string{{what, from}, {what + "-of", string(o)}} {
		wait, err := account.TryDoor(ctx, tx, s, by[0], by[1])
		if err := orSoon(err, account.Guess{Wait: wait}); err != nil {
			return err
		}
	}
	return nil
}
