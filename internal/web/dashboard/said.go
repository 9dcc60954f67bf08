package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// said is one event in words.
type said struct {
	ID     id.Event
	Kind   string
	Title  string
	Words  string // what is worth to know of what it carries
	Who    string
	At     clock.Time
	Order  id.Order
	Number int64
	Icon   string
	Tone   ui.Tone
	Raw    string // all that it carries, for programs and who writes them

	ByPerson bool // a member of staff did it, or a program in their name

	carried map[string]any
	names   names
}

// names are the people and suppliers that events name by their ids.
type names map[string]string

func namesOf(ctx context.Context, tx *db.Tx, s id.Store) (names, error) {
	staff, err := account.AllStaff(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	keys, err := account.Keys(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	n := names{}
	for _, p := range staff {
		n[string(p.StaffID)] = p.Name
	}
	for _, k := range keys {
		n[string(k.KeyID)] = k.Name
	}
	return n, nil
}

// who is an actor as people call it.
func (n names) who(actor string) string {
	kind, name, _ := strings.Cut(actor, ":")
	name = strings.TrimSpace(name)
	if known := n[name]; known != "" {
		name = known
	}
	switch kind {
	case "system":
		return "Doorstep"
	case "customer":
		return "Customer"
	case "staff":
		return name
	case "key":
		return name + " (API key)"
	case "supplier", "payment", "carrier":
		if name == "" {
			return title(kind)
		}
		return name + " (" + kind + ")"
	}
	return actor
}

func (v *visit) sayAll(list []report.LogRow, n names) []said {
	out := make([]said, 0, len(list))
	for _, e := range list {
		s := v.said(e.Event, n)
		s.Order, s.Number = e.Order, e.Number
		out = append(out, s)
	}
	return out
}

// said is an event in words: its kind is past tense already.
func (v *visit) said(e report.Event, n names) said {
	s := said{ID: e.ID, Kind: e.Kind, At: e.At, Who: n.who(e.Actor), Title: kindWords(e.Kind), Icon: kindIcon(e.Kind), Tone: kindTone(e.Kind)}
	s.ByPerson = strings.HasPrefix(e.Actor, "staff:") || strings.HasPrefix(e.Actor, "key:")
	s.carried, s.names = carried(e), n
	s.Words, s.Raw = v.carriedWords(s.carried, n), rawOf(e, s.carried)
	if known := n[e.Subject]; known != "" && s.Words == "" {
		s.Words = known
	}
	if e.Kind == "setting.changed" {
		s.Words = e.Subject + ": " + s.Words
	}
	return s
}

// kindWords is the sentence of a kind; one that only an older or newer program writes is
// read out: "purchase.cancel-refused" is "Purchase order cancel refused".
func kindWords(kind string) string {
	if words := kindSentence(kind); words != "" {
		return words
	}
	noun, verb, _ := strings.Cut(kind, ".")
	if noun == "purchase" {
		noun = "purchase order"
	}
	return title(noun) + " " + strings.ReplaceAll(verb, "-", " ")
}

func kindIcon(kind string) string {
	noun, _, _ := strings.Cut(kind, ".")
	switch noun {
	case "order":
		return "shopping-cart"
	case "payment", "chargeback":
		return "credit-card"
	case "refund":
		return "banknote"
	case "purchase":
		return "factory"
	case "shipment":
		return "truck"
	case "mail":
		return "mail"
	case "staff", "key":
		return "users"
	case "feed", "supplier":
		return "boxes"
	case "connector":
		return "plug"
	case "setting":
		return "settings"
	}
	return "circle"
}

func kindTone(kind string) ui.Tone {
	_, verb, _ := strings.Cut(kind, ".")
	switch {
	case slices.Contains([]string{"delivered", "captured", "confirmed", "accepted", "succeeded", "believed"}, verb):
		return ui.Good
	case slices.Contains([]string{"rejected", "uncertain", "failed", "lost", "opened", "refused", "ghost", "shorted", "exception"}, verb):
		return ui.Bad
	case slices.Contains([]string{"held", "delayed", "unplaced", "unpaid", "parked", "cancelling", "cancelled", "returning", "expired"}, verb):
		return ui.Warn
	}
	return ui.Plain
}

// carriedWords is what matters of an event's data, in a fixed order; the rest can be looked
// at in full.
func (v *visit) carriedWords(data map[string]any, n names) string {
	var parts []string
	for _, key := range []string{"number", "supplier", "ref", "amount", "total", "tracking", "carrier", "state", "role", "email", "name", "subject", "kind", "choice", "reason", "words", "title"} {
		if text := v.carriedText(data[key], n); text != "" {
			parts = append(parts, text)
		}
	}
	from, to := v.carriedText(data["from"], n), v.carriedText(data["to"], n)
	if from == to && from != "" {
		parts = append(parts, from)
	} else if from+to != "" {
		parts = append(parts, fmt.Sprintf("%s → %s", orDash(from), orDash(to)))
	}
	return strings.Join(parts, " · ")
}

func (v *visit) carriedText(value any, n names) string {
	switch x := value.(type) {
	case string:
		if known := n[x]; known != "" {
			return known
		}
		if anonymous(x) {
			return ""
		}
		if at, err := time.Parse(time.RFC3339, x); err == nil {
			return v.day(clock.Of(at)) // the moment is among the details
		}
		return x
	case bool:
		return ""
	case json.Number:
		return x.String()
	case map[string]any:
		if a, ok := amountOf(x); ok {
			return price(a)
		}
	}
	return ""
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
