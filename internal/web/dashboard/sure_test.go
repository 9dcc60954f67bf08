package dashboard_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asked are the forms that move money or cannot be undone, by what stands in their address.
var asked = []string{
	`"/approve"`, `"/inspect"`, `what)`, `"/confirm-payment"`, `orderURL(p.ID) + "/cancel"`, `orderURL(p.ID) + "/refund"`, `"/refund-unplaced"`, `"cancel-answer"`,
	`"reject"`, `"/again"`, `"/waive"`, `"/send"`, `string(e)`, `chargebackURL(p.Chargeback.ChargebackID))`, `fixURL(l, "ignore")`, `fixURL(l, fix)`, `"/credit"`, `"/erase"`,
	`string(c.CannedID) + "/drop"`, `"/notes/" + string(n.NoteID) + "/drop"`, `"/unmap"`, `"/begin"`, `"/revoke"`,
	`"/factors"`, `"/access"`, `/account/recovery"`, `"/start/order/cancel"`,
}

// whole are forms that match one of the above, and that are undone as easily as done.
var whole = []string{`"/products/import/" + r.ID + "/begin"`, `"/products/import/"`, `mailAgainURL`}

// TestWhatCannotBeUndoneIsAsked: each form of the dashboard that moves money or cannot be undone
// asks first, and each entry of the list above is a form that exists.
func TestWhatCannotBeUndoneIsAsked(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`(?s)<form\b.*?</form>`)
	action := regexp.MustCompile(`action=\{ (.*?) \}[ >\n]`)
	found := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range form.FindAllString(string(text), -1) {
			where := action.FindStringSubmatch(one)
			if len(where) == 0 || hasAny(where[1], whole) != "" {
				continue
			}
			entry := hasAny(where[1], asked)
			found[entry] = true
			yes := `name="stopped" value="no"`
			if entry != "" && !strings.Contains(one, "data-sure") && !strings.Contains(one, yes) {
				t.Errorf("%s: the form to %s does not ask first", name, where[1])
			}
		}
	}
	for _, entry := range asked {
		if !found[entry] {
			t.Errorf("no form leads to %s", entry)
		}
	}
}

func hasAny(s string, parts []string) string {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return part
		}
	}
	return ""
}
