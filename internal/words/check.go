package words

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
)

var nameInText = regexp.MustCompile(`\{[a-z_]+\}`)

// NamesIn are the names in braces in a text, sorted and each once.
func NamesIn(text string) []string {
	list := nameInText.FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// Check says what is wrong with a book: a text that a language lacks or has too many, a name
// in braces that English does not have, a plural form that is missing. It is for tests.
func Check(b *Book) (wrong []string) {
	en := b.list[0]
	for _, w := range b.list {
		for key := range w.texts {
			if _, known := en.texts[key]; !known {
				wrong = append(wrong, fmt.Sprintf("%s: %s is not in English", w.Tag, key))
			}
		}
		for key, text := range en.texts {
			wrong = append(wrong, checkText(w, key, text)...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

func checkText(w Words, key string, en Forms) (wrong []string) {
	given, known := w.texts[key]
	if !known {
		return []string{fmt.Sprintf("%s lacks %s", w.Tag, key)}
	}
	if key == "weekdays" || key == "months" {
		want := map[string]int{"weekdays": 7, "months": 12}[key]
		if got := len(strings.Fields(given["other"])); got != want {
			wrong = append(wrong, fmt.Sprintf("%s: %d %s", w.Tag, got, key))
		}
	}
	allowed := append(NamesIn(en["other"]), "{n}")
	if key == "date" {
		allowed = []string{"{weekday}", "{day}", "{month}", "{year}"}
	}
	for form, text := range given {
		if strings.TrimSpace(text) == "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s is empty", w.Tag, key))
		}
		for _, name := range NamesIn(text) {
			if !slices.Contains(allowed, name) {
				wrong = append(wrong, fmt.Sprintf("%s: %s names %s (%s)", w.Tag, key, name, form))
			}
		}
	}
	if key != "date" && len(NamesIn(given["other"])) < len(NamesIn(en["other"])) {
		wrong = append(wrong, fmt.Sprintf("%s: %s leaves out one of %v", w.Tag, key, NamesIn(en["other"])))
	}
	if len(en) > 1 {
		wrong = append(wrong, checkForms(w, key, given)...)
	}
	return wrong
}

// checkForms looks for the plural forms of the whole numbers that people meet.
func checkForms(w Words, key string, given Forms) (wrong []string) {
	for _, n := range []int{0, 1, 2, 3, 5, 11, 21, 100, 1_000_000} {
		form := formName(plural.Cardinal.MatchPlural(w.Tag, n, 0, 0, 0, 0))
		if _, known := given[form]; !known && form != "many" { // "many" is millions in fr, es, pt: "other" reads well
			wrong = append(wrong, fmt.Sprintf("%s: %s has no form for %d (%s)", w.Tag, key, n, form))
		}
	}
	return wrong
}
