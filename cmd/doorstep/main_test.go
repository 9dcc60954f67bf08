package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// call runs the command line in process.
func call(t *testing.T, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return o.String(), e.String(), code
}

// must runs a command that has to work.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, errOut, code := call(t, args...)
	if code != 0 {
		t.Fatalf("doorstep %s: exit %d: %s%s", strings.Join(args, " "), code, out, errOut)
	}
	return out
}

func TestAScriptPreparesAStore(t *testing.T) {
	t.Parallel()
	db := "--database=" + filepath.Join(t.TempDir(), "shop.db")
	if out := must(t, db, "import", "sample"); !strings.Contains(out, "84 products created") {
		t.Errorf("import sample: %s", out)
	}
	must(t, db, "set", "hold=5m", "rate.USD.EUR=0.92", "brand.name=Lumen & Loam")
	if out := must(t, db, "settings", "--json"); !strings.Contains(out, `"hold": "5m"`) || !strings.Contains(out, "Lumen & Loam") {
		t.Errorf("settings: %s", out)
	}
	must(t, db, "connect", "supplier", "cj", "--name", "cj-2", "--set", "api_key=top;secret=1", "--supplier", "CJ Dropshipping", "--ship-to", "de,AT",
		"--priority", "3", "--handling-days", "1", "--manual",
		"--freight", `[{"countries":["*"],"service":"p","name":"Post","cost":"4.90","currency":"EUR","min_days":1,"max_days":2}]`)
	must(t, db, "connect", "supplier", "cj", "--name", "cj-2", "--set", "qps=2", "--automatic") // changes, and forgets nothing
	out := must(t, db, "connect", "list")
	if strings.Contains(out, "top;secret") || !strings.Contains(out, `"qps": "2"`) || !strings.Contains(out, `"api_key": "(secret)"`) {
		t.Errorf("connect list: %s", out)
	}
	if key := strings.TrimSpace(must(t, db, "key", "add", "--name", "script")); !strings.HasPrefix(key, "dsk_") {
		t.Errorf("key add: %q", key)
	}
	must(t, db, "user", "add", "--email", "ann@shop.example", "--password", "a long password")
	if out := must(t, db, "orders", "list"); !json.Valid([]byte(out)) {
		t.Errorf("orders list: %s", out)
	}
	if out := must(t, db, "audit", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("audit: %s", out)
	}
	must(t, db, "migrate")
}

// logLine is a line of the log beside the error, as a busy machine writes one about a slow transaction.
var logLine = regexp.MustCompile(`(?m)^time=.*\n`)

func TestErrorsAreOneLineThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := "--database=" + filepath.Join(dir, "shop.db")
	must(t, db, "set", "hold=1m")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{db, "set", "hodl=1m"}, "did you mean hold"},
		{[]string{db, "set", "hold"}, "KEY=VALUE"},
		{[]string{db, "connect", "supplier", "nobody"}, "aliexpress cj manual"},
		{[]string{db, "connect", "payment", "stripe"}, "secret_key"},
		{[]string{db, "connect", "supplier", "cj", "--set", "api_key=x", "--freight", "nonsense"}, "freight table"},
		{[]string{db, "orders", "show", "7"}, `order "7": there is none of this number or id: doorstep orders list`},
		{[]string{"--database=" + filepath.Join(dir, "no", "folder.db"), "set", "hold=1m"}, "make the folder first"},
		{[]string{db, "user", "add", "--email", "ann", "--password", "a long password"}, "mail address"},
		{[]string{db, "serve", "--listen", "nowhere:1:2"}, "--listen"},
		{[]string{db, "serve", "--traces", "localhost:4318"}, "http://localhost:4318"},
		{[]string{db, "serve", "--traces-share", "0"}, "1 to 100"},
		{[]string{db, "fly"}, "--help"},
		{[]string{"--database=mysql://h/d", "migrate"}, "postgres://"},
		{[]string{"--database=" + filepath.Join(dir, "none.db"), "audit"}, "--database"},
		{[]string{"--database=postgres://u:topsecret@127.0.0.1:1/d", "migrate"}, "is the server running"},
		{[]string{"--database=postgres://u:topsecret@127.0.0.1:1/d", "serve"}, "DOORSTEP_KEY"},
	} {
		out, errOut, code := call(t, c.args...)
		errOut = logLine.ReplaceAllString(errOut, "")
		if code != 1 || out != "" || strings.Count(errOut, "\n") != 1 || !strings.HasPrefix(errOut, "doorstep: ") || !strings.Contains(errOut, c.want) {
			t.Errorf("%v: exit %d, %q, %q; want %q", c.args, code, out, errOut, c.want)
		}
		if strings.Contains(errOut, "topsecret") {
			t.Errorf("%v tells the password: %q", c.args, errOut)
		}
	}
}

