package main

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"doorstep/internal/db"
)

// TestLogsNameNobody plays whole journeys with the log wide open: no customer's name, mail
// address, street or telephone, and no secret of a connector, stands in it.
func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.db")
	out, log, code := call(t, "--database="+file, "--log-level=debug", "demo", "--orders=8", "--chaos", "--until=delivered", "--report=json")
	if code != 0 {
		t.Fatalf("demo: %s%s", out, log)
	}
	d, err := db.Open(t.Context(), file, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	orders := 0
	err = d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT email, shipping FROM orders")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			orders++
			var email, shipping string
			if err := rows.Scan(&email, &shipping); err != nil {
				return err
			}
			var a map[string]string
			if err := json.Unmarshal([]byte(shipping), &a); err != nil {
				return err
			}
			for _, private := range []string{email, a["name"], a["line1"], a["phone"]} {
				if len(private) > 4 && strings.Contains(log, private) {
					t.Errorf("the log says %q", private)
				}
			}
		}
		return rows.Err()
	})
	if err != nil || orders < 8 {
		t.Errorf("%d orders, %v", orders, err)
	}
}

// secrets that a shop is given; they stand nowhere but, sealed, in its database.
var secrets = []string{"sk_test_canary00000000", "whsec_canary1111111", "smtpcanary2222"}

// TestSecretsStayInside gives a shop secrets and looks for them where they must not be: in the
// database file, backups, exports, listings, errors and the log. Then the key is changed.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.db")
	base := []string{"--database=" + file, "--log-level=debug"}
	var told strings.Builder
	say := func(args ...string) {
		out, errOut, _ := call(t, append(base, args...)...)
		told.WriteString(out + errOut)
	}
	say("connect", "payment", "stripe", "--set", "secret_key="+secrets[0], "--set", "webhook_secret="+secrets[1], "--set", "base_url=http://127.0.0.1:1", "--test")
	say("set", "mail.smtp_url=smtp://me:"+secrets[2]+"@127.0.0.1:1")
	say("set", "mail.smtp_url=smtp://me:"+secrets[2]+"@127.0.0.1:1?tls=nonsense")
	say("settings")
	say("orders", "export")
	say("audit", "--json")
	for _, format := range []string{"jsonl", "csv"} {
		to := filepath.Join(dir, format+".zip")
		say("backup", "--to", to, "--format", format)
		told.WriteString(unzipped(t, to))
	}
	look := func() {
		t.Helper()
		for _, name := range []string{file, file + "-wal"} {
			if text, err := os.ReadFile(name); err == nil {
				told.Write(text)
			}
		}
		for _, s := range secrets {
			if i := strings.Index(told.String(), s); i >= 0 {
				t.Errorf("%s is told: …%q", s, told.String()[max(0, i-80):i])
			}
		}
	}
	look()
	key := filepath.Join(dir, "new.key")
	if out := must(t, append(base, "seal", "rotate", "--new-key-file", key)...); !strings.Contains(out, "2 secrets are sealed") {
		t.Errorf("rotate: %s", out)
	}
	if _, errOut, code := call(t, append(base, "seal", "rotate", "--new-key-file", key)...); code != 1 || !strings.Contains(errOut, "exists") {
		t.Errorf("a key file is overwritten: %s", errOut)
	}
	if _, errOut, code := call(t, append(base, "seal", "rotate", "--new-key-file", filepath.Join(dir, "third.key"))...); code != 1 || !strings.Contains(errOut, "nothing was changed") {
		t.Errorf("the old key still opens: %s", errOut)
	}
	look()
	if out := must(t, "--database="+file, "--key-file="+key, "settings"); !strings.Contains(out, "mail.smtp_url") {
		t.Errorf("settings: %s", out)
	}
}

func unzipped(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// TestCustomersByCommand: the commands hand data over and forget it only when that is meant.
func TestCustomersByCommand(t *testing.T) {
	t.Parallel()
	base := "--database=" + filepath.Join(t.TempDir(), "shop.db")
	must(t, base, "set", "hold=1m")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"customer", "export", "--email=nobody@post.example"}, "Nothing is held"},
		{[]string{"customer", "erase", "--email=nobody@post.example"}, "--sure"},
		{[]string{"customer", "erase", "--email=nobody@post.example", "--sure"}, "Nothing is held"},
	} {
		if _, errOut, code := call(t, append([]string{base}, c.args...)...); code != 1 || !strings.Contains(errOut, c.want) {
			t.Errorf("%v: %d %s", c.args, code, errOut)
		}
	}
}
