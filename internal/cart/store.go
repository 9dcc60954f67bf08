package cart

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Create makes an empty cart and its token, which is told once and never stored.
func Create(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, locale string) (Cart, string, error) {
	if locale == "" {
		locale = "en"
	}
	token := TokenPrefix + id.Token()
	made := Cart{StoreID: store, CartID: id.Cart(id.New("ca", tx.Now.Std())), TokenHash: Hash(token), Currency: c, Locale: locale,
		CreatedAt: tx.Now, UpdatedAt: tx.Now}
	err := New(tx).InsertCart(ctx, InsertCartParams{StoreID: store, CartID: made.CartID, TokenHash: made.TokenHash, Currency: c,
		Locale: locale, CreatedAt: tx.Now, UpdatedAt: tx.Now})
	return made, token, err
}

// Get reads a cart; the error of one that is not there wraps sql.ErrNoRows.
func Get(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart) (Cart, error) {
	return db.Known(tx, string(cart), func() (Cart, error) {
		return found(New(tx).GetCart(ctx, GetCartParams{StoreID: store, CartID: cart}))
	}, "carts")
}

// ByToken reads the cart of a token, with the errors of Get.
func ByToken(ctx context.Context, tx *db.Tx, store id.Store, token string) (Cart, error) {
	return found(New(tx).CartByToken(ctx, CartByTokenParams{TokenHash: Hash(token), StoreID: store}))
}

// Lines lists what is in a cart, in the order in which it was put there.
func Lines(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart) ([]CartLine, error) {
	return db.KnownList(tx, string(cart), func() ([]CartLine, error) {
		return New(tx).LinesOfCart(ctx, LinesOfCartParams{StoreID: store, CartID: cart})
	}, "cart_lines")
}

// SetLine says how many units of a variant are wanted; none removes the line. Quoted
// options are forgotten when that changes anything. Errors: ErrOrdered, ErrQuantity,
// ErrLines, or one that wraps sql.ErrNoRows.
func SetLine(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, variant id.Variant, quantity int64) error {
	if quantity < 0 || quantity > MaxQuantity {
		return ErrQuantity
	}
	return change(ctx, tx, store, cart, func(c *Cart) error {
		lines, err := Lines(ctx, tx, store, cart)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(lines, func(l CartLine) bool { return l.VariantID == variant })
		switch {
		case i < 0 && quantity == 0, i >= 0 && lines[i].Quantity == quantity:
			return nil
		case i < 0 && len(lines) >= MaxLines:
			return ErrLines
		}
		c.forget()
		q := New(tx)
		if quantity == 0 {
			return q.DeleteLine(ctx, DeleteLineParams{StoreID: store, CartID: cart, VariantID: variant})
		}
		position := int64(1)
		if n := len(lines); n > 0 {
			position = lines[n-1].Position + 1
		}
		return q.PutLine(ctx, PutLineParams{StoreID: store, CartID: cart, VariantID: variant, Quantity: quantity, Position: position})
	})
}

// AddLine adds units to those in the cart, with the errors of SetLine.
func AddLine(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, variant id.Variant, quantity int64) error {
	if quantity < 1 || quantity > MaxQuantity {
		return ErrQuantity
	}
	if _, err := lock(ctx, tx, store, cart); err != nil {
		return err
	}
	lines, err := Lines(ctx, tx, store, cart)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.VariantID == variant {
			quantity += l.Quantity
		}
	}
	return SetLine(ctx, tx, store, cart, variant, quantity)
}

// SetContact replaces who buys and where it goes by a contact that Check found nothing
// wrong with. Quoted options are forgotten when the destination changes.
func SetContact(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, to Contact) error {
	return change(ctx, tx, store, cart, func(c *Cart) error {
		before, err := c.ShipTo()
		if err != nil {
			return err
		}
		if elsewhere(before, to.Shipping) {
			c.forget()
		}
		c.Email, c.Shipping, c.Billing = to.Email, write(to.Shipping), write(to.Billing)
		if to.Locale != "" {
			c.Locale = to.Locale
		}
		return nil
	})
}

