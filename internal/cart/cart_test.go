package cart_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// shop is a store with n variants, va_000 and so on.
func shop(t *testing.T, d *db.DB, n int) (s id.Store) {
	t.Helper()
	do(t, d, func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Mugs", "EUR")
		if err != nil {
			return err
		}
		s = made.StoreID
		_, err = tx.ExecContext(ctx, `INSERT INTO products (store_id, product_id, handle, title, status, created_at, updated_at)
			VALUES ($1, 'pr_1', 'mug', 'Mug', 'active', 1, 1)`, string(s))
		for i := 0; i < n && err == nil; i++ {
			_, err = tx.ExecContext(ctx, `INSERT INTO variants (store_id, variant_id, product_id, position, price_minor, currency, created_at, updated_at)
				VALUES ($1, $2, 'pr_1', $3, 100, 'EUR', 1, 1)`, string(s), string(variant(i)), i)
		}
		return err
	})
	return s
}

func variant(i int) id.Variant { return id.Variant(fmt.Sprintf("va_%03d", i)) }

func do(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func try(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return d.Update(t.Context(), fn)
}

func create(t *testing.T, d *db.DB, s id.Store) (c cart.Cart, token string) {
	t.Helper()
	do(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		c, token, err = cart.Create(ctx, tx, s, "EUR", "")
		return err
	})
	return c, token
}

func read(t *testing.T, d *db.DB, c cart.Cart) (now cart.Cart, lines []cart.CartLine) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if now, err = cart.Get(ctx, tx, c.StoreID, c.CartID); err != nil {
			return err
		}
		lines, err = cart.Lines(ctx, tx, c.StoreID, c.CartID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return now, lines
}

func TestOnlyTheTokenOpensACart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 0)
		c, token := create(t, d, s)
		if !strings.HasPrefix(token, cart.TokenPrefix) || len(token) < 37 || strings.Contains(c.TokenHash, token) {
			t.Errorf("token %q, stored %q", token, c.TokenHash)
		}
		_ = d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if got, err := cart.ByToken(ctx, tx, s, token); err != nil || got != c {
				t.Errorf("by token: %+v, %v", got, err)
			}
			for _, wrong := range []string{"", token + "x", c.TokenHash, string(c.CartID)} {
				if _, err := cart.ByToken(ctx, tx, s, wrong); !errors.Is(err, sql.ErrNoRows) {
					t.Errorf("token %q: %v", wrong, err)
				}
			}
			if _, err := cart.ByToken(ctx, tx, "st_other", token); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("another store: %v", err)
			}
			return nil
		})
	})
}

func TestLinesHaveBounds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, cart.MaxLines+1)
		c, _ := create(t, d, s)
		set := func(v id.Variant, n int64) error {
			return try(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, v, n) })
		}
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			for i := range cart.MaxLines {
				if err := cart.SetLine(ctx, tx, s, c.CartID, variant(i), 2); err != nil {
					return err
				}
			}
			return nil
		})
		for _, n := range []int64{-1, cart.MaxQuantity + 1} {
			if err := set(variant(1), n); !errors.Is(err, cart.ErrQuantity) {
				t.Errorf("quantity %d: %v", n, err)
			}
		}
		if err := set(variant(cart.MaxLines), 1); !errors.Is(err, cart.ErrLines) {
			t.Errorf("one line too many: %v", err)
		}
		for v, n := range map[id.Variant]int64{variant(0): 0, variant(1): 999, variant(cart.MaxLines): 0} {
			if err := set(v, n); err != nil {
				t.Errorf("%s: %v", v, err)
			}
		}
		_, lines := read(t, d, c)
		if len(lines) != cart.MaxLines-1 || lines[0].VariantID != variant(1) || lines[0].Quantity != 999 {
			t.Errorf("%d lines, first %+v", len(lines), lines[0])
		}
		add := func(v id.Variant, n int64) error {
			return try(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.AddLine(ctx, tx, s, c.CartID, v, n) })
		}
		if err := add(variant(1), 1); !errors.Is(err, cart.ErrQuantity) {
			t.Errorf("more than fits: %v", err)
		}
		if err := add(variant(2), 3); err != nil {
			t.Error(err)
		}
		if _, lines := read(t, d, c); lines[1].Quantity != 5 {
			t.Errorf("2 and 3 are %d", lines[1].Quantity)
		}
		if err := add("va_none", 1); !db.IsForeign(err) {
			t.Errorf("a variant that is not there: %v", err)
		}
	})
}

func TestManyHandsInOneCart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 1)
		c, _ := create(t, d, s)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					return cart.AddLine(ctx, tx, s, c.CartID, variant(0), 1)
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if _, lines := read(t, d, c); len(lines) != 1 || lines[0].Quantity != 20 {
			t.Errorf("20 units were added, there are %+v", lines)
		}
	})
}

var ann = address.Address{Name: "Ann", Line1: "1 High St", Locality: "Leeds", PostalCode: "LS1 4DY", Country: "GB"}

