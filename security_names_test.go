package doorstep_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestThreatsHaveTheirTests: every line of the table of threats names tests, and every test
// that SECURITY.md names is there.
func TestThreatsHaveTheirTests(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, name := range ourFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			for _, m := range declared.FindAllStringSubmatch(readFile(t, name), -1) {
				have[m[1]] = true
			}
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	lines := 0
	for line := range strings.Lines(readFile(t, "SECURITY.md")) {
		tests := named.FindAllStringSubmatch(line, -1)
		for _, m := range tests {
			if !have[m[1]] {
				t.Errorf("SECURITY.md names %s, which there is not", m[1])
			}
		}
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| what could happen") {
			lines++
			if len(tests) == 0 {
				t.Errorf("nothing proves this line of SECURITY.md: %s", line)
			}
		}
	}
	if lines < 20 {
		t.Errorf("the table has %d lines", lines)
	}
}
