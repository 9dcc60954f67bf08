package stripe

import (
	"fmt"
	"strings"

	"doorstep/connector"
	"doorstep/money"
)

// decimals is how many decimals Stripe counts a currency with, and the step in which its
// amounts go (docs.stripe.com/currencies, "Minor units" and "Special cases").
func decimals(c money.Currency) (digits int, step int64) {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0, 1
	case "BHD", "JOD", "KWD", "OMR", "TND":
		return 3, 10 // the last digit must be 0
	case "ISK", "UGX":
		return 2, 100 // no fractions in practice, but still sent with two decimals
	}
	return 2, 1
}

// outgoing is an amount as Stripe counts it; refused if it cannot be said exactly.
func outgoing(a money.Amount) (int64, string, error) {
	if !known(a.Currency) {
		return 0, "", refuse("currency", fmt.Sprintf("%q is no currency", a.Currency))
	}
	if a.Minor <= 0 {
		return 0, "", refuse("amount", a.String()+" is not more than nothing")
	}
	digits, step := decimals(a.Currency)
	n, exact := shift(a.Minor, digits-a.Currency.Digits())
	if !exact || n%step != 0 {
		return 0, "", &connector.Rejected{Code: "amount", Cause: connector.CausePrice,
			Words: fmt.Sprintf("Stripe takes %s only in steps of %s: %s cannot be charged exactly", a.Currency, stepOf(a.Currency, digits, step), a)}
	}
	return n, strings.ToLower(string(a.Currency)), nil
}

// incoming is what Stripe says as an exact amount.
func incoming(n int64, code string) (money.Amount, error) {
	c := money.Currency(strings.ToUpper(code))
	if !known(c) {
		return money.Amount{}, fmt.Errorf("currency %q: %w", code, money.ErrCurrency)
	}
	digits, _ := decimals(c)
	minor, exact := shift(n, c.Digits()-digits)
	if !exact {
		return money.Amount{}, fmt.Errorf("%d %s: %w", n, c, money.ErrSyntax)
	}
	return money.New(minor, c), nil
}

// known says whether c is a currency; the empty code, which money lets pass, is none.
func known(c money.Currency) bool { return c != "" && c.Valid() }

// shift is n times ten to the power of places, if that is a whole number of 64 bits.
func shift(n int64, places int) (int64, bool) {
	for ; places > 0; places-- {
		if n > (1<<63-1)/10 || n < -(1<<63-1)/10 {
			return 0, false
		}
		n *= 10
	}
	for ; places < 0; places++ {
		if n%10 != 0 {
			return 0, false
		}
		n /= 10
	}
	return n, true
}

// stepOf is the least amount between two prices, for people.
func stepOf(c money.Currency, digits int, step int64) string {
	if minor, exact := shift(step, c.Digits()-digits); exact {
		return money.New(minor, c).String()
	}
	return "one unit"
}
