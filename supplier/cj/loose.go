package cj

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"doorstep/money"
)

// text is a scalar of an answer, whichever JSON type CJ chose for it today: string,
// number, boolean or null, which is empty.
type text string

// UnmarshalJSON takes any scalar and refuses objects and lists.
func (t *text) UnmarshalJSON(b []byte) error {
	raw := strings.TrimSpace(string(b))
	switch {
	case raw == "null" || raw == "":
		*t = ""
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.TrimSpace(s))
	case raw[0] == '{' || raw[0] == '[':
		return errors.New("a scalar was expected")
	default:
		*t = text(raw)
	}
	return nil
}

func (t text) String() string { return string(t) }

// number is a whole number; false if it is none.
func (t text) number() (int64, bool) {
	whole, frac, _ := strings.Cut(string(t), ".")
	if strings.Trim(frac, "0") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	return n, err == nil
}

// dollars is an exact amount; zero Currency when nothing is said.
func (t text) dollars() (money.Amount, error) {
	if t == "" {
		return money.Amount{}, nil
	}
	a, err := money.Parse(string(t), usd)
	if err != nil {
		return money.Amount{}, fmt.Errorf("amount: %w", err)
	}
	return a, nil
}

// known is an amount, or none if it cannot be read exactly.
func (t text) known() money.Amount {
	a, err := t.dollars()
	if err != nil {
		return money.Amount{}
	}
	return a
}

// time is a point in time in any of the forms that CJ writes; without a zone it is UTC.
func (t text) time() time.Time {
	for _, layout := range []string{time.DateTime, time.RFC3339, "2006-01-02T15:04:05.000-07:00", "2006-01-02T15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC()
		}
	}
	if ms, ok := t.number(); ok && ms > 1e12 && ms < 1e14 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}

// lines is a list, or one of its elements alone, or nothing.
type lines[T any] []T

// UnmarshalJSON takes a list, null, or a single object.
func (l *lines[T]) UnmarshalJSON(b []byte) error {
	raw := strings.TrimSpace(string(b))
	if raw == "" || raw == "null" || raw == `""` {
		*l = nil
		return nil
	}
	if raw[0] != '[' {
		var one T
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		*l = lines[T]{one}
		return nil
	}
	var many []T
	if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	*l = many
	return nil
}

// present says whether an answer's data is there at all.
func present(data json.RawMessage) bool {
	switch strings.TrimSpace(string(data)) {
	case "", "null", `""`:
		return false
	}
	return true
}
