package story_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
	bank "doorstep/payment/stripe/emulator"
)

// The customer stops the order while nobody knows whether the supplier has it: it is found
// out first, and the order ends only then.
func TestCancelledWhileTheAnswerIsOut(t *testing.T) {
	t.Parallel()
	for fault, want := range map[emulator.Fault]string{
		emulator.DropBefore: "cancelled, cancelled, refunded", // it never arrived
		emulator.DropAfter:  "closed, delivered, paid",        // CJ has it, is paid, and ships
	} {
		tell(t, nil, func(s *story) {
			s.Supplier("cj").Suffers(fault)
			o := s.Customer("ann").Buys("lamp", 1)
			s.clock.Advance(2*time.Minute + time.Second)
			s.work()
			lost := fault == emulator.DropBefore // else CJ's own message says at once that it has the order
			if lost {
				s.Expect(o, "open, waiting, paid, uncertain")
			}
			o.Asks()
			if lost {
				s.Expect(o, "cancelling, waiting, paid, uncertain")
			}
			s.Later(time.Hour)
			s.Later(10 * day)
			s.Expect(o, want)
		})
	}
}

// The supplier has it, and a person there stops it: all money goes back.
func TestTheSupplierStopsIt(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		o.Asks()
		s.Later(time.Hour)
		s.Expect(o, "cancelling, ordered, paid, cancel-by-hand")
		s.ali.Cancel(s.ali.Books()[0].Ref)
		s.Later(time.Hour)
		s.Expect(o, "cancelled, cancelled, refunded")
		s.ExpectMails(o, "confirmed", "cancelled", "Refund")
	})
}

// A bank debit that is confirmed days after the order ended goes back by itself.
func TestMoneyForAnOrderThatIsGone(t *testing.T) {
	t.Parallel()
	tell(t, []string{"order.expire", "1h"}, func(s *story) {
		o := s.Customer("ann").LeavesThePage().Buys("rug", 1)
		s.must(s.bank.Pay(o.payment().Ref, bank.Delayed))
		s.Later(2 * time.Hour)
		s.Expect(o, "cancelled, cancelled, unpaid")
		if err := s.bank.Settle(o.payment().Ref, true); err != nil {
			s.t.Logf("the bank had let go: %v", err)
			return
		}
		s.Later(2 * time.Hour)
		s.Expect(o, "cancelled, cancelled, refunded")
		s.Supplier("aliexpress").Has(0)
	})
}

// The supplier takes so long that the authorisation is about to lapse: the money is taken.
func TestAnAuthorisationAboutToLapse(t *testing.T) {
	t.Parallel()
	tell(t, []string{"payment.capture", "authorise", "capture.when", "shipped"}, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		ref := s.ali.Books()[0].Ref
		s.ali.Hold(ref)
		s.Later(4 * day)
		s.Expect(o, "open, ordered, authorised")
		s.Later(3 * day)
		s.Expect(o, "open, ordered, paid")
		s.ali.Ship(ref)
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// A token runs out: it is renewed without anybody. The right to renew it is gone: the
// connector stops, work waits, and goes on when somebody has let it in again.
func TestTokensThatEnd(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.ali.ExpireAccess()
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(time.Hour)
		s.Expect(o, "open, ordered, paid")
		s.cj.Revoke(true)
		s.cj.Fail("", 1600001, "Invalid API key or access token", false)
		p := s.Customer("bob").Buys("lamp", 1)
		s.Later(time.Hour)
		s.must(s.Outside.TestConnector(s.t.Context(), s.Store.StoreID, connector.Supplier, "cj"))
		s.Later(10 * day)
		s.Expect(p, "closed, delivered, paid")
		s.Supplier("cj").Has(1)
	})
}

// A feed that would empty the shop waits for a person, and the shop sells on.
func TestAFeedThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	tell(t, []string{"offers.every", "30m"}, func(s *story) {
		for _, sku := range []string{"1005001/14:193#Blue", "1005002/"} {
			s.ali.SetStock(sku, 0)
		}
		s.Later(time.Hour)
		if got := s.column("SELECT CAST(available AS TEXT) FROM variants WHERE sku = 'rug'"); got[0] != "50" {
			s.t.Errorf("%s rugs are left", got[0])
		}
		var parked []inventory.Feed
		s.do(func(ctx context.Context, tx *db.Tx) error {
			sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, "aliexpress")
			if err != nil {
				return err
			}
			parked, err = inventory.ParkedFeeds(ctx, tx, s.Store.StoreID, sup.SupplierID)
			return err
		})
		if len(parked) == 0 || parked[0].Reason == "" {
			s.t.Fatalf("parked: %+v", parked)
		}
		last := parked[len(parked)-1].FeedID
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.BelieveFeed(ctx, tx, s.Store.StoreID, last, staff)
		})
		if got := s.column("SELECT CAST(available AS TEXT) FROM variants WHERE sku = 'rug'"); got[0] != "0" {
			s.t.Errorf("%s rugs are left", got[0])
		}
	})
}

