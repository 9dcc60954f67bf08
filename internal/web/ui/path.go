package ui

import (
	"strings"
	"unicode"
)

// OwnPath says whether an address that a form or a link named is a path of this site. Browsers
// read a backslash as a slash and leave out tabs and line ends, so "/", a tab and "/evil.example"
// is another site to them.
func OwnPath(path string) bool {
	odd := func(r rune) bool { return r == '\\' || unicode.IsControl(r) }
	return strings.HasPrefix(path, "/") && !strings.Contains(path, "//") && !strings.ContainsFunc(path, odd)
}
