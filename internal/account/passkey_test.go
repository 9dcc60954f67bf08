package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/account/keytest"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// house is a store with Ann in it, a clock that stands still, and a key.
type house struct {
	*testing.T
	d    *db.DB
	now  *clock.Virtual
	ann  account.Staff
	site account.Site
	box  *seal.Box
}

func inHouse(t *testing.T, fn func(h *house)) {
	t.Helper()
	now := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, now.Now, func(t *testing.T, d *db.DB) {
		box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		box.Attach(d)
		h := &house{T: t, d: d, now: now, ann: desk(t, d), box: box}
		if h.site, err = account.SiteOf("https://Shop.example:8443/admin", "Mugs"); err != nil {
			t.Fatal(err)
		}
		fn(h)
	})
}

func (h *house) do(fn func(ctx context.Context, tx *db.Tx) error) error {
	h.Helper()
	return h.d.Update(h.Context(), fn)
}

func (h *house) must(fn func(ctx context.Context, tx *db.Tx) error) {
	h.Helper()
	if err := h.do(fn); err != nil {
		h.Fatal(err)
	}
}

// enrol gives Ann a passkey of the device.
func (h *house) enrol(device *keytest.Device, name string) error {
	h.Helper()
	var q account.Question
	h.must(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = account.AskNewPasskey(ctx, tx, h.site, h.ann)
		return err
	})
	answer, err := device.Create(q.Options)
	if err != nil {
		h.Fatal(err)
	}
	c := h.take(account.CeremonyEnrol, q.Token)
	return h.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := account.AddPasskey(ctx, tx, h.site, h.ann, c, name, answer)
		return err
	})
}

func (h *house) take(kind, token string) (c account.Ceremony) {
	h.Helper()
	h.must(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = account.TakeCeremony(ctx, tx, h.ann.StoreID, kind, token)
		return err
	})
	return c
}

func (h *house) ask() (q account.Question) {
	h.Helper()
	h.must(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = account.AskPasskey(ctx, tx, h.site, h.ann.StoreID)
		return err
	})
	return q
}

// enter signs in with the device: whoever it is, or why not.
func (h *house) enter(device *keytest.Device) (who account.Staff, key account.Passkey, err error) {
	h.Helper()
	q := h.ask()
	answer, err := device.Get(q.Options)
	if err != nil {
		h.Fatal(err)
	}
	c := h.take(account.CeremonyEnter, q.Token)
	err = h.do(func(ctx context.Context, tx *db.Tx) (err error) {
		who, key, err = account.AnswerPasskey(ctx, tx, h.site, c, answer)
		return err
	})
	return who, key, err
}

func TestPasskeyLetsIn(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		phone, stick := keytest.New("https://shop.example:8443"), keytest.New("https://shop.example:8443")
		if err := h.enrol(phone, ""); !errors.Is(err, account.ErrName) {
			h.Errorf("no name: %v", err)
		}
		for device, name := range map[*keytest.Device]string{phone: "Phone", stick: "Stick"} {
			if err := h.enrol(device, name); err != nil {
				h.Fatal(err)
			}
		}
		h.now.Advance(time.Hour)
		for device, name := range map[*keytest.Device]string{phone: "Phone", stick: "Stick"} {
			who, key, err := h.enter(device)
			if err != nil || who.StaffID != h.ann.StaffID || key.Name != name || key.SignCount != 1 || key.UsedAt != clock.Of(h.now.Now()) {
				h.Errorf("%+v %+v %v", who, key, err)
			}
		}
		h.must(func(ctx context.Context, tx *db.Tx) error {
			list, err := account.Passkeys(ctx, tx, h.ann.StoreID, h.ann.StaffID)
			if len(list) != 2 || list[0].Synced() || list[0].Transports != "internal" {
				h.Errorf("%+v", list)
			}
			return err
		})
	})
}

func TestPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		phone := keytest.New("https://shop.example:8443")
		if err := h.enrol(phone, "Phone"); err != nil {
			h.Fatal(err)
		}
		refused := func(what string, device *keytest.Device) {
			h.Helper()
			if _, _, err := h.enter(device); !errors.Is(err, account.ErrPasskey) {
				h.Errorf("%s: %v", what, err)
			}
		}
		lazy := phone.Copy()
		lazy.Verified = false
		refused("nobody was verified", lazy)
		wrong := phone.Copy()
		wrong.Origin = "https://shop.example.evil.example"
		refused("another site", wrong)
		if err := h.enrol(&keytest.Device{Origin: "https://shop.example:8443"}, "Lazy"); !errors.Is(err, account.ErrPasskey) {
			h.Errorf("a new one without verification: %v", err)
		}

		// An answer to another question, and one with a changed signature.
		first, second := h.ask(), h.ask()
		answer, _ := phone.Get(first.Options)
		for what, given := range map[string][]byte{"an old answer": answer, "junk": []byte("{}"), "no JSON": nil} {
			c := h.take(account.CeremonyEnter, second.Token)
			err := h.do(func(ctx context.Context, tx *db.Tx) error {
				_, _, err := account.AnswerPasskey(ctx, tx, h.site, c, given)
				return err
			})
			if !errors.Is(err, account.ErrPasskey) {
				h.Errorf("%s: %v", what, err)
			}
			second = h.ask()
		}

		// A passkey of a store is none of another one's.
		var other account.Staff
		h.must(func(ctx context.Context, tx *db.Tx) error {
			s, err := store.Create(ctx, tx, "Lamps", "EUR")
			if err != nil {
				return err
			}
			other, err = account.AddStaff(ctx, tx, s.StoreID, "eve@example.com", "Eve", account.Owner, "hash")
			return err
		})
		ann := h.ann
		h.ann = other
		refused("another store", phone)
		h.ann = ann

		h.must(func(ctx context.Context, tx *db.Tx) error {
			if _, err := account.AddStaff(ctx, tx, ann.StoreID, "bob@example.com", "Bob", account.Owner, "hash"); err != nil {
				return err
			}
			return account.Disable(ctx, tx, ann.StoreID, ann.StaffID, true)
		})
		refused("shut out", phone)
		h.must(func(ctx context.Context, tx *db.Tx) error {
			if err := account.Disable(ctx, tx, ann.StoreID, ann.StaffID, false); err != nil {
				return err
			}
			list, err := account.Passkeys(ctx, tx, ann.StoreID, ann.StaffID)
			if err != nil {
				return err
			}
			done, err := account.EndPasskey(ctx, tx, ann, list[0].PasskeyID)
			if !done {
				h.Error("not removed")
			}
			return err
		})
		refused("removed", phone)
	})
}

func TestCopiedPasskeyIsDoubted(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		phone := keytest.New("https://shop.example:8443")
		if err := h.enrol(phone, "Phone"); err != nil {
			h.Fatal(err)
		}
		thief := phone.Copy()
		for range 3 {
			if _, key, err := h.enter(phone); err != nil || key.DoubtedAt != 0 {
				h.Fatalf("%+v %v", key, err)
			}
		}
		_, key, err := h.enter(thief)
		if err != nil || key.DoubtedAt == 0 || key.SignCount != 3 {
			h.Errorf("%+v %v", key, err)
		}
	})
}

func TestCeremonyCountsOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, func(h *house) {
		take := func(kind, token string) error {
			return h.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := account.TakeCeremony(ctx, tx, h.ann.StoreID, kind, token)
				return err
			})
		}
		q := h.ask()
		if err := take(account.CeremonyProve, q.Token); !errors.Is(err, account.ErrCeremony) {
			h.Errorf("of another kind: %v", err)
		}
		if err := take(account.CeremonyEnter, q.Token); err != nil {
			h.Error(err)
		}
		if err := take(account.CeremonyEnter, q.Token); !errors.Is(err, account.ErrCeremony) {
			h.Errorf("twice: %v", err)
		}
		q = h.ask()
		h.now.Advance(account.CeremonyLife)
		if err := take(account.CeremonyEnter, q.Token); !errors.Is(err, account.ErrCeremony) {
			h.Errorf("too late: %v", err)
		}
		if err := take(account.CeremonyEnter, ""); !errors.Is(err, account.ErrCeremony) {
			h.Errorf("none: %v", err)
		}
		// Who someone is known to be is asked with their own keys only.
		err := h.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := account.AskProof(ctx, tx, h.site, h.ann)
			return err
		})
		if !errors.Is(err, account.ErrPasskey) {
			h.Errorf("without a passkey: %v", err)
		}
	})
}

func TestSitesOfPasskeys(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://shop.example": "shop.example", "https://Shop.Example:8443/x": "shop.example", "http://localhost:8080": "localhost", "http://a.localhost": "a.localhost",
		"http://shop.example": "", "http://127.0.0.1:8080": "", "https://192.0.2.1": "", "https://[2001:db8::1]": "", "": "", "shop.example": "",
	} {
		s, err := account.SiteOf(address, "x")
		if s.ID != want || (want == "") != errors.Is(err, account.ErrSite) {
			t.Errorf("%s: %+v %v", address, s, err)
		}
	}
	var q map[string]any
	inHouse(t, func(h *house) {
		if err := json.Unmarshal(h.ask().Options, &q); err != nil {
			h.Fatal(err)
		}
		ask := q["publicKey"].(map[string]any)
		if ask["userVerification"] != "required" || ask["rpId"] != "shop.example" || ask["allowCredentials"] != nil {
			h.Errorf("%v", ask)
		}
	})
}
