package emulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// params is a form in Stripe's encoding: nested names in brackets,
// line_items[0][price_data][currency]=eur.
type params map[string][]string

func (p params) text(name string) string {
	if len(p[name]) == 0 {
		return ""
	}
	return p[name][0]
}

// whole reads a positive integer; ok is false when the parameter is absent.
func (p params) whole(name string) (n int64, ok bool, f *fault) {
	text := p.text(name)
	if text == "" {
		return 0, false, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, true, wrong(name, "parameter_invalid_integer", "Invalid integer: "+text)
	}
	if n < 1 {
		return 0, true, wrong(name, "parameter_invalid_integer", "This value must be greater than or equal to 1.")
	}
	return n, true, nil
}

// under are the members of a map parameter: metadata[order]=1001.
func (p params) under(name string) map[string]string {
	out := map[string]string{}
	for key, values := range p {
		rest, ok := strings.CutPrefix(key, name+"[")
		inner, closed := strings.CutSuffix(rest, "]")
		if ok && closed && len(values) > 0 && !strings.ContainsAny(inner, "[]") {
			out[inner] = values[0]
		}
	}
	return out
}

// indexed are the members of a list parameter: expand[0]=latest_charge.
func (p params) indexed(name string) []string {
	members := p.under(name)
	delete(members, "")
	var out []string
	for _, key := range slices.Sorted(maps.Keys(members)) {
		out = append(out, members[key])
	}
	return out
}

// within says whether a time lies in the range that the list parameter created asks for.
func (p params) within(at time.Time) bool {
	unix := at.Unix()
	for name, holds := range map[string]func(int64) bool{
		"created":      func(n int64) bool { return unix == n },
		"created[gte]": func(n int64) bool { return unix >= n },
		"created[gt]":  func(n int64) bool { return unix > n },
		"created[lte]": func(n int64) bool { return unix <= n },
		"created[lt]":  func(n int64) bool { return unix < n },
	} {
		if n, err := strconv.ParseInt(p.text(name), 10, 64); err == nil && !holds(n) {
			return false
		}
	}
	return true
}

// zeroDecimal and threeDecimal are Stripe's lists (docs.stripe.com/currencies); all other
// currencies have two decimals, ISK and UGX with nothing but zeros in them.
const (
	zeroDecimal  = " bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf "
	threeDecimal = " bhd jod kwd omr tnd "
	wholeOnly    = " isk ugx "
)

func in(list, currency string) bool { return strings.Contains(list, " "+currency+" ") }

// least are the smallest charges of some currencies, in minor units.
func least(currency string) int64 {
	switch currency {
	case "gbp":
		return 30
	case "jpy":
		return 50
	case "eur", "usd", "chf", "cad", "aud":
		return 50
	}
	return 1
}

// price checks an amount to charge.
func price(name string, amount int64, currency string) *fault {
	switch {
	case len(currency) != 3 || strings.ToLower(currency) != currency:
		return wrong("currency", "", "Invalid currency: "+currency+".")
	case amount > 99999999:
		return wrong(name, "amount_too_large", "Amount must be no more than 999,999.99.")
	case amount < least(currency):
		return wrong(name, "amount_too_small", "Amount must convert to at least the minimum charge amount.")
	}
	return digits(name, amount, currency)
}

// digits checks the rules for currencies with three decimals and with none in practice.
func digits(name string, amount int64, currency string) *fault {
	if in(threeDecimal, currency) && amount%10 != 0 {
		return wrong(name, "invalid_charge_amount", "Invalid amount. The last digit of an amount in a three-decimal currency must be 0.")
	}
	if in(wholeOnly, currency) && amount%100 != 0 {
		return wrong(name, "invalid_charge_amount_no_decimal_compatible", "Invalid amount. The currency has become effectively zero-decimal and charged amounts must be evenly divisible by 100.")
	}
	return nil
}
