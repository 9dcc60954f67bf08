package mail

import (
	"embed"
	"sync"

	"doorstep/internal/words"
)

//go:embed words
var wordFiles embed.FS

var book = sync.OnceValue(func() *words.Book {
	b, err := words.Read(wordFiles, "words")
	if err != nil {
		panic(err.Error()) // a test reads them
	}
	return b
})

// Languages are the languages that messages can be written in, as BCP 47 tags.
func Languages() []string {
	var out []string
	for _, w := range book().All() {
		out = append(out, w.Tag.String())
	}
	return out
}
