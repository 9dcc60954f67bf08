package flow

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/legal"
	"doorstep/internal/order"
	"doorstep/internal/store"
)

// shownTexts are the policies that the checkout names beside the button that places an order, as
// a customer who reads a language is shown them now.
func shownTexts(set store.Settings, reader string) (list []order.Shown) {
	for _, kind := range []legal.Kind{legal.Terms, legal.Returns, legal.Privacy} {
		t := legal.Of(set, kind, reader)
		list = append(list, order.Shown{Kind: string(kind), Locale: t.Lang, Words: t.Words})
	}
	return list
}

// agreed are the policies that an order was placed under.
type agreed struct {
	texts []order.AgreedText
	set   store.Settings // of today, for an order from before texts were kept
}

func agreedPolicies(ctx context.Context, tx *db.Tx, set store.Settings, o order.Order) (a agreed, err error) {
	a.texts, err = order.Agreed(ctx, tx, o)
	a.set = set
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
func (a agreed) of(kind legal.Kind) (order.AgreedText, bool) {
	for _, t := range a.texts {
		if t.Kind == string(kind) {
			return t, true
		}
	}
	return order.AgreedText{}, false
}

// returnsWords is the policy on returns, and how the customer knew it.
func (a agreed) returnsWords(o order.Order) string {
	if t, known := a.of(legal.Returns); known {
		return legal.Plain(t.Words) + "\n\n" + a.disclosed(o, t)
	}
	return legal.Plain(legal.Of(a.set, legal.Returns, o.Locale).Words) + "\n\nThis is the policy as it reads today; the shop kept no copy of the day of the order.\n\n" + atCheckout(o)
}

// disclosed says of a text that was kept how the customer knew it.
func (a agreed) disclosed(o order.Order, t order.AgreedText) string {
	return fmt.Sprintf("This is the text as it was shown in the shop when the order was placed, word for word; orders have been placed under it since %s. %s",
		dayOf(t.FirstAt), atCheckout(o))
}

func atCheckout(o order.Order) string {
	return fmt.Sprintf("Beside the button that places an order the checkout says: %s, with links to the terms, to the policy on returns and to the privacy policy. "+
		"The customer placed the order, and so accepted them, on %s.", agreement(o), minuteOf(o.PlacedAt))
}

// agreement is the sentence that the customer read, and what it says in English where it was not.
func agreement(o order.Order) string {
	quote := func(reader string) string {
		return `"` + strings.TrimRight(legal.Agreement(reader), ": \u00a0\u202f") + `"`
	}
	read, english := quote(o.Locale), quote("en")
	if read == english {
		return read
	}
	return read + " (in English: " + english + ")"
}
