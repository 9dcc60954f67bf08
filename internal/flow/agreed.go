package flow

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/store"
)

// The policies that the checkout names beside the button that places an order.
const (
	policyTerms   = "terms"
	policyReturns = "returns"
	policyPrivacy = "privacy"
)

// shownTexts are the policies as a customer who reads a language is shown them now. A policy
// that the merchant did not write is left out: what is said in its place follows from the
// settings.
func shownTexts(set store.Settings, _ string) (list []order.Shown) {
	for _, s := range []order.Shown{{Kind: policyTerms, Words: set.Policies.Terms}, {Kind: policyReturns, Words: set.Policies.Returns}, {Kind: policyPrivacy, Words: set.Policies.Privacy}} {
		if s.Words = strings.TrimSpace(s.Words); s.Words != "" {
			s.Locale = set.Locale
			list = append(list, s)
		}
	}
	return list
}

// agreed are the policies that an order was placed under.
type agreed struct {
	texts []order.AgreedText
	now   []order.Shown // what is shown today, for an order from before texts were kept
}

func agreedPolicies(ctx context.Context, tx *db.Tx, set store.Settings, o order.Order) (a agreed, err error) {
	a.texts, err = order.Agreed(ctx, tx, o)
	a.now = shownTexts(set, o.Locale)
	return a, err
}

// Agreed are the policies that an order was placed under, as they read then, by kind; none of an order from before they were kept.
func Agreed(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) ([]order.AgreedText, error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	return order.Agreed(ctx, tx, o)
}

// of is the policy of a kind that was accepted; false where none was kept.
func (a agreed) of(kind string) (order.AgreedText, bool) {
	for _, t := range a.texts {
		if t.Kind == kind {
			return t, true
		}
	}
	return order.AgreedText{}, false
}

// returnsWords is the policy on returns, and how the customer knew it.
func (a agreed) returnsWords(o order.Order) string {
	if t, known := a.of(policyReturns); known {
		return t.Words + "\n\n" + a.disclosed(o, t)
	}
	words := "Goods can be sent back and are paid back as the law of the customer's country says."
	for _, s := range a.now {
		if s.Kind == policyReturns {
			words = s.Words + "\n\nThis is the policy as it reads today; the shop kept no copy of the day of the order."
		}
	}
	return words + "\n\n" + atCheckout(o)
}

// disclosed says of a text that was kept how the customer knew it.
func (a agreed) disclosed(o order.Order, t order.AgreedText) string {
	return fmt.Sprintf("This is the text as it was shown in the shop when the order was placed, word for word; orders have been placed under it since %s. %s",
		dayOf(t.FirstAt), atCheckout(o))
}

func atCheckout(o order.Order) string {
	return fmt.Sprintf("Beside the button that places an order the checkout says: \"By ordering you agree to our terms\", with links to the terms, to the policy on returns and to the privacy policy. "+
		"The customer placed the order, and so accepted them, on %s.", minuteOf(o.PlacedAt))
}
