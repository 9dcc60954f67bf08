package storefront

import (
	"context"
	"net/http"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// unsubscribePage asks for one click, or says that it is done.
type unsubscribePage struct {
	At   string
	Done bool
}

// unsubscriber is the customer whose link was followed.
func (s *shop) unsubscriber(v *visit) (id.Customer, error) {
	who := id.Customer(v.r.PathValue("customer"))
	if !flow.UnsubscribeOpens(s.Seal, v.r.URL.Query().Get("token"), v.store, who) {
		return "", errMissing
	}
	return who, nil
}

// unsubscribe asks whether it is meant. Nothing happens by looking at the page: mail scanners
// follow links too.
func (s *shop) unsubscribe(v *visit) error {
	if _, err := s.unsubscriber(v); err != nil {
		return err
	}
	v.quiet(v.say("unsubscribe_title"))
	return v.show(http.StatusOK, unsubscribeView(v, unsubscribePage{At: v.r.URL.RequestURI()}))
}

// endMails is the click, on the page or in a mail program (RFC 8058): no cookie, no redirect,
// nothing to be confirmed.
func (s *shop) endMails(v *visit) error {
	who, err := s.unsubscriber(v)
	if err != nil {
		return err
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.Unsubscribe(ctx, tx, v.store, who, "mail", customer)
	})
	if err != nil {
		return err
	}
	v.quiet(v.say("unsubscribe_title"))
	return v.show(http.StatusOK, unsubscribeView(v, unsubscribePage{Done: true}))
}

// wishWords are what a customer may want to be written about, in the visit's language. The
// same words are kept as what was agreed to.
func (v *visit) wishWords(w account.Wish) string {
	if w == account.WishOffer {
		return v.say("wish_offer", "shop", v.set.Brand.Name)
	}
	return v.say("wish_review")
}

// offersAsked says whether the checkout asks for consent to offers: only a shop that sends any.
func (v *visit) offersAsked() bool { return v.set.Feedback.OfferDays > 0 }

// setWishes keeps what a customer wants to be written about.
func (s *shop) setWishes(v *visit) error {
	if !v.signedIn() {
		return v.leave("/account/sign-in")
	}
	if err := v.r.ParseForm(); err != nil {
		return errMissing
	}
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, w := range account.Wishes() {
			said := account.Said{Customer: v.customer.CustomerID, Wish: w, Yes: v.r.PostForm.Get("wish-"+string(w)) == "yes", Wording: v.wishWords(w), Source: "account"}
			if err := flow.SayWish(ctx, tx, v.store, said, customer); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.leave("/account#wishes")
}
