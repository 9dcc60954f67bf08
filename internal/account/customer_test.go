package account_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// stall is a store with a clock, on one of the databases.
type stall struct {
	*testing.T
	d     *db.DB
	now   *clock.Virtual
	store id.Store
}

func eachStall(t *testing.T, fn func(t *testing.T, h *stall)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		h := &stall{T: t, now: clock.NewVirtual(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))}
		h.d = dbtest.Open(t, dsn, h.now.Now)
		box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		box.Attach(h.d)
		h.store = shop(t, h.d)
		fn(t, h)
	})
}

func (h *stall) update(fn func(ctx context.Context, tx *db.Tx) error) {
	h.Helper()
	if err := h.d.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

// makeCode asks for a code and answers it with its digits and the key of its link.
func makeCode(ctx context.Context, t *testing.T, tx *db.Tx, store id.Store, email string) (account.CustomerCode, string, string) {
	t.Helper()
	c, wait, err := account.MakeCode(ctx, tx, store, email, "de", "192.0.2.1")
	if err != nil || wait > 0 {
		t.Fatalf("no code: %v, %v", err, wait)
	}
	box := seal.Of(tx)
	return c, account.CodeDigits(box, c), account.CodeKey(box, c)
}

func guess(ctx context.Context, t *testing.T, tx *db.Tx, store id.Store, code, digits string) account.Guess {
	t.Helper()
	g, err := account.TryCode(ctx, tx, store, code, digits, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func other(digits string) string {
	if digits == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodesOpenOnceAndNotForGuessers(t *testing.T) {
	t.Parallel()
	eachStall(t, func(t *testing.T, h *stall) {
		h.update(func(ctx context.Context, tx *db.Tx) error {
			c, digits, key := makeCode(ctx, t, tx, h.store, " Ann@Example.com ")
			if c.Email != "ann@example.com" || len(digits) != 6 {
				t.Errorf("%+v %s", c, digits)
			}
			if g := guess(ctx, t, tx, h.store, c.CodeID, other(digits)); g.Right || g.Dead {
				t.Errorf("one wrong guess: %+v", g)
			}
			if g := guess(ctx, t, tx, h.store, c.CodeID, digits); !g.Right || g.Code.Email != c.Email {
				t.Errorf("the right digits: %+v", g)
			}
			if g := guess(ctx, t, tx, h.store, c.CodeID, digits); g.Right || !g.Dead {
				t.Errorf("the same digits twice: %+v", g)
			}
			if _, err := account.FollowCode(ctx, tx, h.store, c.CodeID, key); !errors.Is(err, account.ErrDead) {
				t.Errorf("the link after the digits: %v", err)
			}

			c, digits, key = makeCode(ctx, t, tx, h.store, "bob@example.com")
			for n := range account.CodeTries {
				if g := guess(ctx, t, tx, h.store, c.CodeID, other(digits)); g.Right || g.Dead != (n == account.CodeTries-1) {
					t.Errorf("guess %d: %+v", n+1, g)
				}
			}
			if g := guess(ctx, t, tx, h.store, c.CodeID, digits); g.Right || !g.Dead {
				t.Errorf("the right digits after %d guesses: %+v", account.CodeTries, g)
			}
			if _, err := account.FollowCode(ctx, tx, h.store, c.CodeID, "x"+key); !errors.Is(err, account.ErrDead) {
				t.Errorf("a forged link: %v", err)
			}
			if _, err := account.FollowCode(ctx, tx, h.store, c.CodeID, key); err != nil {
				t.Errorf("who has the mail is shut out by who guessed: %v", err)
			}
			if _, err := account.FollowCode(ctx, tx, h.store, c.CodeID, key); !errors.Is(err, account.ErrDead) {
				t.Errorf("the link twice: %v", err)
			}
			if g := guess(ctx, t, tx, h.store, "cc_none", digits); !g.Dead {
				t.Errorf("a code that never was: %+v", g)
			}
			return nil
		})
	})
}

func TestCodesGrowOldAndAreFew(t *testing.T) {
	t.Parallel()
	eachStall(t, func(t *testing.T, h *stall) {
		var code account.CustomerCode
		var digits, key string
		h.update(func(ctx context.Context, tx *db.Tx) error {
			code, digits, key = makeCode(ctx, t, tx, h.store, "ann@example.com")
			for range account.CodesPerHour - 1 {
				makeCode(ctx, t, tx, h.store, "ann@example.com")
			}
			if _, wait, err := account.MakeCode(ctx, tx, h.store, "ANN@example.com", "en", "192.0.2.9"); err != nil || wait <= 0 {
				t.Errorf("one code too many: %v %v", wait, err)
			}
			if _, wait, err := account.MakeCode(ctx, tx, h.store, "ben@example.com", "en", "192.0.2.9"); err != nil || wait > 0 {
				t.Errorf("somebody else waits: %v %v", wait, err)
			}
			if _, _, err := account.MakeCode(ctx, tx, h.store, "no address", "en", "192.0.2.9"); !errors.Is(err, account.ErrEmail) {
				t.Errorf("no address: %v", err)
			}
			return nil
		})
		h.now.Advance(account.CodeLife)
		h.update(func(ctx context.Context, tx *db.Tx) error {
			if g := guess(ctx, t, tx, h.store, code.CodeID, digits); g.Right || !g.Dead {
				t.Errorf("an old code: %+v", g)
			}
			if _, err := account.FollowCode(ctx, tx, h.store, code.CodeID, key); !errors.Is(err, account.ErrDead) {
				t.Errorf("an old link: %v", err)
			}
			for range account.CodesPerAddress {
				guess(ctx, t, tx, h.store, "cc_none", "000000")
			}
			if g := guess(ctx, t, tx, h.store, "cc_none", "000000"); g.Wait <= 0 {
				t.Errorf("a place that guesses without end: %+v", g)
			}
			return nil
		})
		h.now.Advance(time.Hour)
		h.update(func(ctx context.Context, tx *db.Tx) error {
			makeCode(ctx, t, tx, h.store, "ann@example.com")
			return nil
		})
	})
}

func TestCustomersStaySignedInForAMonth(t *testing.T) {
	t.Parallel()
	eachStall(t, func(t *testing.T, h *stall) {
		var ann account.Customer
		var phone, desk string
		h.update(func(ctx context.Context, tx *db.Tx) (err error) {
			if ann, err = account.PutCustomer(ctx, tx, h.store, "ann@example.com", "de"); err != nil {
				return err
			}
			again, err := account.PutCustomer(ctx, tx, h.store, "ann@example.com", "fr")
			if err != nil || again.CustomerID != ann.CustomerID || again.Locale != "de" {
				t.Errorf("the same address is another customer: %+v %v", again, err)
			}
			if phone, err = account.StartCustomer(ctx, tx, ann, "Phone\x00"); err != nil {
				return err
			}
			desk, err = account.StartCustomer(ctx, tx, ann, "Desk")
			return err
		})
		who := func(token string) (account.CustomerSession, error) {
			var session account.CustomerSession
			var failed error
			h.update(func(ctx context.Context, tx *db.Tx) error {
				var found account.Customer
				session, found, failed = account.ResumeCustomer(ctx, tx, h.store, token)
				if failed == nil && found.CustomerID != ann.CustomerID {
					t.Errorf("somebody else: %+v", found)
				}
				return nil
			})
			return session, failed
		}
		onPhone, err := who(phone)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := who("x" + phone); !errors.Is(err, account.ErrSession) {
			t.Errorf("a forged token: %v", err)
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			if ended, err := account.EndCustomer(ctx, tx, h.store, "cu_other", onPhone.SessionID); ended || err != nil {
				t.Errorf("a stranger signs others out: %v %v", ended, err)
			}
			list, err := account.CustomerSessions(ctx, tx, h.store, ann.CustomerID)
			if len(list) != 2 || err != nil {
				t.Errorf("%d browsers, %v", len(list), err)
			}
			_, err = account.EndCustomer(ctx, tx, h.store, ann.CustomerID, onPhone.SessionID)
			return err
		})
		if _, err := who(phone); !errors.Is(err, account.ErrSession) {
			t.Errorf("signed out, and still in: %v", err)
		}
		h.now.Advance(account.CustomerLife - time.Second)
		if _, err := who(desk); err != nil {
			t.Errorf("after a month: %v", err)
		}
		h.now.Advance(time.Second)
		if _, err := who(desk); !errors.Is(err, account.ErrSession) {
			t.Errorf("for ever: %v", err)
		}
	})
}

func TestAddressesOfACustomer(t *testing.T) {
	t.Parallel()
	eachStall(t, func(t *testing.T, h *stall) {
		h.update(func(ctx context.Context, tx *db.Tx) error {
			ann, err := account.PutCustomer(ctx, tx, h.store, "ann@example.com", "")
			if err != nil {
				return err
			}
			ben, err := account.PutCustomer(ctx, tx, h.store, "ben@example.com", "")
			if err != nil {
				return err
			}
			list := func() []account.CustomerAddress {
				all, err := account.Addresses(ctx, tx, h.store, ann.CustomerID)
				if err != nil {
					t.Fatal(err)
				}
				return all
			}
			put := func(name, street string) error {
				return account.PutAddress(ctx, tx, h.store, ann.CustomerID, name, address.Address{Name: "Ann", Line1: street, Country: "DE"})
			}
			for n := range account.MaxAddresses {
				if err := put("", string(rune('a'+n))); err != nil {
					t.Fatal(err)
				}
			}
			if err := put("", "a"); err != nil || len(list()) != account.MaxAddresses {
				t.Errorf("the same again: %v, %d", err, len(list()))
			}
			if err := put("", "one more"); !errors.Is(err, account.ErrAddresses) {
				t.Errorf("one too many: %v", err)
			}
			first := list()[0]
			if to, err := first.Address(); err != nil || !first.IsDefault || to.Line1 != "a" {
				t.Errorf("the first is the default: %+v %v", first, err)
			}
			last := list()[account.MaxAddresses-1].AddressID
			if err := account.DefaultAddress(ctx, tx, h.store, ann.CustomerID, last); err != nil || list()[0].AddressID != last || list()[1].IsDefault {
				t.Errorf("another default: %v", err)
			}
			if err := account.PutAddress(ctx, tx, h.store, ben.CustomerID, last, address.Address{Name: "Ben"}); err != nil || list()[0].CustomerID != ann.CustomerID {
				t.Errorf("a stranger's pen: %v", err)
			}
			if err := account.DropAddress(ctx, tx, h.store, ben.CustomerID, last); err != nil || len(list()) != account.MaxAddresses {
				t.Errorf("a stranger's rubber: %v", err)
			}
			if err := account.DropAddress(ctx, tx, h.store, ann.CustomerID, last); err != nil || len(list()) != account.MaxAddresses-1 || !list()[0].IsDefault {
				t.Errorf("without the default: %v", err)
			}
			if err := account.DefaultAddress(ctx, tx, h.store, ben.CustomerID, first.AddressID); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("a stranger's default: %v", err)
			}
			return nil
		})
	})
}
