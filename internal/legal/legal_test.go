package legal_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/legal"
	"doorstep/internal/store"
	"doorstep/internal/words"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	book, err := words.Read(os.DirFS("."), "words")
	if err != nil {
		t.Fatal(err)
	}
	if wrong := words.Check(book); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

// TestWhatACustomerIsShown: the reader's language first, then what holds for all, then what
// follows from the settings; never nothing, and never a key in the place of words.
func TestWhatACustomerIsShown(t *testing.T) {
	t.Parallel()
	var set store.Settings
	set.Locale, set.Currency, set.Brand.Name, set.Brand.Address = "en", "EUR", "Mug & Moon", "1 Lane\nBristol"
	key := regexp.MustCompile(`^[a-z_]+$`)
	for _, email := range []string{"", "hello@moon.example"} {
		for _, rule := range []string{store.ShippingByFreight, store.ShippingFree, store.ShippingFlat} {
			set.Brand.Email, set.ShippingPrice.Rule, set.ShippingFreeFrom, set.TaxIncluded = email, rule, 5000, email == ""
			for _, kind := range legal.Kinds() {
				for _, reader := range []string{"en-GB", "de-AT", "pt", "ja", ""} {
					got := legal.Of(set, kind, reader)
					for part := range strings.SplitSeq(got.Words, "\n\n") {
						if got.Own || strings.TrimSpace(part) == "" || key.MatchString(part) || strings.Contains(part, "{") {
							t.Errorf("%s for %q: %q", kind, reader, part)
						}
					}
				}
			}
		}
	}
	set.Policies = store.Policies{Returns: "All of it.", In: map[string]string{"returns.de": "Alles.", "returns.pt-BR": "Tudo.", "terms.fr": "Tout."}}
	for _, one := range []struct {
		kind                legal.Kind
		reader, words, lang string
		own                 bool
	}{
		{legal.Returns, "de-AT", "Alles.", "de", true}, {legal.Returns, "pt-PT", "Tudo.", "pt-BR", true}, {legal.Returns, "fr", "All of it.", "en", true},
		{legal.Returns, "", "All of it.", "en", true}, {legal.Terms, "fr-CA", "Tout.", "fr", true}, {legal.Terms, "de", "Sie kaufen bei Mug & Moon, 1 Lane, Bristol.", "de", false},
	} {
		if got := legal.Of(set, one.kind, one.reader); !strings.HasPrefix(got.Words, one.words) || got.Lang != one.lang || got.Own != one.own {
			t.Errorf("%s for %q: %+v", one.kind, one.reader, got)
		}
	}
}
