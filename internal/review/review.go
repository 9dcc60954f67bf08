package review

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of what is written, in letters.
const (
	MostWords = 4000
	MostName  = 60
)

// Move applies an event to the state; an error that wraps machine.ErrIllegal where it is not
// possible.
func (r *Review) Move(e Event) error {
	next, err := Reviews.Next(r.State, e)
	if err != nil {
		return fmt.Errorf("review %s: %w", r.ReviewID, err)
	}
	r.State = next
	return nil
}

// Words are what somebody wrote, as it is kept: without what cannot be seen. ok is false when
// it is too long.
func Words(text string) (kept string, ok bool) {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || turns(r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), ""))
	text = strings.TrimSpace(text)
	return text, utf8.RuneCountInString(text) <= MostWords
}

// Name is a name as it is shown: one line without what cannot be seen, at most MostName long.
func Name(text string) string {
	text, _ = Words(text)
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > MostName {
		text = strings.TrimSpace(string(r[:MostName]))
	}
	return text
}

// Shown is the name that is offered to somebody: the first name and the first letter of the
// last one.
func Shown(full string) string {
	parts := strings.Fields(full)
	if len(parts) < 2 {
		return Name(full)
	}
	last := []rune(parts[len(parts)-1])
	return Name(parts[0] + " " + string(last[0]) + ".")
}

// turns says whether a character changes the direction of what follows: with it, words could
// be shown that nobody wrote (Unicode 15, UAX 9).
func turns(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
