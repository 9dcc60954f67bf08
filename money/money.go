// Package money is exact amounts: an integer of minor units and an ISO 4217 currency.
// No float enters or leaves. Digits, names and formats come from CLDR by way of
// github.com/bojanz/currency; what is ours is the 64-bit amount and the allocation law.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// The reasons why an amount is refused.
var (
	ErrCurrency = errors.New("currencies differ")
	ErrOverflow = errors.New("amount is too large")
	ErrSyntax   = errors.New("not an exact amount")
)

// Currency is an ISO 4217 code in upper case, such as "EUR".
type Currency string

// Valid says whether the code is a currency in use.
func (c Currency) Valid() bool { return c != "" && currency.IsValid(string(c)) }

// Digits is the number of decimal places of the minor unit: JPY 0, EUR 2, KWD 3.
func (c Currency) Digits() int {
	d, ok := currency.GetDigits(string(c))
	if !ok {
		return 2
	}
	return int(d)
}

// Amount is a sum of money: Minor units (cents, yen, fils) of Currency.
type Amount struct {
	Minor    int64
	Currency Currency
}

// New is minor units of a currency as an Amount.
func New(minor int64, c Currency) Amount { return Amount{Minor: minor, Currency: c} }

// Zero is nothing of a currency.
func Zero(c Currency) Amount { return Amount{Currency: c} }

// Parse reads a plain decimal such as "12.99" or "-3"; more decimals than the currency
// has are refused unless they are zeros. Errors wrap ErrSyntax, ErrOverflow or ErrCurrency.
func Parse(s string, c Currency) (Amount, error) {
	if !c.Valid() {
		return Amount{}, fmt.Errorf("%q: %w: no such currency", c, ErrCurrency)
	}
	text := strings.TrimSpace(s)
	sign := int64(1)
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	whole, frac, _ := strings.Cut(text, ".")
	digits := c.Digits()
	if trimmed := strings.TrimRight(frac, "0"); len(trimmed) > digits {
		return Amount{}, fmt.Errorf("%q: %w of %s", s, ErrSyntax, c)
	}
	if len(frac) > digits {
		frac = frac[:digits]
	}
	all := whole + frac + strings.Repeat("0", digits-len(frac))
	if whole == "" && frac == "" || strings.Trim(all, "0123456789") != "" {
		return Amount{}, fmt.Errorf("%q: %w of %s", s, ErrSyntax, c)
	}
	n, err := strconv.ParseInt(all, 10, 64)
	if err != nil {
		return Amount{}, fmt.Errorf("%q: %w", s, ErrOverflow)
	}
	return Amount{Minor: sign * n, Currency: c}, nil
}

// Add is a + b; an error when the currencies differ or the sum leaves 64 bits.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("%s + %s: %w", a, b, ErrCurrency)
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, fmt.Errorf("%s + %s: %w", a, b, ErrOverflow)
	}
	return Amount{sum, a.Currency}, nil
}

// Sub is a - b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Minor == math.MinInt64 {
		return Amount{}, fmt.Errorf("%s - %s: %w", a, b, ErrOverflow)
	}
	return a.Add(Amount{-b.Minor, b.Currency})
}

// Times is n times a; ErrOverflow when it leaves 64 bits.
func (a Amount) Times(n int64) (Amount, error) {
	product := new(big.Int).Mul(big.NewInt(a.Minor), big.NewInt(n))
	if !product.IsInt64() {
		return Amount{}, fmt.Errorf("%d x %s: %w", n, a, ErrOverflow)
	}
	return Amount{product.Int64(), a.Currency}, nil
}

// Sum adds amounts of one currency; no amounts are zero of c.
func Sum(c Currency, list ...Amount) (Amount, error) {
	total := Zero(c)
	for _, a := range list {
		next, err := total.Add(a)
		if err != nil {
			return Amount{}, err
		}
		total = next
	}
	return total, nil
}

// IsZero says whether the amount is nothing.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Decimal is the amount as a plain decimal, "12.99": what machines read.
func (a Amount) Decimal() string {
	digits := a.Currency.Digits()
	abs := strconv.FormatUint(magnitude(a.Minor), 10)
	if pad := digits + 1 - len(abs); pad > 0 {
		abs = strings.Repeat("0", pad) + abs
	}
	if digits > 0 {
		abs = abs[:len(abs)-digits] + "." + abs[len(abs)-digits:]
	}
	if a.Minor < 0 {
		return "-" + abs
	}
	return abs
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-(n + 1)) + 1
	}
	return uint64(n)
}

// String is the amount with its code, "12.99 EUR": what logs and errors show.
func (a Amount) String() string { return a.Decimal() + " " + string(a.Currency) }

// Format is the amount as people of a locale write it ("de-DE": "12,99 €").
func (a Amount) Format(locale string) string {
	amount, err := currency.NewAmount(a.Decimal(), string(a.Currency))
	if err != nil {
		return a.String()
	}
	return currency.NewFormatter(currency.NewLocale(locale)).Format(amount)
}

type wire struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"amount":"12.99","currency":"EUR"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{a.Decimal(), a.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses anything inexact.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var w wire
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	parsed, err := Parse(w.Amount, w.Currency)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
