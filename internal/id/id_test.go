package id_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"doorstep/internal/id"
)

var form = regexp.MustCompile(`^or_[0-9a-hjkmnp-tv-z]{26}$`)

func TestNamesSortByTheirTime(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var names []string
	for i := range 1000 {
		n := id.New("or", start.Add(time.Duration(i)*time.Microsecond))
		if !form.MatchString(n) {
			t.Fatalf("%q has another form", n)
		}
		names = append(names, n)
	}
	if !slices.IsSorted(names) {
		t.Error("a later name sorts before an earlier one")
	}
	far := id.New("or", time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC))
	if far < names[999] || len(far) != len(names[0]) {
		t.Errorf("a name of the year 2999: %s", far)
	}
}

func TestNamesOfOneMomentDiffer(t *testing.T) {
	t.Parallel()
	now, seen := time.Now(), map[string]bool{}
	for range 10_000 {
		seen[id.New("or", now)] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d names of 10000 are different", len(seen))
	}
}

func TestOrderedNamesSortByTheirNumber(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var names []string
	for i := range 500 {
		names = append(names, id.Ordered("or", now, uint16(i+1)))
	}
	names = append(names, id.Ordered("or", now, 65535), id.Ordered("or", now.Add(time.Microsecond), 1))
	if !slices.IsSorted(names) {
		t.Error("names of one transaction do not keep their order")
	}
	if !form.MatchString(names[0]) {
		t.Errorf("%q has another form", names[0])
	}
}

func TestTokensAreLongAndDiffer(t *testing.T) {
	t.Parallel()
	a, b := id.Token(), id.Token()
	if len(a) != 32 || a == b {
		t.Errorf("tokens %q and %q", a, b)
	}
}