// watched is a writer that can be waited on.
type watched struct {
	mu    sync.Mutex
	text  strings.Builder
	lines chan string
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(b)
	w.lines <- string(b)
	return len(b), nil
}

func TestServeSaysWhereAndStopsWhenTold(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &watched{lines: make(chan string, 4)}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"--database=" + filepath.Join(t.TempDir(), "shop.db"), "--log-level=error", "serve", "--listen=127.0.0.1:0"}, out, io.Discard)
	}()
	var base string
	select {
	case line := <-out.lines:
		base = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	case <-time.After(20 * time.Second):
		t.Fatal("serve says nothing")
	}
	for path, want := range map[string]string{
		"/": "<title>My store", "/healthz": "ok", "/readyz": "ready", "/metrics": "doorstep_jobs",
		"/api/v1/openapi.json": `"openapi": "3.1`, "/api/v1/products": `"products":[]`, "/sample/stoneware-mug/1.svg": "<svg",
	} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s %.200s", path, res.Status, body)
		}
	}
	stop()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("serve ended with %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Error("serve does not stop")
	}
}

// The verdict is one JSON object, in a calm world and in a chaotic one.
func TestDemoPrintsOneObject(t *testing.T) {
	t.Parallel()
	for _, chaos := range []bool{false, true} {
		args := []string{"--database=" + filepath.Join(t.TempDir(), "demo.db"), "demo", "--orders=12", "--until=delivered", "--report=json"}
		if chaos {
			args = append(args, "--chaos")
		}
		out := must(t, args...)
		var r map[string]any
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for field, want := range map[string]any{
			"orders": 12.0, "delivered": 12.0, "duplicates": 0.0, "lost": 0.0, "ledger_balanced": true, "audit_ok": true,
			"supplier_orders_in_their_books": r["purchases"],
		} {
			if r[field] != want {
				t.Errorf("chaos %v: %s = %v, want %v", chaos, field, r[field], want)
			}
		}
	}
}

func TestFlagsAreEnvironmentVariablesToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	t.Setenv("DOORSTEP_DATABASE", file)
	t.Setenv("DOORSTEP_STORE_NAME", "Lumen & Loam")
	t.Setenv("DOORSTEP_CURRENCY", "CHF")
	must(t, "set", "hold=1m")
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	if out := must(t, "settings"); !strings.HasPrefix(out, "Lumen & Loam sells in CHF.") {
		t.Errorf("settings: %.80s", out)
	}
}

// A file is read twice, and the input can be read only once.
func TestImportReadsTheStandardInput(t *testing.T) {
	t.Parallel()
	c := bring{Files: []string{"a.csv", "-"}}
	err := c.reading(strings.NewReader("Handle,Title\nmug,Mug\n"), func(files []string) error {
		for range 2 {
			body, err := os.ReadFile(files[1])
			if err != nil || files[0] != "a.csv" || filepath.Base(files[1]) != "stdin" || string(body) != "Handle,Title\nmug,Mug\n" {
				t.Errorf("%v %q %v", files, body, err)
			}
		}
		c.Files = files
		return nil
	})
	if _, gone := os.Stat(c.Files[1]); err != nil || !os.IsNotExist(gone) {
		t.Errorf("%v; the copy: %v", err, gone)
	}
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, again := "--database="+filepath.Join(dir, "old.db"), "--database="+filepath.Join(dir, "new.db")
	must(t, old, "import", "sample")
	must(t, old, "connect", "supplier", "cj", "--set", "api_key=top secret")
	file := filepath.Join(dir, "backup.zip")
	if out := must(t, old, "backup", "--to", file); !strings.Contains(out, "rows of") {
		t.Errorf("backup: %s", out)
	}
	if raw, err := os.ReadFile(file); err != nil || bytes.Contains(raw, []byte("top secret")) {
		t.Errorf("the backup tells secrets, or is not there: %v", err)
	}
	if _, errOut, code := call(t, old, "backup", "--to", file); code == 0 || !strings.Contains(errOut, "there is such a file already") {
		t.Errorf("a backup was written over: %s", errOut)
	}
	if _, errOut, code := call(t, again, "restore", "--from", file); code == 0 || !strings.Contains(errOut, "--key-file") {
		t.Errorf("restored without the key: %s", errOut)
	}
	key := "--key-file=" + filepath.Join(dir, "old.db.key")
	if out := must(t, again, key, "restore", "--from", file); !strings.Contains(out, "Everything adds up") {
		t.Errorf("restore: %s", out)
	}
	if out := must(t, again, key, "connect", "list"); !strings.Contains(out, `"api_key": "(secret)"`) {
		t.Errorf("connect list: %s", out)
	}
	if _, errOut, code := call(t, again, key, "restore", "--from", file); code == 0 || !strings.Contains(errOut, "not empty") {
		t.Errorf("restored over a store: %s", errOut)
	}
}
