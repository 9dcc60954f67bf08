package dashboard_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// TestConnectorOfALostKey: secrets that were sealed with a key that is gone can be entered
// anew on the connector's own page, which was an error page once.
func TestConnectorOfALostKey(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		former, err := seal.New(bytes.Repeat([]byte{9}, seal.KeySize))
		d.must(err)
		var row store.Connector
		d.update(func(ctx context.Context, tx *db.Tx) (err error) {
			row, err = store.PutConnector(ctx, tx, former, d.store, store.Plug{Kind: "payment", Driver: "stripe", Name: "cards",
				Settings: map[string]string{"base_url": "https://pay.example"}, Secrets: map[string]string{"secret_key": "sk_test_1"}})
			return err
		})
		b := d.signedIn(account.Owner)
		at := "/admin/connectors/" + string(row.ConnectorID)
		b.get(at).sees("Its secrets cannot be read", "Enter them again").not("sk_test_1")
		if !strings.Contains(b.html, `value="https://pay.example"`) {
			t.Error("what is no secret is not kept")
		}
		b.get("/admin/connectors").sees("cards")
		b.post(at + "/test").sees("The settings cannot be used")
		if b.post(at, "set.base_url", "https://pay.example"); b.status != http.StatusUnprocessableEntity {
			t.Errorf("%d: stored without the secret that is needed", b.status)
		}
		b.sees("Secret key")
		b.post(at, "set.base_url", "https://pay.example", "set.secret_key", "sk_test_2").sees("Cards is stored").not("cannot be read", "sk_test_2")
	})
}
