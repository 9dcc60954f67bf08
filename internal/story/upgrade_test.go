package story_test

import (
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"doorstep"
	"doorstep/internal/db"
	"doorstep/internal/seal"
)

// schemaBefore is what the release before knows of the schema: all but the newest migration.
func schemaBefore(t *testing.T) fs.FS {
	t.Helper()
	all := db.Migrations()
	names, err := fs.Glob(all, "*.sql")
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	known := fstest.MapFS{}
	for _, name := range names[:len(names)-1] {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		known[name] = &fstest.MapFile{Data: text}
	}
	return known
}

// Nodes are replaced one after the other. A node that knows the schema only up to the migration
// before runs on the newest one, also when it is started again there, and says so; it does not
// start where something was taken away that it uses.
func TestTheReleaseBeforeRunsOnTheNewSchema(t *testing.T) {
	t.Parallel()
	tellOn(t, terms{known: schemaBefore(t)}, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1, "lamp", 1)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		res, err := http.Get(s.url + "/readyz")
		s.must(err)
		defer res.Body.Close()
		words, err := io.ReadAll(res.Body)
		s.must(err)
		if res.StatusCode != http.StatusOK || !strings.Contains(string(words), "newer program") {
			s.t.Errorf("%s %s", res.Status, words)
		}
		have, _, err := s.DB.Version(t.Context())
		s.must(err)
		s.exec("UPDATE schema_floor SET oldest = (SELECT MAX(version_id) FROM goose_db_version)")
		p, err := doorstep.New(t.Context(), doorstep.Config{Database: s.dsn, Key: seal.Source{Key: sealKey}, Clock: s.clock.Now, Migrations: s.terms.known})
		if err == nil {
			s.must(p.Close())
			s.t.Fatalf("it starts on schema %d, which it may not run on", have)
		}
		if !strings.Contains(err.Error(), "start the newer program") {
			s.t.Error(err)
		}
	})
}

// newest brings a database to the newest schema, as the first node of the new release does.
func newest(t *testing.T, dsn string, now func() time.Time) {
	t.Helper()
	d, err := doorstep.Open(t.Context(), dsn, db.Options{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
