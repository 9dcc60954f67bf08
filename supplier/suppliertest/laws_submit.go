package suppliertest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"
)

func sameKey(s *stand) {
	o := s.order("SAME-KEY-1", 2)
	first := s.submit(o)
	second, err := s.conn.Submit(s.t.Context(), o)
	if s.outcome(err) == connector.Done && second.Ref.Ref != first.Ref.Ref {
		s.t.Errorf("the same key is order %q and then %q", first.Ref.Ref, second.Ref.Ref)
	}
	other, err := s.open(s.values, 0).Submit(s.t.Context(), o) // another node
	if s.outcome(err) == connector.Done && other.Ref.Ref != first.Ref.Ref {
		s.t.Errorf("the same key is order %q and, for another node, %q", first.Ref.Ref, other.Ref.Ref)
	}
	s.wantBooked(o.Key, 1)
	s.submit(s.order("SAME-KEY-2", 2)) // the same goods and address under another key
	s.wantBooked("SAME-KEY-1", 1)
	s.wantBooked("SAME-KEY-2", 1)
}

func quantities(s *stand) {
	o := s.order("UNITS", 3, 1, 7)
	again := o.Lines[0]
	again.ID, again.Quantity = "line-again", 2
	o.Lines = append(o.Lines, again)
	s.submit(o)
	want := map[string]int64{s.Goods[0].SKU: 5, s.Goods[1].SKU: 1, s.Goods[2].SKU: 7}
	got := s.booked(o.Key)
	if len(got) != 1 || !maps.Equal(got[0].SKUs, want) {
		s.t.Errorf("the supplier's books have %+v, want one order of %v", got, want)
	}
}

func addressesSurvive(s *stand) {
	for i, a := range s.addresses() {
		o := s.order(fmt.Sprintf("ADDRESS-%d", i), 1)
		o.Address = a
		s.submit(o)
		got := s.booked(o.Key)
		if len(got) != 1 {
			s.t.Fatalf("%s: %d orders, want 1", o.Key, len(got))
		}
		b := got[0].Address
		for _, part := range [][3]string{
			{"name", a.Name, b.Name}, {"line 1", a.Line1, b.Line1}, {"line 2", a.Line2, b.Line2},
			{"city", a.Locality, b.Locality}, {"region", a.Region, b.Region},
			{"postal code", a.PostalCode, b.PostalCode}, {"country", a.Country, b.Country}, {"phone", a.Phone, b.Phone},
		} {
			if part[1] != part[2] {
				s.t.Errorf("%s: %s %q arrived as %q", o.Key, part[0], part[1], part[2])
			}
		}
	}
}

// wantFound says that the order can be found by its key, and is the one in the books.
func (s *stand) wantFound(key string) {
	s.t.Helper()
	f, ok := s.conn.(supplier.Finder)
	books := s.booked(key)
	if !ok || len(books) != 1 {
		return
	}
	s.settled()
	status, err := f.Find(s.t.Context(), key)
	s.want("find "+key, err, connector.Done)
	if err == nil && (status.Key != key || status.Ref.Ref != books[0].Ref) {
		s.t.Errorf("find %s: key %q, reference %q, want %q", key, status.Key, status.Ref.Ref, books[0].Ref)
	}
}

func lostAnswer(s *stand) {
	for _, fault := range []emulator.Fault{emulator.DropAfter, emulator.Truncate, emulator.FailAfter} {
		o := s.order("LOST-"+string(fault), 1)
		s.Knobs.Once(fault, s.Paths.Submit)
		_, err := s.conn.Submit(s.t.Context(), o)
		s.want(string(fault), err, connector.WasLost)
		s.wantBooked(o.Key, 1)
		s.wantFound(o.Key)
		_, err = s.conn.Submit(s.t.Context(), o) // whoever forgets to ask does no harm either
		if is[supplier.Repeatable](s.conn) && !errors.Is(err, supplier.ErrRepeated) {
			s.want(string(fault)+", sent again", err, connector.Done)
		}
		s.outcome(err)
		s.wantBooked(o.Key, 1)
	}
}

// wantAbsent says that the supplier denies knowing the key, and that it can be sent then.
func (s *stand) wantAbsent(o supplier.Order) {
	s.t.Helper()
	s.wantBooked(o.Key, 0)
	s.settled()
	if f, ok := s.conn.(supplier.Finder); ok {
		_, err := f.Find(s.t.Context(), o.Key)
		s.want("find "+o.Key, err, connector.WasNeverThere)
	}
	s.submit(o)
	s.wantBooked(o.Key, 1)
}

func notActed(s *stand) {
	for _, fault := range []emulator.Fault{emulator.DropBefore, emulator.FailBefore} {
		o := s.order("NOT-"+string(fault), 1)
		s.Knobs.Once(fault, s.Paths.Submit)
		_, err := s.conn.Submit(s.t.Context(), o)
		s.want(string(fault), err, connector.WasLost, connector.WasNotSent)
		s.wantAbsent(o)
	}
}

