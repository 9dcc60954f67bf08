package dashboard_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

func TestTokensAreNotFixed(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.hired(account.Owner)
		b.post("/admin/sign-out")

		// A token that somebody planted is not the one of the session that begins.
		b.with("planted")
		b.enters(goodPassword).sees("Home")
		first := b.token()
		if first == "planted" || first == "" {
			t.Error("the token was there before")
		}
		d.stranger().with("planted").get("/admin").sees("Sign in")
		b.enters(goodPassword) // signed in twice: another session
		if b.token() == first {
			t.Error("signing in again gives the same token")
		}

		// The password is changed, the role is changed: another token each time.
		before := b.token()
		b.post("/admin/account/password", "old", goodPassword, "new", "another horse 9").sees("Your password is changed")
		if b.token() == before {
			t.Error("the same token after a new password")
		}
		for _, old := range []string{first, before} {
			d.stranger().with(old).get("/admin").sees("Sign in")
		}
		support := d.hired(account.Support)
		before = support.token()
		b.post("/admin/staff/"+string(support.staff.StaffID)+"/role", "role", "manager").sees("The role is changed")
		support.get("/admin/settings").sees("Settings")
		if support.token() == before {
			t.Error("the same token with another role")
		}
		d.stranger().with(before).get("/admin").sees("Sign in")
		support.get("/admin").sees("Home")
	})
}

func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		idle, busy := d.hired(account.Reader), d.hired(account.Reader)
		start := d.now.Now()
		d.now.Advance(account.SessionIdle - time.Minute)
		idle.get("/admin").sees("Home") // just in time
		busy.get("/admin").sees("Home")
		for d.now.Now().Sub(start) < account.SessionLife-25*time.Hour {
			d.now.Advance(24 * time.Hour)
			busy.get("/admin").sees("Home")
		}
		idle.get("/admin").sees("Sign in")
		d.now.Advance(25 * time.Hour)
		busy.get("/admin").sees("Sign in") // however busy
	})
}

func TestCookiesByHTTPS(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.hired(account.Reader)
		if c := b.header.Get("Set-Cookie"); strings.Contains(c, "__Host-") {
			t.Error(c)
		}
		d.set("url", "https://shop.example")
		sign := func(host, cookie string) *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/admin/sign-in", strings.NewReader("email="+b.staff.Email+"&password="+goodPassword))
			d.must(err)
			r.Host = host
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			if cookie != "" {
				r.Method, r.URL.Path = http.MethodGet, "/admin/account"
				r.Header.Set("Cookie", cookie)
			}
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			answer, err := client.Do(r)
			d.must(err)
			answer.Body.Close()
			return answer
		}
		set := sign("shop.example", "").Header.Get("Set-Cookie")
		for _, want := range []string{"__Host-doorstep_admin=", "Path=/;", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(set, want) {
				t.Errorf("%q lacks %s", set, want)
			}
		}
		pair, _, _ := strings.Cut(set, ";")
		if got := sign("shop.example", pair).StatusCode; got != http.StatusOK {
			t.Error(got)
		}
		plain := strings.TrimPrefix(pair, "__Host-")
		if got := sign("shop.example", plain).StatusCode; got != http.StatusSeeOther {
			t.Errorf("a cookie that a neighbour may have set lets in: %d", got)
		}
	})
}

func TestWelcomeIsLockedFromAfar(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		token := ""
		d.update(func(_ context.Context, tx *db.Tx) error {
			token = flow.WelcomeToken(seal.Of(tx), d.store)
			return nil
		})
		ask := func(path string, headers map[string]string, form string) (int, string) {
			method := http.MethodGet
			if form != "" {
				method = http.MethodPost
			}
			r, err := http.NewRequestWithContext(t.Context(), method, d.url+path, strings.NewReader(form))
			d.must(err)
			if form != "" {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Sec-Fetch-Site", "same-origin")
			}
			for name, value := range headers {
				r.Header.Set(name, value)
			}
			r.Host = headers["Host"]
			b := d.stranger()
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			answer, err := b.client.Do(r)
			d.must(err)
			defer answer.Body.Close()
			page := new(strings.Builder)
			_ = answer.Write(page)
			return answer.StatusCode, page.String()
		}
		const asks, opens = "Is this your shop?", "Welcome to Doorstep"
		form := "store=Loam&name=Eve&email=eve@example.com&password=correct+horse+9"
		for name, headers := range map[string]map[string]string{
			"a proxy's header": {"X-Forwarded-For": "203.0.113.9"}, "another": {"Forwarded": "for=203.0.113.9"}, "a third": {"X-Real-Ip": "127.0.0.1"},
			"a tunnel": {"Cf-Connecting-Ip": "203.0.113.9"}, "a public name": {"Host": "shop.example"}, "rebinding": {"Host": "127.0.0.1.evil.example"},
		} {
			if _, page := ask("/admin/welcome", headers, ""); !strings.Contains(page, asks) || strings.Contains(page, opens) {
				t.Errorf("%s opens the door", name)
			}
			if _, page := ask("/admin/welcome", headers, form); !strings.Contains(page, asks) {
				t.Errorf("%s makes an owner", name)
			}
			status, page := ask("/admin/welcome?token="+token[1:], headers, "")
			if status != http.StatusForbidden || !strings.Contains(page, "not the token") {
				t.Errorf("%s with a wrong token: %d", name, status)
			}
			if _, page := ask("/admin/welcome?token="+token, headers, ""); !strings.Contains(page, opens) || !strings.Contains(page, token) {
				t.Errorf("%s with the token: %s", name, page)
			}
		}
		if _, page := ask("/admin/welcome", nil, ""); !strings.Contains(page, opens) {
			t.Error("not even at this machine")
		}
		d.set("url", "https://shop.example")
		if _, page := ask("/admin/welcome", nil, ""); !strings.Contains(page, asks) {
			t.Error("a public shop takes its proxy for its owner")
		}
		for range account.TriesPerAddress {
			ask("/admin/welcome?token=x", nil, "")
		}
		if status, _ := ask("/admin/welcome?token="+token, nil, ""); status != http.StatusForbidden {
			t.Errorf("tries without end: %d", status)
		}
		d.now.Advance(account.TryWindow + time.Minute)
		if status, page := ask("/admin/welcome", nil, form+"&token="+token); status != http.StatusSeeOther || !strings.Contains(page, "/admin/start") {
			t.Errorf("%d %s", status, page)
		}
		if status, _ := ask("/admin/welcome?token="+token, nil, ""); status != http.StatusSeeOther {
			t.Error("the welcome is not over")
		}
		if flow.WelcomeToken(mustBox(t), d.store) == flow.WelcomeToken(mustBox(t), id.Store("st_other")) {
			t.Error("a token opens another store")
		}
	})
}

func mustBox(t *testing.T) *seal.Box {
	t.Helper()
	box, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return box
}
