package storefront

import (
	"context"
	"sync"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// How many product pages are told of their stock by one process, and how many of one address:
// a page beyond that is as it was when it came, and finds out by its buttons.
const (
	watchersMost      = 2000
	watchersOfOneMost = 12
)

// stocks is the stock of the products that somebody looks at. However many look, one goroutine
// asks the database, for all of their products at once; suppliers are asked by the jobs that
// pull offers, never for a visitor.
type stocks struct {
	db    *db.DB
	every time.Duration
	stop  <-chan struct{}

	seats *ui.Seats // by address

	mu      sync.Mutex
	watched map[id.Store]map[id.Product]*watch
	follows bool // somebody reads
}

// watch is a product that somebody looks at.
type watch struct {
	watchers int
	stock    catalog.Stock // as it was last read; nil: not on sale
	read     bool
}

func newStocks(d *db.DB, every time.Duration, stop <-chan struct{}) *stocks {
	return &stocks{db: d, every: every, stop: stop, seats: ui.NewSeats(watchersMost, watchersOfOneMost), watched: map[id.Store]map[id.Product]*watch{}}
}

// join adds somebody who looks at a product, from an address; call the function that it returns
// to leave. Refused is the status to answer with where there are too many already, else 0.
func (h *stocks) join(store id.Store, product id.Product, from string) (leave func(), refused int) {
	stand, refused := h.seats.Take(from)
	if refused != 0 {
		return nil, refused
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.follows {
		h.follows = true
		go h.follow()
	}
	if h.watched[store] == nil {
		h.watched[store] = map[id.Product]*watch{}
	}
	w := h.watched[store][product]
	if w == nil {
		w = &watch{}
		h.watched[store][product] = w
	}
	w.watchers++
	return func() {
		h.leave(store, product)
		stand()
	}, 0
}

func (h *stocks) leave(store id.Store, product id.Product) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.watched[store][product]
	if w.watchers--; w.watchers > 0 {
		return
	}
	if delete(h.watched[store], product); len(h.watched[store]) == 0 {
		delete(h.watched, store)
	}
}

// now is the stock of a product as it was last read; false while it was not.
func (h *stocks) now(store id.Store, product id.Product) (catalog.Stock, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.watched[store][product]
	if w == nil {
		return nil, false
	}
	return w.stock, w.read
}

// follow reads until nobody looks any more.
func (h *stocks) follow() {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	for {
		select {
		case <-h.stop:
			return
		case <-tick.C:
		}
		asked, over := h.asked()
		if over {
			return
		}
		for store, products := range asked {
			h.read(store, products)
		}
	}
}

// asked are the products that somebody looks at; over says that nobody does, and that whoever
// comes next starts anew.
func (h *stocks) asked() (list map[id.Store][]id.Product, over bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.follows = len(h.watched) > 0; !h.follows {
		return nil, true
	}
	list = map[id.Store][]id.Product{}
	for store, products := range h.watched {
		for product := range products {
			list[store] = append(list[store], product)
		}
	}
	return list, false
}

func (h *stocks) read(store id.Store, products []id.Product) {
	var found map[id.Product]catalog.Stock
	err := h.db.View(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = catalog.Stocks(ctx, tx, store, products)
		return err
	})
	if err != nil {
		return // the database is busy or closing: what was read before stands
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, product := range products {
		if w := h.watched[store][product]; w != nil {
			w.stock, w.read = found[product], true
		}
	}
}
