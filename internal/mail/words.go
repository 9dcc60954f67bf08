package mail

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed words
var wordFiles embed.FS

// words are the texts of one language. A text has names in braces; one that counts has a
// form for each plural of its language (CLDR: one, few, many, other …).
type words struct {
	tag   language.Tag
	texts map[string]forms
}

// forms are a text by plural form; a text that does not count has only "other".
type forms map[string]string

// UnmarshalJSON reads a string, or an object of plural forms.
func (f *forms) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*f = forms{"other": one}
		return nil
	}
	var several map[string]string
	if err := json.Unmarshal(b, &several); err != nil {
		return err
	}
	*f = several
	return nil
}

// dictionary is every language, English first: it is what unknown ones read.
type dictionary struct {
	matcher language.Matcher
	list    []words
}

var dictionaries = sync.OnceValue(func() dictionary {
	d, err := readWords()
	if err != nil {
		panic(err.Error()) // a test reads them
	}
	return d
})

// readWords reads words/*.json. A region's file, such as en-US, says only what differs
// from its language's.
func readWords() (dictionary, error) {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		return dictionary{}, err
	}
	byName, tags := map[string]words{}, []language.Tag{}
	var d dictionary
	names := []string{"en"}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); name != "en" {
			names = append(names, name)
		}
	}
	for _, name := range names { // sorted: a language stands before its regions
		raw, err := wordFiles.ReadFile(path.Join("words", name+".json"))
		if err != nil {
			return d, err
		}
		w := words{tag: language.Make(name), texts: map[string]forms{}}
		if parent, _, regional := strings.Cut(name, "-"); regional {
			for key, text := range byName[parent].texts {
				w.texts[key] = text
			}
		}
		if err := json.Unmarshal(raw, &w.texts); err != nil {
			return d, fmt.Errorf("words/%s.json: %w", name, err)
		}
		byName[name] = w
		d.list = append(d.list, w)
		tags = append(tags, w.tag)
	}
	d.matcher = language.NewMatcher(tags)
	return d, nil
}

// wordsFor is the best language for a reader. The tag stays the reader's own region, so
// that amounts are written as there.
func wordsFor(reader string) words {
	d := dictionaries()
	tag, err := language.Parse(reader)
	if err != nil {
		return d.list[0]
	}
	_, i, confidence := d.matcher.Match(tag)
	w := d.list[i]
	if confidence >= language.High {
		w.tag = tag
	}
	return w
}

// Languages are the languages that messages can be written in, as BCP 47 tags.
func Languages() []string {
	var out []string
	for _, w := range dictionaries().list {
		out = append(out, w.tag.String())
	}
	return out
}

// say is the text of a key with the names replaced: pairs are name, value, name, value.
// Values are made one line, and never read for names themselves.
func (w words) say(key string, pairs ...string) (string, error) {
	text, known := w.texts[key]["other"]
	if !known {
		return "", fmt.Errorf("mail: no words for %q in %s", key, w.tag)
	}
	return fillIn(text, pairs), nil
}

// count is the text of a key in the plural form of n; {n} is the number itself.
func (w words) count(key string, n int64, pairs ...string) (string, error) {
	form := plural.Cardinal.MatchPlural(w.tag, int(n), 0, 0, 0, 0)
	text, known := w.texts[key][formName(form)]
	if !known {
		text, known = w.texts[key]["other"]
	}
	if !known {
		return "", fmt.Errorf("mail: no words for %q in %s", key, w.tag)
	}
	return fillIn(text, append(pairs, "n", strconv.FormatInt(n, 10))), nil
}

func formName(f plural.Form) string {
	switch f {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}

func fillIn(text string, pairs []string) string {
	replace := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		replace = append(replace, "{"+pairs[i]+"}", oneLine(pairs[i+1]))
	}
	return strings.NewReplacer(replace...).Replace(text)
}

// date is a day as the language writes it, with its weekday.
func (w words) date(t time.Time, zone *time.Location) (string, error) {
	local := t.In(zone)
	weekdays, err := w.say("weekdays")
	if err != nil {
		return "", err
	}
	months, err := w.say("months")
	if err != nil {
		return "", err
	}
	return w.say("date",
		"weekday", strings.Fields(weekdays)[local.Weekday()], "day", strconv.Itoa(local.Day()),
		"month", strings.Fields(months)[local.Month()-1], "year", strconv.Itoa(local.Year()))
}