// SetOptions keeps the ways to ship that were quoted for the cart as it was read; ErrChanged
// when it is not that cart any more. The only option there is, is chosen.
func SetOptions(ctx context.Context, tx *db.Tx, as Cart, options string, only string) error {
	return change(ctx, tx, as.StoreID, as.CartID, func(c *Cart) error {
		if c.UpdatedAt != as.UpdatedAt {
			return ErrChanged
		}
		kept := ""
		if offered(options, c.OptionKey) {
			kept = c.OptionKey
		}
		if kept == "" && offered(options, only) {
			kept = only
		}
		c.Options, c.OptionKey, c.QuotedAt = options, kept, tx.Now
		return nil
	})
}

// Choose picks one of the quoted options; ErrOption when it is none of them.
func Choose(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, key string) error {
	return change(ctx, tx, store, cart, func(c *Cart) error {
		if c.QuotedAt == 0 || !offered(c.Options, key) {
			return ErrOption
		}
		c.OptionKey = key
		return nil
	})
}

// SetCode keeps a discount's code with the cart; an empty one takes it out.
func SetCode(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, code string) error {
	return change(ctx, tx, store, cart, func(c *Cart) error {
		c.Code = code
		return nil
	})
}

// SetUseCredit says whether the customer's store credit is spent on the cart first.
func SetUseCredit(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, use bool) error {
	return change(ctx, tx, store, cart, func(c *Cart) error {
		c.UseCredit = use
		return nil
	})
}

// MarkOrdered says which order the cart has become; false when it is one already.
func MarkOrdered(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, order id.Order) (bool, error) {
	n, err := New(tx).MarkOrdered(ctx, MarkOrderedParams{StoreID: store, CartID: cart, OrderID: order, UpdatedAt: tx.Now})
	return n > 0, err
}

// ForgetVariant takes a variant out of every cart; what those carts were quoted counts no more.
func ForgetVariant(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant) error {
	q := New(tx)
	if err := q.RequoteWith(ctx, RequoteWithParams{StoreID: store, VariantID: variant}); err != nil {
		return fmt.Errorf("carts with variant %s: %w", variant, err)
	}
	if err := q.ForgetVariant(ctx, ForgetVariantParams{StoreID: store, VariantID: variant}); err != nil {
		return fmt.Errorf("variant %s out of carts: %w", variant, err)
	}
	return nil
}

// lock reads a cart and keeps others from changing it; once in a transaction is enough.
func lock(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart) (Cart, error) {
	c, err := db.Known(tx, string(cart), func() (Cart, error) {
		return found(New(tx).LockCart(ctx, LockCartParams{StoreID: store, CartID: cart}))
	}, "carts")
	if err != nil {
		return c, err
	}
	tx.Hold(string(cart))
	return db.Known(tx, string(cart), func() (Cart, error) { return c, nil }, "carts")
}

// change locks a cart that is still one, lets fn change it, and stores it with a time that
// differs from the one before.
func change(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart, fn func(*Cart) error) error {
	c, err := lock(ctx, tx, store, cart)
	if err != nil {
		return err
	}
	if c.OrderID != "" {
		return ErrOrdered
	}
	if err := fn(&c); err != nil {
		return err
	}
	return New(tx).SaveCart(ctx, SaveCartParams{StoreID: store, CartID: cart, Locale: c.Locale, Email: c.Email, Shipping: c.Shipping,
		Billing: c.Billing, Options: c.Options, OptionKey: c.OptionKey, QuotedAt: c.QuotedAt, UpdatedAt: max(tx.Now, c.UpdatedAt+1),
		Code: c.Code, UseCredit: c.UseCredit})
}

// forget drops what was quoted, because what it rested on has changed.
func (c *Cart) forget() { c.Options, c.OptionKey, c.QuotedAt = "", "", 0 }

func found(c Cart, err error) (Cart, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("cart: %w", err)
	}
	return c, err
}
