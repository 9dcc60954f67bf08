package dashboard_test

import (
	"context"
	"net/http"
	"path"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

func TestWelcomeThenSignIn(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.stranger()
		b.get("/admin/orders").sees("Welcome to Doorstep")
		b.post("/admin/welcome", "store", "Lumen & Loam", "name", "Ann", "email", "ann@example", "password", "short").sees("at least 10 characters")
		b.post("/admin/welcome", "store", "Lumen & Loam", "name", "Ann", "email", "no address", "password", "correct horse 9").sees("no mail address")
		b.post("/admin/welcome", "store", "Lumen & Loam", "name", "Ann", "email", "ann@example.com", "password", "correct horse 9", "zone", "Europe/Berlin").
			sees("Home", "Lumen & Loam")
		if b.at != "/admin/start/store" {
			t.Errorf("the first owner is led to %s", b.at)
		}
		b.get("/admin/settings")
		if !strings.Contains(b.html, `value="Europe/Berlin"`) {
			t.Error("the time zone is not kept")
		}
		// Nobody becomes an owner by the same door again.
		other := d.stranger()
		other.post("/admin/welcome", "store", "x", "name", "Eve", "email", "eve@example.com", "password", "correct horse 9").sees("Sign in")

		b.post("/admin/sign-out").sees("Sign in")
		if b.get("/admin"); b.at != "/admin/sign-in" {
			t.Error("still in: ", b.at)
		}
		b.get("/admin/orders?q=x")
		if b.at != "/admin/sign-in?next=%2Fadmin%2Forders%3Fq%3Dx" {
			t.Error(b.at)
		}
		b.post("/admin/sign-in", "email", "ann@example.com", "password", "wrong wrong wrong").sees("the password is wrong")
		b.post("/admin/sign-in", "email", "Ann@Example.com ", "password", "correct horse 9", "next", "/admin/orders?q=x").sees("No order fits")
		b.post("/admin/sign-out")
		for _, away := range []string{"https://evil.example", "//evil.example", "/admin//evil.example", "/elsewhere", "/administrator"} {
			b.post("/admin/sign-in", "email", "ann@example.com", "password", "correct horse 9", "next", away)
			if b.at != "/admin" {
				t.Errorf("%s leads to %s", away, b.at)
			}
			b.post("/admin/sign-out")
		}
	})
}

func TestTooManyTries(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.signedIn(account.Owner)
		b := d.stranger()
		for range account.TriesPerAccount {
			b.post("/admin/sign-in", "email", "owner0@example.com", "password", "wrong wrong wrong")
		}
		b.post("/admin/sign-in", "email", "owner0@example.com", "password", "wrong wrong wrong").sees("Too many tries")
		if b.status != http.StatusTooManyRequests || b.header.Get("Retry-After") == "" {
			t.Errorf("%d %s", b.status, b.header.Get("Retry-After"))
		}
	})
}

func TestFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/admin/keys", strings.NewReader("key=k&key_name=x&key_role=owner"))
		d.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer, err := b.client.Do(r)
		d.must(err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%d", answer.StatusCode)
		}
		b.get("/admin/staff").not("Revoke")
		policy := b.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || b.header.Get("Cache-Control") != "no-store" {
			t.Error(policy)
		}
	})
}

func TestStaffAndKeys(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		b.post("/admin/staff", "name", "Bob", "email", "bob@example.com", "password", "correct horse 9", "role", "support").sees("Bob can sign in now")
		b.post("/admin/staff", "name", "Bob", "email", "bob@example.com", "password", "correct horse 9", "role", "support").sees("is there already")
		bob := d.stranger()
		bob.post("/admin/sign-in", "email", "bob@example.com", "password", "correct horse 9").sees("Home")
		bob.get("/admin/staff").sees("not for your role")
		bob.post("/admin/account/password", "old", "nonsense", "new", "another horse 9").sees("not your present password")
		bob.post("/admin/account/password", "old", "correct horse 9", "new", "another horse 9").sees("Your password is changed")
		bob.get("/admin/account").sees("This one")

		b.get("/admin/staff")
		at := "/admin/staff/" + between(b.html, `/admin/staff/`, `/role`)
		b.post("/admin/staff/"+string(b.staff.StaffID)+"/role", "role", "reader").sees("last owner")
		if !strings.Contains(b.html, at) {
			t.Fatal("no form for ", at)
		}
		for _, id := range staffIDs(b.html) {
			if id != string(b.staff.StaffID) {
				b.post("/admin/staff/"+id+"/access", "out", "yes").sees("cannot sign in any more", "Shut out")
			}
		}
		if bob.get("/admin"); bob.at != "/admin/sign-in" {
			t.Error("still in: ", bob.at)
		}

		b.post("/admin/keys", "key_name", "Warehouse", "key_role", "reader").sees("shown only this once", account.KeyPrefix)
		b.get("/admin/staff").sees("Warehouse").not(account.KeyPrefix)
		b.post("/admin/keys/" + between(b.html, "/admin/keys/", "/revoke") + "/revoke").sees("Revoked")
	})
}

func TestSettingsAndConnectors(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		b.post("/admin/settings", "set:hold", "soon").sees("Wait before they go", "Orders and suppliers")
		if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, `value="soon"`) {
			t.Errorf("%d: what was typed is gone", b.status)
		}
		b.post("/admin/settings", "set:hold", "5m", "set:brand.name", "Loam", "set:mail.smtp_url", "smtp://u:s3cret@mail.example:587").sees("The settings are stored", "Loam").not("s3cret")
		b.post("/admin/settings", "new_start", "tax.rate.", "new_key", "DE", "new_value", "19").sees("Tax in Germany (percent)")
		b.get("/admin/log?what=setting").sees("hold", "→ 5m").not("s3cret")

		b.get("/admin/connectors").sees("None yet: nobody can pay")
		b.post("/admin/connectors/new/payment/manual", "name", "Bad Name", "set.payee", "Loam").sees("A connector's name has at most 40")
		b.post("/admin/connectors/new/payment/manual", "name", "bank", "set.payee", "Loam", "set.iban", "DE89370400440532013000").sees("Bank is stored", "/webhooks/payment/bank")
		at := b.at
		b.post(at+"/pause", "pause", "yes").sees("It is paused")
		b.get("/admin/attention").sees("Connectors that need you", "Paused by a person: its jobs wait")
		b.post(at+"/pause", "pause", "no").sees("It works again")
		b.post(at + "/test").sees("bank")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := store.SetState(ctx, tx, d.store, id.Connector(path.Base(at)), store.Refused, "401 the key is not known")
			return err
		})
		b.get("/admin/attention").sees("Connectors that need you", "Refused", "401 the key is not known", "Look at it")
	})
}

func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}

// staffIDs are the people on the staff page.
func staffIDs(page string) (list []string) {
	for _, part := range strings.Split(page, `id="staff-`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		list = append(list, id)
	}
	return list
}
