package discount

import (
	"errors"
	"regexp"
	"strings"

	"doorstep/internal/clock"
	"doorstep/money"
)

// Kind is what a code takes off.
type Kind string

// The kinds of code.
const (
	Percent  Kind = "percent"  // a share of the goods; Value in basis points
	Amount   Kind = "amount"   // Value in minor units, at most the goods
	Shipping Kind = "shipping" // all of the shipping
)

// The reasons why a code does not hold. Callers say them in the customer's words.
var (
	ErrUnknown  = errors.New("there is no such discount code")
	ErrStopped  = errors.New("this discount code is not in use any more")
	ErrEarly    = errors.New("this discount code does not hold yet")
	ErrOver     = errors.New("this discount code has run out")
	ErrMinimum  = errors.New("the cart is too small for this discount code")
	ErrCurrency = errors.New("this discount code is for another currency")
	ErrUsedUp   = errors.New("this discount code has been used up")
	ErrOnce     = errors.New("this customer has used the discount code before")
	ErrNotYours = errors.New("this discount code is for somebody else")
)

// Bag is a cart as a code looks at it. Email is empty while nobody knows it.
type Bag struct {
	Goods    int64 // minor units, before any discount
	Shipping int64
	Currency money.Currency
	Email    string
	Now      clock.Time
}

// Off is what a code takes off a cart, minor units: of the goods and of the shipping.
type Off struct{ Goods, Shipping int64 }

// Sum is all that the code gives.
func (o Off) Sum() int64 { return o.Goods + o.Shipping }

// For is what the code takes off a cart, or one of the errors above. Whether the customer
// has used it before is not known here: see Use.
func (d Discount) For(b Bag) (Off, error) {
	switch {
	case !d.Active:
		return Off{}, ErrStopped
	case b.Now < d.FromAt:
		return Off{}, ErrEarly
	case d.UntilAt != 0 && b.Now >= d.UntilAt:
		return Off{}, ErrOver
	case d.MostUses > 0 && d.Uses >= d.MostUses:
		return Off{}, ErrUsedUp
	case d.Email != "" && b.Email != "" && d.Email != Fold(b.Email):
		return Off{}, ErrNotYours
	case b.Currency != d.Currency && (d.Kind == Amount || d.MinMinor > 0):
		return Off{}, ErrCurrency
	case b.Goods < d.MinMinor:
		return Off{}, ErrMinimum
	}
	switch d.Kind {
	case Percent:
		off, err := money.New(b.Goods, b.Currency).Share(d.Value, 10_000)
		return Off{Goods: off.Minor}, err
	case Amount:
		return Off{Goods: min(d.Value, b.Goods)}, nil
	}
	return Off{Shipping: b.Shipping}, nil
}

// Left is how often the code may still be used; -1: any number of times.
func (d Discount) Left() int64 {
	if d.MostUses == 0 {
		return -1
	}
	return d.MostUses - d.Uses
}

// Least is what the goods must come to.
func (d Discount) Least() money.Amount { return money.New(d.MinMinor, d.Currency) }

// Worth is what a code of an amount takes off.
func (d Discount) Worth() money.Amount { return money.New(d.Value, d.Currency) }

// State is a word for what becomes of the code now: active, planned, over, used-up, stopped.
func (d Discount) State(now clock.Time) string {
	switch {
	case !d.Active:
		return "stopped"
	case d.Left() == 0:
		return "used-up"
	case d.UntilAt != 0 && now >= d.UntilAt:
		return "over"
	case now < d.FromAt:
		return "planned"
	}
	return "active"
}

// Code is how a code is stored and compared: customers type it in any case and with spaces.
func Code(typed string) string { return strings.ToUpper(strings.Join(strings.Fields(typed), "")) }

// Fold is how a mail address is stored and compared.
func Fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// codeForm is what a code may be made of: what people can read out to each other.
var codeForm = regexp.MustCompile(`^[\p{Lu}\p{Lo}\p{N}][\p{Lu}\p{Lo}\p{N}_.%+-]{1,38}$`)

// Problem is a field of a code that cannot be as it is.
type Problem struct{ Field, Words string }

// Error gives the words.
func (p *Problem) Error() string { return p.Words }

// Check says what is wrong with a code before it is stored; nil: nothing.
func (d Discount) Check() error {
	wrong := func(field, words string) error { return &Problem{field, words} }
	switch {
	case !codeForm.MatchString(d.Code):
		return wrong("code", "A code has 2 to 39 letters and digits.")
	case d.Kind != Percent && d.Kind != Amount && d.Kind != Shipping:
		return wrong("kind", "A code is a share, an amount or free shipping.")
	case d.Kind == Percent && (d.Value <= 0 || d.Value > 10_000):
		return wrong("value", "A share is more than 0 and at most 100 per cent.")
	case d.Kind == Amount && d.Value <= 0:
		return wrong("value", "An amount is more than nothing.")
	case d.MinMinor < 0:
		return wrong("minimum", "The least sum of the goods is not negative.")
	case d.UntilAt != 0 && d.UntilAt <= d.FromAt:
		return wrong("until", "The end comes after the beginning.")
	case d.MostUses < 0:
		return wrong("most_uses", "The number of uses is not negative.")
	case d.MostUses > 0 && d.MostUses < d.Uses:
		return wrong("most_uses", "It has been used more often than that already.")
	}
	return nil
}