func refusedConnection(s *stand) {
	closed := httptest.NewServer(http.NotFoundHandler())
	base := closed.URL
	closed.Close()
	c := s.open(s.Settings(base), 0)
	o := s.order("NOBODY-HOME", 1)
	_, err := c.Submit(s.t.Context(), o)
	s.want("submit", err, connector.WasNotSent, connector.WasLost)
	page, err := c.Offers(s.t.Context(), s.ask(s.skus()...))
	if s.outcome(err) == connector.Done {
		s.t.Errorf("offers: %+v from a closed door", page)
	}
	if f, ok := c.(supplier.Finder); ok {
		_, err = f.Find(s.t.Context(), o.Key)
		s.want("find", err, connector.WasNotSent, connector.WasLost)
	}
	list, err := c.Report(s.t.Context(), []supplier.Ref{{Key: o.Key, Ref: "1"}})
	if s.outcome(err) == connector.Done {
		s.t.Errorf("report: %+v from a closed door", list)
	}
}

func busy(s *stand) {
	o := s.order("BUSY", 1)
	s.Knobs.Once(emulator.Busy, s.Paths.Submit)
	_, err := s.conn.Submit(s.t.Context(), o)
	s.want("429", err, connector.WasNotSent)
	if connector.Wait(err) <= 0 {
		s.t.Errorf("429: wait %s, want some", connector.Wait(err))
	}
	s.wantBooked(o.Key, 0)
	s.clock.Add(connector.Wait(err))
	s.submit(o)
	s.wantBooked(o.Key, 1)
}

func slow(s *stand) {
	s.walk(s.conn, s.ask(s.skus()...)) // signed in and warm
	c := s.open(s.values, 300*time.Millisecond)
	o := s.order("SLOW", 1)
	s.Knobs.Delay(time.Minute)
	s.Knobs.Once(emulator.Slow, s.Paths.Submit)
	_, err := c.Submit(s.t.Context(), o)
	s.want("slow", err, connector.WasLost)
	s.wantBooked(o.Key, 1)
	s.wantFound(o.Key)
}

// garbage: whatever comes back, it may have happened; and nothing panics.
func garbage(s *stand) {
	for i, body := range s.rubbish() {
		o := s.order(fmt.Sprintf("RUBBISH-%d", i), 1)
		s.wire.set(garble{match: s.Paths.Submit, act: true, status: 200, body: body})
		_, err := s.conn.Submit(s.t.Context(), o)
		s.want("submit answered by "+short(body), err, connector.WasLost)
		s.wire.set()
		s.wantBooked(o.Key, 1)
		s.wantFound(o.Key)
	}
	for _, status := range []int{400, 404, 500, 502, 504} {
		o := s.order(fmt.Sprintf("RUBBISH-%d", status), 1)
		s.wire.set(garble{match: s.Paths.Submit, act: true, status: status, body: "<html>error</html>"})
		_, err := s.conn.Submit(s.t.Context(), o)
		s.want(fmt.Sprintf("submit answered %d without sense", status), err, connector.WasLost)
		s.wire.set()
	}
	placed := s.submit(s.order("RUBBISH-READ", 1))
	for _, path := range s.Paths.Report {
		for _, body := range s.rubbish() {
			s.wire.set(garbleAll(s.Paths.Report, 200, body)...)
			list, err := s.conn.Report(s.t.Context(), []supplier.Ref{placed.Ref})
			if s.outcome(err) == connector.Done {
				s.t.Errorf("report of %s answered by %s: %d orders and no error", path, short(body), len(list))
			}
		}
	}
}

func garbleAll(paths []string, status int, body string) []garble {
	var out []garble
	for _, p := range paths {
		out = append(out, garble{match: p, status: status, body: body})
	}
	return out
}

// failedLookUp: only a plain "no" is a no.
func failedLookUp(s *stand) {
	f := s.conn.(supplier.Finder)
	_, err := f.Find(s.t.Context(), "NEVER-SENT")
	s.want("find what was never sent", err, connector.WasNeverThere)
	o := s.order("LOOK-UP", 1)
	s.submit(o)
	s.wantFound(o.Key)
	for _, key := range []string{o.Key, "NEVER-SENT"} {
		for _, body := range append(s.rubbish(), "<html>not found</html>") {
			for _, status := range []int{200, 404, 500, 503} {
				s.wire.set(garbleAll(s.Paths.Find, status, body)...)
				_, err := f.Find(s.t.Context(), key)
				s.want(fmt.Sprintf("find answered %d %s", status, short(body)), err,
					connector.WasLost, connector.WasNotSent)
			}
		}
		s.wire.set()
		for _, fault := range []emulator.Fault{emulator.FailBefore, emulator.Busy, emulator.Truncate} {
			for _, path := range s.Paths.Find {
				s.Knobs.Once(fault, path)
			}
			_, err := f.Find(s.t.Context(), key)
			if s.outcome(err) == connector.WasNeverThere && key == o.Key {
				s.t.Errorf("find at %s: not found, and it is there", fault)
			}
			for range s.Paths.Find { // use up what did not strike
				_, _ = f.Find(s.t.Context(), key)
			}
		}
	}
}

func refusal(s *stand) {
	o := s.order("REFUSED", 1)
	s.Refuse()
	status, err := s.conn.Submit(s.t.Context(), o)
	if s.outcome(err) == connector.Done && status.State == supplier.Refused {
		return
	}
	s.want("a refused order", err, connector.WasRejected)
	for _, b := range s.booked(o.Key) {
		if !b.Cancelled {
			s.t.Errorf("a refused order is in the books: %+v", b)
		}
	}
}
