package storefront

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/legal"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// plain is HTML as one line of text.
func plain(text string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(text, " "))), " ")
}

// cut is a text of at most so many characters, ended at a word.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	end := most - 1
	for end > most/2 && !unicode.IsSpace(runes[end]) {
		end--
	}
	return strings.TrimRight(string(runes[:end]), " ,.;:") + "…"
}

// paragraphs is a merchant's text as clean HTML: HTML stays, of plain text each block
// between empty lines is a paragraph.
func paragraphs(text string) string {
	if legal.IsHTML(text) {
		return catalog.CleanHTML(text)
	}
	var out strings.Builder
	for block := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(block), "\n", "<br>") + "</p>")
		}
	}
	return out.String()
}

// countryName is a country in the visit's language, as CLDR has it.
func (v *visit) countryName(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	names := display.Regions(v.words.Tag)
	if names == nil {
		names = display.Regions(language.English)
	}
	if name := names.Name(region); name != "" {
		return name
	}
	return code
}

// theCountry is its name as it stands in a sentence. English has articles for some; the
// other languages' texts are so made that a bare name fits.
func (v *visit) theCountry(code string) string {
	name := v.countryName(code)
	if base, _ := v.words.Tag.Base(); base.String() != "en" {
		return name
	}
	switch code {
	case "GB", "US", "NL", "CZ", "PH", "AE", "DO", "MV", "BS":
		return "the " + name
	}
	return name
}

// listed joins words: "a", "a or b", "a, b or c".
func (v *visit) listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return v.say("list_or", "list", strings.Join(words[:last], ", "), "last", words[last])
}

// days is a span of days in words.
func (v *visit) days(from, to int) string {
	if from == to {
		return v.count("days", int64(to))
	}
	return v.count("days_range", int64(to), "from", strconv.Itoa(from))
}

// zone is the shop's time zone.
func (v *visit) zone() *time.Location {
	if z, err := time.LoadLocation(v.set.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

// dayNumber is a day of a month: some languages count the first.
func (v *visit) dayNumber(day int) string {
	if day == 1 {
		return v.say("first_day")
	}
	return strconv.Itoa(day)
}

func (v *visit) monthName(m time.Month) string { return wordAt(v.say("months"), int(m)-1) }

// wordAt is word n of a list.
func wordAt(list string, n int) string {
	if words := strings.Fields(list); n < len(words) {
		return words[n]
	}
	return ""
}

// date is a day as people say it: "Tue 3 March".
func (v *visit) date(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	at := t.Std().In(v.zone())
	return v.say("date", "weekday", wordAt(v.say("weekdays"), int(at.Weekday())), "day", v.dayNumber(at.Day()), "month", v.monthName(at.Month()))
}

// moment is a day and a time in the shop's zone, which is named: who reads it may live in another.
func (v *visit) moment(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	at := t.Std().In(v.zone())
	return v.say("moment", "date", v.date(t), "time", at.Format(v.say("time_layout"))) + " " + at.Format("MST")
}

// between is a window of days: "3–7 March", "28 February – 3 March".
func (v *visit) between(from, to clock.Time) string {
	a, b := from.Std().In(v.zone()), to.Std().In(v.zone())
	short := func(t time.Time) string {
		return v.say("short_date", "day", v.dayNumber(t.Day()), "month", v.monthName(t.Month()))
	}
	switch {
	case from.IsZero() || to.IsZero():
		return v.date(max(from, to))
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return v.date(from)
	case a.Month() == b.Month() && a.Year() == b.Year():
		return v.say("window_days", "from", v.dayNumber(a.Day()), "to", v.dayNumber(b.Day()), "month", v.monthName(b.Month()))
	}
	return short(a) + " – " + short(b)
}

// stamp is a moment as machines read it.
func stamp(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Std().Format(time.RFC3339)
}

// decimals is a number with one digit behind the point or comma of the language.
func (v *visit) decimals(whole, tenth int64) string {
	return itoa(whole) + v.say("decimal_point") + itoa(tenth)
}