// A message that is forged, or changed on its way, changes nothing; one that is told again
// and again is told once.
func TestForgedAndReplayedMessages(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		header, body := s.ali.Message(s.ali.Books()[0].Ref, "OrderShipped")
		if status := s.knock(header, append(bytes.Clone(body), ' ')); status < 400 {
			s.t.Errorf("a changed message: %d", status)
		}
		s.knock(http.Header{"Content-Type": {"application/json"}}, body) // without a signature: answered as a probe
		s.work()
		s.Expect(o, "open, ordered, paid")
		for range 3 {
			if status := s.knock(header, body); status != http.StatusOK {
				s.t.Errorf("the true one: %d", status)
			}
		}
		s.work()
		s.Later(10 * day)
		for range 3 { // and long after
			s.knock(header, body)
		}
		s.work()
		s.Expect(o, "closed, delivered, paid")
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered")
	})
}

// A message that nobody signed leaves nothing behind: whoever sends them without end fills nothing,
// and does not stand in the way of the true one. One about a purchase that is known asks for a look.
func TestUnsignedMessagesAreNotKept(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.Later(5 * time.Minute)
		counts := func(words ...string) {
			s.t.Helper()
			for i, query := range []string{"inbox WHERE message_key LIKE '80%'", "jobs WHERE kind = 'inbox.later'", "jobs WHERE kind = 'purchase.report'"} {
				if got := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM " + query)[0]; got != words[i] {
					s.t.Errorf("%s: %s, not %s", query, got, words[i])
				}
			}
		}
		ref := s.ali.Books()[0].Ref
		header, body := s.ali.Message(ref, "OrderShipped")
		unsigned := http.Header{"Content-Type": {"application/json"}}
		before := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM inbox")[0]
		for i := range 30 {
			made := bytes.Replace(body, []byte(ref), []byte(fmt.Sprintf("80%014d", i)), 1)
			if status := s.knock(unsigned, made); status != http.StatusOK {
				s.t.Errorf("unsigned: %d", status)
			}
		}
		counts("0", "0", "0")
		for range 3 {
			s.knock(unsigned, body)
		}
		counts("0", "0", "2") // one that may be running, and one after it
		if after := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM inbox")[0]; after != before {
			s.t.Errorf("%s messages are kept, before %s", after, before)
		}
		s.knock(header, body)
		if after := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM inbox")[0]; after == before {
			s.t.Error("the true one is not kept")
		}
		s.work()
		s.Later(10 * day)
		s.Expect(o, "closed, delivered, paid")
	})
}

// knock sends a message as AliExpress would.
func (s *story) knock(header http.Header, body []byte) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/webhooks/supplier/aliexpress", bytes.NewReader(body))
	s.must(err)
	req.Header = header.Clone()
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	s.must(res.Body.Close())
	return res.StatusCode
}

// Everybody else's clocks are two minutes ahead, or behind.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{2 * time.Minute, -2 * time.Minute} {
		tellSkewed(t, []string{"payment.capture", "authorise"}, skew, func(s *story) {
			o := s.Customer("ann").Buys("rug", 1, "lamp", 1)
			s.Later(10 * day)
			s.Expect(o, "closed, delivered, paid")
			s.ExpectMails(o, "confirmed", "on its way", "on its way", "out for delivery", "out for delivery", "delivered", "delivered")
		})
	}
}

// Two people press the same button at the same moment: it happens once, and the other is told.
func TestTwoPeopleAndOneButton(t *testing.T) {
	t.Parallel()
	tell(t, []string{"forwarding", "manual"}, func(s *story) {
		o, q := s.Customer("ann").Buys("rug", 1), s.Customer("bob").Buys("lamp", 1)
		p, held := o.purchases()[0].PurchaseID, q.purchases()[0].PurchaseID
		s.press(1, func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, s.Store.StoreID, held, staff) })
		s.press(1, func(ctx context.Context, tx *db.Tx) error {
			return flow.CancelOrder(ctx, tx, s.Store.StoreID, q.id, "nobody wants it", staff)
		})
		s.press(1, func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, s.Store.StoreID, p, "A-1", staff)
		})
		all := o.payment().CapturedMinor
		s.press(1, func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskRefund(ctx, tx, s.Store.StoreID, o.id, all, "goodwill", staff)
			return err
		})
		s.work()
		s.Expect(o, "open, ordered, refunded")
		s.Expect(q, "cancelled, cancelled, refunded")
		s.Supplier("cj").Has(0)
		for _, b := range s.bank.Books() {
			if b.Refunded != b.Captured || len(b.Refunds) != 1 {
				s.t.Errorf("the bank: %+v", b)
			}
		}
	})
}

// press has eight people press a button at once and wants it to work so many times.
func (s *story) press(want int, command func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	var wg sync.WaitGroup
	results := make(chan error, 8)
	for range 8 {
		wg.Go(func() { results <- s.DB.Update(s.t.Context(), command) })
	}
	wg.Wait()
	close(results)
	for err := range results {
		var refused *flow.Refusal
		switch {
		case err == nil:
			want--
		case !errors.As(err, &refused):
			s.t.Errorf("it fails with %v", err)
		}
	}
	if want != 0 {
		s.t.Errorf("it worked %d times too seldom", want)
	}
}
