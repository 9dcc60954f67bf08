package words_test

import (
	"testing"
	"testing/fstest"

	"doorstep/internal/words"
)

// FuzzRead: a file of words is a book or an error, and a book can be checked and said.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"hello":"Hello {name}"}`, `{"n":{"one":"{n} thing","other":"{n} things"}}`, `{"x":{}}`, `{"x":1}`, `[]`, `{`, `{"a":"{","b":"}{n}{n"}`, `{"weekdays":"a,b"}`} {
		f.Add([]byte(seed), "name", "<b>{name}")
	}
	f.Fuzz(func(_ *testing.T, text []byte, name, value string) {
		book, err := words.Read(fstest.MapFS{"x/en.json": {Data: text}}, "x")
		if err != nil {
			return
		}
		_ = words.Check(book)
		for _, w := range book.All() {
			_, _ = w.Say("hello", name, value)
			_, _ = w.Count("n", 3, name, value)
		}
		_ = words.NamesIn(value)
	})
}
