package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/store"
)

// desk is a store with one member of staff, and a clock that tests turn.
func desk(t *testing.T, d *db.DB) (s account.Staff) {
	t.Helper()
	err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Mugs", "EUR")
		if err != nil {
			return err
		}
		s, err = account.AddStaff(ctx, tx, made.StoreID, "ann@example.com", "Ann", account.Owner, "hash")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func update(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		steps   []time.Duration // between visits, each of which is noted
		want    error
		disable bool
	}{
		"a visit now and then keeps it": {steps: []time.Duration{70 * time.Hour, 70 * time.Hour, 70 * time.Hour}},
		"left alone for too long":       {steps: []time.Duration{account.SessionIdle}, want: account.ErrSession},
		"shut out":                      {steps: []time.Duration{time.Minute}, disable: true, want: account.ErrSession},
		"used for a month":              {steps: slices30(), want: account.ErrSession},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := clock.NewVirtual(start)
			dbtest.EachWith(t, now.Now, func(t *testing.T, d *db.DB) {
				ann := desk(t, d)
				var token string
				update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
					s := ann
					s.CreatedAt = tx.Now
					var session account.Session
					session, token, err = account.StartSession(ctx, tx, s, account.ByPassword, "Browser", "192.0.2.1")
					for _, step := range c.steps {
						tx.Now = tx.Now.Add(step)
						var e error
						if _, _, e = account.Resume(ctx, tx, token); e == nil {
							if err := account.Touch(ctx, tx, session, "192.0.2.2"); err != nil {
								return err
							}
						} else if c.want == nil {
							return e
						}
					}
					return err
				})
				total := time.Duration(0)
				for _, step := range c.steps {
					total += step
				}
				update(t, d, func(ctx context.Context, tx *db.Tx) error {
					tx.Now = clock.Of(start).Add(total)
					if c.disable {
						second, err := account.AddStaff(ctx, tx, ann.StoreID, "bob@example.com", "Bob", account.Owner, "hash")
						if err != nil || second.StaffID == "" {
							return err
						}
						if err := account.Disable(ctx, tx, ann.StoreID, ann.StaffID, true); err != nil {
							return err
						}
					}
					if _, _, err := account.Resume(ctx, tx, token); !errors.Is(err, c.want) {
						t.Errorf("%v, not %v", err, c.want)
					}
					return nil
				})
			})
		})
	}
}

// slices30 is a visit a day for a month.
func slices30() (steps []time.Duration) {
	for range 30 {
		steps = append(steps, 24*time.Hour)
	}
	return steps
}

func TestSessionsPerBrowser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann := desk(t, d)
		var tokens []string
		var first account.Session
		for _, agent := range []string{"Phone", "Desk", strings.Repeat("ü", 400) + "\xff\x00"} {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				s, token, err := account.StartSession(ctx, tx, ann, account.ByPassword, agent, "192.0.2.1")
				tokens = append(tokens, token)
				if first.SessionID == "" {
					first = s
				}
				return err
			})
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			list, err := account.Sessions(ctx, tx, ann.StoreID, ann.StaffID)
			if err != nil || len(list) != 3 {
				t.Errorf("%d sessions, %v", len(list), err)
			}
			for _, s := range list {
				if strings.Contains(s.TokenHash, tokens[0]) || s.TokenHash == tokens[1] {
					t.Error("a token is stored")
				}
			}
			if done, err := account.EndSession(ctx, tx, ann.StoreID, "us_other", first.SessionID); done || err != nil {
				t.Errorf("somebody else's session was ended: %v, %v", done, err)
			}
			if done, err := account.EndSession(ctx, tx, ann.StoreID, ann.StaffID, first.SessionID); !done || err != nil {
				t.Errorf("not ended: %v, %v", done, err)
			}
			if _, _, err := account.Resume(ctx, tx, tokens[0]); !errors.Is(err, account.ErrSession) {
				t.Errorf("still in: %v", err)
			}
			if n, err := account.EndSessions(ctx, tx, ann.StoreID, ann.StaffID, list[0].SessionID); n != 1 || err != nil {
				t.Errorf("%d others ended, %v", n, err)
			}
			if _, _, err := account.Resume(ctx, tx, ""); !errors.Is(err, account.ErrSession) {
				t.Errorf("no token lets in: %v", err)
			}
			return nil
		})
	})
}

func TestTriesAreCounted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann := desk(t, d)
		try := func(n int, email, address string, later time.Duration) (wait time.Duration) {
			t.Helper()
			for range n {
				update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
					tx.Now = tx.Now.Add(later)
					wait, err = account.Try(ctx, tx, ann.StoreID, email, address)
					return err
				})
			}
			return wait
		}
		if wait := try(account.TriesPerAccount, " ANN@example.com", "192.0.2.1", 0); wait != 0 {
			t.Errorf("refused early: %v", wait)
		}
		if wait := try(1, "ann@example.com", "192.0.2.2", 0); wait < time.Second || wait > account.TryWindow {
			t.Errorf("one too many waits %v", wait)
		}
		if wait := try(1, "ann@example.com", "192.0.2.2", account.TryWindow+time.Second); wait != 0 {
			t.Errorf("still refused after the window: %v", wait)
		}
		for i := range account.TriesPerAddress {
			try(1, string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.com", "192.0.2.9", 0)
		}
		if wait := try(1, "new@example.com", "192.0.2.9", 0); wait == 0 {
			t.Error("an address may try without end")
		}
		try(account.TriesPerAccount, "bob@example.com", "192.0.2.3", 0)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			return account.Forgive(ctx, tx, ann.StoreID, "bob@example.com")
		})
		if wait := try(1, "bob@example.com", "192.0.2.3", 0); wait != 0 {
			t.Errorf("not forgiven: %v", wait)
		}
	})
}

func TestFormCountsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann := desk(t, d)
		once := func(key string, fails error) (first bool) {
			err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				if first, err = account.Once(ctx, tx, ann.StoreID, ann.StaffID, key); err != nil {
					return err
				}
				return fails
			})
			if !errors.Is(err, fails) {
				t.Fatal(err)
			}
			return first
		}
		refused := errors.New("refused")
		if !once("k", refused) || !once("k", nil) || once("k", nil) || !once("other", nil) {
			t.Error("a form does not count exactly once")
		}
	})
}
