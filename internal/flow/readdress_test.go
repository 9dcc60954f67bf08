package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"doorstep/internal/address"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

func (s *shop) readdress(o id.Order, line string, told bool) func(ctx context.Context, tx *db.Tx) error {
	to := home()
	to.Line1 = line
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeAddress(ctx, tx, s.store, o, to, told, me)
	}
}

// Before it is sent the same purchase goes to the new address.
func TestAddressCorrectedBeforeSending(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		for range 2 { // the second says nothing new
			s.do(s.readdress(o, "Neue Gasse 2", false))
		}
		var sub *flow.Submission
		send := s.sending(s.purchases(o)[0])
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			sub, err = flow.BeginSubmit(ctx, tx, s.store, send.payload.Purchase, flow.Powers{})
			return err
		})
		if sub.Address.Line1 != "Neue Gasse 2" {
			s.t.Errorf("sent to %+v", sub.Address)
		}
		s.refused("try-again", s.readdress(o, "Dritte Gasse 3", false))
		s.endSubmit(send, flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "7", State: "accepted"}, flow.Powers{})
		s.refused("sent", s.readdress(o, "Dritte Gasse 3", false))
		s.do(s.readdress(o, "Dritte Gasse 3", true))
		s.buys(o, "Ali accepted 1")
		if n := strings.Count(s.column("SELECT kind FROM events"), "order.readdressed"); n != 2 {
			s.t.Errorf("%d events", n)
		}
	})
}

// A supplier does not take the address: nobody else is asked with it, and the corrected one
// goes to the same supplier as a purchase with a new key.
func TestAddressRefusedMendedAndSentAgain(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "ADDR", Words: "no such street", Cause: "address"}, nil, flow.Powers{})
		s.buys(o, "Ali rejected 1")
		s.expect(o, "open, waiting, paid, address-refused")
		s.do(s.readdress(o, "Neue Gasse 2", false))
		list := s.buys(o, "Ali rejected 1; Ali planned 1")
		if list[0].Key == list[1].Key {
			s.t.Error("the same key for another address")
		}
		s.expect(o, "open, waiting, paid")
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
	})
}

// What cannot be an address, or leads to another country, changes nothing.
func TestAddressThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		err := s.Update(s.t.Context(), s.readdress(o, "", false))
		if _, ok := errors.AsType[*flow.Invalid](err); !ok {
			s.t.Errorf("no street: %v", err)
		}
		s.refused("country", func(ctx context.Context, tx *db.Tx) error {
			return flow.ChangeAddress(ctx, tx, s.store, o, address.Address{Name: "Ann", Line1: "Gasse 1", Locality: "Wien", PostalCode: "1010", Country: "AT", Phone: "+431234567"}, true, me)
		})
		s.cancel(o)
		s.refused("not-possible", s.readdress(o, "Neue Gasse 2", false))
	})
}

// A person would rather buy it elsewhere: the units move, and the first supplier is not
// chosen again.
func TestBoughtElsewhereByAPerson(t *testing.T) {
	t.Parallel()
	each(t, "forwarding=manual", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		first := s.buys(o, "Ali held 1")[0].PurchaseID
		reroute := func(ctx context.Context, tx *db.Tx) error { return flow.Reroute(ctx, tx, s.store, first, me) }
		s.do(reroute)
		s.buys(o, "Ali cancelled 1; Bert held 1")
		s.refused("not-possible", reroute)
	})
}

// The customer may stop an order while anything of it has not left.
func TestTheCustomersOwnCancellation(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		wish := func(ctx context.Context, tx *db.Tx) error { return flow.RequestCancel(ctx, tx, s.store, o, "") }
		s.do(wish)
		s.do(wish)
		s.refunded()
		s.expect(o, "cancelled, cancelled, refunded")
		o = s.bought(1, 0).Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], parcel("P1"))
		s.refused("too-late", wish)
	})
}

// The supplier of a replacement does not take the address: the order stays open and asks for it,
// and the corrected one goes to the same supplier, for the claim.
func TestAReplacementsAddressMended(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replaced(1, flow.ClaimYes{})
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "ADDR", Words: "no such street", Cause: "address"}, nil, flow.Powers{})
		s.buys(o, "Ali shipped 1; Ali rejected 1")
		s.expectClaim(c, "failed replacement 0")
		s.expect(o, "open, delivered, paid, address-refused")
		s.do(s.readdress(o, "Neue Gasse 2", false)) // what arrived travels no more
		s.buys(o, "Ali shipped 1; Ali rejected 1; Ali planned 1")
		s.expectClaim(c, "settling replacement 0")
		s.expect(o, "open, delivered, paid")
		s.inOrder()
		s.arrives(o, "MENDED")
		s.expectClaim(c, "settled replacement 0")
		s.expect(o, "closed, delivered, paid")

		o, c = s.replaced(1, flow.ClaimYes{})
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "ADDR", Words: "no such street", Cause: "address"}, nil, flow.Powers{})
		s.offer(s.ali, s.mug, 500, 0)
		s.offer(s.bert, s.mug, 700, 0)
		s.do(s.readdress(o, "Neue Gasse 2", false))
		s.expectClaim(c, "failed replacement 0")
		s.expect(o, "closed, delivered, paid, claim-failed")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Keep)) // rather the money
		s.refunded()
		s.expect(o, "closed, delivered, refunded")
	})
}
