package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/report"
	"doorstep/money"
)

// detail is one thing that an event carries, as people read it.
type detail struct {
	Name   string
	Values []string // one to a line
}

// carried is an event's data, with its figures as they are written.
func carried(e report.Event) map[string]any {
	var out map[string]any
	read := json.NewDecoder(bytes.NewReader(e.Data))
	read.UseNumber()
	if read.Decode(&out) != nil {
		return nil
	}
	return out
}

// rawOf is an event for who writes programs: its names and all that it carries.
func rawOf(e report.Event, data map[string]any) string {
	pretty, err := json.MarshalIndent(map[string]any{"id": e.ID, "kind": e.Kind, "subject": e.Subject, "actor": e.Actor, "data": data}, "", "  ")
	if err != nil {
		return ""
	}
	return string(pretty)
}

// details are what an event carries, by name. Ids that name nobody are left to programs.
func (v *visit) details(s said) (list []detail) {
	r := reader{moment: v.moment, names: s.names}
	if amount, ok := amountOf(s.carried["amount"]); ok {
		r.currency = amount.Currency
	}
	for _, key := range slices.Sorted(maps.Keys(s.carried)) {
		if values := r.values(key, s.carried[key]); len(values) > 0 {
			list = append(list, detail{detailName(key), values})
		}
	}
	return list
}

// detailName is the name of a field: "captured_minor" is "Captured".
func detailName(key string) string {
	return title(strings.ReplaceAll(strings.TrimSuffix(key, "_minor"), "_", " "))
}

// reader turns data into words.
type reader struct {
	moment   func(clock.Time) string
	names    names
	currency money.Currency // of sums without one
}

// values is one field, a line for each of its parts.
func (r reader) values(key string, value any) (list []string) {
	if all, ok := value.([]any); ok {
		for _, one := range all {
			if text := r.text(key, one); text != "" {
				list = append(list, text)
			}
		}
		return list
	}
	if text := r.text(key, value); text != "" {
		list = append(list, text)
	}
	return list
}

// text is a value in a line.
func (r reader) text(key string, value any) string {
	switch x := value.(type) {
	case string:
		return r.word(x)
	case bool:
		return map[bool]string{true: "yes", false: "no"}[x]
	case json.Number:
		return r.figure(key, x)
	case []any:
		var parts []string
		for _, one := range x {
			parts = append(parts, r.text(key, one))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if amount, ok := amountOf(x); ok {
			return price(amount)
		}
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if text := r.text(name, x[name]); text != "" {
				parts = append(parts, fmt.Sprintf("%s: %s", strings.ToLower(detailName(name)), text))
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// word is a text: the name of whom it names, a moment in the store's zone, or as it stands.
func (r reader) word(text string) string {
	if known := r.names[text]; known != "" {
		return known
	}
	if anonymous(text) {
		return ""
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return r.moment(clock.Of(at))
	}
	return text
}

// figure is a number, or a sum where its name says so.
func (r reader) figure(key string, n json.Number) string {
	whole, err := n.Int64()
	if err != nil {
		return n.String()
	}
	if strings.HasSuffix(key, "_minor") && r.currency != "" {
		return price(money.New(whole, r.currency))
	}
	if key == "number" {
		return n.String() // a name, not a quantity
	}
	return count(whole)
}

// anonymous says whether a text is an id that nobody reads.
func anonymous(text string) bool {
	place := strings.IndexByte(text, '_')
	return place >= 2 && place <= 3 && len(text) >= 20 && !strings.ContainsAny(text, " ,.")
}

// amountOf reads a sum of money, where a value is one.
func amountOf(value any) (a money.Amount, ok bool) {
	x, isObject := value.(map[string]any)
	if !isObject {
		return a, false
	}
	text, err := json.Marshal(x)
	return a, err == nil && json.Unmarshal(text, &a) == nil && a.Currency != ""
}
