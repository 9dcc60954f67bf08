package dashboard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"doorstep/internal/account"
	"doorstep/internal/account/keytest"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

const goodPassword = "correct horse 9"

// hired is somebody with a password, signed in with it.
func (d *desk) hired(role account.Role) *browser {
	d.Helper()
	hash, err := account.HashPassword(goodPassword)
	d.must(err)
	b := d.stranger()
	d.carts++
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		b.staff, err = account.AddStaff(ctx, tx, d.store, fmt.Sprintf("%s%d@example.com", role, d.carts), "Ann "+string(role), role, hash)
		return err
	})
	return b.enters(goodPassword)
}

func (b *browser) enters(password string) *browser {
	b.Helper()
	return b.post("/admin/sign-in", "email", b.staff.Email, "password", password)
}

// token is what the session's cookie carries.
func (b *browser) token() string {
	for _, c := range b.client.Jar.Cookies(mustParse(b.url + "/admin")) {
		if c.Name == "doorstep_admin" {
			return c.Value
		}
	}
	return ""
}

// set changes the store's settings.
func (d *desk) set(pairs ...string) {
	d.Helper()
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeSettings(ctx, tx, d.store, values, flow.System)
	})
}

// given is what was set.
func (d *desk) given() (set map[string]string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		set, err = store.Given(ctx, tx, d.store)
		return err
	})
	return set
}

// linkFor is the address in the newest mail of a kind to somebody.
func (d *desk) linkFor(kind, email string) (link string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		var data string
		err := tx.QueryRowContext(ctx, "SELECT data FROM mails WHERE kind = $1 AND recipient = $2 ORDER BY mail_id DESC LIMIT 1", kind, email).Scan(&data)
		if err != nil {
			return err
		}
		var about flow.About
		if err := json.Unmarshal([]byte(data), &about); err != nil {
			return err
		}
		l, err := account.GetLink(ctx, tx, d.store, about.Link)
		token := flow.StaffLinkToken(seal.Of(tx), l)
		if strings.Contains(data, token) {
			d.Error("the mail's row carries the token")
		}
		link = "/admin/password?token=" + token
		return err
	})
	return link
}

func (d *desk) countMails(kind string) (n int) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM mails WHERE kind = $1", kind).Scan(&n)
	})
	return n
}

