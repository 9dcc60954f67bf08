package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// readAll reads text as rows; what cannot be read is skipped, as the importer does.
func readAll(t testing.TB, text string) (all [][]string, bad int) {
	t.Helper()
	r, err := newRows(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		return nil, 0
	}
	for last := 0; ; {
		fields, line, err := r.read()
		if errors.Is(err, io.EOF) {
			return all, bad
		}
		if line <= last {
			t.Fatalf("line %d after line %d", line, last)
		}
		last = line
		if _, ok := errors.AsType[errRow](err); ok {
			bad++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fields)
	}
}

// FuzzRows: no text panics or loops, and what encoding/csv reads, we read alike.
func FuzzRows(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "a;b\r\n\"1;\"\"x\"\"\";2", "a,b\n\"never\nclosed", "a\rb\rc", "sep=|\na|b", "\"a\"b,c\n", "\n\n,,\n", "a,b\n1,\"x\ny\"\n3,4"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ours, bad := readAll(t, text)
		if bad > 0 || strings.ContainsAny(text, ";\t|\r\x00") || strings.Contains(strings.ToLower(text), "sep=") {
			return
		}
		std := csv.NewReader(strings.NewReader(text))
		std.FieldsPerRecord = -1
		theirs, err := std.ReadAll()
		if err != nil {
			return
		}
		theirs = slices.DeleteFunc(theirs, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) == "" })
		ours = slices.DeleteFunc(ours, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) == "" })
		if !slices.EqualFunc(ours, theirs, slices.Equal) {
			t.Errorf("%q: %q, encoding/csv reads %q", text, ours, theirs)
		}
	})
}

func TestPlainDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		comma bool
		want  string
	}{
		{"12.99", false, "12.99"}, {"12,99", true, "12.99"}, {"12,99", false, "12.99"}, {"1,234", false, "1234"}, {"1,234.50", false, "1234.50"},
		{"1.234,50", true, "1234.50"}, {"1 234,50 €", true, "1234.50"}, {"$ 5", false, "5"}, {"1'234.5", false, "1234.5"}, {"1.234.567", true, "1234567"},
		{"-3", false, "-3"}, {"12abc", false, "12xxx"}, {"", false, ""}, {"0,5", true, "0.5"},
	} {
		if got := plainDecimal(c.text, c.comma); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestGrams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, unit string
		want       int64
	}{{"0.45", "kg", 450}, {"1", "lbs", 454}, {"2.5", "oz", 71}, {"310", "g", 310}, {"1,5", "kg", 1500}} {
		if got, err := grams(c.text, c.unit, false); got != c.want || err != nil {
			t.Errorf("%s %s: %d %v, want %d", c.text, c.unit, got, err, c.want)
		}
	}
	for _, text := range []string{"-1", "heavy", "1/3x", "1e400000000"} {
		if _, err := grams(text, "kg", false); err == nil {
			t.Errorf("%q is a weight", text)
		}
	}
}
