package manual

import (
	"fmt"
	"strings"
)

// Reference is what the customer writes on the transfer: a creditor reference by ISO 11649,
// "RF", two check digits and the order's number, which banks check while it is typed. An
// order number that does not fit (no letters or digits, or more than 21) gives way to the
// payment's key, cut to fit.
func Reference(order, key string) string {
	body := compact(order)
	if body == "" || len(body) > 21 {
		body = compact(key)
	}
	if len(body) > 21 {
		body = body[len(body)-21:]
	}
	if body == "" {
		body = "0"
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

// compact keeps A-Z and 0-9, in upper case.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, text)
}

// mod97 is the remainder of ISO 7064 MOD 97-10, letters counting from A = 10.
func mod97(text string) int {
	rest := 0
	for _, r := range text {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
			continue
		}
		rest = (rest*10 + int(r-'0')) % 97
	}
	return rest
}

// validIBAN checks the length and the check digits (ISO 13616); iban is compact.
func validIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 {
		return false
	}
	return mod97(iban[4:]+iban[:4]) == 1
}

// spaced writes an account in groups of four.
func spaced(iban string) string {
	var out strings.Builder
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}
