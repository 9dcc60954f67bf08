package emulator

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"time"

	"doorstep/connector/emulator"
)

// Book is an AliExpress order as its ledger has it. The parts of one create share Key and
// Checkout; two checkouts of one key are an order made twice.
type Book struct {
	Key       string
	Ref       string
	Checkout  int
	SKUs      map[string]int64 // "<product id>/<sku_attr>" to units
	Paid      bool
	State     string // order_status
	Cancelled bool
	CreatedAt time.Time
	Parcels   []string
	Address   map[string]string // logistics_address as it came
	Service   string
}

// Books are all orders, oldest first.
func (s *Server) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	var out []Book
	for _, ref := range s.desk.sequence {
		o := s.desk.orders[ref]
		b := Book{
			Key: o.key, Ref: ref, Checkout: o.checkout, SKUs: map[string]int64{}, Paid: !o.paid.IsZero(),
			Cancelled: !o.ended.IsZero(), CreatedAt: o.created, Parcels: o.parcels(),
			Address: maps.Clone(o.address), Service: o.lines[0].service,
		}
		b.State, _ = s.statuses(o)
		for _, l := range o.lines {
			b.SKUs[l.article.name(l.sku)] += l.count
		}
		out = append(out, b)
	}
	return out
}

// with does something with an order and sends the messages of it.
func (s *Server) with(ref string, do func(o *order, now time.Time)) {
	s.mu.Lock()
	s.advance()
	if o := s.desk.orders[ref]; o != nil {
		do(o, s.o.World.Now())
	}
	s.mu.Unlock()
}

// Reject makes the next create fail with a code and words of order.create.
func (s *Server) Reject(code, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.refusals = append(s.desk.refusals, failure{code: code, words: words})
}

// Fail makes the gateway refuse the next call of a method (any, if empty).
func (s *Server) Fail(method, code, sub, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, failure{method, code, sub, words})
}

// Ban makes the gateway refuse the next call of a method for seconds, as when a limit was
// passed.
func (s *Server) Ban(method string, seconds int) {
	s.Fail(method, "ApiCallLimit", "", fmt.Sprintf("Api access frequency exceeds the limit. this ban will last %d seconds", seconds))
}

// SetShape changes how answers are wrapped from now on.
func (s *Server) SetShape(shape Shape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Shape = shape
}

// SetRepeat changes how a repeated out_order_id is answered.
func (s *Server) SetRepeat(r Repeat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Repeat = r
}

// SetAutoPay says whether automatic payment works: off, orders stay created but unpaid.
func (s *Server) SetAutoPay(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.AutoPay = on
}

// PayByHand pays an order as a buyer does on the website.
func (s *Server) PayByHand(ref string) { s.with(ref, s.pay) }

// Hold keeps an order where it is until Release.
func (s *Server) Hold(ref string) {
	s.with(ref, func(o *order, now time.Time) { o.held = now })
}

// Release lets an order go on from where it was held.
func (s *Server) Release(ref string) {
	s.with(ref, func(o *order, now time.Time) {
		if !o.held.IsZero() && !o.paid.IsZero() {
			o.paid = o.paid.Add(now.Sub(o.held))
		}
		o.held, o.risk, o.incomplete, o.asked = time.Time{}, false, false, false
	})
}

// Ship sends what is left of an order, now; an unpaid one is paid first.
func (s *Server) Ship(ref string) {
	s.with(ref, func(o *order, now time.Time) {
		if o.ended.IsZero() && o.left.IsZero() {
			s.pay(o, now)
			s.ship(o, now, "")
		}
	})
}

// ShipOnly sends the lines of one SKU.
func (s *Server) ShipOnly(ref, sku string) {
	s.with(ref, func(o *order, now time.Time) {
		s.pay(o, now)
		s.ship(o, now, sku)
	})
}

// Split makes an order ship each line in a parcel of its own.
func (s *Server) Split(ref string) { s.with(ref, func(o *order, _ time.Time) { o.split = true }) }

// Cancel ends an order that has not left, as seller or buyer do on the website.
func (s *Server) Cancel(ref string) { s.with(ref, s.end) }

// CancelLine ends one SKU of an order.
func (s *Server) CancelLine(ref, sku string) {
	s.with(ref, func(o *order, now time.Time) {
		for i := range o.lines {
			if l := &o.lines[i]; l.article.name(l.sku) == sku && l.parcel == "" {
				l.cancelled = true
			}
		}
		if !slices.ContainsFunc(o.lines, func(l line) bool { return !l.cancelled }) {
			s.end(o, now)
		}
	})
}

// AskCancel puts an order into IN_CANCEL; Cancel or Release decides.
func (s *Server) AskCancel(ref string) { s.with(ref, func(o *order, _ time.Time) { o.asked = true }) }

// Risk puts an order under risk control until Release.
func (s *Server) Risk(ref string) { s.with(ref, func(o *order, _ time.Time) { o.risk = true }) }

// WantAddress makes an order wait for its address to be completed, until Release.
func (s *Server) WantAddress(ref string) {
	s.with(ref, func(o *order, _ time.Time) { o.incomplete = true })
}

// Lose makes a parcel get lost on its way.
func (s *Server) Lose(number string) { s.o.World.Doom(number, emulator.StepLost) }

var payForm = template.Must(template.New("pay").Parse(`<!doctype html><html lang="en"><title>Order {{.Ref}}</title>
<h1>Order {{.Ref}}</h1><p>{{.State}}</p>{{if .Open}}<form method="post" action="/p/order/pay"><input type="hidden" name="orderId" value="{{.Ref}}"><button>Pay now</button></form>{{end}}</html>`))

// payPage is where a buyer pays.
func (s *Server) payPage(w http.ResponseWriter, r *http.Request) {
	s.showPay(w, r.URL.Query().Get("orderId"))
}

func (s *Server) payByForm(w http.ResponseWriter, r *http.Request) {
	ref := r.PostFormValue("orderId")
	s.PayByHand(ref)
	s.flush(r.Context())
	s.showPay(w, ref)
}

func (s *Server) showPay(w http.ResponseWriter, ref string) {
	for _, b := range s.Books() {
		if b.Ref == ref {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = payForm.Execute(w, struct {
				Ref, State string
				Open       bool
			}{ref, b.State, !b.Paid && !b.Cancelled})
			return
		}
	}
	http.Error(w, "no such order", http.StatusNotFound)
}