func tokenOf(link string) string {
	_, token, _ := strings.Cut(link, "token=")
	return token
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.hired(account.Manager)
		stranger := d.stranger()
		stranger.get("/admin/forgot").sees("cannot send mails yet", "ask an owner")
		d.set("mail.smtp_url", "smtp://127.0.0.1:2525", "url", "https://shop.example")
		stranger.get("/admin/sign-in").sees("Forgot your password?")

		// Whoever asks is told the same.
		known := stranger.post("/admin/forgot", "email", b.staff.Email).sees("Look at your mails").html
		unknown := stranger.post("/admin/forgot", "email", "nobody@example.com").html
		if strings.ReplaceAll(known, b.staff.Email, "x") != strings.ReplaceAll(unknown, "nobody@example.com", "x") {
			t.Error("the page tells who works here")
		}
		if n := d.countMails(flow.MailReset); n != 1 {
			t.Errorf("%d mails", n)
		}
		link := d.linkFor(flow.MailReset, b.staff.Email)
		for range 2 { // looking uses nothing up
			stranger.get(link).sees("A new password", "Set the password")
		}
		stranger.post("/admin/password", "token", tokenOf(link), "password", "short").sees("at least 10 characters")
		stranger.post("/admin/password", "token", tokenOf(link), "password", "another horse 9").sees("Your password is set", "Sign in")
		if d.countMails(flow.MailSecurity) != 1 {
			t.Error("nobody is told that the password was changed")
		}
		if b.get("/admin"); b.at != "/admin/sign-in" {
			t.Error("the sessions before are still good: ", b.at)
		}
		stranger.post("/admin/password", "token", tokenOf(link), "password", "another horse 9").sees("This link does not open")
		stranger.get(link).sees("This link does not open")
		b.enters(goodPassword).sees("the password is wrong")
		b.enters("another horse 9").sees("Home")

		// What is tried too often is not hashed, even where the link is a good one.
		stranger.post("/admin/forgot", "email", b.staff.Email)
		good := tokenOf(d.linkFor(flow.MailReset, b.staff.Email))
		for range account.TriesPerAddress {
			stranger.post("/admin/password", "token", "guessed", "password", "guessed horse 9")
		}
		stranger.post("/admin/password", "token", good, "password", "third horse 9").sees("Too many tries")
		if stranger.status != http.StatusTooManyRequests {
			t.Error(stranger.status)
		}
		d.now.Advance(account.TryWindow)
		stranger.post("/admin/password", "token", good, "password", "short").sees("at least 10 characters")
		b.enters("another horse 9").sees("Home")

		// Late, and too often.
		stranger.post("/admin/forgot", "email", b.staff.Email)
		late := d.linkFor(flow.MailReset, b.staff.Email)
		d.now.Advance(account.ResetLife)
		stranger.get(late).sees("This link does not open")
		for range account.ResetsPerAccount {
			stranger.post("/admin/forgot", "email", "nobody@example.com")
		}
		stranger.post("/admin/forgot", "email", "nobody@example.com").sees("Too many tries")
		if stranger.status != http.StatusTooManyRequests {
			t.Error(stranger.status)
		}
	})
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.hired(account.Owner)
		b.post("/admin/staff", "name", "Bob", "email", "bob@example.com", "role", "support").sees("needs a mail server")
		d.set("mail.smtp_url", "smtp://127.0.0.1:2525", "url", "https://shop.example")
		b.post("/admin/staff", "name", "Bob", "email", "bob@example.com", "role", "support").sees("gets a mail with a link", "Invited")
		first := d.linkFor(flow.MailInvited, "bob@example.com")
		bob := d.stranger()
		bob.post("/admin/sign-in", "email", "bob@example.com", "password", "").sees("the password is wrong")

		var who string
		for _, id := range staffIDs(b.html) {
			if id != string(b.staff.StaffID) {
				who = id
			}
		}
		b.post("/admin/staff/" + who + "/invite").sees("A new link is on its way")
		second := d.linkFor(flow.MailInvited, "bob@example.com")
		bob.get(first).sees("This link does not open")
		d.now.Advance(account.InvitationLife - time.Minute)
		bob.get(second).sees("Welcome, Bob")
		bob.post("/admin/password", "token", tokenOf(second), "password", "bobs own horse 9").sees("Your password is set")
		bob.post("/admin/sign-in", "email", "bob@example.com", "password", "bobs own horse 9").sees("Home")

		b.enters(goodPassword).post("/admin/staff/" + who + "/invite").sees("Only who was invited")
		b.get("/admin/staff/" + who + "/password").sees("New password for Bob")
		b.post("/admin/staff/"+who+"/password", "password", "short").sees("at least 10 characters")
		b.post("/admin/staff/"+who+"/password", "password", "told in person 9").sees("The new password is set")
		if bob.get("/admin"); bob.at != "/admin/sign-in" {
			t.Error("Bob is still in with the old one: ", bob.at)
		}
		bob.post("/admin/sign-in", "email", "bob@example.com", "password", "told in person 9").sees("Home")
	})
}

// setUpApp sets up an app for whoever is signed in: its secret, and the recovery codes.
func (b *browser) setUpApp() (secret string, recovery []string) {
	b.Helper()
	b.post("/admin/account/codes").sees("Scan this with the app")
	if !strings.Contains(b.html, `src="data:image/png;base64,`) {
		b.Error("no QR code")
	}
	secret = strings.ReplaceAll(between(b.html, `id="app-secret">`, "<"), " ", "")
	b.post("/admin/account/codes/confirm", "code", "000000").sees("This code is wrong")
	b.post("/admin/account/codes/confirm", "code", b.code(secret)).sees("They are shown only this once")
	for _, m := range regexp.MustCompile(`<li><code class="code">([^<]+)<`).FindAllStringSubmatch(b.html, -1) {
		recovery = append(recovery, m[1])
	}
	b.now.Advance(time.Minute)
	return secret, recovery
}

