package suppliertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"
)

// payments is how often money was taken for a key.
func (s *stand) payments(key string) int {
	total := 0
	for _, b := range s.booked(key) {
		total += b.Payments
	}
	return total
}

func paying(s *stand) {
	c := s.open(s.Unpaid(s.base), 0)
	p, ctx := c.(supplier.Payer), s.t.Context()
	unpaid := func(key string) supplier.Ref {
		s.t.Helper()
		status, err := c.Submit(ctx, s.order(key, 1))
		s.want("submit "+key, err, connector.Done)
		s.settled()
		if n := s.payments(key); n != 0 || status.State != supplier.Unpaid {
			s.t.Fatalf("%s: state %q, paid %d times; want unpaid", key, status.State, n)
		}
		return status.Ref
	}
	paid := func(key string, ref supplier.Ref) {
		s.t.Helper()
		s.want("pay "+key, p.Pay(ctx, ref), connector.Done)
		if n := s.payments(key); n != 1 {
			s.t.Errorf("%s: paid %d times, want once", key, n)
		}
	}
	ref := unpaid("PAY")
	paid("PAY", ref)
	s.outcome(p.Pay(ctx, ref)) // again: refused or ignored, but not taken
	if n := s.payments("PAY"); n != 1 {
		s.t.Errorf("paid again: %d payments, want 1", n)
	}
	for i, path := range s.Paths.Pay {
		for _, fault := range []emulator.Fault{emulator.FailAfter, emulator.Truncate, emulator.FailBefore, emulator.Busy} {
			key := fmt.Sprintf("PAY-%d-%s", i, fault)
			ref := unpaid(key)
			s.Knobs.Once(fault, path)
			s.want(key+" the first time", p.Pay(ctx, ref), connector.WasLost, connector.WasNotSent, connector.Done)
			paid(key, ref)
		}
	}
}

func messages(s *stand) {
	r := s.conn.(supplier.Receiver)
	placed := s.submit(s.order("MESSAGE", 1))
	s.Ship(placed.Ref.Ref)
	header, body := s.Message(placed.Ref.Ref)
	before := len(s.wire.calls())
	first, err := r.Receive(header, body)
	s.want("a genuine message", err, connector.Done)
	second, err := r.Receive(header.Clone(), bytes.Clone(body))
	s.want("the same message again", err, connector.Done)
	if first.Key == "" || first.Key != second.Key {
		s.t.Errorf("the same message has keys %q and %q", first.Key, second.Key)
	}
	if len(first.Status)+len(first.Recheck)+len(first.Offers)+len(first.SKUs) == 0 {
		s.t.Error("a genuine message says nothing")
	}
	if n := len(s.wire.calls()) - before; n != 0 {
		s.t.Errorf("receiving made %d calls", n)
	}
	forged := func(what string, h http.Header, b []byte) {
		s.t.Helper()
		m, err := r.Receive(h, b)
		s.outcome(err)
		if !isForged(err) {
			s.t.Errorf("%s: %v, want it called forged (got %+v)", what, err, m)
		}
	}
	forged("an altered body", header, append(bytes.Clone(body), ' '))
	forged("another body", header, bytes.Replace(body, []byte("1"), []byte("2"), 1))
	for name := range header {
		if name == "Content-Type" {
			continue
		}
		h := header.Clone()
		h.Set(name, "x"+h.Get(name))
		forged("an altered "+name, h, body)
	}
	if s.Hints {
		m, err := r.Receive(http.Header{}, body)
		if s.outcome(err) == connector.Done && (len(m.Status) > 0 || len(m.Offers) > 0) {
			s.t.Errorf("an unsigned message is believed: %+v", m)
		}
	} else {
		forged("an unsigned message", http.Header{}, body)
	}
	if s.Sign == nil {
		return
	}
	for _, junk := range s.rubbish() {
		m, err := r.Receive(s.Sign([]byte(junk)), []byte(junk))
		if s.outcome(err) == connector.Done {
			s.t.Errorf("a signed %s is message %+v", short(junk), m)
		}
	}
}

func stranger(s *stand) {
	c := s.open(s.Wrong(s.base), 0)
	o := s.order("STRANGER", 1)
	_, err := c.Submit(s.t.Context(), o)
	s.want("submit by a stranger", err, connector.WasNotLetIn)
	s.wantBooked(o.Key, 0)
	_, err = c.Offers(s.t.Context(), s.ask(s.skus()...))
	s.want("offers to a stranger", err, connector.WasNotLetIn, connector.WasNotSent)
	if f, ok := c.(supplier.Finder); ok {
		_, err = f.Find(s.t.Context(), o.Key)
		s.want("find by a stranger", err, connector.WasNotLetIn, connector.WasNotSent)
	}
	if k, ok := c.(supplier.Checker); ok {
		s.want("check by a stranger", k.Check(s.t.Context()), connector.WasNotLetIn, connector.WasNotSent)
	}
}

