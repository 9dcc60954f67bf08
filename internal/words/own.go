package words

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Slot is a text that a merchant may say in words of their own, in one language.
type Slot struct {
	Key     string   // its name in the book: "confirmed_subject"
	Label   string   // what it is, in English
	Names   []string // in braces, that may stand in it
	Needed  []string // of the Names, without which it would not say what it must
	Most    int      // letters
	Long    bool     // a paragraph; else one line
	BuiltIn Forms    // as it is said otherwise; "" where nothing is
}

// Check says what is wrong with a merchant's own text in words for people; nil when it can be
// said in the place of the built-in one.
func (s Slot) Check(own Forms) error {
	for form := range own {
		if _, known := s.BuiltIn[form]; !known {
			return fmt.Errorf("this language has no form %q of it", form)
		}
	}
	for form := range s.BuiltIn {
		text, given := own[form]
		if !given {
			return fmt.Errorf("the form for %q is missing", form)
		}
		if err := s.checkForm(form, text); err != nil {
			return err
		}
	}
	return nil
}

var nameForm = regexp.MustCompile(`\{[a-z_]+\}`)

func (s Slot) checkForm(form, text string) error {
	counted := len(s.BuiltIn) > 1
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("it is empty; bring the built-in text back instead")
	case !utf8.ValidString(text):
		return errors.New("it has letters that cannot be read")
	case utf8.RuneCountInString(text) > s.Most:
		return fmt.Errorf("it is longer than %d letters", s.Most)
	case !s.Long && strings.ContainsAny(text, "\r\n"):
		return errors.New("it must be one line")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == '\u2028' || r == '\u2029' }):
		return errors.New("it has characters that cannot be seen")
	}
	allowed := s.Names
	if counted {
		allowed = append(slices.Clone(allowed), "{n}")
	}
	for _, name := range NamesIn(text) {
		if !slices.Contains(allowed, name) {
			return fmt.Errorf("%s is nothing that this text knows%s", name, knows(allowed))
		}
	}
	if rest := nameForm.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
		return errors.New("a brace { or } stands alone; names look like {number}")
	}
	for _, name := range s.Needed {
		if form == "one" && name == "{n}" {
			continue
		}
		if !strings.Contains(text, name) {
			return fmt.Errorf("%s must stand in it", name)
		}
	}
	return nil
}

func knows(names []string) string {
	if len(names) == 0 {
		return "; it has no names in braces"
	}
	return "; it knows " + strings.Join(names, ", ")
}

// Languages are the languages in which a merchant may have texts of their own, as BCP 47 tags,
// English first. Those of a region read their language's.
func (b *Book) Languages() []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range b.list {
		if base, _ := w.Tag.Base(); !seen[base.String()] {
			seen[base.String()] = true
			out = append(out, w.Tag.String())
		}
	}
	return out
}

// Language is the one of Languages that a reader of the given language gets; English where
// there is no better one.
func (b *Book) Language(reader string) string {
	base, _ := b.For(reader).Tag.Base()
	for _, tag := range b.Languages() {
		if own, _ := language.Make(tag).Base(); own == base {
			return tag
		}
	}
	return b.list[0].Tag.String()
}
