package story_test

import (
	"testing"
	"time"

	"doorstep/connector/emulator"
)

const day = 24 * time.Hour

func TestAnOrderFromAliExpress(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Expect(o, "open, waiting, paid")
		s.Later(5 * time.Minute)
		s.Expect(o, "open, ordered, paid")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectBuys(o, "aliexpress shipped")
		s.Supplier("aliexpress").Has(1)
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered")
	})
}

func TestAnOrderFromCJ(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 2)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectBuys(o, "cj shipped")
		s.Supplier("cj").Has(1)
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered")
		if b := s.cj.Books()[0]; b.Payments != 1 || b.SKUs["1392053744945991601"] != 2 {
			s.t.Errorf("the books: %+v", b)
		}
	})
}

func TestAWorkshopThatReadsMail(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("print", 1)
		s.Later(5 * time.Minute)
		if n := len(s.post.To(workshop)); n != 1 {
			s.t.Errorf("the workshop got %d mails", n)
		}
		s.Supplier("workshop").Accepts(o)
		s.Later(day)
		s.Supplier("workshop").Ships(o, "AB123456785GB")
		s.Expect(o, "open, shipped, paid")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered")
		if n := len(s.post.To(workshop)); n != 1 {
			s.t.Errorf("the workshop got %d mails", n)
		}
	})
}

func TestACartFromThreeSuppliers(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1, "lamp", 1, "print", 2)
		s.Later(5 * time.Minute)
		s.Expect(o, "open, ordered, paid")
		s.Later(4 * day)
		s.Expect(o, "open, partly shipped, paid")
		s.Supplier("workshop").Accepts(o)
		s.Supplier("workshop").Ships(o, "AB123456785GB")
		s.Expect(o, "open, shipped, paid")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("cj").Has(1)
		s.Supplier("aliexpress").Has(1)
		// The prints left four days late: their customer hears of it, once.
		s.ExpectMails(o, "confirmed", "running late", "on its way", "on its way", "on its way", "out for delivery", "out for delivery", "out for delivery", "delivered", "delivered", "delivered")
	})
}

func TestAuthorisedFirstAndTakenWhenPromised(t *testing.T) {
	t.Parallel()
	tell(t, []string{"payment.capture", "authorise"}, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Expect(o, "open, waiting, authorised")
		if b := s.bank.Books()[0]; b.Captured != 0 || b.Authorised == 0 {
			s.t.Errorf("the bank: %+v", b)
		}
		s.Later(6 * time.Hour)
		s.Expect(o, "open, ordered, paid")
		if b := s.bank.Books()[0]; b.Captures != 1 || b.Captured != b.Asked {
			s.t.Errorf("the bank: %+v", b)
		}
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

func TestABankTransfer(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").ByTransfer().Buys("rug", 1)
		s.Expect(o, "pending, waiting, unpaid")
		s.Later(3 * day)
		s.Expect(o, "pending, waiting, unpaid")
		o.IsConfirmed()
		s.Expect(o, "open, waiting, paid")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectMails(o, "pay", "confirmed", "on its way", "out for delivery", "delivered")
	})
}

func TestNobodyPays(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o, p := s.Customer("ann").LeavesThePage().Buys("rug", 1), s.Customer("bob").ByTransfer().Buys("rug", 1)
		s.Later(time.Hour)
		s.Expect(o, "cancelled, cancelled, unpaid")
		s.Expect(p, "pending, waiting, unpaid")
		s.Later(8 * day)
		s.Expect(p, "cancelled, cancelled, unpaid")
		s.Supplier("aliexpress").Has(0)
	})
}

func TestCancelledInTime(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1, "lamp", 1)
		s.Later(time.Minute)
		o.IsCancelled()
		s.Later(time.Hour)
		s.Expect(o, "cancelled, cancelled, refunded")
		s.Supplier("aliexpress").Has(0)
		s.Supplier("cj").Has(0)
		if b := s.bank.Books()[0]; b.Refunded != b.Captured {
			s.t.Errorf("the bank: %+v", b)
		}
		s.ExpectMails(o, "confirmed", "cancelled", "Refund")
	})
}

func TestASupplierRejects(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.Supplier("aliexpress").Rejects("not enough stock")
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(time.Hour)
		s.ExpectBuys(o, "aliexpress rejected; cj accepted")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(0)
		s.Supplier("cj").Has(1)
	})
}

// The answer of a supplier that can be asked is lost, after the deed and before it.
func TestALostAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{emulator.DropAfter, emulator.DropBefore, emulator.FailAfter, emulator.FailBefore, emulator.Truncate} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			tell(t, nil, func(s *story) {
				s.Supplier("cj").Suffers(fault)
				o := s.Customer("ann").Buys("lamp", 1)
				s.Later(time.Hour)
				s.Supplier("cj").Has(1)
				s.Expect(o, "open, ordered, paid")
			})
		})
	}
}

// The answer of a supplier that cannot be asked, but keeps our key, is lost.
func TestALostAnswerIsRepeatedWithTheSameKey(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{emulator.DropAfter, emulator.DropBefore, emulator.FailAfter, emulator.Truncate} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			tell(t, nil, func(s *story) {
				s.Supplier("aliexpress").Suffers(fault)
				o := s.Customer("ann").Buys("rug", 1)
				s.Later(time.Hour)
				s.Supplier("aliexpress").Has(1)
				s.Expect(o, "open, ordered, paid")
			})
		})
	}
}

func TestMessagesTwiceAndOutOfOrder(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.hooks.Chaos(11, 100)
		o, p := s.Customer("ann").Buys("rug", 1, "lamp", 1), s.Customer("bob").Buys("mug", 3)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Expect(p, "closed, delivered, paid")
		s.ExpectMails(p, "confirmed", "on its way", "out for delivery", "delivered")
	})
}

// One purchase in several parcels: the order is delivered when the last one is.
func TestSeveralParcels(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1, "mug", 1)
		s.Later(5 * time.Minute)
		s.ExpectBuys(o, "aliexpress submitted")
		s.ali.Split(s.ali.Books()[0].Ref)
		s.Later(4 * day)
		if n := len(o.parcels()); n != 2 {
			s.t.Errorf("%d parcels", n)
		}
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		// Both parcels are there long enough for the customer to be asked what they think, once for the order.
		s.ExpectMails(o, "confirmed", "on its way", "on its way", "out for delivery", "out for delivery", "delivered", "delivered", "What do you think")
	})
}

// The last mile has a number of its own, and its carrier's news come under it.
func TestAChainOfNumbers(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(2 * day)
		number := o.parcels()[0].Number
		s.track.Chain(number, "00340434161094015902", "DHL")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		if p := o.parcels()[0]; p.NextNumber != "00340434161094015902" || p.Number != number {
			s.t.Errorf("%+v", p)
		}
	})
}

// Nobody but the supplier tells of the parcel: there is no tracking service.
func TestTrackedByTheSupplierAlone(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.exec("DELETE FROM connectors WHERE kind = 'carrier'")
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

func TestALostParcelAndARefund(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(2 * day)
		s.world.Doom(o.parcels()[0].Number, emulator.StepLost)
		s.Later(10 * day)
		s.Expect(o, "open, shipped, paid, parcel-lost")
		o.IsRefunded(o.payment().CapturedMinor)
		s.Later(time.Hour)
		s.Expect(o, "open, shipped, refunded, parcel-lost")
		if b := s.bank.Books()[0]; b.Refunded != b.Captured || len(b.Refunds) != 1 {
			s.t.Errorf("the bank: %+v", b)
		}
		s.ExpectMails(o, "confirmed", "on its way", "Refund")
	})
}