func (d *desk) code(secret string) string {
	code, err := totp.GenerateCode(secret, d.now.Now())
	d.must(err)
	return code
}

func TestSecondFactorByApp(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.set("mail.smtp_url", "smtp://127.0.0.1:2525")
		b := d.hired(account.Owner)
		before := b.token()
		secret, recovery := b.setUpApp()
		if len(recovery) != 10 || b.token() == before || d.countMails(flow.MailSecurity) != 1 {
			t.Fatalf("%q; the same token: %v", recovery, b.token() == before)
		}
		b.get("/admin/account").sees("Second step: an app On", "10 recovery codes are left").not(recovery[0])
		b.post("/admin/sign-out")

		b.enters(goodPassword).sees("One more step").not("Home")
		if b.get("/admin/orders"); !strings.HasPrefix(b.at, "/admin/sign-in") {
			t.Error("half a sign-in lets in: ", b.at)
		}
		b.post("/admin/sign-in/code", "code", "123456").sees("This code is wrong")
		code := d.code(secret)
		b.post("/admin/sign-in/code", "code", code, "next", "/admin/orders").sees("Orders")
		b.get("/admin/account").sees("password and code")
		b.post("/admin/sign-out")
		b.enters(goodPassword)
		b.post("/admin/sign-in/code", "code", code).sees("This code is wrong") // it counted already
		b.post("/admin/sign-in/code", "code", recovery[0]).sees("Home")
		b.get("/admin/account").sees("9 recovery codes are left")
		b.post("/admin/account/recovery").sees("They are shown only this once")

		// Another browser cannot take part in a sign-in that it did not begin, nor later.
		other := d.stranger()
		other.post("/admin/sign-in/code", "code", d.code(secret)).sees("That took too long")
		b.post("/admin/sign-out")
		b.enters(goodPassword)
		d.now.Advance(account.CeremonyLife)
		b.post("/admin/sign-in/code", "code", d.code(secret)).sees("That took too long")
		b.enters(goodPassword)
		for range account.TriesPerAccount {
			b.post("/admin/sign-in/code", "code", "123456")
		}
		b.post("/admin/sign-in/code", "code", d.code(secret)).sees("Too many tries")
		d.now.Advance(account.TryWindow + time.Minute)
		b.enters(goodPassword)
		b.post("/admin/sign-in/code", "code", d.code(secret)).sees("Home")

		b.post("/admin/account/codes/end", "off", "wrong wrong wrong").sees("This is not your password")
		b.post("/admin/account/codes/end", "off", goodPassword).sees("not asked for any more")
		b.post("/admin/sign-out")
		b.enters(goodPassword).sees("Home")
	})
}

