package dashboard_test

import (
	"encoding/base64"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/account"
)

var undoForms = regexp.MustCompile(`(?s)<form class="toast__undo" method="post" action="([^"]+)">(.*?)</form>`)

var hiddenFields = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// undoes presses the button of the toast.
func (b *browser) undoes() *browser {
	b.Helper()
	form := undoForms.FindStringSubmatch(b.html)
	if form == nil {
		b.Fatalf("%s has no way back: %s", b.at, plainText(b.html))
	}
	var pairs []string
	for _, f := range hiddenFields.FindAllStringSubmatch(form[2], -1) {
		if f[1] != "key" {
			pairs = append(pairs, f[1], html.UnescapeString(f[2]))
		}
	}
	return b.post(form[1], pairs...)
}

// TestUndo: what was done is told once, on the next page, in a toast with the way back where
// there is one.
func TestUndo(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		b.post("/admin/views", "list", "orders", "name", "Mine | all", "query", "money=unpaid&col=tracking").sees("The view is saved.")
		if !strings.Contains(b.html, "data-toast") || undoForms.MatchString(b.html) {
			b.Error("what was saved is no toast, or can be undone")
		}
		b.get("/admin/orders").not("The view is saved.")
		drop := regexp.MustCompile(`/admin/views/vw_[a-z0-9]+/drop`)
		b.get("/admin/orders?money=unpaid&col=tracking")
		b.post(drop.FindString(b.html)).sees("The view is removed.").not("Mine | all")
		b.undoes().sees("The view is saved.", "Mine | all")

		// What was not done does not go by itself.
		b.post("/admin/views", "list", "orders", "name", " ", "query", "").sees("needs a name")
		if strings.Contains(b.html, "data-toast") {
			b.Error("a refusal goes by itself")
		}

		// A cookie names no address.
		for _, forged := range []string{"good|/admin/staff x|Done", "good|sell ..%2F..%2Fstaff|Done", "good|sell va_1/x|Done", "good|erase cu_1|Done", "good|save-view %zz|Done"} {
			b.client.Jar.SetCookies(mustParse(d.url+"/admin"), []*http.Cookie{{Name: "doorstep_news", Path: "/admin", Value: base64.RawURLEncoding.EncodeToString([]byte(forged))}})
			if b.get("/admin/orders").sees("Done"); undoForms.MatchString(b.html) {
				b.Errorf("%q leads somewhere", forged)
			}
		}
	})
}