func checking(s *stand) {
	k := s.conn.(supplier.Checker)
	s.submit(s.order("CHECK", 1))
	before := s.Books()
	s.want("check", k.Check(s.t.Context()), connector.Done)
	if after := s.Books(); len(after) != len(before) {
		s.t.Errorf("a check changed the books: %d orders, then %d", len(before), len(after))
	}
}

func cancelledCaller(s *stand) {
	s.submit(s.order("CALLER-0", 1)) // signed in
	ended, end := context.WithCancel(s.t.Context())
	end()
	s.within(10*time.Second, "submit with an ended context", func() {
		_, err := s.conn.Submit(ended, s.order("CALLER-1", 1))
		s.want("submit with an ended context", err, connector.WasNotSent, connector.WasLost)
	})
	s.wantBooked("CALLER-1", 0)
	s.within(10*time.Second, "offers with an ended context", func() {
		if _, err := s.conn.Offers(ended, s.ask(s.skus()...)); s.outcome(err) == connector.Done {
			s.t.Error("offers with an ended context: no error")
		}
	})
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	s.Knobs.Delay(time.Minute)
	s.Knobs.Once(emulator.Slow, s.Paths.Submit)
	s.wire.drain()
	go func() { <-s.wire.arrived; stop() }()
	s.within(10*time.Second, "submit whose caller leaves", func() {
		_, err := s.conn.Submit(ctx, s.order("CALLER-2", 1))
		s.want("submit whose caller leaves", err, connector.WasLost, connector.WasNotSent)
	})
}

func parallelUse(s *stand) {
	var group sync.WaitGroup
	submit := func(c supplier.Connector, key string) {
		group.Go(func() {
			status, err := c.Submit(s.t.Context(), s.order(key, 1))
			s.outcome(err)
			if err != nil {
				return // another of the same key may have been quicker; the books are counted below
			}
			_, err = c.Report(s.t.Context(), []supplier.Ref{status.Ref})
			s.outcome(err)
		})
	}
	s.submit(s.order("PARALLEL-WARM", 1)) // vendors let two nodes sign in one after the other only
	other := s.open(s.values, 0)
	for i := range 8 {
		submit(s.conn, fmt.Sprintf("PARALLEL-%d", i))
		submit(s.conn, "PARALLEL-SAME")
		submit(other, "PARALLEL-SAME")
		group.Go(func() {
			_, err := other.Offers(s.t.Context(), s.ask(s.skus()...))
			s.want("offers in parallel", err, connector.Done, connector.WasNotSent)
		})
	}
	group.Wait()
	for i := range 8 {
		s.wantBooked(fmt.Sprintf("PARALLEL-%d", i), 1)
	}
	s.wantBooked("PARALLEL-SAME", 1)
}

// neverTwice drives the connector as the program does, through chaos, and counts.
func neverTwice(s *stand) {
	s.submit(s.order("CHAOS-WARM", 1))
	s.Knobs.Chaos(7, 35, emulator.Busy, emulator.FailBefore, emulator.FailAfter, emulator.DropBefore,
		emulator.DropAfter, emulator.Truncate)
	for i := range 25 {
		o := s.order(fmt.Sprintf("CHAOS-%d", i), 1)
		if !s.through(o) {
			s.t.Errorf("%s: no end after many tries", o.Key)
		}
		s.wantBooked(o.Key, 1)
	}
}

// through submits until it is done, asking by key after every lost answer.
func (s *stand) through(o supplier.Order) bool {
	ctx := s.t.Context()
	f, asks := s.conn.(supplier.Finder)
	uncertain := false
	for range 200 {
		if !uncertain {
			_, err := s.conn.Submit(ctx, o)
			switch s.outcome(err) {
			case connector.Done:
				return true
			case connector.WasLost:
				if errors.Is(err, supplier.ErrRepeated) {
					return true
				}
				uncertain = asks // without a look-up, sending again is the way to ask
			case connector.WasNotSent:
				s.clock.Add(connector.Wait(err) + time.Millisecond)
			default:
				s.t.Errorf("%s: %v", o.Key, err)
				return false
			}
			continue
		}
		s.settled()
		_, err := f.Find(ctx, o.Key)
		switch s.outcome(err) {
		case connector.Done:
			return true
		case connector.WasNeverThere:
			uncertain = false
		case connector.WasNotSent, connector.WasLost:
		default:
			s.t.Errorf("%s: look-up: %v", o.Key, err)
			return false
		}
	}
	return false
}
