package story_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/db/archive"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/job"
)

// The machine dies, and the shop comes back from a backup that was taken before its orders
// were sent: on the other kind of database, as it happens. The supplier who can be asked is
// asked; where nobody can be asked a person looks; nothing is ordered or told twice.
func TestRestoredFromABackup(t *testing.T) {
	t.Parallel()
	tell(t, []string{"hold", "30m"}, func(s *story) {
		found, looked := s.Customer("ann").Buys("lamp", 1), s.Customer("bob").Buys("rug", 2)
		s.work()
		path := filepath.Join(t.TempDir(), "shop.zip")
		m, err := archive.WriteFile(t.Context(), s.DB, path, archive.CSV)
		s.must(err)
		taken := m.TakenAt
		s.Later(6 * time.Hour)
		s.Expect(found, "open, ordered, paid")
		s.Expect(looked, "open, ordered, paid")
		mails := len(s.post.Messages())

		s.restore(path)
		var doubts flow.Doubts
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			doubts, err = flow.Restored(ctx, tx, s.Store.StoreID, taken)
			return err
		})
		s.must(s.Outside.Schedule(t.Context()))
		if doubts.Purchases != 2 {
			t.Errorf("%+v", doubts)
		}
		s.Later(6 * time.Hour)
		s.Expect(found, "open, ordered, paid")
		s.Expect(looked, "open, waiting, paid, uncertain")
		p, ref := s.Supplier("aliexpress").of(looked).PurchaseID, s.ali.Books()[0].Ref
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveUncertain(ctx, tx, s.Store.StoreID, p, true, ref, staff)
		})
		if again := len(s.post.Messages()) - mails; again > 0 {
			t.Errorf("%d mails were sent again", again)
		}
		s.Later(10 * day)
		s.Expect(found, "closed, delivered, paid")
		s.Expect(looked, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(1)
		s.Supplier("cj").Has(1)
	})
}

// restore fills a database of the other kind from a backup, and goes on with it.
func (s *story) restore(path string) {
	s.t.Helper()
	to := filepath.Join(s.t.TempDir(), "restored.db")
	if s.DB.Kind() == db.SQLite {
		to = dbtest.EmptyURL(s.t)
	}
	a, err := archive.Open(path)
	s.must(err)
	s.must(a.Restore(s.t.Context(), to, slog.New(slog.DiscardHandler), job.Freeze))
	s.must(a.Close())
	before := s.Store.StoreID
	s.open(to)
	if s.Store.StoreID != before || strings.HasPrefix(to, "postgres") != (s.DB.Kind() == db.Postgres) {
		s.t.Fatal("another store came back")
	}
	s.work() // nothing happens before Restored has been called
}
