package mail

import (
	"testing"
)

// FuzzReadText: a merchant's own text of a mail is refused, or can be stored and read again as
// the same.
func FuzzReadText(f *testing.F) {
	for _, seed := range []string{`{"other":"Hurrah, {number}!"}`, `{"one":"{n}","other":"{n}"}`, `{"other":"{"}`, `{"other":""}`, `{"other":"<b>{number}</b>\n"}`, `null`, `{"other":"\u2028{number}"}`, `[`} {
		f.Add("confirmed_subject", "de", seed)
		f.Add("nonsense", "xx", seed)
	}
	f.Fuzz(func(t *testing.T, key, lang, stored string) {
		own, err := ReadText(key, lang, stored)
		if err != nil {
			return
		}
		text, err := WriteText(own)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadText(key, lang, text)
		if err != nil || len(again) != len(own) {
			t.Errorf("%q is read again as %v, %v", text, again, err)
		}
	})
}
