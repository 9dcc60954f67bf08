package emulator

import (
	"regexp"
	"sync"
)

// rule is how numbers of one carrier look, roughly: a demonstration of detection, not
// the real thing, which knows thousands.
type rule struct {
	shape *regexp.Regexp
	code  int
}

var rules = sync.OnceValue(func() []rule {
	return []rule{
		{regexp.MustCompile(`^[A-Z]{2}\d{9}CN$`), 3011},
		{regexp.MustCompile(`^[A-Z]{2}\d{9}US$`), 21051},
		{regexp.MustCompile(`^[A-Z]{2}\d{9}BR$`), 2151},
		{regexp.MustCompile(`^[A-Z]{2}\d{9}GB$`), 11031},
		{regexp.MustCompile(`^1Z[A-Z0-9]{16}$`), 100002},
		{regexp.MustCompile(`^YT\d{16}$`), 190008},
		{regexp.MustCompile(`^LP\d{12,14}$`), 190271},
		{regexp.MustCompile(`^9[1-5]\d{20}$`), 21051},
		{regexp.MustCompile(`^\d{12}$`), 100003},
		{regexp.MustCompile(`^\d{10}$`), 100001},
		{regexp.MustCompile(`\d.*\d.*\d.*\d`), 190012},
	}
})

// detect is the carrier of a number; 0 when there are not even four digits in it.
func detect(number string) int {
	for _, r := range rules() {
		if r.shape.MatchString(number) {
			return r.code
		}
	}
	return 0
}

func carrierName(code int) string {
	switch code {
	case 3011:
		return "China Post"
	case 21051:
		return "USPS"
	case 2151:
		return "Correios"
	case 11031:
		return "Royal Mail"
	case 100001:
		return "DHL Express"
	case 100002:
		return "UPS"
	case 100003:
		return "FedEx"
	case 190008:
		return "YunExpress"
	case 190271:
		return "Cainiao"
	case 190012:
		return "YanWen"
	}
	return "Carrier"
}
