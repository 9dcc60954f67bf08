package story_test

import (
	"context"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/order"
	"doorstep/money"
)

// by runs a command of the staff and all that follows from it.
func (s *story) by(command func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	s.do(command)
	s.work()
}

// why is what the first rejected purchase of an order says of it: code and words.
func (o sale) why() string {
	o.s.t.Helper()
	for _, p := range o.purchases() {
		if p.State == "rejected" {
			return p.Code + " " + p.Words
		}
	}
	return ""
}

// Sold out before sending, and nobody else has it: a person chooses, and stock comes back.
func TestOutOfStockEverywhere(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.Supplier("aliexpress").Rejects("not enough stock")
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, waiting, paid, unplaced")
		if got := o.why(); got != "INVENTORY_HOLD_ERROR not enough stock" {
			s.t.Errorf("it says %q", got)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.SourceAgain(ctx, tx, s.Store.StoreID, o.id, staff)
		})
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(1)
	})
}

// Sold out before sending, and the next offer costs more than the mug brings: a person decides.
func TestTheNextOfferIsAboveTheGuard(t *testing.T) {
	t.Parallel()
	tell(t, []string{"feed.cost_percent", "10000"}, func(s *story) {
		s.cj.SetCost("1392053744945991600", 4000)
		s.Later(time.Hour) // the feed tells of it
		s.Supplier("aliexpress").Rejects("not enough stock")
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, waiting, paid, held-margin")
		s.ExpectBuys(o, "aliexpress rejected; cj held")
		p := o.purchases()[1].PurchaseID
		s.by(func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, s.Store.StoreID, p, staff) })
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// Every supplier's price jumps above the guard: the mug is not sold until one of them is
// cheap again.
func TestThePriceJumpedAboveTheGuard(t *testing.T) {
	t.Parallel()
	tell(t, []string{"feed.cost_percent", "10000", "offers.every", "30m"}, func(s *story) {
		left := func(want string) {
			s.t.Helper()
			if got := s.column("SELECT CAST(available AS TEXT) FROM variants WHERE sku = 'mug'"); got[0] != want {
				s.t.Errorf("%s mugs are for sale; want %s", got[0], want)
			}
		}
		left("100")
		s.ali.SetCost("1005001/14:193#Blue", money.New(2500, "USD"))
		s.cj.SetCost("1392053744945991600", 3000)
		s.Later(time.Hour)
		left("0")
		s.cj.SetCost("1392053744945991600", 300)
		s.Later(time.Hour)
		left("100")
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectBuys(o, "cj shipped")
	})
}

// AliExpress ends one line after it took the order: the rest of it comes, and the mugs are
// bought from CJ as a new purchase.
func TestShortAfterSending(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("mug", 2, "rug", 1)
		s.Later(5 * time.Minute)
		s.ali.CancelLine(s.ali.Books()[0].Ref, "1005001/14:193#Blue")
		s.Later(2 * time.Hour)
		s.ExpectBuys(o, "aliexpress accepted; cj accepted")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("cj").Has(1)
	})
}

// A shortage that nobody else can fill: the customer would rather have the money for it.
func TestShortAndRefunded(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("mug", 1, "rug", 1)
		s.Later(5 * time.Minute)
		s.ali.CancelLine(s.ali.Books()[0].Ref, "1005002/")
		s.Later(2 * time.Hour)
		s.Expect(o, "open, ordered, paid, unplaced")
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.RefundUnplaced(ctx, tx, s.Store.StoreID, o.id, staff)
		})
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, partly refunded")
		s.ExpectMails(o, "confirmed", "Refund", "on its way", "out for delivery", "delivered")
		if b := s.bank.Books()[0]; b.Refunded < 4900 || b.Refunded >= b.Captured {
			s.t.Errorf("the bank: %+v", b)
		}
	})
}

// A supplier asks for patience: the customer is told the new day, and nothing is late before it.
func TestADelayThatIsReported(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("print", 1)
		s.Later(5 * time.Minute)
		s.Supplier("workshop").Accepts(o)
		p := s.Supplier("workshop").of(o).PurchaseID
		until := clock.Of(s.clock.Now().Add(14 * day))
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.WaitUntil(ctx, tx, s.Store.StoreID, p, until, staff)
		})
		s.Later(13 * day)
		s.Expect(o, "open, ordered, paid")
		s.Later(3 * day)
		s.Expect(o, "open, ordered, paid, late-label")
		s.Supplier("workshop").Ships(o, "AB123456785GB")
		s.Expect(o, "open, shipped, paid")
		s.Later(10 * day)
		s.ExpectMails(o, "confirmed", "late", "on its way", "out for delivery", "delivered")
	})
}

