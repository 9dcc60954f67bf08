package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"doorstep/connector/emulator"
)

// staff is the people who work for the shop and for the workshop: one confirms transfers,
// one reads the workshop's mail, packs and posts. They use the staff's API.
type staff struct {
	api   caller
	world *World
	say   func(format string, args ...any)

	mu        sync.Mutex
	transfers []Bought
	read      int // mails looked at
	begun     map[string]bool
	packing   []packing
	posted    int64
	decided   map[string]bool // reasons for attention that somebody has seen to
	looked    time.Time
}

// packing is a purchase on the workshop's bench.
type packing struct {
	purchase, number string
	city, country    string
	accepted         bool
	due              time.Time
}

// expect notes an order whose money comes by transfer.
func (s *staff) expect(b Bought) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transfers = append(s.transfers, b)
}

// work goes on until ctx ends. What fails is tried again at the next look.
func (s *staff) work(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, task := range []func(context.Context) error{s.lookAtBank, s.readMail, s.pack, s.tidyDesk} {
			if err := task(ctx); err != nil && ctx.Err() == nil {
				s.say("staff: %v", err)
			}
		}
	}
}

// lookAtBank confirms the transfers that have come: all that were asked for.
func (s *staff) lookAtBank(ctx context.Context) error {
	s.mu.Lock()
	list := s.transfers
	s.transfers = nil
	s.mu.Unlock()
	for i, b := range list {
		if err := s.api.do(ctx, http.MethodPost, "/admin/orders/"+b.ID+"/confirm-payment", nil, nil); err != nil {
			s.mu.Lock()
			s.transfers = append(s.transfers, list[i:]...)
			s.mu.Unlock()
			return fmt.Errorf("transfer for order %d: %w", b.Number, err)
		}
	}
	return nil
}

// deskEvery is how often somebody looks at what needs a person.
const deskEvery = 300 * time.Millisecond

// desk is what needs a person.
type desk struct {
	Orders []struct {
		Number    int64 `json:"number"`
		Attention []struct {
			Code    string `json:"code"`
			Words   string `json:"words"`
			Subject string `json:"subject"`
			Action  string `json:"action"`
			Person  bool   `json:"person"`
		} `json:"attention"`
	} `json:"orders"`
}

// tidyDesk decides what waits for a person. This merchant keeps promises: what the margin
// guard holds is sent all the same. Everything else is said aloud, once.
func (s *staff) tidyDesk(ctx context.Context) error {
	if time.Since(s.looked) < deskEvery {
		return nil
	}
	s.looked = time.Now()
	var d desk
	if err := s.api.do(ctx, http.MethodGet, "/admin/attention", nil, &d); err != nil {
		return err
	}
	for _, o := range d.Orders {
		for _, reason := range o.Attention {
			if !reason.Person || s.decided[reason.Code+reason.Subject] {
				continue
			}
			s.decided[reason.Code+reason.Subject] = true
			if reason.Action != "release" {
				s.say("order %d waits for a person: %s", o.Number, reason.Words)
				continue
			}
			err := s.api.do(ctx, http.MethodPost, "/admin/purchases/"+reason.Subject+"/release", nil, nil)
			if err != nil {
				return fmt.Errorf("order %d: release: %w", o.Number, err)
			}
		}
	}
	return nil
}

// order is what the staff sees of an order.
type order struct {
	Purchases []struct {
		ID     string `json:"id"`
		Number string `json:"number"`
		Key    string `json:"key"`
	} `json:"purchases"`
	ShippingAddress struct {
		Locality string `json:"locality"`
		Country  string `json:"country"`
	} `json:"shipping_address"`
}

// readMail opens the workshop's new mails and puts each purchase on the bench once: the
// mail says itself that a repeated one is the same order.
func (s *staff) readMail(ctx context.Context) error {
	mails := s.world.Post.To(workshopMail)
	for ; s.read < len(mails); s.read++ {
		key, ok := purchaseKey(mails[s.read].MessageID)
		if !ok || s.begun[key] {
			continue
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(key, "DS-"), "-")
		var o order
		if err := s.api.do(ctx, http.MethodGet, "/admin/orders/"+number, nil, &o); err != nil {
			return fmt.Errorf("purchase %s: %w", key, err)
		}
		for _, p := range o.Purchases {
			if p.Key == key {
				s.begun[key] = true
				s.packing = append(s.packing, packing{p.ID, p.Number, o.ShippingAddress.Locality, o.ShippingAddress.Country, false,
					time.Now().Add(s.world.Parcel.Pace().Accept)})
			}
		}
	}
	return nil
}

// pack accepts what has been read, and later posts it.
func (s *staff) pack(ctx context.Context) error {
	for i := 0; i < len(s.packing); i++ {
		p := &s.packing[i]
		switch {
		case time.Now().Before(p.due):
		case !p.accepted:
			err := s.api.do(ctx, http.MethodPost, "/admin/purchases/"+p.purchase+"/accept", map[string]any{"ref": "HL-" + p.number}, nil)
			if err != nil {
				return fmt.Errorf("purchase %s: accept: %w", p.number, err)
			}
			p.accepted, p.due = true, time.Now().Add(s.world.Parcel.Pace().Ship)
		default:
			if err := s.post(ctx, p); err != nil {
				return fmt.Errorf("purchase %s: ship: %w", p.number, err)
			}
			s.packing = append(s.packing[:i], s.packing[i+1:]...)
			i--
		}
	}
	return nil
}

// post hands a parcel to the Royal Mail of the emulated world.
func (s *staff) post(ctx context.Context, p *packing) error {
	s.posted++
	number := s10("RB", s.posted, "GB")
	s.world.Parcel.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "GB", To: p.country, City: p.city, Label: time.Now()})
	return s.api.do(ctx, http.MethodPost, "/admin/purchases/"+p.purchase+"/ship", map[string]any{"number": number, "carrier_name": "Royal Mail"}, nil)
}

// s10 is a postal tracking number (UPU S10) with its check digit.
func s10(service string, serial int64, country string) string {
	digits := fmt.Sprintf("%08d", serial%100_000_000)
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(digits[i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("%s%s%d%s", service, digits, check, country)
}
