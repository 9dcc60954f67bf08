//go:build unix

package crash

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/demo"
)

// workshopMail is where the workshop of the sample shop takes orders.
const workshopMail = "orders@hearthandloom.example"

// desk is the people who work for the shop and for its workshop. They look at how things stand
// and do what follows: what failed because a process died is simply done at the next look.
type desk struct {
	api   caller
	world *demo.World

	mu      sync.Mutex
	parcels int
	read    int
	open    map[string]bool // keys of the workshop's purchases that have not left
	seen    map[string]time.Time
	decided int // uncertain purchases about which a person decided
}

// work goes on until ctx ends.
func (d *desk) work(ctx context.Context) {
	for pause(ctx, 300*time.Millisecond) == nil {
		d.attend(ctx)
		d.readMail()
		for _, key := range d.benched() {
			d.pack(ctx, key)
		}
	}
}

// act makes one request of a person; whether it worked is seen at the next look.
func (d *desk) act(ctx context.Context, path string, in any) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return d.api.do(ctx, http.MethodPost, path, in, nil, true) == nil
}

// reasons is what needs a person.
type reasons struct {
	Orders []struct {
		Number    int64 `json:"number"`
		Attention []struct {
			Code    string `json:"code"`
			Subject string `json:"subject"`
			Action  string `json:"action"`
			Person  bool   `json:"person"`
		} `json:"attention"`
	} `json:"orders"`
}

// attend decides what waits for a person: it releases what is held, and about a purchase whose
// answer was lost it looks into the supplier's books.
func (d *desk) attend(ctx context.Context) {
	var all reasons
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if d.api.do(short, http.MethodGet, "/admin/attention", nil, &all, true) != nil {
		return
	}
	for _, o := range all.Orders {
		for _, r := range o.Attention {
			switch r.Action {
			case "release":
				d.act(ctx, "/admin/purchases/"+r.Subject+"/release", nil)
			case "resolve-uncertain":
				if d.considered(r.Subject) {
					d.resolve(ctx, o.Number, r.Subject)
				}
			}
		}
	}
}

// considered says whether a person has let enough time pass since they first saw something: a
// request that was on its way when its sender died has arrived by then.
func (d *desk) considered(subject string) bool {
	first, known := d.seen[subject]
	if !known {
		d.seen[subject] = time.Now()
	}
	return known && time.Since(first) > 2*answerIn
}

// purchases are what the staff sees of an order.
type purchases struct {
	Purchases []struct {
		ID     string `json:"id"`
		Number string `json:"number"`
		Key    string `json:"key"`
		State  string `json:"state"`
	} `json:"purchases"`
	ShippingAddress struct {
		Locality string `json:"locality"`
		Country  string `json:"country"`
	} `json:"shipping_address"`
}

func (d *desk) order(ctx context.Context, number string) (p purchases, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return p, d.api.do(ctx, http.MethodGet, "/admin/orders/"+number, nil, &p, true) == nil
}

// resolve looks for a purchase in the suppliers' books and says what is there.
func (d *desk) resolve(ctx context.Context, number int64, purchase string) {
	o, ok := d.order(ctx, fmt.Sprint(number))
	if !ok {
		return
	}
	for _, p := range o.Purchases {
		if p.ID != purchase {
			continue
		}
		ref := d.ref(p.Key)
		if d.act(ctx, "/admin/purchases/"+purchase+"/resolve", map[string]any{"found": ref != "", "ref": ref}) {
			d.mu.Lock()
			d.decided++
			d.mu.Unlock()
			delete(d.seen, purchase)
		}
	}
}

// ref is a supplier's number of the order under our key; empty if there is none.
func (d *desk) ref(key string) string {
	for _, b := range d.world.Ali.Books() {
		if b.Key == key {
			return b.Ref
		}
	}
	for _, b := range append(d.world.CJ.Books(), d.world.CJUS.Books()...) {
		if b.Key == key {
			return b.Ref
		}
	}
	for _, m := range d.world.Post.To(workshopMail) {
		if strings.HasPrefix(m.MessageID, "purchase."+key+"@") {
			return "HL-" + key
		}
	}
	return ""
}

// readMail puts what the workshop was mailed on its bench.
func (d *desk) readMail() {
	mails := d.world.Post.To(workshopMail)
	d.mu.Lock()
	defer d.mu.Unlock()
	for ; d.read < len(mails); d.read++ {
		rest, ok := strings.CutPrefix(mails[d.read].MessageID, "purchase.")
		if key, _, found := strings.Cut(rest, "@"); ok && found {
			d.open[key] = true
		}
	}
}

func (d *desk) benched() (keys []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key := range d.open {
		keys = append(keys, key)
	}
	return keys
}

// pack does the next step about a purchase of the workshop.
func (d *desk) pack(ctx context.Context, key string) {
	number, _, _ := strings.Cut(strings.TrimPrefix(key, "DS-"), "-")
	o, ok := d.order(ctx, number)
	if !ok {
		return
	}
	for _, p := range o.Purchases {
		if p.Key != key {
			continue
		}
		at := "/admin/purchases/" + p.ID
		switch p.State {
		case "submitted":
			d.act(ctx, at+"/accept", map[string]any{"ref": "HL-" + p.Number})
		case "cancelling":
			d.act(ctx, at+"/cancel-answer", map[string]any{"stopped": false, "words": "It is packed already."})
		case "accepted":
			d.post(ctx, at, o.ShippingAddress.Locality, o.ShippingAddress.Country)
		case "shipped", "cancelled", "rejected":
			d.mu.Lock()
			delete(d.open, key)
			d.mu.Unlock()
		}
	}
}

// post hands a parcel to the carrier and tells its number.
func (d *desk) post(ctx context.Context, at, city, country string) {
	d.mu.Lock()
	d.parcels++
	n := d.parcels
	d.mu.Unlock()
	number := demo.S10("RB", int64(n), "GB")
	d.world.Parcel.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "GB", To: country, City: city, Label: time.Now()})
	d.act(ctx, at+"/ship", map[string]any{"number": number, "carrier_name": "Royal Mail"})
}

func (d *desk) decisions() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.decided
}