// Nobody says that it is late; it is noticed. No parcel, then no scan, then no movement.
func TestADelayThatIsNoticed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fate emulator.Step
		wait time.Duration
		want string
	}{
		{"no scan", emulator.StepLabel, 9 * day, "open, shipped, paid, late-scan"},
		{"no movement", emulator.StepDeparted, 16 * day, "open, shipped, paid, late-move"},
		{"not there", emulator.StepOut, 26 * day, "open, shipped, paid, late-door"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tell(t, nil, func(s *story) {
				o := s.Customer("ann").Buys("rug", 1)
				s.exec("UPDATE orders SET promised_to = placed_at + 1900000000000") // 22 days
				s.exec("UPDATE promises SET to_at = (SELECT promised_to FROM orders WHERE orders.order_id = promises.order_id)")
				for len(o.parcels()) == 0 {
					s.Later(2 * time.Hour)
				}
				number := o.parcels()[0].Number
				s.world.Doom(number, c.fate)
				s.Later(c.wait)
				s.Expect(o, c.want)
				s.world.Doom(number, "")
				s.Later(4 * day)
				s.Expect(o, "closed, delivered, paid")
			})
		})
	}
}

func TestAParcelThatIsNeverAnnounced(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		ref := s.ali.Books()[0].Ref
		s.ali.Hold(ref)
		s.Later(7 * day)
		s.Expect(o, "open, ordered, paid")
		s.Later(2 * day)
		s.Expect(o, "open, ordered, paid, late-label")
		s.ali.Ship(ref)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// The supplier does not take the address: it is corrected and goes to the same supplier.
func TestTheAddressIsRefused(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.ali.Reject("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "the street is not known")
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, waiting, paid, address-refused")
		s.Supplier("cj").Has(0)
		s.by(func(ctx context.Context, tx *db.Tx) error {
			placed, err := order.Get(ctx, tx, s.Store.StoreID, o.id)
			if err != nil {
				return err
			}
			to, err := placed.ShipTo()
			if err != nil {
				return err
			}
			to.Line1 = "Neue Gasse 2"
			return flow.ChangeAddress(ctx, tx, s.Store.StoreID, o.id, addressOf(to), false, staff)
		})
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.ExpectBuys(o, "aliexpress rejected; aliexpress shipped")
		s.Supplier("aliexpress").Has(1)
	})
}

// The supplier has it and asks about the address.
func TestTheSupplierAsksAboutTheAddress(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.ali.SetAutoPay(false)
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		ref := s.ali.Books()[0].Ref
		s.ali.WantAddress(ref)
		s.ali.PayByHand(ref)
		s.Later(time.Hour)
		s.Expect(o, "open, ordered, paid, address-asked")
		s.ali.Release(ref)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// Two prints in two parcels: one line is fulfilled in parts.
func TestALineInParts(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("print", 2)
		s.Later(5 * time.Minute)
		s.Supplier("workshop").Accepts(o)
		s.Supplier("workshop").ShipsSome(o, "AB123456785GB", 1)
		s.Expect(o, "open, partly shipped, paid")
		s.Supplier("workshop").ShipsSome(o, "CD987654324GB", 1)
		s.Expect(o, "open, shipped, paid")
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// More mugs than one supplier has: the line is split over two.
func TestALineFromTwoSuppliers(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("mug", 60)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
		s.Supplier("aliexpress").Has(1)
		s.Supplier("cj").Has(1)
	})
}

func TestReturnedToTheSender(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(2 * day)
		s.world.Doom(o.parcels()[0].Number, emulator.StepReturned)
		s.Later(20 * day)
		s.Expect(o, "open, returned, paid, parcel-returned")
		o.IsRefunded(o.payment().CapturedMinor)
		s.Later(time.Hour)
		s.Expect(o, "open, returned, refunded, parcel-returned")
	})
}