func TestSecondFactorForEverybody(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		owner, support := d.hired(account.Owner), d.hired(account.Support)
		owner.setUpApp()
		owner.post("/admin/staff/second-factor", "required", "yes").sees("Everybody needs a second factor now")
		support.get("/admin/orders").sees("One more thing before you go on")
		if support.at != "/admin/account" {
			t.Error(support.at)
		}
		support.post("/admin/orders/bulk", "action", "release").sees("That was not done")
		support.setUpApp()
		support.get("/admin/orders").sees("No orders yet")

		owner.post("/admin/staff/" + string(support.staff.StaffID) + "/factors").sees("taken away")
		if support.get("/admin/orders"); !strings.HasPrefix(support.at, "/admin/sign-in") {
			t.Error("still in: ", support.at)
		}
		support.enters(goodPassword).sees("One more thing before you go on")
		manager := d.hired(account.Manager)
		manager.setUpApp()
		manager.post("/admin/settings", "set:staff.second_factor", "optional", "new_start", "staff.", "new_key", "second_factor", "new_value", "optional",
			"set:url", "https://evil.example", "set:mail.smtp_url", "smtp://evil.example").sees("The settings are stored")
		manager.post("/admin/settings", "set: url", "https://evil.example", "set: mail.smtp_url", "smtp://evil.example", "set:mail.from\t", "evil@evil.example",
			"set: staff.second_factor", "optional").sees("The settings are stored")
		owner.get("/admin/staff").sees("Required")
		owner.get("/admin/settings")
		if strings.Contains(owner.html, "evil.example") {
			t.Error("a manager turns the mails with owners' links aside")
		}
		set := d.given()
		if set["staff.second_factor"] != "required" || set["url"] != "" || set["mail.smtp_url"] != "" || set["mail.from"] != "" {
			t.Errorf("a manager changes what is for owners: %v", set)
		}
		owner.post("/admin/settings", "set: brand.name", "Padded")
		if name, is := d.given()["brand.name"]; is || owner.status != http.StatusUnprocessableEntity {
			t.Errorf("a key with spaces around it: %d, %q is stored", owner.status, name)
		}
	})
}

// script sends JSON as our script does, and gives what it is told.
func (b *browser) script(path string, body any) (status int, told map[string]any) {
	b.Helper()
	text, err := json.Marshal(body)
	b.must(err)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, strings.NewReader(string(text)))
	b.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.client.Do(r)
	b.must(err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	b.must(err)
	if err := json.Unmarshal(said, &told); err != nil {
		b.Errorf("%s: %d %s", path, answer.StatusCode, said)
	}
	return answer.StatusCode, told
}

// passkey plays a button: the question, the device, the answer.
func (b *browser) passkey(path string, use func(options []byte) ([]byte, error), more map[string]any) (status int, told map[string]any) {
	b.Helper()
	status, options := b.script(path+"/ask", map[string]any{})
	if status != http.StatusOK {
		return status, options
	}
	text, err := json.Marshal(options)
	b.must(err)
	answer, err := use(text)
	b.must(err)
	body := map[string]any{"answer": json.RawMessage(answer)}
	for k, v := range more {
		body[k] = v
	}
	return b.script(path, body)
}

func TestPasskeys(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.set("url", "http://localhost:8080", "mail.smtp_url", "smtp://127.0.0.1:2525")
		phone := keytest.New("http://localhost:8080")
		b := d.hired(account.Owner)
		before := b.token()
		if status, told := b.passkey("/admin/account/passkeys", phone.Create, map[string]any{"name": "Phone"}); status != http.StatusOK || told["lead"] != "/admin/account" {
			t.Fatalf("%d %v", status, told)
		}
		if b.token() == before || d.countMails(flow.MailSecurity) != 1 {
			t.Error("the same token, or nobody was told")
		}
		b.get("/admin/account").sees("The passkey is added", "Phone", "not used yet")
		b.post("/admin/sign-out")

		in := func() *browser { return &browser{desk: d, client: &http.Client{Jar: newJar()}} }
		c := in()
		status, told := c.passkey("/admin/sign-in/passkey", phone.Get, map[string]any{"next": "/admin/orders"})
		if status != http.StatusOK || told["lead"] != "/admin/orders" {
			t.Fatalf("%d %v", status, told)
		}
		c.get("/admin/account").sees("passkey · seen", "used just now")
		if status, told := in().passkey("/admin/sign-in/passkey", phone.Get, map[string]any{"next": "https://evil.example"}); status != http.StatusOK || told["lead"] != "/admin" {
			t.Errorf("%d %v", status, told)
		}
		// An answer without its cookie, and one that comes twice.
		e := in()
		_, options := e.script("/admin/sign-in/passkey/ask", map[string]any{})
		text, _ := json.Marshal(options)
		answer, _ := phone.Get(text)
		if status, _ := in().script("/admin/sign-in/passkey", map[string]any{"answer": json.RawMessage(answer)}); status != http.StatusUnprocessableEntity {
			t.Errorf("from another browser: %d", status)
		}
		for i, want := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
			if status, told := e.script("/admin/sign-in/passkey", map[string]any{"answer": json.RawMessage(answer)}); status != want {
				t.Errorf("time %d: %d %v", i, status, told)
			}
		}
		// It counts as two factors.
		d.set("staff.second_factor", "required")
		c.get("/admin/orders").sees("No orders yet")
		b.enters(goodPassword).sees("please use your passkey").not("Home")

		at := "/admin/account/passkeys/" + between(c.get("/admin/account").html, "/admin/account/passkeys/", "/name")
		c.post(at+"/name", "name", "Old phone").sees("has its new name", "Old phone")
		c.post(at + "/remove").sees("does not work here any more")
		if status, _ := in().passkey("/admin/sign-in/passkey", phone.Get, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("removed: %d", status)
		}
	})
}

