package money

import (
	"fmt"
	"math/big"
	"slices"
	"time"
)

// Allocate splits a by weights, by largest remainder: the parts always add up to a, no
// part is further than one minor unit from its exact share, and equal weights differ by
// at most one unit, the earlier ones getting more. Weights are not negative; when all are
// zero the split is even. It panics on no weights or a negative one: both are faults of code.
func (a Amount) Allocate(weights []int64) []Amount {
	if len(weights) == 0 {
		panic("money: allocate over no weights")
	}
	total := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			panic("money: negative weight")
		}
		total.Add(total, big.NewInt(w))
	}
	if total.Sign() == 0 {
		return a.Allocate(slices.Repeat([]int64{1}, len(weights)))
	}
	whole := new(big.Int).SetUint64(magnitude(a.Minor))
	type share struct {
		index     int
		remainder *big.Int
	}
	parts := make([]uint64, len(weights))
	shares := make([]share, len(weights))
	left := new(big.Int).Set(whole)
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(whole, big.NewInt(w)), total, new(big.Int))
		parts[i], shares[i] = q.Uint64(), share{i, r}
		left.Sub(left, q)
	}
	slices.SortStableFunc(shares, func(x, y share) int { return y.remainder.Cmp(x.remainder) })
	for i := range left.Uint64() {
		parts[shares[i].index]++
	}
	out := make([]Amount, len(parts))
	for i, p := range parts {
		out[i] = Amount{int64(p), a.Currency}
		if a.Minor < 0 {
			out[i].Minor = -out[i].Minor
		}
	}
	return out
}

// Split divides a into n parts that differ by at most one minor unit.
func (a Amount) Split(n int) []Amount { return a.Allocate(slices.Repeat([]int64{1}, n)) }

// Share is a * num / den rounded half to even, for percentages and tax parts; den > 0.
func (a Amount) Share(num, den int64) (Amount, error) {
	return a.scale(big.NewInt(num), big.NewInt(den), a.Currency)
}

// Rate is an exchange rate as a fraction: one unit of From is Num/Den units of To.
type Rate struct {
	From   Currency  `json:"from"`
	To     Currency  `json:"to"`
	Num    int64     `json:"num"`
	Den    int64     `json:"den"`
	Source string    `json:"source"` // who said so: "ECB", "manual", "same"
	At     time.Time `json:"at"`
}

// Same is the rate of a currency to itself.
func Same(c Currency) Rate { return Rate{From: c, To: c, Num: 1, Den: 1, Source: "same"} }

// Convert is a in the rate's To currency, rounded half to even once.
func (r Rate) Convert(a Amount) (Amount, error) {
	if a.Currency != r.From || r.Num <= 0 || r.Den <= 0 {
		return Amount{}, fmt.Errorf("%s at %s to %s (%d/%d): %w", a, r.From, r.To, r.Num, r.Den, ErrCurrency)
	}
	num, den := big.NewInt(r.Num), big.NewInt(r.Den)
	if shift := r.To.Digits() - r.From.Digits(); shift >= 0 {
		num.Mul(num, pow10(shift))
	} else {
		den.Mul(den, pow10(-shift))
	}
	return a.scale(num, den, r.To)
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// scale multiplies by a fraction and rounds half to even.
func (a Amount) scale(num, den *big.Int, c Currency) (Amount, error) {
	if den.Sign() <= 0 {
		return Amount{}, fmt.Errorf("%s by %s/%s: %w", a, num, den, ErrSyntax)
	}
	product := new(big.Int).Mul(big.NewInt(a.Minor), num)
	q, r := new(big.Int).DivMod(product, den, new(big.Int)) // r is never negative
	twice := new(big.Int).Lsh(r, 1)
	if cmp := twice.Cmp(den); cmp > 0 || cmp == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	if !q.IsInt64() {
		return Amount{}, fmt.Errorf("%s by %s/%s: %w", a, num, den, ErrOverflow)
	}
	return Amount{q.Int64(), c}, nil
}
