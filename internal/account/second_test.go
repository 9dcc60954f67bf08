package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// app sets up Ann's app, and gives its secret and the recovery codes.
func (h *house) app() (secret string, recovery []string) {
	h.Helper()
	h.must(func(ctx context.Context, tx *db.Tx) error {
		app, err := account.BeginCodes(ctx, tx, h.ann, "Mugs: & more")
		secret = app.Text
		if !strings.HasPrefix(app.URL, "otpauth://totp/Mugs%20%20&%20more:ann@example.com?") {
			h.Error(app.URL)
		}
		return err
	})
	h.must(func(ctx context.Context, tx *db.Tx) (err error) {
		recovery, err = account.ConfirmCodes(ctx, tx, h.ann, h.code(secret))
		return err
	})
	h.now.Advance(time.Minute)
	return secret, recovery
}

// code is what the app shows now.
func (h *house) code(secret string) string {
	h.Helper()
	code, err := totp.GenerateCode(secret, h.now.Now())
	if err != nil {
		h.Fatal(err)
	}
	return code
}

func (h *house) use(code string) error {
	h.Helper()
	return h.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := account.UseCode(ctx, tx, h.ann, code)
		return err
	})
}

func TestCodeCountsOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		if err := h.use("123456"); !errors.Is(err, account.ErrCode) {
			h.Errorf("without an app: %v", err)
		}
		secret, _ := h.app()
		code := h.code(secret)
		for what, c := range map[string]struct {
			code string
			want error
		}{"junk": {"12345x", account.ErrCode}, "none": {"", account.ErrCode}} {
			if err := h.use(c.code); !errors.Is(err, c.want) {
				h.Errorf("%s: %v", what, err)
			}
		}
		if err := h.use(code[:3] + " " + code[3:]); err != nil {
			h.Errorf("as the app shows it: %v", err)
		}
		if err := h.use(code); !errors.Is(err, account.ErrCode) {
			h.Errorf("twice: %v", err)
		}
		h.now.Advance(30 * time.Second)
		if err := h.use(code); !errors.Is(err, account.ErrCode) {
			h.Errorf("again a step later: %v", err)
		}
		before := h.code(secret)
		h.now.Advance(30 * time.Second)
		if err := h.use(before); err != nil {
			h.Errorf("a clock that is slow by a step: %v", err)
		}
		old := h.code(secret)
		h.now.Advance(time.Minute)
		if err := h.use(old); !errors.Is(err, account.ErrCode) {
			h.Errorf("two steps old: %v", err)
		}
	})
}

func TestSecretIsSealedAndBoundToItsOwner(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		secret, recovery := h.app()
		h.must(func(ctx context.Context, tx *db.Tx) error {
			var stored string
			if err := tx.QueryRowContext(ctx, "SELECT secret FROM staff_codes").Scan(&stored); err != nil {
				return err
			}
			if !strings.HasPrefix(stored, "sealed:") || strings.Contains(stored, secret) {
				h.Errorf("stored as %q", stored)
			}
			var hash string
			if err := tx.QueryRowContext(ctx, "SELECT code_hash FROM recovery_codes LIMIT 1").Scan(&hash); err != nil {
				return err
			}
			for _, code := range recovery {
				if strings.Contains(hash, strings.ReplaceAll(code, "-", "")) {
					h.Error("a recovery code is stored")
				}
			}
			bob, err := account.AddStaff(ctx, tx, h.ann.StoreID, "bob@example.com", "Bob", account.Owner, "hash")
			if err != nil {
				return err
			}
			// Whoever can write to the database gives Bob Ann's secret: it does not open there.
			if _, err := tx.ExecContext(ctx, "UPDATE staff_codes SET staff_id = $1", bob.StaffID); err != nil {
				return err
			}
			if _, err := account.UseCode(ctx, tx, bob, h.code(secret)); err == nil || errors.Is(err, account.ErrCode) {
				h.Errorf("it opened: %v", err)
			}
			return nil
		})
	})
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		_, recovery := h.app()
		if len(recovery) != 10 || len(recovery[0]) != 11 {
			h.Fatalf("%q", recovery)
		}
		if err := h.use(" " + strings.ToUpper(strings.ReplaceAll(recovery[0], "-", " "))); err != nil {
			h.Errorf("as people type it: %v", err)
		}
		if err := h.use(recovery[0]); !errors.Is(err, account.ErrCode) {
			h.Errorf("twice: %v", err)
		}
		h.must(func(ctx context.Context, tx *db.Tx) error {
			if left, err := account.RecoveryLeft(ctx, tx, h.ann); left != 9 || err != nil {
				h.Errorf("%d left, %v", left, err)
			}
			fresh, err := account.NewRecovery(ctx, tx, h.ann)
			if len(fresh) != 10 {
				h.Errorf("%q", fresh)
			}
			return err
		})
		if err := h.use(recovery[1]); !errors.Is(err, account.ErrCode) {
			h.Errorf("replaced: %v", err)
		}
		h.must(func(ctx context.Context, tx *db.Tx) error {
			if has, err := account.AllFactors(ctx, tx, h.ann.StoreID); !has[h.ann.StaffID].Codes || err != nil {
				h.Errorf("%+v %v", has, err)
			}
			for _, want := range []bool{true, false} {
				if had, err := account.EndCodes(ctx, tx, h.ann); had != want || err != nil {
					h.Errorf("%v %v", had, err)
				}
			}
			return nil
		})
	})
}

