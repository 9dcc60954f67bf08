package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/store"
	"doorstep/internal/web/dashboard"
)

// doors are the routes that anybody may ask for. A new one has to be written down here too:
// that a page is open to strangers is never an oversight.
var doors = []string{
	"GET /sign-in", "POST /sign-in", "GET /sign-in/code", "POST /sign-in/code", "POST /sign-in/passkey/ask", "POST /sign-in/passkey",
	"GET /forgot", "POST /forgot", "GET /password", "POST /password", "GET /welcome", "POST /welcome", "POST /theme",
}

// addressOf is a route's with names of things that are not there.
func addressOf(row dashboard.Row) string {
	var out strings.Builder
	rest := row.Path
	for {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			return dashboard.Prefix + out.String()
		}
		name, tail, _ := strings.Cut(after, "}")
		known := map[string]string{"kind": "payment", "driver": "manual"}[name]
		if known == "" {
			known = name + "_x"
		}
		out.WriteString(known)
		rest = tail
	}
}

// asks sends an empty request and follows nothing. Streams never end: their first line is enough.
func (b *browser) asks(row dashboard.Row) *browser {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	form := "key=" + fmt.Sprint(b.now.Now().UnixNano(), b.staff.Role)
	r, err := http.NewRequestWithContext(ctx, row.Method, b.url+addressOf(row), strings.NewReader(form))
	b.must(err)
	if row.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := b.client.Do(r)
	b.must(err)
	answer.Body.Close()
	b.status, b.header, b.at = answer.StatusCode, answer.Header, r.URL.Path
	return b
}

// TestRolesOfEveryRoute walks every route of the table with every role, with none, and with a
// session of another store. The table decides; a route for which it does not fails.
func TestRolesOfEveryRoute(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		d.order("Ann")
		people := []*browser{d.stranger(), d.elsewhere(), d.shutOut()}
		for _, role := range account.Roles() {
			people = append(people, d.signedIn(role))
		}
		for _, row := range dashboard.Rows() {
			name := row.Method + " " + row.Path
			if row.Open != slices.Contains(doors, name) {
				t.Errorf("%s: whether strangers may ask for it is not decided in both places", name)
			}
			if row.Open == row.Need.Valid() || row.Open && row.Need != "" {
				t.Errorf("%s: it is open (%v) and needs the role %q", name, row.Open, row.Need)
			}
			if row.Path == "/sign-out" || row.Open && row.Method == http.MethodPost {
				continue // who signs out is out, and the doors count tries: they have their own tests
			}
			for _, b := range people {
				b.asks(row)
				decided(t, fmt.Sprintf("%s as %q: %d", name, b.staff.Role, b.status), row, b)
			}
		}
	})
}

// decided holds an answer against the table.
func decided(t *testing.T, name string, row dashboard.Row, b *browser) {
	t.Helper()
	to := b.header.Get("Location")
	switch {
	case b.status >= http.StatusInternalServerError:
		t.Error(name)
	case row.Open:
	case b.staff.Role == "":
		if b.status != http.StatusSeeOther || !strings.HasPrefix(to, dashboard.Prefix+"/sign-in") {
			t.Error(name, "a stranger is not sent to the door", to)
		}
	case b.staff.Role.Covers(row.Need) != (b.status != http.StatusForbidden):
		t.Error(name, "needs", row.Need)
	case strings.HasPrefix(to, dashboard.Prefix+"/sign-in"):
		t.Error(name, "somebody who is signed in is sent to the door")
	}
}

// elsewhere is the owner of another store in the same database: a stranger here.
func (d *desk) elsewhere() *browser {
	d.Helper()
	b := d.stranger()
	token := ""
	d.update(func(ctx context.Context, tx *db.Tx) error {
		s, err := store.Create(ctx, tx, "Lamps", "EUR")
		if err != nil {
			return err
		}
		who, err := account.AddStaff(ctx, tx, s.StoreID, "eve@example.com", "Eve", account.Owner, "no hash")
		if err != nil {
			return err
		}
		token, err = flow.SignIn(ctx, tx, who, "Firefox", "192.0.2.1")
		return err
	})
	return b.with(token)
}

// shutOut is an owner whose session is left, but who is not let in any more.
func (d *desk) shutOut() *browser {
	d.Helper()
	d.signedIn(account.Owner)
	d.carts++
	b := d.signedIn(account.Owner)
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return account.Disable(ctx, tx, d.store, b.staff.StaffID, true)
	})
	d.carts++
	b.staff = account.Staff{}
	return b
}

// with is the browser with a session's token.
func (b *browser) with(token string) *browser {
	b.client.Jar.SetCookies(mustParse(b.url), []*http.Cookie{{Name: "doorstep_admin", Value: token, Path: "/admin"}})
	return b
}

// TestEveryFormOfAnotherSiteIsRefused sends every form of the table as another site would,
// and as something that is no browser.
func TestEveryFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		for _, row := range dashboard.Rows() {
			if row.Method != http.MethodPost {
				continue
			}
			for from, headers := range map[string]map[string]string{
				"another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, "a neighbour": {"Sec-Fetch-Site": "same-site"},
				"an old browser": {"Origin": "https://evil.example"}, "a sandbox": {"Origin": "null"}, "no browser": {},
			} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+addressOf(row), strings.NewReader("key=k"))
				d.must(err)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				for name, value := range headers {
					r.Header.Set(name, value)
				}
				answer, err := b.client.Do(r)
				d.must(err)
				answer.Body.Close()
				if answer.StatusCode != http.StatusForbidden {
					t.Errorf("POST %s from %s: %d", row.Path, from, answer.StatusCode)
				}
			}
		}
	})
}

func TestDangerousRoutesExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, row := range dashboard.Rows() {
		known[row.Method+" "+row.Path] = true
	}
	for _, name := range dashboard.MustProve() {
		if !known[name] {
			t.Errorf("%s is no route (any more)", name)
		}
	}
}
