package dashboard

import (
	"fmt"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// zoneOf is the store's time zone.
func zoneOf(s store.Settings) *time.Location {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC // the setting is checked when it is set
	}
	return zone
}

// local is a moment in the store's time zone.
func (v *visit) local(t clock.Time) time.Time { return t.Std().In(v.zone) }

// moment is a moment in full: "23 Nov 2026, 14:05".
func (v *visit) moment(t clock.Time) string {
	if t.IsZero() {
		return "never"
	}
	return v.local(t).Format("2 Jan 2006, 15:04 MST")
}

// day is the day of a moment: "23 Nov", with the year where it is another one.
func (v *visit) day(t clock.Time) string {
	if v.local(t).Year() == v.local(v.now).Year() {
		return v.local(t).Format("2 Jan")
	}
	return v.local(t).Format("2 Jan 2006")
}

// short is a moment as lists show it: today's by the time alone.
func (v *visit) short(t clock.Time) string {
	if t.IsZero() {
		return "never"
	}
	at, now := v.local(t), v.local(v.now)
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return "Today, " + at.Format("15:04")
	}
	if before := now.AddDate(0, 0, -1); at.YearDay() == before.YearDay() && at.Year() == before.Year() {
		return "Yesterday, " + at.Format("15:04")
	}
	return v.day(t) + ", " + at.Format("15:04")
}

// ago is how long ago a moment was.
func (v *visit) ago(t clock.Time) string {
	if t.IsZero() {
		return "never"
	}
	past := v.now.Sub(t)
	if past < 0 {
		return "in " + span(-past)
	}
	if past < time.Minute {
		return "just now"
	}
	return span(past) + " ago"
}

// span is a duration as people say it.
func span(d time.Duration) string {
	count := func(n int64, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return count(int64(d.Seconds()), "second")
	case d < time.Hour:
		return count(int64(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return count(int64(d.Hours()), "hour")
	}
	return count(int64(d.Hours()/24), "day")
}

func machineTime(t clock.Time) string { return t.Std().Format(time.RFC3339) }

// price is an amount as the dashboard writes it.
func price(a money.Amount) string { return a.Format("en") }

// whole is an amount without its small coins, for large figures.
func count(n int64) string {
	text := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	var parts []string
	for len(text) > 3 {
		parts = append([]string{text[len(text)-3:]}, parts...)
		text = text[:len(text)-3]
	}
	return sign + strings.Join(append([]string{text}, parts...), ",")
}

// counted is a number with its noun: "1 order", "2 orders".
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// waitingWord is a count as the menu shows it.
func waitingWord(n int64) string {
	if n >= 100 {
		return "99+"
	}
	return fmt.Sprint(n)
}

// title is a word of state as people read it: "in-transit" is "In transit".
func title(word string) string {
	word = strings.NewReplacer("-", " ", "_", " ").Replace(word)
	if word == "" {
		return word
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// toneOf is what a word of state means, of whatever machine.
func toneOf(word string) ui.Tone {
	switch word {
	case "delivered", "paid", "captured", "succeeded", "accepted", "shipped", "active", "sent", "won", "done", "applied", "believed", "closed":
		return ui.Good
	case "unpaid", "held", "partly paid", "returning", "returned", "overpaid", "paused", "parked", "cancelling", "not-sent", "draft", "inquiry":
		return ui.Warn
	case "disputed", "uncertain", "rejected", "exception", "lost", "failed", "refused", "unauthorised", "opened", "conceded":
		return ui.Bad
	case "ordered", "partly shipped", "partly delivered", "authorised", "in-transit", "out-for-delivery", "announced", "submitted",
		"submitting", "shipping", "open", "pending", "planned", "created", "capturing", "approved", "sending", "queued", "answered":
		return ui.Note
	}
	return ui.Plain
}

// roleName says what a role may do, in a line.
func roleName(r account.Role) string {
	switch r {
	case account.Owner:
		return "Owner: everything, with people, keys and connectors"
	case account.Manager:
		return "Manager: orders, money, suppliers, products, settings"
	case account.Support:
		return "Support: help customers, cancel orders, enter what somebody told"
	}
	return "Reader: look at everything, change nothing"
}

func tries(n int64) string {
	if n == 1 {
		return "1 try"
	}
	return count(n) + " tries"
}