func TestAppCountsOnlyWhenConfirmed(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		h.must(func(ctx context.Context, tx *db.Tx) error {
			app, err := account.BeginCodes(ctx, tx, h.ann, "Mugs")
			if err != nil {
				return err
			}
			if _, err := account.UseCode(ctx, tx, h.ann, h.code(app.Text)); !errors.Is(err, account.ErrCode) {
				h.Errorf("before it is confirmed: %v", err)
			}
			shown, err := account.PendingCodes(ctx, tx, h.ann, "Mugs")
			if err != nil || *shown != app {
				h.Errorf("%+v is shown as %+v, %v", app, shown, err)
			}
			again, err := account.BeginCodes(ctx, tx, h.ann, "Mugs")
			if err != nil || again.Text == app.Text {
				h.Errorf("the same secret again, %v", err)
			}
			if _, err := account.ConfirmCodes(ctx, tx, h.ann, h.code(app.Text)); !errors.Is(err, account.ErrCode) {
				h.Errorf("by the secret before: %v", err)
			}
			if _, err := account.ConfirmCodes(ctx, tx, h.ann, h.code(again.Text)); err != nil {
				h.Error(err)
			}
			if _, err := account.BeginCodes(ctx, tx, h.ann, "Mugs"); !errors.Is(err, account.ErrCodesHere) {
				h.Errorf("a second app: %v", err)
			}
			if shown, err := account.PendingCodes(ctx, tx, h.ann, "Mugs"); shown != nil || err != nil {
				h.Errorf("the secret is shown again: %v", err)
			}
			return nil
		})
	})
}

func TestLinkOpensOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		link := func(kind string) (token string) {
			h.must(func(ctx context.Context, tx *db.Tx) error {
				l, err := account.MakeLink(ctx, tx, h.ann, kind)
				token = account.LinkToken(h.box, l)
				if strings.Contains(l.TokenHash, token) {
					h.Error("the token is stored")
				}
				return err
			})
			return token
		}
		follow := func(store id.Store, token string) error {
			return h.do(func(ctx context.Context, tx *db.Tx) error {
				_, who, err := account.FollowLink(ctx, tx, store, token)
				if err == nil && who.StaffID != h.ann.StaffID {
					h.Error("whose is it?")
				}
				return err
			})
		}
		first, second := link(account.Reset), link(account.Reset)
		for what, token := range map[string]string{"replaced": first, "empty": "", "changed": second + "x"} {
			if err := follow(h.ann.StoreID, token); !errors.Is(err, account.ErrLink) {
				h.Errorf("%s: %v", what, err)
			}
		}
		if err := follow("st_other", second); !errors.Is(err, account.ErrLink) {
			h.Errorf("of another store: %v", err)
		}
		if err := follow(h.ann.StoreID, second); err != nil {
			h.Error(err)
		}
		h.must(func(ctx context.Context, tx *db.Tx) error {
			for _, want := range []int64{1, 0} {
				if n, err := account.UseLinks(ctx, tx, h.ann.StoreID, h.ann.StaffID); n != want || err != nil {
					h.Errorf("%d used, %v", n, err)
				}
			}
			return nil
		})
		if err := follow(h.ann.StoreID, second); !errors.Is(err, account.ErrLink) {
			h.Errorf("used: %v", err)
		}
		for kind, life := range map[string]time.Duration{account.Reset: account.ResetLife, account.Invitation: account.InvitationLife} {
			token := link(kind)
			h.now.Advance(life - time.Second)
			if err := follow(h.ann.StoreID, token); err != nil {
				h.Errorf("%s just in time: %v", kind, err)
			}
			h.now.Advance(time.Second)
			if err := follow(h.ann.StoreID, token); !errors.Is(err, account.ErrLink) {
				h.Errorf("%s too late: %v", kind, err)
			}
		}
	})
}

func TestSessionGetsAnotherToken(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		h.must(func(ctx context.Context, tx *db.Tx) error {
			session, first, err := account.StartSession(ctx, tx, h.ann, account.ByPassword, "Browser", "192.0.2.1")
			if err != nil {
				return err
			}
			if !session.Fresh(tx.Now) || session.Fresh(tx.Now.Add(account.ProofLife)) || session.Strong() {
				h.Errorf("%+v", session)
			}
			if err := account.RenewAll(ctx, tx, h.ann.StoreID, h.ann.StaffID); err != nil {
				return err
			}
			session, _, err = account.Resume(ctx, tx, first)
			if err != nil || !session.Renew {
				h.Errorf("%+v %v", session, err)
			}
			session.Means, session.ProvedAt = account.ByPasskey, clock.Of(h.now.Now().Add(time.Hour))
			second, err := account.Renew(ctx, tx, session)
			if err != nil || second == "" || second == first {
				h.Errorf("%q, %v", second, err)
			}
			if late, err := account.Renew(ctx, tx, session); late != "" || err != nil {
				h.Errorf("two tokens for one session: %v", err)
			}
			if _, _, err := account.Resume(ctx, tx, first); !errors.Is(err, account.ErrSession) {
				h.Errorf("the old token: %v", err)
			}
			now, _, err := account.Resume(ctx, tx, second)
			if err != nil || now.Renew || !now.Strong() || now.SessionID != session.SessionID || now.ProvedAt != session.ProvedAt {
				h.Errorf("%+v %v", now, err)
			}
			return nil
		})
	})
}
