package store

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxShopText is how many letters any sentence of the storefront has at most; most may have
// fewer (storefront.Texts).
const maxShopText = 600

var (
	policyKey = regexp.MustCompile(`^policy\.((?:shipping|returns|privacy|terms)\.[a-z]{2,3}(?:-[A-Z]{2})?)$`)
	textKey   = regexp.MustCompile(`^text\.([a-z]{2,3}(?:-[A-Z]{2})?\.[a-z][a-z_0-9]*)$`)
)

// policyIn is one of the policies for readers of one language.
func policyIn(s *Settings, key, value string) error {
	at := policyKey.FindStringSubmatch(key)
	if at == nil {
		return errors.New("the key is policy.NAME.LANGUAGE, such as policy.returns.de: the name is shipping, returns, privacy or terms")
	}
	s.Policies.In[at[1]] = strings.ReplaceAll(value, `\n`, "\n")
	return nil
}

// shopText is a sentence of the storefront. Which there are and what may stand in each is
// known to package storefront, which says the built-in one in the place of what does not fit.
func shopText(s *Settings, key, value string) error {
	at := textKey.FindStringSubmatch(key)
	if at == nil {
		return errors.New("the key is text.LANGUAGE.NAME, such as text.de.home_sub")
	}
	if n := utf8.RuneCountInString(value); n > maxShopText || !utf8.ValidString(value) {
		return fmt.Errorf("it has %d letters; at most %d", n, maxShopText)
	}
	s.Texts[at[1]] = value
	return nil
}
