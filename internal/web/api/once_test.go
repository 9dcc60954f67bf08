package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/web/api/answer"
)

func TestAKeyCountsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		cart := bearer(w.filled(w.mug, 1))
		w.refused(400, "idempotency_key_missing", "POST /cart/checkout", object{"payment": "bank"}, cart)
		w.refused(400, "idempotency_key_invalid", "POST /cart/checkout", object{"payment": "bank"}, cart, key("a b"))
		w.refused(400, "idempotency_key_invalid", "POST /carts", nil, key("short"))
		first := w.ok("POST /cart/checkout", object{"payment": "bank"}, cart, key("k"))
		again := w.ok("POST /cart/checkout", object{"payment": "bank"}, cart, key("k"))
		if again.text != first.text || again.status != first.status || again.header.Get("Idempotent-Replayed") != "true" ||
			first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Content-Type") != first.header.Get("Content-Type") {
			w.Errorf("%d %s, then %d %s", first.status, first.text, again.status, again.text)
		}
		w.refused(422, "idempotency_conflict", "POST /cart/checkout", object{"payment": "other"}, cart, key("k"))

		const long = "0123456789abcdef"
		one, two := w.ok("POST /carts", nil, key(long)), w.ok("POST /carts", nil, key(long))
		if one.str("token") != two.str("token") || one.str("token") == w.ok("POST /carts", nil).str("token") {
			w.Error("the same key made two carts, or no key one")
		}
		other := bearer(w.filled(w.mug, 1))
		if g := w.ok("POST /cart/checkout", object{"payment": "bank"}, other, key("k")); g.str("order.id") == first.str("order.id") {
			w.Error("somebody else's key is mine")
		}
	})
}

func TestWhatWasRefusedFreesItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		cart := bearer(w.filled(w.mug, 1))
		w.refused(422, "payment_unknown", "POST /cart/checkout", object{"payment": "gold"}, cart, key("k"))
		w.ok("POST /cart/checkout", object{"payment": "bank"}, cart, key("k"))
	})
}

func TestManyAtOnceAreOne(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		cart := bearer(w.ok("POST /carts", nil).str("token"))
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				g := w.call("POST /cart/lines", object{"variant": w.mug, "quantity": 1}, cart, key("k"))
				if g.status != 200 && (g.status != 409 || g.header.Get("Retry-After") == "") {
					w.Errorf("%d %s", g.status, g.text)
				}
			})
		}
		all.Wait()
		if g := w.ok("GET /cart", nil, cart); g.str("lines.0.quantity") != "1" {
			w.Error(g.text)
		}
	})
}

func TestAKeyOfADeadProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		cart := bearer(w.ok("POST /carts", nil).str("token"))
		wish := object{"variant": w.mug, "quantity": 1}
		w.ok("POST /cart/lines", wish, cart, key("k"))
		forget := func(status int) {
			w.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE idempotency SET status = $1, body = '' WHERE name = 'k'`, status)
				return err
			})
		}
		forget(0) // as if it had died before the command
		if g := w.refused(409, "idempotency_in_progress", "POST /cart/lines", wish, cart, key("k")); g.header.Get("Retry-After") == "" {
			w.Error(g.header)
		}
		w.now.Advance(answer.Grace + time.Second)
		if g := w.ok("POST /cart/lines", wish, cart, key("k")); g.str("lines.0.quantity") != "2" {
			w.Error(g.text)
		}
		forget(1) // as if it had died after the command, before the answer
		if g := w.ok("POST /cart/lines", wish, cart, key("k")); g.header.Get("Idempotent-Replayed") != "true" || g.str("done") != "true" {
			w.Error(g.text)
		}
		if g := w.ok("GET /cart", nil, cart); g.str("lines.0.quantity") != "2" {
			w.Errorf("it was carried out again: %s", g.text)
		}
	})
}

func TestSecretsAreNotStoredInTheClear(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		token := w.ok("POST /carts", nil, key("0123456789abcdef")).str("token")
		w.update(func(ctx context.Context, tx *db.Tx) error {
			var body, hash string
			if err := tx.QueryRowContext(ctx, `SELECT body FROM idempotency`).Scan(&body); err != nil {
				return err
			}
			err := tx.QueryRowContext(ctx, `SELECT token_hash FROM carts`).Scan(&hash)
			if strings.Contains(body, token) || strings.Contains(hash, token) || !strings.HasPrefix(body, "sealed:") {
				w.Errorf("%s %s", body, hash)
			}
			return err
		})
		if g := w.call("GET /cart", nil, bearer(strings.ToUpper(token))); g.status != http.StatusUnauthorized {
			w.Error(g.text)
		}
	})
}