func TestDangerousActsAskWhoItIs(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.set("url", "http://localhost:8080")
		b := d.hired(account.Owner)
		phone := keytest.New("http://localhost:8080")
		b.passkey("/admin/account/passkeys", phone.Create, nil)
		d.now.Advance(account.ProofLife)
		b.post("/admin/keys", "key_name", "Till", "key_role", "reader").sees("Is it you?").not(account.KeyPrefix)
		if !strings.Contains(b.html, `name="key_name" value="Till"`) {
			t.Error("what was typed is gone")
		}
		b.post("/admin/keys", "key_name", "Till", "key_role", "reader", "prove_password", "wrong wrong wrong").sees("This is not your password").not(account.KeyPrefix)
		before := b.token()
		b.post("/admin/keys", "key_name", "Till", "key_role", "reader", "prove_password", goodPassword).sees("shown only this once", account.KeyPrefix)
		if b.token() == before {
			t.Error("the same token after proof")
		}
		b.post("/admin/keys", "key_name", "Till 2", "key_role", "reader").sees(account.KeyPrefix) // not asked again

		d.now.Advance(account.ProofLife)
		b.post("/admin/staff", "name", "Bob", "email", "bob@example.com", "password", "typed secretly 9", "role", "support").sees("Is it you?")
		if strings.Contains(b.html, "typed secretly 9") {
			t.Error("a password is shown again")
		}
		if status, told := b.script("/admin/account/passkeys/ask", nil); status != http.StatusUnauthorized || told["lead"] == nil {
			t.Errorf("%d %v", status, told)
		}
		b.get("/admin/staff/" + string(b.staff.StaffID) + "/password").sees("Is it you?")
		if status, told := b.passkey("/admin/account/prove/passkey", phone.Get, nil); status != http.StatusOK {
			t.Fatalf("%d %v", status, told)
		}
		b.post("/admin/account/prove", "next", "/admin/staff").sees("Staff and keys")
		b.post("/admin/keys", "key_name", "Till 3", "key_role", "reader").sees(account.KeyPrefix)

		// Somebody else's passkey proves nothing.
		d.now.Advance(account.ProofLife)
		eve, lamp := d.hired(account.Owner), keytest.New("http://localhost:8080")
		eve.passkey("/admin/account/passkeys", lamp.Create, nil)
		if _, err := lamp.Get([]byte(`{"publicKey":{"rpId":"localhost"}}`)); err != nil {
			t.Error(err)
		}
		_, options := b.script("/admin/account/prove/passkey/ask", nil)
		delete(options["publicKey"].(map[string]any), "allowCredentials")
		text, _ := json.Marshal(options)
		answer, _ := lamp.Get(text)
		if status, _ := b.script("/admin/account/prove/passkey", map[string]any{"answer": json.RawMessage(answer)}); status != http.StatusUnprocessableEntity {
			t.Errorf("somebody else's: %d", status)
		}
		b.post("/admin/keys", "key_name", "Till 4", "key_role", "reader").sees("Is it you?")
	})
}
