package store

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fraction is an exact number that is not negative.
type fraction struct{ num, den int64 }

// reduced is num/den with small numbers.
func reduced(num, den int64) fraction {
	r := big.NewRat(num, den)
	return fraction{r.Num().Int64(), r.Denom().Int64()}
}

// decimal reads a plain number such as 0.92 with so many decimals at most, exactly.
func decimal(value string, places int) (fraction, error) {
	integer, part, _ := strings.Cut(value, ".")
	if len(part) > places {
		return fraction{}, fmt.Errorf("%q has more than %d decimals", value, places)
	}
	digits := integer + part
	if integer == "" || len(digits) > 18 || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return fraction{}, fmt.Errorf("%q is no plain number such as 0.92", value)
	}
	num, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fraction{}, fmt.Errorf("%q is no plain number such as 0.92", value)
	}
	den := int64(1)
	for range part {
		den *= 10
	}
	return reduced(num, den), nil
}

// duration reads 90s, 2h30m and, beyond Go's units, days: 7d, 1d12h.
func duration(value string) (time.Duration, error) {
	var total time.Duration
	rest := value
	if d, after, ok := strings.Cut(value, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil || n < 0 || n > 3650 {
			return 0, fmt.Errorf("%q is no duration such as 90s, 2h or 7d", value)
		}
		total, rest = days(n), after
	}
	if rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 || more > days(3650) {
			return 0, fmt.Errorf("%q is no duration such as 90s, 2h or 7d", value)
		}
		total += more
	}
	return total, nil
}

// span is any duration, none included.
func span(field func(*Settings) *time.Duration) func(*Settings, string, string) error {
	return between(field, 0, "")
}

// longer is a duration in which a person can act.
func longer(field func(*Settings) *time.Duration) func(*Settings, string, string) error {
	return between(field, time.Second, "less than a second leaves nobody time to pay")
}

// every is a pause between two runs.
func every(field func(*Settings) *time.Duration) func(*Settings, string, string) error {
	return between(field, 100*time.Millisecond, "more than ten times a second is too often")
}

func between(field func(*Settings) *time.Duration, least time.Duration, words string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		d, err := duration(value)
		if err != nil {
			return err
		}
		if d < least {
			return errors.New(words)
		}
		*field(s) = d
		return nil
	}
}

func word(field func(*Settings) *string, words ...string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		if !slices.Contains(words, value) {
			return fmt.Errorf("%q is none of %s", value, strings.Join(words, ", "))
		}
		*field(s) = value
		return nil
	}
}

func yesNo(field func(*Settings) *bool) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		if value != "true" && value != "false" {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		*field(s) = value == "true"
		return nil
	}
}

// whole is a whole number from 1 to most.
func whole(field func(*Settings) *int64, most int64) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("%q is no whole number from 1 to %d", value, most)
		}
		*field(s) = n
		return nil
	}
}

// line is text on one line.
func line(field func(*Settings) *string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		if strings.ContainsAny(value, "\r\n\x00") {
			return errors.New("it is one line")
		}
		*field(s) = value
		return nil
	}
}

// lines is text whose line breaks may be written as \n, for shells.
func lines(field func(*Settings) *string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		*field(s) = strings.ReplaceAll(value, `\n`, "\n")
		return nil
	}
}

// distance is how many letters must be changed, added or taken away to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
