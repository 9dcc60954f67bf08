package mail

import (
	"slices"
	"strings"
	"testing"

	"doorstep/internal/words"
)

// TestTextsOfEveryKind: every kind has texts to change, none of a date, and no kind says a
// text that nobody can reach.
func TestTextsOfEveryKind(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{}
	for _, v := range Samples(base, base+"/mug.jpg", noon()) {
		if toStaff(v.Kind()) {
			continue
		}
		for _, lang := range TextLanguages() {
			list := TextsOf(v.Kind(), lang)
			if len(list) < 5 || list[0].Shared || !strings.HasSuffix(list[0].Key, "_subject") && !strings.HasSuffix(list[0].Key, "_subject_part") {
				t.Fatalf("%s in %s begins with %+v", v.Kind(), lang, list[0])
			}
			for _, text := range list {
				reached[text.Key] = true
				if err := CheckText(text.Key, lang, text.BuiltIn); err != nil {
					t.Errorf("%s %s: the built-in text is refused: %v", lang, text.Key, err)
				}
			}
		}
	}
	for _, key := range book().All()[0].Keys() {
		staff := strings.HasPrefix(key, "staff_") || strings.HasPrefix(key, "digest_") || strings.HasPrefix(key, "why_") ||
			slices.Contains([]string{"since", "open_dashboard", "urgent"}, key)
		if !reached[key] && !fixedText(key) && !staff {
			t.Errorf("nobody can change %s", key)
		}
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	one := func(text string) words.Forms { return words.Forms{"other": text} }
	for _, c := range []struct {
		key  string
		own  words.Forms
		want string // part of the error; empty: it is good
	}{
		{"confirmed_subject", one("Hooray, {number}!"), ""},
		{"confirmed_subject", one("Hooray!"), ""},
		{"confirmed_subject", one("{amount}"), "{amount} is nothing that this text knows"},
		{"confirmed_subject", one("a\r\nBcc: x@y.example"), "one line"},
		{"confirmed_subject", one("a\x00"), "cannot be seen"},
		{"confirmed_subject", one("a\u2028b"), "cannot be seen"},
		{"confirmed_subject", one("\xff"), "cannot be read"},
		{"confirmed_subject", one(" "), "empty"},
		{"confirmed_subject", one(strings.Repeat("ä", 151)), "longer than 150"},
		{"confirmed_subject", one(strings.Repeat("ä", 150)), ""},
		{"confirmed_subject", one("{Number}"), "brace"},
		{"confirmed_subject", one("{{number}}"), "brace"},
		{"confirmed_subject", words.Forms{"one": "x", "other": "y"}, "no form"},
		{"confirmed_say", one("Thank you.\nWe pack it by hand."), ""},
		{"confirmed_expected", one("Soon."), "{window} must stand in it"},
		{"payment_say", one("Pay."), "{amount} must stand in it"},
		{"questions", one("Ask us at {email}"), ""},
		{"questions", one("Ask us"), "{email} must"},
		{"rest", one("{n} more"), "missing"},
		{"rest", words.Forms{"one": "One more", "other": "{n} more"}, ""},
		{"rest", words.Forms{"one": "One more", "other": "some more"}, "{n} must"},
		{"date", one("{day}"), "no text"},
		{"nonsense", one("x"), "no text"},
	} {
		err := CheckText(c.key, "en-GB", c.own)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %q: %v, want %q", c.key, c.own, err, c.want)
		}
	}
}

// TestOwnTexts: a merchant's words are said, in their language only, and what does not fit
// (any more) is left out.
func TestOwnTexts(t *testing.T) {
	t.Parallel()
	b := brand()
	b.Texts = map[string]words.Forms{
		"confirmed_subject":  {"other": "Hooray, {number}"},
		"confirmed_say":      {"other": "First <b>&\nSecond {number}"},
		"confirmed_expected": {"other": "{gone}"},
		"no_such_text":       {"other": "x"},
	}
	r, p := rendered(t, b, Samples(base, base+"/mug.jpg", noon())[0])
	if r.Subject != "Hooray, 1042" {
		t.Errorf("subject %q", r.Subject)
	}
	for where, text := range map[string]string{"text": r.Text, "html": p.text} {
		wants(t, where, text, "First <b>&", "Second 1042", "It should reach you between")
	}
	if p.tags["p"] < 4 || p.tags["b"] > 0 {
		t.Errorf("a broken line is no paragraph, or a tag is one: %v", p.tags)
	}
	stored, err := WriteText(b.Texts["confirmed_say"])
	if err != nil {
		t.Fatal(err)
	}
	if own, err := ReadText("confirmed_say", "en", stored); err != nil || own["other"] != b.Texts["confirmed_say"]["other"] {
		t.Errorf("read %v, %v", own, err)
	}
	for _, bad := range []string{"", "{", `{"other":"{gone}"}`, `"x"{`} {
		if _, err := ReadText("confirmed_say", "en", bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestTextLanguage(t *testing.T) {
	t.Parallel()
	if got := TextLanguages(); !slices.Equal(got, []string{"en", "de", "es", "fr", "pt-BR"}) {
		t.Errorf("languages %v", got)
	}
	for reader, want := range map[string]string{"en-US": "en", "de-AT": "de", "pt": "pt-BR", "pt-PT": "pt-BR", "fr-CA": "fr", "ja": "en", "": "en"} {
		if got := TextLanguage(reader); got != want {
			t.Errorf("%q reads %s", reader, got)
		}
	}
}
