//go:build unix

package crash

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// Raced is what a race for the last units came to.
type Raced struct {
	Won      int   // buyers who were told that they have an order
	Refused  int   // buyers who were told that it is sold out
	Orders   int   // in the database
	Left     int64 // units that the shop still offers
	Audit    int   // differences
	Problems []error
}

// Race lets so many buyers press the last button at the same time for so many units, over all
// nodes of a cluster.
func Race(ctx context.Context, o Options, buyers, units int) (r Raced, err error) {
	o = o.filled()
	ctx, cancel := context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the race took longer than %s", o.Timeout))
	defer cancel()
	l := &lab{o: o, began: time.Now(), deaths: map[string]int{}, points: &points{died: map[string]int{}}}
	defer l.clear() //nolint:contextcheck // what is left is cleared away however the race ended
	if err := l.set(ctx); err != nil {
		return r, fmt.Errorf("crash lab: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	for _, n := range l.nodes {
		group.Go(func() { n.keep(running) })
	}
	for _, n := range l.nodes {
		if err := n.ready(ctx); err != nil {
			return r, err
		}
	}
	rare, err := l.rarity(ctx, int64(units))
	if err == nil {
		err = l.race(ctx, &r, rare, buyers)
	}
	if err != nil {
		return r, err
	}
	return r, l.finish(ctx, &r, rare)
}

// rarity puts an article into the shop of which there are few.
func (l *lab) rarity(ctx context.Context, units int64) (v id.Variant, err error) {
	err = l.program.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		s := l.program.Store.StoreID
		put, err := catalog.Put(ctx, tx, s, catalog.Draft{Handle: "rarity", Title: "Rarity", Status: catalog.Active,
			Variants: []catalog.DraftVariant{{SKU: "RARE-1", Price: money.New(2500, "EUR"), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		v = put.Variants[0]
		by, err := inventory.SupplierByName(ctx, tx, s, "Hearth & Loom Workshop")
		if err != nil {
			return err
		}
		_, _, err = inventory.PutOffer(ctx, tx, by, inventory.Offer{VariantID: v, SupplierSku: "RARE-1", CostMinor: 600, Currency: "GBP",
			Quantity: units, ShipFrom: "GB", Active: true, AsOf: tx.Now})
		return err
	})
	return v, err
}

// race fills all carts first; then everybody goes at once.
func (l *lab) race(ctx context.Context, r *Raced, rare id.Variant, buyers int) error {
	carts := make([]caller, buyers)
	failed := make([]error, buyers)
	var next atomic.Int64
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for n := int(next.Add(1)) - 1; n < buyers; n = int(next.Add(1)) - 1 {
				carts[n], failed[n] = l.crowd.rareCart(ctx, rare, n)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	var mu sync.Mutex
	for _, cart := range carts {
		group.Go(func() {
			err := cart.do(ctx, http.MethodPost, "/cart/checkout", map[string]any{"payment": "bank"}, nil, false)
			mu.Lock()
			defer mu.Unlock()
			var told *refusal
			switch {
			case err == nil:
				r.Won++
			case errors.As(err, &told) && told.Status == http.StatusConflict:
				r.Refused++
			default:
				r.Problems = append(r.Problems, err)
			}
		})
	}
	group.Wait()
	return nil
}

// rareCart is a cart that only waits for the last button.
func (c *crowd) rareCart(ctx context.Context, rare id.Variant, n int) (mine caller, err error) {
	var cart struct {
		Token string `json:"token"`
	}
	if err := c.shop.do(ctx, http.MethodPost, "/carts", map[string]any{"locale": "en-GB"}, &cart, true); err != nil {
		return mine, err
	}
	mine = c.shop
	mine.token = cart.Token
	var offered struct {
		Options []struct {
			Key string `json:"key"`
		} `json:"shipping_options"`
	}
	contact := map[string]any{"email": fmt.Sprintf("racer+%d@shopper.example", n), "locale": "en-GB", "shipping_address": homes()[0]}
	err = mine.do(ctx, http.MethodPut, "/cart/lines/"+string(rare), map[string]any{"quantity": 1}, nil, true)
	if err == nil {
		err = mine.do(ctx, http.MethodPut, "/cart/contact", contact, nil, true)
	}
	if err == nil {
		err = mine.do(ctx, http.MethodPost, "/cart/shipping-options", nil, &offered, true)
	}
	if err == nil && len(offered.Options) == 0 {
		err = errNothing
	}
	if err == nil {
		err = mine.do(ctx, http.MethodPut, "/cart/shipping-option", map[string]any{"key": offered.Options[0].Key}, nil, true)
	}
	return mine, err
}

// finish counts what is in the database.
func (l *lab) finish(ctx context.Context, r *Raced, rare id.Variant) error {
	orders, err := demo.Documents(ctx, l.program.DB, l.program.Store.StoreID)
	if err != nil {
		return err
	}
	r.Orders = len(orders)
	shelf, err := l.crowd.browse(ctx)
	for _, v := range shelf {
		if v.ID == string(rare) {
			r.Left = v.Available
		}
	}
	if err != nil {
		return err
	}
	differences, err := flow.Audit(ctx, l.program.DB, l.program.Store.StoreID)
	r.Audit = len(differences)
	return err
}
