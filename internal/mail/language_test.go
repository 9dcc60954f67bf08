package mail

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"doorstep/internal/words"
	"doorstep/money"
)

// TestLanguages: days, amounts, plurals and countries are written as the reader does.
func TestLanguages(t *testing.T) {
	t.Parallel()
	sample := Samples(base, base+"/mug.jpg", noon())
	for language, want := range map[string][]string{
		"en":    {"Order 1042 is confirmed", "between Sunday 8 March and Wednesday 11 March", "€123.70", "SWEDEN"},
		"en-US": {"Order 1042 is confirmed", "between Sunday, March 8 and Wednesday, March 11", "€123.70", "SWEDEN"},
		"de":    {"Ihre Bestellung 1042 ist bestätigt", "zwischen Sonntag, 8. März und Mittwoch, 11. März", "123,70 €", "SCHWEDEN", "Vielen Dank für Ihre Bestellung, Anna"},
		"de-AT": {"Ihre Bestellung 1042 ist bestätigt", "€ 123,70", "SCHWEDEN"},
		"fr":    {"Votre commande 1042 est confirmée", "entre le dimanche 8 mars et le mercredi 11 mars", "123,70 €", "SUÈDE", "dont TVA"},
		"es":    {"Tu pedido 1042 está confirmado", "entre el domingo, 8 de marzo y el miércoles, 11 de marzo", "123,70 €", "SUECIA"},
		"pt-BR": {"Seu pedido 1042 está confirmado", "entre domingo, 8 de março e quarta-feira, 11 de março", "€ 123,70", "SUÉCIA"},
		"pt":    {"Seu pedido 1042 está confirmado"},
	} {
		b := brand()
		b.Language = language
		r, p := rendered(t, b, sample[0])
		for where, text := range map[string]string{"text": r.Subject + r.Text, "html": r.Subject + p.text} {
			wants(t, language+" "+where, plainSpaces(text), want...)
		}
		if !strings.Contains(r.HTML, `<html lang="`+language) || !strings.Contains(r.HTML, `dir="ltr"`) {
			t.Errorf("%s: the page does not say its language", language)
		}
	}
}

// plainSpaces makes the spaces inside amounts ordinary ones.
func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// TestFirstOfMonth: French and Portuguese count the first day of a month differently.
func TestFirstOfMonth(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for language, want := range map[string]string{
		"en": "Sunday 1 March", "de": "Sonntag, 1. März", "fr": "dimanche 1er mars", "es": "domingo, 1 de marzo", "pt-BR": "domingo, 1º de março",
	} {
		if got, err := book().For(language).Date(first, time.UTC); got != want || err != nil {
			t.Errorf("%s: %q, %v", language, got, err)
		}
	}
}

// TestPluralsOfLanguages: French and Portuguese say zero like one, the others like many.
func TestPluralsOfLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][3]string{
		"de":    {"0 Dinge warten auf Sie", "Eine Sache wartet auf Sie", "1000 Dinge warten auf Sie"},
		"fr":    {"Un point vous attend", "Un point vous attend", "1000 points vous attendent"}, //nolint:misspell // French
		"es":    {"0 asuntos te esperan", "Un asunto te espera", "1000 asuntos te esperan"},
		"pt-BR": {"Uma pendência espera por você", "Uma pendência espera por você", "1000 pendências esperam por você"},
	} {
		w := book().For(language)
		for i, n := range []int64{0, 1, 1000} {
			if got, err := w.Count("digest_title", n); got != want[i] || err != nil {
				t.Errorf("%s, %d: %q, %v", language, n, got, err)
			}
		}
	}
}

// TestRightToLeft: a language that is written from the right says so, whole.
func TestRightToLeft(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"ar": "rtl", "he-IL": "rtl", "fa": "rtl", "ur": "rtl", "en": "ltr", "ja": "ltr", "az-Arab": "rtl", "": "ltr"} {
		if got := direction(words.Words{Tag: language.Make(tag)}); got != want {
			t.Errorf("%s is %s", tag, got)
		}
	}
}

// TestAmountsOfLanguages: where the sign of a currency stands, and how thousands are parted.
func TestAmountsOfLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"en": "¥12,370", "de": "12.370 ¥", "fr": "12 370 ¥", "es": "12.370 ¥", "pt-BR": "JP¥ 12.370"} {
		b := brand()
		b.Language = language
		r, _ := rendered(t, b, Refunded{Order: Order{Number: "7", URL: base}, Amount: money.New(12370, "JPY")})
		wants(t, language, plainSpaces(r.Text), want)
	}
}
