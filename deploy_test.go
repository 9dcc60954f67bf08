package doorstep_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// TestBoardAndAlertsNameFiguresThatExist reads every figure's name that the board and the alert
// rules ask for, and looks for it where the figures are made.
func TestBoardAndAlertsNameFiguresThatExist(t *testing.T) {
	t.Parallel()
	made := map[string]bool{}
	for _, name := range ourFiles(t) {
		if !strings.HasPrefix(name, "internal/metrics/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text := readFile(t, name)
		for _, m := range regexp.MustCompile(`Name: "(doorstep_\w+)"`).FindAllStringSubmatch(text, -1) {
			made[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`desc\("(\w+)"`).FindAllStringSubmatch(text, -1) {
			made["doorstep_"+m[1]] = true
		}
	}
	asked := map[string]bool{}
	for _, name := range []string{"deploy/grafana.json", "deploy/alerts.yml"} {
		for _, figure := range regexp.MustCompile(`doorstep_\w+`).FindAllString(readFile(t, name), -1) {
			base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(figure, "")
			if asked[base] = true; !made[base] {
				t.Errorf("%s asks for %s, which nobody makes", name, figure)
			}
		}
	}
	for figure := range made {
		if !asked[figure] {
			t.Errorf("%s is on no board and in no alert", figure)
		}
	}
	var board map[string]any
	if err := json.Unmarshal([]byte(readFile(t, "deploy/grafana.json")), &board); err != nil {
		t.Error(err)
	}
	rules := strings.Split(readFile(t, "deploy/alerts.yml"), "- alert: ")[1:]
	for _, rule := range rules {
		for _, part := range []string{"expr:", "for:", "severity:", "summary:"} {
			if !strings.Contains(rule, part) {
				t.Errorf("an alert has no %s %s", part, rule)
			}
		}
	}
	if len(rules) < 10 {
		t.Errorf("%d alerts", len(rules))
	}
}
