package storefront

import (
	"slices"
	"strings"

	"doorstep/internal/claim"
)

// wishKind is what a customer may ask for, whatever is wrong, in the words of the form.
type wishKind struct{ value, key string }

// claimWishes are what a customer may ask for at all.
var claimWishes = []wishKind{
	{"money", k("claim_wish_money")}, {"credit", k("claim_wish_credit")}, {"replacement", k("claim_wish_again")}, {"partial", k("claim_wish_part")},
}

// claimWish is a wish as the form offers it: which kinds of claim it is open for, and what it
// costs the customer.
type claimWish struct {
	Value, Name string
	Open        []claim.Kind
	Costs       map[claim.Kind]string // of those where it is not free
}

// wishes are those that are open for any kind that can be claimed today.
func (v *visit) wishes(p claimForm) (list []claimWish) {
	for _, w := range claimWishes {
		one := claimWish{Value: w.value, Name: v.say(w.key), Costs: map[claim.Kind]string{}}
		for _, kind := range claim.Kinds() {
			d := p.By[kind]
			o := outcomeOf(claimForm{Kind: kind, Wish: w.value}, d)
			if !d.Open || !d.MayWish(o) {
				continue
			}
			one.Open = append(one.Open, kind)
			if c, _ := d.Choice(o); c.Barred == "" {
				if words := v.wishCosts(p, c); words != "" {
					one.Costs[kind] = words
				}
			}
		}
		if len(one.Open) > 0 {
			list = append(list, one)
		}
	}
	return list
}

// wishCosts is what a way to settle asks of the customer; empty where it asks nothing.
func (v *visit) wishCosts(p claimForm, c claim.Choice) string {
	var words []string
	switch {
	case c.Outcome == claim.Keep:
		return v.say("claim_keeps")
	case c.Back && c.OwnWay:
		words = append(words, v.say("claim_back_unpaid"))
	case c.Back:
		words = append(words, v.say("claim_back_paid"))
	}
	if c.Fee > 0 {
		words = append(words, v.say("claim_fee", "amount", v.inOrder(p.Order, c.Fee)))
	}
	return strings.Join(words, " ")
}

// shutFor is the class list that hides a wish while a kind is chosen for which it is not open.
func (w claimWish) shutFor() string {
	var classes []string
	for _, kind := range claim.Kinds() {
		if !slices.Contains(w.Open, kind) {
			classes = append(classes, "not--"+string(kind))
		}
	}
	return strings.Join(classes, " ")
}

// claimEvidence says what a supplier wants to see.
var claimEvidence = map[string]string{"photo": k("claim_wants_photo"), "video": k("claim_wants_video"), "message": k("claim_wants_words")}

// wanted is what would help a claim of a kind, in words for the customer; empty: nothing more.
func (v *visit) wanted(d claim.Decision) string {
	var words []string
	for _, e := range d.Wanted {
		if key, known := claimEvidence[e]; known && d.Open {
			words = append(words, v.say(key))
		}
	}
	return strings.Join(words, " ")
}
