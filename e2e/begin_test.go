package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/smtptest"
)

// TestFirstMinute is a bare `doorstep serve` over an empty database: it greets, makes the
// shop and its owner, and says what comes next. Once on PostgreSQL too.
func TestFirstMinute(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]browser.Look{"390-light": {Phone: true}, "1440-dark": {Dark: true}, "postgres": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := filepath.Join(t.TempDir(), "shop.db")
			more := []string{}
			if name == "postgres" {
				database = dbtest.EmptyURL(t)
				more = []string{"--key", strings.Repeat("0f", 32)}
			}
			own := serve(t, database, more...) // it ends after the tab: live pages would miss it
			p := person(t, look)
			p.Go(own.Base + "/")
			p.Sees("main")
			stage.Welcome(p, own.Base)
			p.Sees(".dash h1")
			p.Axe(axe)
			p.Fits()
			signOut(p)
			signIn(p, own.Base, "robin@lumen.example", stage.Password)
			p.Go(own.Base + "/admin/welcome") // it is over
			p.SeesNot("form[action='/admin/welcome']")
			p.Go(own.Base + "/")
			p.Sees("header >> Lumen & Loam")
		})
	}
}

// TestFirstSteps are the wizard's own steps on an empty `doorstep serve`, from the first
// visit to a test order that waits at a supplier's desk.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true}, {Dark: true}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			own := serve(t, filepath.Join(t.TempDir(), "shop.db")) // it ends after the tab: live pages would miss it
			p := person(t, look)
			stage.Welcome(p, own.Base)
			p.AtURL("/admin/start/store")
			p.Choose("[name=country]", "DE")
			p.Fill("email", "hello@lumen.example", "address", "Lange Straße 1\n10115 Berlin")
			step(p, "form[action='/admin/start/store'] .btn--main", "/admin/start/payment")
			p.Follow("main a.pick[href*='driver=manual']")
			p.Fill("set.payee", "Lumen & Loam", "set.iban", "DE89370400440532013000")
			step(p, "form[action='/admin/start/payment'] .btn--main", "/admin/start/supplier")
			p.Fill("name", "Harbour Pottery")
			p.Follow("form[action='/admin/start/supplier/by-hand'] button")
			p.Go(own.Base + "/admin/start/products")
			p.Axe(axe)
			p.Fits()
			step(p, "form[action='/admin/products/import/sample'] button", "/admin/start/order")
			if p.Has("form[action='/admin/start/freight']") {
				p.Fill("cost", "4.90")
				p.Follow("form[action='/admin/start/freight'] button")
			}
			p.Follow("form[action='/admin/start/order'] .btn--main")
			p.Sees("main .badge >> Test")
			p.Sees("main >> 1001-1")
			p.Axe(axe)
			p.Fits()
			p.Follow("main a.btn--main[href*='/admin/orders/or_']")
			p.Sees("#order h1 >> 1001")
		})
	}
}

// step sends a form of the wizard and is led to the next one.
func step(p *browser.Tab, button, next string) {
	p.Helper()
	p.Axe(axe)
	p.Fits()
	p.Follow(button)
	p.AtURL(next)
}

// serve is a shop of a test's own.
func serve(t *testing.T, database string, more ...string) *stage.Process {
	t.Helper()
	p, err := stage.Serve(t.Context(), suite.binary, database, "127.0.0.1:0", more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// TestKeysOfTheHouse is everything that lets an owner in: the password, a new one by mail, an
// app's code, and a passkey of a device that Chromium pretends to be.
func TestKeysOfTheHouse(t *testing.T) {
	t.Parallel()
	post, err := smtptest.Start(smtptest.Options{Keep: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(post.Close)
	database := filepath.Join(t.TempDir(), "shop.db")
	own := serve(t, database) // it ends after the tab: live pages would miss it
	p := person(t, browser.Look{Phone: true})
	base := strings.Replace(own.Base, "127.0.0.1", "localhost", 1) // browsers give no passkeys to figures
	stage.Welcome(p, base)
	if err := stage.Set(t.Context(), database, map[string]string{"mail.smtp_url": post.URL(), "url": base, "brand.email": "hello@lumen.example"}); err != nil {
		t.Fatal(err)
	}

	// A new password, by mail.
	signOut(p)
	p.Follow("a[href='/admin/forgot']")
	p.SeesOnReload("[name=email]") // a setting of another process is known after a moment
	p.Fill("email", "robin@lumen.example")
	p.Follow("form[action='/admin/forgot'] button")
	p.Go(linkIn(t, post, "robin@lumen.example"))
	p.Fill("password", "a wholly new one")
	p.Follow("form[action='/admin/password'] button")
	signIn(p, base, "robin@lumen.example", "a wholly new one")

	// A passkey, and in by it.
	p.Authenticator()
	p.Go(base + "/admin/account")
	p.Click("#passkey-add")
	prove(p, "a wholly new one")
	p.Sees("[data-passkey-row]")
	signOut(p)
	p.Follow("#passkey-sign-in")
	p.Sees(".dash")

	// An app, and in by its code.
	p.Go(base + "/admin/account")
	p.Follow("#codes-begin")
	prove(p, "a wholly new one")
	p.Click(".codes details > summary")
	secret := strings.ReplaceAll(p.Text("#app-secret"), " ", "")
	p.Fill("code", code(t, secret, 0))
	p.Follow("#codes-confirm")
	p.Sees("#recovery-codes")
	signOut(p)
	p.Fill("email", "robin@lumen.example", "password", "a wholly new one")
	p.Follow("#sign-in button")
	p.Sees("#code-form")
	p.Fill("code", code(t, secret, 1)) // the last one is used up
	p.Follow("#code-form button")
	p.Sees(".dash")
}

// prove gives the password once more, where the page asks who sits there.
func prove(p *browser.Tab, password string) {
	p.Helper()
	if p.Either("#prove", "[data-passkey-row], .codes") == "#prove" {
		p.Type("#prove input[type=password]", password)
		p.Follow("#prove .btn--main")
	}
}

// code is what the app shows, or will show a number of half minutes from now.
func code(t *testing.T, secret string, later int) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(later)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var addresses = regexp.MustCompile(`http://localhost:\d+/admin/password\S+`)

// linkIn is the link of the newest mail to somebody, which is waited for.
func linkIn(t *testing.T, post *smtptest.Server, to string) string {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(30 * time.Second)
	for {
		for _, m := range post.To(to) {
			if at := addresses.FindString(m.Text); at != "" {
				return strings.TrimRight(at, ".>)")
			}
		}
		select {
		case <-deadline:
			t.Fatalf("no mail with a link came for %s", to)
		case <-look.C:
		}
	}
}
