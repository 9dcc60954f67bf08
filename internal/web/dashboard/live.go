package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// Pages follow what happens by server-sent events. One goroutine per store reads the event
// table while anybody listens; what it finds goes to every listener:
//
//	events ──(once a second)──▶ hub ──▶ listener ──▶ EventSource ──▶ the page asks for itself anew
//
// The table is the truth and works with any number of nodes; a message only says that it is
// worth to look. A browser that cannot listen asks every 15 seconds (dashboard.js).
type hub struct {
	db     *db.DB
	seats  *ui.Seats // by session
	mu     sync.Mutex
	stores map[id.Store]*feed
	closed <-chan struct{}
}

// feed is one store's listeners; it is stopped when the last one leaves.
type feed struct {
	listeners map[chan []byte]bool
	stop      context.CancelFunc
}

const (
	lookEvery = time.Second
	beatEvery = 20 * time.Second // so that proxies keep the line open
	batch     = 200
)

// How many pages one process tells what happens, and how many of one session: whoever has more
// open asks every 15 seconds in the others.
const (
	listenersMost      = 2000
	listenersOfOneMost = 12
)

func newHub(d *db.DB, stopping <-chan struct{}) *hub {
	return &hub{db: d, seats: ui.NewSeats(listenersMost, listenersOfOneMost), stores: map[id.Store]*feed{}, closed: stopping}
}

// listen adds a listener; call the function that it returns to leave.
func (h *hub) listen(s id.Store) (<-chan []byte, func()) {
	in := make(chan []byte, 16)
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.stores[s]
	if f == nil {
		ctx, stop := context.WithCancel(context.Background())
		f = &feed{listeners: map[chan []byte]bool{}, stop: stop}
		h.stores[s] = f
		go h.follow(ctx, s, f)
	}
	f.listeners[in] = true
	return in, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(f.listeners, in)
		if len(f.listeners) == 0 {
			f.stop()
			delete(h.stores, s)
		}
	}
}

// happened is what a listener is told: which orders changed, and a line for a toast.
type happened struct {
	Orders []id.Order `json:"orders"`
	Kinds  []string   `json:"kinds"`
}

// follow reads a store's events until the last listener is gone.
func (h *hub) follow(ctx context.Context, s id.Store, f *feed) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last id.Event
	known := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.closed:
			return
		case <-tick.C:
		}
		var list []event.Event
		err := h.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if !known {
				last, err = report.LastEvent(ctx, tx, s)
				return err
			}
			list, err = event.After(ctx, tx, s, last, batch)
			return err
		})
		if err != nil {
			continue // the database is busy or closing: look again
		}
		known = true
		if len(list) > 0 {
			last = list[len(list)-1].EventID
			h.send(f, list)
		}
	}
}

// send tells every listener; one that does not keep up misses it and is told of the next.
func (h *hub) send(f *feed, list []event.Event) {
	var said happened
	orders, kinds := map[id.Order]bool{}, map[string]bool{}
	for _, e := range list {
		if e.OrderID != "" && !orders[e.OrderID] {
			orders[e.OrderID] = true
			said.Orders = append(said.Orders, e.OrderID)
		}
		if !kinds[e.Kind] {
			kinds[e.Kind] = true
			said.Kinds = append(said.Kinds, e.Kind)
		}
	}
	text, err := json.Marshal(said)
	if err != nil {
		return // strings always can be
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for in := range f.listeners {
		select {
		case in <- text:
		default:
		}
	}
}

// heardFor is how long one request is told. The browser asks again then, and shows by it that its
// session is still good.
const heardFor = 10 * time.Minute

// events is the stream.
func (d *Dashboard) events(v *visit) error {
	stand, refused := d.live.seats.Take(v.session.SessionID)
	if refused != 0 {
		ui.RefuseSeat(v.w, refused)
		return nil
	}
	defer stand()
	out := http.NewResponseController(v.w)
	// The server's limit for reading a request would end the stream.
	_ = out.SetReadDeadline(time.Time{})
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	in, leave := d.live.listen(v.store)
	defer leave()
	if _, err := fmt.Fprint(v.w, "retry: 2000\n\n"); err != nil || out.Flush() != nil {
		return nil // the browser went away
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	over := time.After(heardFor)
	for {
		var err error
		select {
		case <-v.r.Context().Done():
			return nil
		case <-over:
			return nil
		case <-d.live.closed:
			return nil
		case text := <-in:
			_, err = fmt.Fprintf(v.w, "data: %s\n\n", text)
		case <-beat.C:
			_, err = fmt.Fprint(v.w, ": still here\n\n")
		}
		if err != nil || out.Flush() != nil {
			return nil
		}
	}
}
