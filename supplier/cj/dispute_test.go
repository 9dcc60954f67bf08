package cj_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/supplier"
)

// sent is an order that has left, and the demand for a unit of its first article.
func (d *desk) sent(c supplier.Connector, key string) supplier.Demand {
	d.t.Helper()
	s := d.submit(c, sale(key, 2, 1))
	d.Ship(s.Ref.Ref)
	d.clock.Add(24 * time.Hour)
	return supplier.Demand{Key: "di-" + key, Order: s.Ref, Wrong: supplier.Damaged, Words: "One came broken. " + strings.Repeat("ä", 600), Amount: usd(500),
		Lines: []supplier.Line{{SKU: goods()[0].SKU, Quantity: 1}}, Photos: []string{"https://shop.example/p.jpg"}, Tried: d.clock.Now()}
}

func disputer(c supplier.Connector) supplier.Disputer { return c.(supplier.Disputer) }

func TestDisputeIsFiledOnceAndDecided(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	c := d.open()
	demand := d.sent(c, "D-1")
	if _, err := disputer(c).Filed(t.Context(), demand); !errors.Is(err, connector.ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	v, err := disputer(c).File(t.Context(), demand)
	if err != nil || v.State != supplier.DemandOpen || v.Ref == "" {
		t.Fatalf("filed: %+v, %v", v, err)
	}
	again, err := disputer(c).File(t.Context(), demand)
	if err != nil || again.Ref != v.Ref {
		t.Errorf("filed again: %+v, %v", again, err)
	}
	books := d.Complaints()
	if len(books) != 1 || books[0].Key != demand.Key || books[0].Reason != 2 || books[0].Units != 1 || len([]rune(books[0].Message)) != 500 || len(books[0].Photos) != 1 {
		t.Errorf("CJ's books: %+v", books)
	}
	d.Decide(v.Ref, 1, 450)
	demand.Ref = v.Ref
	if v, err = disputer(c).Filed(t.Context(), demand); err != nil || v.State != supplier.DemandCredited || v.Amount != usd(450) {
		t.Errorf("decided: %+v, %v", v, err)
	}
}

// The answer to each call is lost, before CJ acted and after: then CJ is asked, and there is one
// dispute in its books.
func TestDisputeWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []shared.Fault{shared.DropAfter, shared.DropBefore, shared.FailAfter, shared.Truncate, shared.Busy} {
		for _, path := range []string{"disputeProducts", "disputeConfirmInfo", "disputes/create", "getDisputeList"} {
			d := newDesk(t, nil)
			c := d.open()
			demand := d.sent(c, "D-2")
			d.Knobs.Once(fault, path)
			_, err := disputer(c).File(t.Context(), demand)
			outcome := connector.OutcomeOf(err)
			if path != "disputes/create" && outcome == connector.WasLost {
				t.Errorf("%s at %s: nothing was sent, but it says %v", fault, path, err)
			}
			if outcome == connector.WasLost {
				v, err := disputer(c).Filed(t.Context(), demand)
				if n := len(d.Complaints()); (err == nil) != (n == 1) || err != nil && !errors.Is(err, connector.ErrNotFound) || err == nil && v.Ref == "" {
					t.Errorf("%s at %s: CJ has %d, the look-up says %+v, %v", fault, path, n, v, err)
				}
			}
			if _, err := disputer(c).File(t.Context(), demand); err != nil {
				t.Errorf("%s at %s: again: %v", fault, path, err)
			}
			if n := len(d.Complaints()); n != 1 {
				t.Errorf("%s at %s: %d disputes", fault, path, n)
			}
		}
	}
}

func TestDisputesThatCJDoesNotTake(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	c := d.open()
	late := d.sent(c, "D-3")
	d.clock.Add(61 * 24 * time.Hour)
	late.Tried = d.clock.Now()
	unpaid := d.submit(d.open("payment", "create-only"), sale("D-4", 1))
	unknown := late
	unknown.Order = supplier.Ref{Key: "none"}
	unpaidDemand := late
	unpaidDemand.Order = unpaid.Ref
	for name, demand := range map[string]supplier.Demand{"too late": late, "not paid": unpaidDemand, "no such order": unknown} {
		_, err := disputer(c).File(t.Context(), demand)
		if connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("%s: %v", name, err)
		}
	}
	demand := d.sent(c, "D-5")
	v, err := disputer(c).File(t.Context(), demand)
	if err != nil {
		t.Fatal(err)
	}
	d.Decide(v.Ref, 3, 0)
	if v, err = disputer(c).Filed(t.Context(), demand); err != nil || v.State != supplier.DemandDenied {
		t.Errorf("denied: %+v, %v", v, err)
	}
}
