package answer_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/api/answer"
)

// desk is a database with a store, a clock and a box.
type desk struct {
	*testing.T
	d     *db.DB
	box   *seal.Box
	store id.Store
}

func each(t *testing.T, fn func(k desk, now *clock.Virtual)) {
	t.Helper()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.Path, "postgres": dbtest.URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
			box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
			if err != nil {
				t.Fatal(err)
			}
			k := desk{t, dbtest.Open(t, dsn(t), now.Now), box, ""}
			k.must(func(ctx context.Context, tx *db.Tx) error {
				s, err := store.Create(ctx, tx, "Mugs", "EUR")
				k.store = s.StoreID
				return err
			})
			fn(k, now)
		})
	}
}

func (k desk) must(fn func(ctx context.Context, tx *db.Tx) error) {
	k.Helper()
	if err := k.d.Update(k.Context(), fn); err != nil {
		k.Fatal(err)
	}
}

func (k desk) begin(name, body string) (ticket *answer.Ticket, kept *answer.Answer, err error) {
	err = k.d.Update(k.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		ticket, kept, err = answer.Begin(ctx, tx, k.box, k.store, "ann POST /x", name, []byte(body))
		return err
	})
	return ticket, kept, err
}

func TestTheFirstAnswerIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(k desk, _ *clock.Virtual) {
		ticket, kept, err := k.begin("k1", "{}")
		if err != nil || ticket == nil || kept != nil {
			k.Fatal(ticket, kept, err)
		}
		if _, _, err := k.begin("k1", "{}"); !errors.Is(err, answer.ErrRunning) {
			k.Errorf("while it runs: %v", err)
		}
		k.must(func(ctx context.Context, tx *db.Tx) error {
			return ticket.Keep(ctx, tx, answer.Answer{Status: 201, Header: map[string]string{"Content-Type": "x/y"}, Body: []byte("secret")})
		})
		_, kept, err = k.begin("k1", "{}")
		if err != nil || kept == nil || kept.Status != 201 || string(kept.Body) != "secret" || kept.Header["Content-Type"] != "x/y" {
			k.Errorf("again: %+v %v", kept, err)
		}
		if _, _, err := k.begin("k1", "{ }"); !errors.Is(err, answer.ErrConflict) {
			k.Errorf("another body: %v", err)
		}
		if other, _, err := k.begin("k2", "{ }"); err != nil || other == nil {
			k.Errorf("another key: %v", err)
		}
		k.must(func(ctx context.Context, tx *db.Tx) error {
			var body string
			err := tx.QueryRowContext(ctx, `SELECT body FROM idempotency WHERE name = 'k1'`).Scan(&body)
			if !seal.IsSealed(body) || strings.Contains(body, "secret") {
				k.Errorf("stored as %s", body)
			}
			return err
		})
	})
}

func TestADroppedRequestNeverCame(t *testing.T) {
	t.Parallel()
	each(t, func(k desk, _ *clock.Virtual) {
		ticket, _, _ := k.begin("k", "a")
		k.must(ticket.Drop)
		if again, _, err := k.begin("k", "b"); again == nil || err != nil {
			k.Errorf("%v %v", again, err)
		}
	})
}

func TestADeadProcessLosesItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(k desk, now *clock.Virtual) {
		dead, _, _ := k.begin("k", "a")
		now.Advance(answer.Grace - time.Second)
		if _, _, err := k.begin("k", "a"); !errors.Is(err, answer.ErrRunning) {
			k.Errorf("too early: %v", err)
		}
		now.Advance(time.Second)
		heir, _, err := k.begin("k", "a")
		if heir == nil || err != nil {
			k.Fatal(err)
		}
		if err := k.d.Update(k.Context(), dead.Done); !errors.Is(err, answer.ErrStale) {
			k.Errorf("the late one is done: %v", err)
		}
		k.must(dead.Drop) // touches nothing
		k.must(heir.Done)
		_, kept, err := k.begin("k", "a")
		if err != nil || kept == nil || kept.Status != 0 {
			k.Errorf("done without an answer: %+v %v", kept, err)
		}
		k.must(heir.Drop) // what is done stays
		if ticket, _, _ := k.begin("k", "a"); ticket != nil {
			k.Error("it was carried out twice")
		}
		k.must(func(ctx context.Context, tx *db.Tx) error { return heir.Keep(ctx, tx, answer.Answer{Status: 200}) })
		if _, kept, _ := k.begin("k", "a"); kept.Status != 200 {
			k.Errorf("%+v", kept)
		}
	})
}
