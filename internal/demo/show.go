package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

// When people look on, a day takes about ten seconds and a parcel is at the door after a
// bit more than a minute; somebody comes to shop every few seconds.
const (
	watchSpeed = 8_000
	visitEvery = 4 * time.Second
	lookEvery  = 250 * time.Millisecond
)

// Show plays the demo for people until ctx ends: it says where everything can be seen and
// tells the orders' journeys as they happen.
func Show(ctx context.Context, o Options, out io.Writer) error {
	if o.Speed == 0 {
		o.Speed = watchSpeed
	}
	s, err := set(ctx, o, o.Speed, false)
	if err != nil {
		return err
	}
	defer s.strike()
	password, err := s.owner(ctx)
	if err != nil {
		return err
	}
	s.welcomeWords(out, password)
	goods, err := browse(ctx, s.crowd.shop())
	if err != nil {
		return err
	}
	t := &teller{stage: s, out: out, began: time.Now(), told: map[string]int{}}
	visits, look := time.NewTicker(visitEvery), time.NewTicker(lookEvery)
	defer visits.Stop()
	defer look.Stop()
	done := make(chan Bought, 16)
	for n := 1; ; n++ {
		s.group.Go(func() { s.visitFor(ctx, goods, n, done) })
		if !t.tell(ctx, visits.C, look.C, done) {
			break
		}
	}
	if failure := s.failed.Load(); failure != nil {
		return *failure
	}
	fmt.Fprintln(out, "\nThe demo ends.")
	return nil
}

// ownerEmail is whom people sign in as who look at the demo's dashboard.
const ownerEmail = "owner@hearth-harbour.example"

// owner makes the account for the dashboard, with a password of its own for every run.
func (s *stage) owner(ctx context.Context) (password string, err error) {
	password = id.Token()
	hash, err := account.HashPassword(password)
	if err != nil {
		return "", err
	}
	return password, s.program.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := account.AddStaff(ctx, tx, s.program.Store.StoreID, ownerEmail, "Robin Hart", account.Owner, hash)
		return err
	})
}

func (s *stage) welcomeWords(out io.Writer, password string) {
	world := "a parcel takes about a minute"
	if s.o.Chaos {
		world += "; everybody misbehaves"
	}
	fmt.Fprintf(out, `%s is open (%s).

  shop               %s/
  dashboard          %s/admin (%s, password %s)
  products           %s/api/v1/products
  API description    %s/api/v1/openapi.json
  staff's API key    %s
  inbox, all mails   %s/
  AliExpress         %s
  CJ Dropshipping    %s and %s (its American warehouse)
  Stripe             %s (payment pages: /c/pay/…)
  17TRACK            %s

Shoppers come by themselves. Ctrl-C ends it.

`, s.program.Store.Name, world, s.base, s.base, ownerEmail, password, s.base, s.base, s.crowd.staff.api.token, s.world.inbox, s.world.aliURL, s.world.cjURL, s.world.cjUSURL,
		s.world.payURL, s.world.trkURL)
}

// visitFor is one visit; what was bought is handed to the teller.
func (s *stage) visitFor(ctx context.Context, goods shelf, n int, done chan<- Bought) {
	b, err := s.crowd.visit(ctx, goods, n)
	if err != nil {
		if ctx.Err() == nil {
			s.o.Say("%v", err)
		}
		return
	}
	select {
	case done <- b:
	case <-ctx.Done():
	}
}

// teller writes the journeys of orders line by line.
type teller struct {
	stage *stage
	out   io.Writer
	began time.Time
	open  []Bought
	told  map[string]int // events of an order that were told
}

// tell goes on until the next shopper is due; false when the demo ends.
func (t *teller) tell(ctx context.Context, visit, look <-chan time.Time, done <-chan Bought) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case b := <-done:
			t.open = append(t.open, b)
		case <-look:
			if t.stage.failed.Load() != nil {
				return false
			}
			t.news(ctx)
		case <-visit:
			return true
		}
	}
}

// news tells what has happened to the open orders, in the order in which it did.
func (t *teller) news(ctx context.Context) {
	type line struct {
		event report.Event
		text  string
	}
	var lines []line
	still := t.open[:0]
	for _, b := range t.open {
		document, err := t.read(ctx, b)
		if err != nil {
			still = append(still, b)
			continue
		}
		for _, e := range document.Timeline[min(len(document.Timeline), t.told[b.ID]):] {
			if text := words(e, b, document); text != "" {
				lines = append(lines, line{e, text})
			}
		}
		t.told[b.ID] = len(document.Timeline)
		if document.State == "closed" || document.State == "cancelled" {
			delete(t.told, b.ID)
			continue
		}
		still = append(still, b)
	}
	t.open = still
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.event.At - b.event.At) })
	for _, l := range lines {
		fmt.Fprintf(t.out, "%6.1fs  %s\n", l.event.At.Std().Sub(t.began).Seconds(), l.text)
	}
}

func (t *teller) read(ctx context.Context, b Bought) (d report.Document, err error) {
	err = t.stage.program.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err = report.OrderDocument(ctx, tx, t.stage.program.Store.StoreID, b.ID)
		return err
	})
	return d, err
}

// words is an event as the demo tells it; nothing where it would only be noise.
func words(e report.Event, b Bought, d report.Document) string {
	what, about := "", ""
	for _, p := range d.Purchases {
		if string(p.ID) == e.Subject {
			about = p.Number + " at " + p.SupplierName
		}
	}
	for _, s := range d.Shipments {
		if string(s.ID) == e.Subject {
			about = "parcel " + s.Number
		}
	}
	switch kind := e.Kind; {
	case kind == "order.placed":
		what = fmt.Sprintf("%s orders for %s", b.Who, b.Total)
	case kind == "payment.captured":
		what = "paid"
	case kind == "order.closed":
		what = "at its end: everything is delivered"
	case strings.HasPrefix(kind, "purchase."), strings.HasPrefix(kind, "shipment."), strings.HasPrefix(kind, "refund."), kind == "order.cancelled":
		_, verb, _ := strings.Cut(kind, ".")
		what = strings.TrimSpace(about + " " + strings.ReplaceAll(verb, "-", " "))
	}
	if what == "" {
		return ""
	}
	return fmt.Sprintf("order %d  %s", d.Number, what)
}
