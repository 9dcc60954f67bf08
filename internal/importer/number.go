package importer

import (
	"fmt"
	"math/big"
	"strings"

	"doorstep/money"
)

// plainDecimal is a number as people and spreadsheets write it ("1.234,56", "1 234.56",
// "€ 12,99", "19.9") as a plain decimal. comma says that the file's delimiter leaves the
// comma free for decimals.
func plainDecimal(s string, comma bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r == '.', r == ',', r == '-', r == '+':
			return r
		case r == ' ', r == '\u00a0', r == '\u202f', r == '\u2009', r == '\'', r == '’', strings.ContainsRune("€$£¥₹₽₩złKč", r):
			return -1
		}
		return 'x' // makes it no number
	}, strings.TrimSpace(s))
	dot, com := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case com < 0:
		if strings.Count(s, ".") > 1 {
			return strings.ReplaceAll(s, ".", "")
		}
		return s
	case dot >= 0 && dot > com:
		return strings.ReplaceAll(s, ",", "")
	case dot >= 0:
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case strings.Count(s, ",") > 1:
		return strings.ReplaceAll(s, ",", "")
	case !comma && len(s)-com-1 == 3: // 1,234 in an English file
		return strings.ReplaceAll(s, ",", "")
	}
	return strings.ReplaceAll(s, ",", ".")
}

// amount is an exact price or cost.
func amount(s string, comma bool, c money.Currency) (money.Amount, error) {
	a, err := money.Parse(plainDecimal(s, comma), c)
	if err != nil {
		return money.Amount{}, fmt.Errorf("%q is not an exact amount of %s", strings.TrimSpace(s), c)
	}
	if a.Minor < 0 {
		return money.Amount{}, fmt.Errorf("%q is negative", strings.TrimSpace(s))
	}
	return a, nil
}

// whole is a count; decimals that are zero are allowed ("5.00"), others are cut off.
func whole(s string, comma bool) (int64, error) {
	r, ok := new(big.Rat).SetString(plainDecimal(s, comma))
	if !ok || len(s) > 30 {
		return 0, fmt.Errorf("%q is not a number", strings.TrimSpace(s))
	}
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() {
		return 0, fmt.Errorf("%q is too large", strings.TrimSpace(s))
	}
	return n.Int64(), nil
}

// grams is a weight in a unit (kg, g, lb, lbs, oz), rounded to the gram.
func grams(s, unit string, comma bool) (int64, error) {
	r, ok := new(big.Rat).SetString(plainDecimal(s, comma))
	if !ok || len(s) > 30 || r.Sign() < 0 {
		return 0, fmt.Errorf("%q is not a weight", strings.TrimSpace(s))
	}
	per := map[string]*big.Rat{
		"g": big.NewRat(1, 1), "kg": big.NewRat(1000, 1), "lb": big.NewRat(45359237, 100000), "lbs": big.NewRat(45359237, 100000),
		"oz": big.NewRat(45359237, 1600000),
	}[unit]
	if per == nil {
		return 0, fmt.Errorf("weights in %q are not known", unit)
	}
	r.Mul(r, per).Add(r, big.NewRat(1, 2))
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() {
		return 0, fmt.Errorf("%q is too heavy", strings.TrimSpace(s))
	}
	return n.Int64(), nil
}

// yes reads TRUE, 1, yes and the like; an empty field is a yes too.
func yes(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "true", "1", "yes", "y", "ja", "wahr", "oui", "vrai", "x":
		return true
	}
	return false
}
