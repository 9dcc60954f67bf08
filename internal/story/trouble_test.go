package story_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	ali "doorstep/supplier/aliexpress/emulator"
)

// The trap of AliExpress: the order is there and nobody has paid for it, so nobody ships.
func TestCreatedButUnpaid(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.ali.SetAutoPay(false)
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, ordered, paid, supplier-unpaid")
		s.Later(2 * day)
		s.Expect(o, "open, ordered, paid, supplier-unpaid")
		s.ali.PayByHand(s.ali.Books()[0].Ref)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(1)
	})
}

// The order is there under our key and the supplier does not tell its number: only a person
// can find it, and until then nothing is sent again.
func TestTheSupplierDoesNotTellTheNumber(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.ali.SetRepeat(ali.RepeatError)
		s.Supplier("aliexpress").Suffers(emulator.DropAfter)
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(3 * time.Hour)
		s.Expect(o, "open, waiting, paid, uncertain")
		s.Supplier("aliexpress").Has(1)
		p, ref := s.Supplier("aliexpress").of(o).PurchaseID, s.ali.Books()[0].Ref
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveUncertain(ctx, tx, s.Store.StoreID, p, true, ref, staff)
		})
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(1)
	})
}

// The customer changes his mind when the supplier has it already.
func TestCancelledTooLate(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(6 * time.Hour)
		s.Expect(o, "open, ordered, paid")
		o.IsCancelled()
		s.Later(time.Hour)
		s.Expect(o, "cancelling, ordered, paid, cancel-by-hand")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// The workshop's share was not sent yet and is given back; the rug is on its way.
func TestPartOfItIsKept(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.exec("UPDATE suppliers SET automatic = FALSE WHERE name = 'workshop'")
		o := s.Customer("ann").Buys("rug", 1, "print", 1)
		s.Later(2 * day)
		s.Expect(o, "open, partly shipped, paid, held-manual")
		o.IsCancelled()
		s.Later(time.Hour)
		s.Expect(o, "open, shipped, partly refunded")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, partly refunded")
		if n := len(s.post.To(workshop)); n != 0 {
			s.t.Errorf("the workshop got %d mails", n)
		}
		if b := s.bank.Books()[0]; b.Refunded < 2500 || b.Refunded > 3300 { // the print and its part of the shipping
			s.t.Errorf("the bank: %+v", b)
		}
	})
}

func TestTheCustomersBank(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		dispute, err := s.bank.Dispute(o.payment().Ref, o.payment().CapturedMinor)
		s.must(err)
		s.work()
		s.Expect(o, "open, delivered, disputed, chargeback")
		s.must(s.bank.Win(dispute))
		s.work()
		s.Expect(o, "closed, delivered, paid")
	})
}

// Everybody misbehaves, all the time: nothing is lost, nothing happens twice.
func TestChaos(t *testing.T) {
	t.Parallel()
	tell(t, []string{"payment.capture", "authorise"}, func(s *story) {
		var sold []sale
		for _, name := range []string{"ann", "bob", "cid", "dora", "eve"} {
			sold = append(sold, s.Customer(name).Buys("rug", 1, "lamp", 1), s.Customer(name).Buys("mug", 2))
		}
		faults := []emulator.Fault{emulator.Slow, emulator.Busy, emulator.FailBefore, emulator.FailAfter, emulator.DropBefore, emulator.DropAfter, emulator.Truncate}
		for i, k := range []*emulator.Knobs{s.ali.Knobs, s.cj.Knobs, s.bank.Knobs, s.track.Knobs} {
			k.Chaos(uint64(41+i), 15, faults...)
		}
		s.hooks.Chaos(5, 40)
		s.Later(12 * time.Hour)
		s.Later(11 * day)
		for _, o := range sold {
			s.Expect(o, "closed, delivered, paid")
		}
		for _, b := range s.bank.Books() {
			if b.Captures != 1 || b.Captured != b.Asked {
				s.t.Errorf("the bank: %+v", b)
			}
		}
		sent := 0
		for _, o := range sold {
			var kinds []string
			for _, m := range s.post.To(o.mail) {
				kinds = append(kinds, m.Subject)
			}
			slices.Sort(kinds)
			if len(slices.Compact(kinds)) == 0 {
				s.t.Errorf("%s got no mail", o.mail)
			}
			sent += len(kinds)
		}
	})
}
