package dbtest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/id"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// URL is the URL of a new migrated PostgreSQL database, dropped after the test.
func URL(t testing.TB) string {
	t.Helper()
	s := get(t)
	template, err := s.template()
	if err != nil {
		t.Fatalf("migrate PostgreSQL: %v", err)
	}
	return s.create(t, "TEMPLATE "+template)
}

// EmptyURL is the URL of a new PostgreSQL database without a schema, dropped after the test.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return get(t).create(t, "")
}

// get is the server, or one line that says what is missing.
func get(t testing.TB) *server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// server is where the test databases are made.
type server struct {
	base     *url.URL
	admin    *sql.DB
	input    io.Closer // of our own server: it stops when this is closed, at the end of the process at the latest
	template func() (string, error)
}

// start finds or starts the server once per process.
var start = sync.OnceValues(func() (*server, error) {
	s := &server{}
	dsn := os.Getenv("DOORSTEP_TEST_POSTGRES")
	if dsn == "" {
		var err error
		if dsn, s.input, err = serve(); err != nil {
			return nil, err
		}
	}
	var err error
	if s.base, err = url.Parse(dsn); err != nil {
		return nil, err
	}
	if s.admin, err = sql.Open("pgx", dsn); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(4)
	s.template = sync.OnceValues(s.makeTemplate)
	return s, nil
})

// serve starts the script's throw-away server. The script watches its input, which ends with
// this process however it ends, and then deletes everything.
func serve() (dsn string, input io.Closer, err error) {
	script, err := find(filepath.Join("scripts", "pg.sh"))
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(script, "serve") //nolint:gosec,noctx // our own script, found beside this file; it ends when its input does
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	var words bytes.Buffer
	cmd.Stderr = &words
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		return "", nil, errors.New(strings.TrimSpace(words.String()))
	}
	return strings.TrimSpace(line), in, nil
}

// find looks for a file of the repository from the test's folder upwards.
func find(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not above the test's folder: set DOORSTEP_TEST_POSTGRES to a server's URL", name)
		}
		dir = filepath.Dir(dir)
	}
}

// at is the URL of a database of the server.
func (s *server) at(name string) string {
	u := *s.base
	u.Path = "/" + name
	return u.String()
}

// create makes a database that lives as long as the test.
func (s *server) create(t testing.TB, how string) string {
	t.Helper()
	name := strings.ToLower("t_" + id.Token())
	if _, err := s.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" "+how); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return s.at(name)
}

// makeTemplate migrates the database from which the others are copied. Its name says what is
// in it, so that all test processes on a server share one; a lock keeps them from making it
// twice, and it gets its name when it is complete.
func (s *server) makeTemplate() (string, error) {
	files := db.Migrations()
	ctx := context.Background()
	sum, err := fingerprint(files)
	if err != nil {
		return "", err
	}
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(7366221)"); err != nil {
		return "", err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock(7366221)") //nolint:errcheck // it ends with the connection
	name := "doorstep_" + sum
	var there int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM pg_database WHERE datname = $1", name).Scan(&there); err != nil || there > 0 {
		return name, err
	}
	half := name + "_half"
	for _, step := range []string{"DROP DATABASE IF EXISTS " + half + " WITH (FORCE)", "CREATE DATABASE " + half} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return "", err
		}
	}
	if err := migrate(ctx, s.at(half), files); err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+half+" RENAME TO "+name)
	return name, err
}

// fingerprint is a short hash of all migrations.
func fingerprint(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:16], err
}
