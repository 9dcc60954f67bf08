package suppliertest

import (
	"slices"
	"strings"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ordered sorts statuses by key and drops what may differ from call to call.
func ordered(list []supplier.Status) []supplier.Status {
	out := slices.Clone(list)
	for i := range out {
		out[i].Raw = nil
	}
	slices.SortFunc(out, func(a, b supplier.Status) int { return strings.Compare(a.Ref.Ref+a.Key, b.Ref.Ref+b.Key) })
	return out
}

func reports(s *stand) {
	var refs []supplier.Ref
	for _, key := range []string{"REPORT-1", "REPORT-2", "REPORT-3", "REPORT-4"} {
		refs = append(refs, s.submit(s.order(key, 1, 2)).Ref)
	}
	s.settled()
	s.Ship(refs[0].Ref)
	s.Cancel(refs[1].Ref)
	first := s.report(refs...)
	if len(first) != len(refs) {
		s.t.Fatalf("%d reports of %d orders", len(first), len(refs))
	}
	backwards := slices.Clone(refs)
	slices.Reverse(backwards)
	for _, again := range [][]supplier.Status{
		s.report(backwards...),
		s.report(refs...),
		append(s.report(refs[:1]...), s.report(refs[1:]...)...),
	} {
		if diff := cmp.Diff(ordered(first), ordered(again), cmpopts.EquateEmpty()); diff != "" {
			s.t.Errorf("asked again, the reports differ:\n%s", diff)
		}
	}
	twice := s.report(refs[0], refs[0])
	for _, status := range twice {
		if status.Ref.Ref != refs[0].Ref {
			s.t.Errorf("asked for %s twice: got %s", refs[0].Ref, status.Ref.Ref)
		}
	}
}

func unknownLeftOut(s *stand) {
	known := s.submit(s.order("KNOWN", 1))
	s.settled()
	stranger := supplier.Ref{Key: "STRANGER", Ref: "9" + known.Ref.Ref}
	if list := s.report(known.Ref, stranger); len(list) != 1 || list[0].Ref.Ref != known.Ref.Ref {
		s.t.Errorf("reports %+v, want only that of %s", list, known.Ref.Ref)
	}
	if list := s.report(stranger); len(list) != 0 {
		s.t.Errorf("reports %+v of an unknown order", list)
	}
	if list := s.report(); len(list) != 0 {
		s.t.Errorf("reports %+v of nothing", list)
	}
	if canFind(s) {
		if list := s.report(supplier.Ref{Key: "KNOWN"}); len(list) != 1 || list[0].Ref.Ref != known.Ref.Ref {
			s.t.Errorf("reports %+v by key alone, want %s", list, known.Ref.Ref)
		}
	}
}

// one is the report of a single order.
func (s *stand) one(ref supplier.Ref) supplier.Status {
	s.t.Helper()
	s.settled()
	list := s.report(ref)
	if len(list) != 1 {
		s.t.Fatalf("%d reports of %s, want 1", len(list), ref.Ref)
	}
	return list[0]
}

func whatHappened(s *stand) {
	placed := s.submit(s.order("STORY-1", 2))
	switch status := s.one(placed.Ref); status.State {
	case supplier.Placed, supplier.Accepted, supplier.Unpaid:
	default:
		s.t.Errorf("a new order is %q", status.State)
	}
	s.Ship(placed.Ref.Ref)
	status := s.one(placed.Ref)
	if status.State != supplier.Shipped && status.State != supplier.Delivered {
		s.t.Errorf("a shipped order is %q", status.State)
	}
	if len(status.Parcels) != 1 || status.Parcels[0].Number == "" {
		s.t.Errorf("a shipped order has parcels %+v, want one with a number", status.Parcels)
	}
	if status.Cost.Currency != "" && status.Cost.Minor < 2*s.Goods[0].Cost.Minor {
		s.t.Errorf("two units cost %s, want at least twice %s", status.Cost, s.Goods[0].Cost)
	}
	gone := s.submit(s.order("STORY-2", 1))
	s.settled()
	s.Cancel(gone.Ref.Ref)
	if status := s.one(gone.Ref); status.State != supplier.Cancelled && status.State != supplier.Refused {
		s.t.Errorf("an order that the supplier cancelled is %q", status.State)
	}
}

// cancelled says whether the books have the order as cancelled, or no more at all.
func (s *stand) cancelled(key string) bool {
	books := s.booked(key)
	return len(books) == 0 || books[0].Cancelled
}

func cancelling(s *stand) {
	c := s.conn.(supplier.Canceller)
	ctx := s.t.Context()
	placed := s.submit(s.order("CANCEL-1", 1))
	s.settled()
	err := c.Cancel(ctx, placed.Ref)
	s.want("cancel a new order", err, connector.Done, connector.WasRejected)
	if done := s.outcome(err) == connector.Done; done != s.cancelled("CANCEL-1") {
		s.t.Errorf("cancelled: the connector says %v (%v), the books %v", done, err, !done)
	}
	shipped := s.submit(s.order("CANCEL-2", 1))
	s.settled()
	s.Ship(shipped.Ref.Ref)
	err = c.Cancel(ctx, shipped.Ref)
	s.want("cancel what has left", err, connector.WasRejected)
	if s.cancelled("CANCEL-2") {
		s.t.Error("cancel what has left: the books have it cancelled")
	}
	if err := c.Cancel(ctx, supplier.Ref{Key: "STRANGER", Ref: "9" + placed.Ref.Ref}); s.outcome(err) == connector.Done {
		s.t.Error("cancel an unknown order: no error")
	}
	for _, fault := range []emulator.Fault{emulator.FailAfter, emulator.Truncate, emulator.FailBefore, emulator.Busy} {
		o := s.submit(s.order("CANCEL-"+string(fault), 1))
		s.settled()
		s.Knobs.Once(fault, s.Paths.Cancel)
		err := c.Cancel(ctx, o.Ref)
		if s.outcome(err) == connector.Done && !s.cancelled("CANCEL-"+string(fault)) {
			s.t.Errorf("cancel at %s: said to be done, and it is not", fault)
		}
	}
	kept := s.submit(s.order("CANCEL-3", 1))
	s.settled()
	for _, body := range s.rubbish() {
		s.wire.set(garble{match: s.Paths.Cancel, status: 200, body: body})
		err := c.Cancel(ctx, kept.Ref)
		if o := s.outcome(err); o == connector.Done || o == connector.WasNotSent {
			s.t.Errorf("cancel answered by %s: %s", short(body), o)
		}
	}
}
