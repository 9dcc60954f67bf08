package words

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func book(t *testing.T, files map[string]string) *Book {
	t.Helper()
	fs := fstest.MapFS{}
	for name, text := range files {
		fs["words/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, err := Read(fs, "words")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func three(t *testing.T) *Book {
	const names = `"weekdays": "So Mo Di Mi Do Fr Sa", "months": "1 2 3 4 5 6 7 8 9 10 11 12", `
	return book(t, map[string]string{
		"en.json":    `{` + names + `"date": "{day} {month}", "hello": "Hello {name}", "items": {"one": "{n} item", "other": "{n} items"}}`,
		"en-US.json": `{"date": "{month} {day}"}`,
		"de.json":    `{` + names + `"date": "{day}. {month}.", "hello": "Hallo {name}", "items": {"one": "{n} Artikel", "other": "{n} Artikel"}}`,
	})
}

func TestReadersReadTheirLanguage(t *testing.T) {
	t.Parallel()
	b := three(t)
	for reader, want := range map[string]string{
		"de": "Hallo Ada", "de-AT": "Hallo Ada", "en-GB": "Hello Ada", "xx": "Hello Ada", "": "Hello Ada",
		"zh-CN,zh;q=0.9,de;q=0.8": "Hallo Ada", "nonsense;;": "Hello Ada",
	} {
		if got, err := b.For(reader).Say("hello", "name", "Ada"); got != want || err != nil {
			t.Errorf("%q reads %q, %v, not %q", reader, got, err, want)
		}
	}
	if got := b.For("de-AT").Tag.String(); got != "de-AT" {
		t.Errorf("the region is lost: %s", got)
	}
	if got := b.For("ja").Tag.String(); got != "en" {
		t.Errorf("who reads none of them reads %s", got)
	}
}

func TestPluralsDatesAndNames(t *testing.T) {
	t.Parallel()
	b := three(t)
	for n, want := range map[int64]string{1: "1 item", 2: "2 items", 0: "0 items"} {
		if got, err := b.For("en").Count("items", n); got != want || err != nil {
			t.Errorf("%d: %q, %v", n, got, err)
		}
	}
	day := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
	for reader, want := range map[string]string{"en": "2 3", "en-US": "3 2", "de": "2. 3."} {
		if got, err := b.For(reader).Date(day, time.UTC); got != want || err != nil {
			t.Errorf("%s: %q, %v", reader, got, err)
		}
	}
	if got, _ := b.For("en").Say("hello", "name", "{n}\n x"); got != "Hello {n} x" {
		t.Errorf("a value is read for names, or is two lines: %q", got)
	}
	if _, err := b.For("en").Say("nothing"); err == nil {
		t.Error("a text that is not there is no error")
	}
	own := b.For("en").With(map[string]Forms{"hello": {"other": "Hi {name}"}})
	if got, _ := own.Say("hello", "name", "Ada"); got != "Hi Ada" {
		t.Errorf("the own text is not said: %q", got)
	}
	if got, _ := b.For("en").Say("hello", "name", "Ada"); got != "Hello Ada" {
		t.Errorf("the own text is said to others: %q", got)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	if wrong := Check(three(t)); len(wrong) > 0 {
		t.Errorf("a good book is refused: %v", wrong)
	}
	b := book(t, map[string]string{
		"en.json": `{"a": "{x}", "b": {"one": "1", "other": "{n}"}, "c": "c", "d": "d"}`,
		"de.json": `{"a": "{y}", "b": {"other": "{n}"}, "c": " ", "e": "e"}`,
	})
	all := strings.Join(Check(b), "\n")
	for _, want := range []string{"de: a names {y}", "de: b has no form for 1 (one)", "de: c is empty", "de lacks d", "de: e is not in English"} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %s in\n%s", want, all)
		}
	}
}
