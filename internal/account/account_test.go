package account_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

func within(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx)) {
	t.Helper()
	if err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error { fn(ctx, tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func shop(t *testing.T, d *db.DB) (s id.Store) {
	t.Helper()
	within(t, d, func(ctx context.Context, tx *db.Tx) {
		made, err := store.Create(ctx, tx, "Mugs", "EUR")
		if err != nil {
			t.Fatal(err)
		}
		s = made.StoreID
	})
	return s
}

func TestRolesCoverThoseBelow(t *testing.T) {
	t.Parallel()
	order := []account.Role{account.Reader, account.Support, account.Manager, account.Owner}
	for i, have := range order {
		for j, need := range order {
			if have.Covers(need) != (i >= j) {
				t.Errorf("%s covers %s: %v", have, need, have.Covers(need))
			}
		}
		if have.Covers("") || account.Role("").Covers(have) || account.Role("root").Covers(have) || !have.Valid() {
			t.Errorf("%s and unknown roles", have)
		}
	}
	if account.Role("root").Covers("root") || len(account.Roles()) != 4 {
		t.Error("an unknown role covers something")
	}
}

func TestStaffAreLetInByPassword(t *testing.T) {
	t.Parallel()
	gate := account.NewGate()
	hash, err := account.HashPassword("correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, "horse") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	for _, bad := range []string{"", "too short", strings.Repeat("x", 1025)} {
		if _, err := account.HashPassword(bad); !errors.Is(err, account.ErrPassword) {
			t.Errorf("%.12q: %v", bad, err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d)
		within(t, d, func(ctx context.Context, tx *db.Tx) {
			ann, err := account.AddStaff(ctx, tx, s, " Ann@Example.com ", "Ann", account.Owner, hash)
			if err != nil || ann.Email != "ann@example.com" {
				t.Fatalf("%+v %v", ann, err)
			}
			if _, err := account.AddStaff(ctx, tx, s, "ANN@example.com", "Ann", account.Reader, hash); !errors.Is(err, account.ErrTaken) {
				t.Errorf("the same address: %v", err)
			}
			for _, c := range []struct {
				email, name string
				role        account.Role
				want        error
			}{
				{"nobody", "x", account.Reader, account.ErrEmail}, {"a@b.example", " ", account.Reader, account.ErrName},
				{"a@b.example", "x", "root", account.ErrRole},
			} {
				if _, err := account.AddStaff(ctx, tx, s, c.email, c.name, c.role, hash); !errors.Is(err, c.want) {
					t.Errorf("%+v: %v", c, err)
				}
			}
			found, err := account.StaffByEmail(ctx, tx, s, "ann@EXAMPLE.com")
			if err != nil || found == nil || found.StaffID != ann.StaffID {
				t.Fatalf("%+v %v", found, err)
			}
			if err := gate.Check(found, "correct horse battery"); err != nil {
				t.Error(err)
			}
			for _, nobody := range []string{"bob@example.com", "not an address"} {
				stranger, err := account.StaffByEmail(ctx, tx, s, nobody)
				if stranger != nil || err != nil {
					t.Errorf("%s: %v %v", nobody, stranger, err)
				}
			}
			disabled := *found
			disabled.Disabled = true
			if !errors.Is(gate.Check(found, "wrong"), account.ErrUnknown) || !errors.Is(gate.Check(nil, "x"), account.ErrUnknown) ||
				!errors.Is(gate.Check(&disabled, "correct horse battery"), account.ErrUnknown) ||
				!errors.Is(gate.Check(found, strings.Repeat("x", 5000)), account.ErrUnknown) {
				t.Error("somebody was let in")
			}
			if p := ann.Principal(); p.Actor() != "staff:"+string(ann.StaffID) || p.Role != account.Owner || p.Store != s {
				t.Errorf("%+v", p)
			}
		})
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d)
		within(t, d, func(ctx context.Context, tx *db.Tx) {
			ann, _ := account.AddStaff(ctx, tx, s, "ann@example.com", "Ann", account.Owner, "-")
			bob, _ := account.AddStaff(ctx, tx, s, "bob@example.com", "Bob", account.Reader, "-")
			if err := account.Disable(ctx, tx, s, ann.StaffID, true); !errors.Is(err, account.ErrLastOwner) {
				t.Errorf("disable the last owner: %v", err)
			}
			if err := account.SetRole(ctx, tx, s, ann.StaffID, account.Manager); !errors.Is(err, account.ErrLastOwner) {
				t.Errorf("demote the last owner: %v", err)
			}
			if err := account.SetRole(ctx, tx, s, bob.StaffID, account.Owner); err != nil {
				t.Error(err)
			}
			if err := account.Disable(ctx, tx, s, ann.StaffID, true); err != nil {
				t.Error(err)
			}
			if err := account.SetPassword(ctx, tx, s, bob.StaffID, "new"); err != nil {
				t.Error(err)
			}
			if err := account.SetRole(ctx, tx, s, bob.StaffID, "root"); !errors.Is(err, account.ErrRole) {
				t.Errorf("no role: %v", err)
			}
			if err := account.Disable(ctx, tx, s, "us_none", true); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("nobody: %v", err)
			}
			all, err := account.AllStaff(ctx, tx, s)
			if err != nil || len(all) != 2 || !all[0].Disabled || all[1].Role != account.Owner || all[1].PasswordHash != "new" {
				t.Errorf("%+v %v", all, err)
			}
		})
	})
}

func TestKeysOpenUntilRevoked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d)
		var secret string
		var key account.ApiKey
		within(t, d, func(ctx context.Context, tx *db.Tx) {
			var err error
			if key, secret, err = account.AddKey(ctx, tx, s, "till", account.Support); err != nil {
				t.Fatal(err)
			}
			if _, _, err := account.AddKey(ctx, tx, s, "", account.Support); !errors.Is(err, account.ErrName) {
				t.Error(err)
			}
			if _, _, err := account.AddKey(ctx, tx, s, "x", "god"); !errors.Is(err, account.ErrRole) {
				t.Error(err)
			}
		})
		if !strings.HasPrefix(secret, "dsk_") || strings.Contains(key.Hash, secret) {
			t.Errorf("secret %q, hash %q", secret, key.Hash)
		}
		within(t, d, func(ctx context.Context, tx *db.Tx) {
			p, err := account.Authenticate(ctx, tx, secret)
			if err != nil || p.Store != s || p.Role != account.Support || p.Actor() != "key:"+string(key.KeyID) {
				t.Errorf("%+v %v", p, err)
			}
			for _, wrong := range []string{"", "dsk_", secret + "0", key.Hash, "dsk_" + key.Hash} {
				if _, err := account.Authenticate(ctx, tx, wrong); !errors.Is(err, account.ErrKey) {
					t.Errorf("%q: %v", wrong, err)
				}
			}
			for _, first := range []bool{true, false} {
				if ok, err := account.RevokeKey(ctx, tx, s, key.KeyID); ok != first || err != nil {
					t.Errorf("revoke: %v %v", ok, err)
				}
			}
			if _, err := account.Authenticate(ctx, tx, secret); !errors.Is(err, account.ErrKey) {
				t.Errorf("revoked: %v", err)
			}
			if all, err := account.Keys(ctx, tx, s); err != nil || len(all) != 1 || all[0].RevokedAt == 0 {
				t.Errorf("%+v %v", all, err)
			}
		})
	})
}
