package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug makes a handle of a title: "Crème brûlée (2 Stück)" becomes "creme-brulee-2-stuck".
// Scripts other than Latin stay as they are. It is empty when the title has no letter or digit.
func Slug(title string) string {
	var b strings.Builder
	latin, gap := false, false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		if unicode.Is(unicode.Mn, r) && latin {
			continue // an accent
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !(unicode.IsMark(r) && b.Len() > 0) {
			gap = r != '\'' && r != '’' || gap
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap, latin = false, unicode.Is(unicode.Latin, r)
		b.WriteString(plain(r))
		if b.Len() > MaxText-8 {
			break
		}
	}
	return norm.NFC.String(b.String())
}

// plain is a Latin letter that no accent explains, in plain letters.
func plain(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	}
	return string(r)
}
