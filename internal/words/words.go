// Package words holds the texts that people read, in every language that there are words
// for: what the storefront says and what the mails say come from files beside them, so that
// who translates touches one JSON file and nothing else.
//
//   - words/en.json is complete, and decides which texts there are;
//   - words/de.json and so on say the same in another language;
//   - words/en-US.json says only what differs from words/en.json.
//
// A text has names in braces, "Order {number}". A text that counts has a form for each
// plural of its language (CLDR: one, few, many, other …).
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Words are the texts of one language, as one reader reads them. The zero value has none.
type Words struct {
	// Tag is the language, with the reader's own region, so that amounts are written as there.
	Tag   language.Tag
	texts map[string]Forms
	own   map[string]Forms // in the place of texts
}

// Forms are a text by CLDR plural form; a text that does not count has only "other".
type Forms map[string]string

// UnmarshalJSON reads a string, or an object of plural forms.
func (f *Forms) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*f = Forms{"other": one}
		return nil
	}
	var several map[string]string
	if err := json.Unmarshal(b, &several); err != nil {
		return err
	}
	*f = several
	return nil
}

// Book is every language of one kind of texts, English first: it is what unknown ones read.
type Book struct {
	matcher language.Matcher
	list    []Words
}

// Read reads the *.json files of a folder.
func Read(files fs.FS, folder string) (*Book, error) {
	found, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	names := []string{"en"}
	for _, f := range found { // sorted: a language stands before its regions
		if name := strings.TrimSuffix(f.Name(), ".json"); name != "en" && name != f.Name() {
			names = append(names, name)
		}
	}
	book, byName, tags := &Book{}, map[string]Words{}, []language.Tag{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, path.Join(folder, name+".json"))
		if err != nil {
			return nil, err
		}
		w := Words{Tag: language.Make(name), texts: map[string]Forms{}}
		if parent, _, regional := strings.Cut(name, "-"); regional {
			for key, text := range byName[parent].texts {
				w.texts[key] = text
			}
		}
		if err := json.Unmarshal(raw, &w.texts); err != nil {
			return nil, fmt.Errorf("%s/%s.json: %w", folder, name, err)
		}
		byName[name] = w
		book.list, tags = append(book.list, w), append(tags, w.Tag)
	}
	book.matcher = language.NewMatcher(tags)
	return book, nil
}

// For is the best language for a reader: BCP 47 tags or whole Accept-Language headers, the
// most wanted first. Who reads none of them reads English.
func (b *Book) For(readers ...string) Words {
	var wanted []language.Tag
	for _, reader := range readers {
		tags, _, err := language.ParseAcceptLanguage(reader)
		if err == nil {
			wanted = append(wanted, tags...)
		}
	}
	if len(wanted) == 0 {
		return b.list[0]
	}
	_, i, confidence := b.matcher.Match(wanted...)
	w := b.list[i]
	if confidence < language.High {
		return w
	}
	base, _ := w.Tag.Base()
	for _, tag := range wanted {
		if own, _ := tag.Base(); own == base {
			w.Tag = tag
			break
		}
	}
	return w
}

// All is every language, English first.
func (b *Book) All() []Words { return b.list }

// Text is a text as it is written, by plural form, and whether there is one.
func (w Words) Text(key string) (Forms, bool) {
	if f, own := w.own[key]; own {
		return f, true
	}
	f, known := w.texts[key]
	return f, known
}

// Owns says whether a text was put in the place of the language's own (With).
func (w Words) Owns(key string) bool {
	_, own := w.own[key]
	return own
}

// Keys are the names of all texts, in no order.
func (w Words) Keys() []string {
	list := make([]string, 0, len(w.texts))
	for key := range w.texts {
		list = append(list, key)
	}
	return list
}

// With is the same language with some texts put in the place of its own, or beside them. The
// map is kept: nobody may change it.
func (w Words) With(own map[string]Forms) Words {
	w.own = own
	return w
}

// Say is the text of a key with the names replaced: pairs are name, value, name, value.
// Values are made one line, and never read for names themselves.
func (w Words) Say(key string, pairs ...string) (string, error) {
	forms, _ := w.Text(key)
	text, known := forms["other"]
	if !known {
		return "", fmt.Errorf("words: no text %q in %s", key, w.Tag)
	}
	return fillIn(text, pairs), nil
}

// Count is the text of a key in the plural form of n; {n} is the number itself.
func (w Words) Count(key string, n int64, pairs ...string) (string, error) {
	form := plural.Cardinal.MatchPlural(w.Tag, int(n), 0, 0, 0, 0)
	forms, _ := w.Text(key)
	text, known := forms[formName(form)]
	if !known {
		text, known = forms["other"]
	}
	if !known {
		return "", fmt.Errorf("words: no text %q in %s", key, w.Tag)
	}
	return fillIn(text, append(pairs, "n", strconv.FormatInt(n, 10))), nil
}

// Date is a day as the language writes it, with its weekday. It needs the texts "weekdays"
// (seven words, Sunday first), "months" (twelve) and "date", which may name {weekday},
// {day}, {month} and {year}. The form "one" of "date" is for the first of a month, which
// some languages count differently: "1er mars".
func (w Words) Date(t time.Time, zone *time.Location) (string, error) {
	local := t.In(zone)
	weekdays, err := w.Say("weekdays")
	if err != nil {
		return "", err
	}
	months, err := w.Say("months")
	if err != nil {
		return "", err
	}
	text, known := w.texts["date"]["other"]
	if first, differs := w.texts["date"]["one"]; differs && local.Day() == 1 {
		text = first
	}
	if !known {
		return "", fmt.Errorf("words: no text %q in %s", "date", w.Tag)
	}
	return fillIn(text, []string{
		"weekday", strings.Fields(weekdays)[local.Weekday()], "day", strconv.Itoa(local.Day()),
		"month", strings.Fields(months)[local.Month()-1], "year", strconv.Itoa(local.Year()),
	}), nil
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

// Fill is a text that is not in any book with the names replaced, as Say replaces them.
func Fill(text string, pairs ...string) string { return fillIn(text, pairs) }

func fillIn(text string, pairs []string) string {
	if len(pairs) == 0 {
		return text
	}
	replace := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		replace = append(replace, "{"+pairs[i]+"}", strings.Join(strings.Fields(pairs[i+1]), " "))
	}
	return strings.NewReplacer(replace...).Replace(text)
}
