package flow_test

import (
	"bytes"
	"context"
	"regexp"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

func boxOf(t *testing.T, fill byte) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{fill}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEverySecretIsResealed: after a rotation the new key alone opens every sealed text of the
// database, and the old one none.
func TestEverySecretIsResealed(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		old, young := boxOf(t, 1), boxOf(t, 2)
		old.Attach(s.DB)
		var row store.Connector
		var staff account.Staff
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			if err := store.Set(ctx, tx, s.store, "mail.smtp_url", "smtp://me:topsecret@mail.example:587"); err != nil {
				return err
			}
			if row, err = store.PutConnector(ctx, tx, old, s.store, store.Plug{Kind: "supplier", Driver: "cj", Name: "cj", Secrets: map[string]string{"api_key": "canary"}}); err != nil {
				return err
			}
			if _, err := store.Learn(ctx, tx, old, s.store, row.ConnectorID, "token", "learnt", 0); err != nil {
				return err
			}
			if staff, err = account.AddStaff(ctx, tx, s.store, "ann@shop.example", "Ann", account.Owner, "no hash"); err != nil {
				return err
			}
			_, err = account.BeginCodes(ctx, tx, staff, "Shop")
			return err
		})
		texts := func() (list []string) {
			for _, text := range everything(t, s.DB) {
				list = append(list, regexp.MustCompile(`sealed:1:[\w-]+`).FindAllString(text, -1)...)
			}
			return list
		}
		before := texts()
		var n int
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = flow.Reseal(ctx, tx, young.Before(old), "system")
			return err
		})
		if n != 4 || len(before) != 4 {
			t.Errorf("%d of %d texts were sealed anew", n, len(before))
		}
		if err := s.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.Reseal(ctx, tx, old, "system")
			return err
		}); err == nil {
			t.Error("the old key still opens something")
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			row, err := store.GetConnector(ctx, tx, s.store, row.ConnectorID)
			if err != nil {
				return err
			}
			plug, err := store.Plugged(young, row)
			if err != nil || plug.Secrets["api_key"] != "canary" {
				t.Errorf("secrets = %v %v", plug.Secrets, err)
			}
			value, _, err := store.Learned(ctx, tx, young, s.store, row.ConnectorID, "token")
			if err != nil || value != "learnt" {
				t.Errorf("learnt %q %v", value, err)
			}
			return nil
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.Reseal(ctx, tx, young, "system")
			return err
		})
	})
}
