package storefront

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/bojanz/address"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
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
	if strings.Contains(text, "</") {
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

// countryName is a country in English.
func countryName(code string) string {
	if name := address.GetCountryNames()[code]; name != "" {
		return name
	}
	return code
}

// theCountry is its name as it stands in a sentence.
func theCountry(code string) string {
	switch code {
	case "GB", "US", "NL", "CZ", "PH", "AE", "DO", "MV", "BS":
		return "the " + countryName(code)
	}
	return countryName(code)
}

// listed joins words: "a", "a and b", "a, b and c".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// days is a span of days in words.
func days(from, to int) string {
	switch {
	case from == to && to == 1:
		return "1 day"
	case from == to:
		return fmt.Sprintf("%d days", to)
	}
	return fmt.Sprintf("%d–%d days", from, to)
}

// zone is the shop's time zone.
func (v *visit) zone() *time.Location {
	if z, err := time.LoadLocation(v.set.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

// date is a day as people say it: "Tue 3 March".
func (v *visit) date(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Std().In(v.zone()).Format("Mon 2 January")
}

// moment is a day and a time.
func (v *visit) moment(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Std().In(v.zone()).Format("Mon 2 January, 15:04")
}

// between is a window of days: "3–7 March", "28 February – 3 March".
func (v *visit) between(from, to clock.Time) string {
	a, b := from.Std().In(v.zone()), to.Std().In(v.zone())
	switch {
	case from.IsZero() || to.IsZero():
		return v.date(max(from, to))
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return a.Format("Mon 2 January")
	case a.Month() == b.Month() && a.Year() == b.Year():
		return fmt.Sprintf("%d–%s", a.Day(), b.Format("2 January"))
	}
	return a.Format("2 January") + " – " + b.Format("2 January")
}

// stamp is a moment as machines read it.
func stamp(t clock.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Std().Format(time.RFC3339)
}

// count is a number with its word: "1 item", "3 items".
func count(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