func TestOptionsRestOnLinesAndDestination(t *testing.T) {
	t.Parallel()
	const options = `[{"key":"standard","price_minor":490},{"key":"express","price_minor":990}]`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 2)
		c, _ := create(t, d, s)
		to := cart.Contact{Email: "ann@example.com", Shipping: ann}
		quote := func() {
			t.Helper()
			now, _ := read(t, d, c)
			do(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.SetOptions(ctx, tx, now, options, "standard") })
		}
		steps := []struct {
			name  string
			do    func(ctx context.Context, tx *db.Tx) error
			keeps bool
		}{
			{"a line", func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, variant(0), 1) }, false},
			{"the same line", func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, variant(0), 1) }, true},
			{"an address", func(ctx context.Context, tx *db.Tx) error { return cart.SetContact(ctx, tx, s, c.CartID, to) }, false},
			{"another name", func(ctx context.Context, tx *db.Tx) error {
				other := to
				other.Email, other.Shipping.Name, other.Billing = "bob@example.com", "Bob", ann
				return cart.SetContact(ctx, tx, s, c.CartID, other)
			}, true},
			{"another town", func(ctx context.Context, tx *db.Tx) error {
				other := to
				other.Shipping.Locality = "York"
				return cart.SetContact(ctx, tx, s, c.CartID, other)
			}, false},
			{"a choice", func(ctx context.Context, tx *db.Tx) error { return cart.Choose(ctx, tx, s, c.CartID, "express") }, true},
			{"no line", func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, variant(0), 0) }, false},
		}
		for _, step := range steps {
			quote()
			do(t, d, step.do)
			if now, _ := read(t, d, c); (now.QuotedAt != 0 && now.Options != "" && now.OptionKey != "") != step.keeps {
				t.Errorf("after %s: quoted %v, chosen %q", step.name, now.QuotedAt, now.OptionKey)
			}
		}
		old, _ := read(t, d, c)
		do(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, variant(1), 1) })
		if err := try(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.SetOptions(ctx, tx, old, options, "") }); !errors.Is(err, cart.ErrChanged) {
			t.Errorf("options of another cart: %v", err)
		}
		choose := func(key string) error {
			return try(t, d, func(ctx context.Context, tx *db.Tx) error { return cart.Choose(ctx, tx, s, c.CartID, key) })
		}
		if err := choose("express"); !errors.Is(err, cart.ErrOption) {
			t.Errorf("a choice without options: %v", err)
		}
		quote()
		for _, wrong := range []string{"", "sledge"} {
			if err := choose(wrong); !errors.Is(err, cart.ErrOption) {
				t.Errorf("choice %q: %v", wrong, err)
			}
		}
	})
}

func TestAnOrderedCartNeverChanges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 1)
		c, _ := create(t, d, s)
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			for i, o := range []id.Order{"or_1", "or_2"} {
				if ok, err := cart.MarkOrdered(ctx, tx, s, c.CartID, o); err != nil || ok != (i == 0) {
					t.Errorf("%s: %v %v", o, ok, err)
				}
			}
			return nil
		})
		for name, fn := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"line": func(ctx context.Context, tx *db.Tx) error { return cart.SetLine(ctx, tx, s, c.CartID, variant(0), 1) },
			"contact": func(ctx context.Context, tx *db.Tx) error {
				return cart.SetContact(ctx, tx, s, c.CartID, cart.Contact{})
			},
			"options": func(ctx context.Context, tx *db.Tx) error { return cart.SetOptions(ctx, tx, c, "[]", "") },
			"choice":  func(ctx context.Context, tx *db.Tx) error { return cart.Choose(ctx, tx, s, c.CartID, "x") },
		} {
			if err := try(t, d, fn); !errors.Is(err, cart.ErrOrdered) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if now, lines := read(t, d, c); now.OrderID != "or_1" || len(lines) != 0 {
			t.Errorf("%+v %v", now, lines)
		}
	})
}

func TestContactSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	broken := ann
	broken.PostalCode, broken.Name = "1", ""
	c := cart.Contact{Email: " Ann <ann@example.com>", Locale: "xx-klingon-12345678901", Shipping: broken, Billing: address.Address{Country: "QQ", Name: "x"}}.Clean()
	var fields []string
	for _, p := range c.Check() {
		fields = append(fields, p.Field)
	}
	want := "email locale shipping_address.name shipping_address.postal_code billing_address.country"
	if got := strings.Join(fields, " "); got != want {
		t.Errorf("fields %s, not %s", got, want)
	}
	if p := (cart.Contact{}).Check(); p != nil {
		t.Errorf("nothing yet is no fault: %v", p)
	}
	if p := (cart.Contact{Email: "ann+mug@example.com", Locale: "de-AT", Shipping: ann}).Clean().Check(); p != nil {
		t.Errorf("good: %v", p)
	}
}
