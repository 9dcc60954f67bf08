package flow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/money"
)

// shows is the customer showing a receipt for so much.
func (s *shop) shows(c claim.Claim, cost int64) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.ShowReceipt(ctx, tx, s.store, c.ClaimID, cost, &claim.Photo{Width: 1, Height: 1, JPEG: []byte("receipt")}, "customer")
	}
}

func (s *shop) paysReceipt(c claim.Claim, amount int64) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.PayReceipt(ctx, tx, s.store, c.ClaimID, amount, me)
	}
}

// freight is what stands of a claim's return: paid, of that as credit, in the books, and what
// the customer may spend.
func (s *shop) freight(c claim.Claim, o id.Order, customer id.Customer) (got string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		r, err := claim.ReturnOf(ctx, tx, c, s.in)
		if err != nil {
			return err
		}
		entries, err := ledger.Entries(ctx, tx, s.store, o)
		if err != nil {
			return err
		}
		has, err := ledger.Spendable(ctx, tx, s.store, customer, s.in)
		got = fmt.Sprintf("paid %d, credit %d, booked %d, refunded %d, spendable %d", r.PaidMinor, r.CreditMinor,
			ledger.Sum(entries, ledger.ReturnFreight), ledger.Sum(entries, ledger.Refunded), has.Minor)
		return err
	})
	return got
}

// returnsIn is a shop that bears the way back, up to 600 of its smallest coins.
func returnsIn(t *testing.T, fn func(s *shop)) {
	t.Helper()
	for in, most := range map[money.Currency]string{"EUR": "6.00", "JPY": "600"} {
		t.Run(string(in), func(t *testing.T) {
			t.Parallel()
			eachIn(t, in, "claim.return_to=Mug_Street_1 claim.freight_by=merchant claim.freight_most="+most, fn)
		})
	}
}

// One of two mugs goes back, and the store bears that: the receipt is looked at and paid once, up
// to the limit, to where the customer paid from. It is a cost, and takes nothing from the goods.
func TestWhatSendingBackCostIsPaidOnce(t *testing.T) {
	t.Parallel()
	returnsIn(t, func(s *shop) {
		p := s.bought(2, 0)
		o := p.Order.OrderID
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 1)
		s.refused("not-possible", s.paysReceipt(c, 500))
		s.refused("amount", s.shows(c, 0))
		s.refused("receipt", func(ctx context.Context, tx *db.Tx) error {
			return flow.ShowReceipt(ctx, tx, s.store, c.ClaimID, 690, nil, "customer")
		})
		s.do(s.shows(c, 790))
		s.do(s.shows(c, 690))
		s.expect(o, "closed, delivered, paid, claim-receipt")
		s.refused("words", func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReceipt(ctx, tx, s.store, c.ClaimID, " ", me)
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.RefuseReceipt(ctx, tx, s.store, c.ClaimID, "Too dark.", me)
		})
		s.expect(o, "closed, delivered, paid")
		s.do(s.shows(c, 690))
		s.refused("amount", s.paysReceipt(c, 601))
		s.do(s.paysReceipt(c, 600))
		s.refused("not-possible", s.paysReceipt(c, 100))
		s.refused("not-possible", s.shows(c, 690))
		s.refunded()
		s.expect(o, "closed, delivered, partly refunded")
		if got := s.freight(c, o, p.Order.CustomerID); got != "paid 600, credit 0, booked 600, refunded 600, spendable 0" {
			s.t.Error(got)
		}
		s.comesBack(c, 1, "")
		s.refunded()
		s.expectClaim(c, "settled return 2000")
		if got := s.freight(c, o, p.Order.CustomerID); got != "paid 600, credit 0, booked 600, refunded 2600, spendable 0" {
			s.t.Error(got)
		}
		s.balances(o, map[string]int64{ledger.Customer: 0, ledger.Sales: -2300})
	})
}

// balances wants accounts of an order's books to stand so.
func (s *shop) balances(o id.Order, want map[string]int64) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		entries, err := ledger.Entries(ctx, tx, s.store, o)
		for account, n := range want {
			if got := ledger.Balance(entries)[account]; got != n {
				s.t.Errorf("%s is %d, want %d", account, got, n)
			}
		}
		return err
	})
}

// The whole order goes back: all of its payment is for the goods, so that what sending it cost is
// given as store credit, also after somebody looked at the goods on the day they came.
func TestWhatSendingBackCostIsCreditWhereNothingElseIsLeft(t *testing.T) {
	t.Parallel()
	returnsIn(t, func(s *shop) {
		p := s.bought(1, 0)
		o := p.Order.OrderID
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 1)
		s.comesBack(c, 1, "")
		s.refunded()
		s.expectClaim(c, "settled return 2300")
		s.do(s.shows(c, 450))
		s.expect(o, "closed, delivered, refunded, claim-receipt")
		s.do(s.paysReceipt(c, 450))
		s.expect(o, "closed, delivered, refunded")
		if got := s.freight(c, o, p.Order.CustomerID); got != "paid 450, credit 450, booked 450, refunded 2300, spendable 450" {
			s.t.Error(got)
		}
		s.balances(o, map[string]int64{ledger.Customer: 0, ledger.Sales: 0, ledger.StoreCredit: -450})
		s.mails(o, "claim-approved claim-approved claim-returned claim-way-back delivered order-confirmed out-for-delivery refunded shipped")
	})
}

// Two who press the button at once pay once.
func TestAReceiptIsPaidOnceByTwo(t *testing.T) {
	t.Parallel()
	returnsIn(t, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(p.Order.OrderID, claim.NoLongerWanted, claim.Return, 1)
		s.do(s.shows(c, 450))
		done := make(chan error, 2)
		for range 2 {
			go func() { done <- s.Update(t.Context(), s.paysReceipt(c, 450)) }()
		}
		if one, two := <-done, <-done; (one == nil) == (two == nil) {
			s.t.Errorf("%v and %v: one of two is refused", one, two)
		}
		if got := s.freight(c, p.Order.OrderID, p.Order.CustomerID); got != "paid 450, credit 450, booked 450, refunded 0, spendable 450" {
			s.t.Error(got)
		}
	})
}

// Where the customer bears the way back there is nothing to show.
func TestNoReceiptWhereTheCustomerBearsIt(t *testing.T) {
	t.Parallel()
	each(t, "claim.return_to=Mug_Street_1", func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(p.Order.OrderID, claim.NoLongerWanted, claim.Return, 1)
		s.refused("not-possible", s.shows(c, 450))
	})
}

// A parcel that was sent back and of which nothing is heard is told to a person; who has seen to
// it is told again when nothing came after as long, and nobody once it is here.
func TestAReturnOfWhichNothingIsHeard(t *testing.T) {
	t.Parallel()
	each(t, "claim.return_to=Mug_Street_1 claim.return_heard=10d", func(s *shop) {
		p := s.bought(1, 0)
		o := p.Order.OrderID
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 1)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SendBack(ctx, tx, s.store, c.ClaimID, "rb 1", "Post", "customer")
		})
		s.later(9 * 24 * time.Hour)
		s.do(runOut(s, 0))
		s.expect(o, "closed, delivered, paid")
		s.later(2 * 24 * time.Hour)
		s.do(runOut(s, 1))
		s.do(runOut(s, 0))
		s.expect(o, "closed, delivered, paid, claim-unheard")
		s.expectClaim(c, "returning return 2300")
		seen := func(ctx context.Context, tx *db.Tx) error {
			return flow.NoteTrouble(ctx, tx, s.store, c.ClaimID, "The carrier looks for it.", me)
		}
		s.do(seen)
		s.refused("not-possible", seen)
		s.expect(o, "closed, delivered, paid")
		s.later(11 * 24 * time.Hour)
		s.do(runOut(s, 1))
		s.expect(o, "closed, delivered, paid, claim-unheard")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
		s.expect(o, "closed, delivered, paid, claim-inspect")
	})
}

// The desk gives a label: an address of the web, or a picture, or takes it back. Others are
// refused.
func TestALabelForTheWayBack(t *testing.T) {
	t.Parallel()
	each(t, "claim.return_to=Mug_Street_1", func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(p.Order.OrderID, claim.NoLongerWanted, claim.Return, 1)
		gives := func(link string, picture *claim.Photo) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.SetLabel(ctx, tx, s.store, c.ClaimID, link, picture, me)
			}
		}
		for _, link := range []string{"javascript:alert(1)", "http://label.example/1", "//label.example", "https://", "https://me:word@label.example/"} {
			s.refused("link", gives(link, nil))
		}
		look := func() (r claim.ClaimReturn, pictures int) {
			s.do(func(ctx context.Context, tx *db.Tx) (err error) {
				if r, err = claim.ReturnOf(ctx, tx, c, s.in); err != nil {
					return err
				}
				return tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM claim_photos").Scan(&pictures)
			})
			return r, pictures
		}
		s.do(gives(" https://label.example/1 ", nil))
		if r, n := look(); r.LabelUrl != "https://label.example/1" || n != 0 {
			s.t.Errorf("%+v, %d pictures", r, n)
		}
		for range 2 {
			s.do(gives("", &claim.Photo{Width: 1, Height: 1, JPEG: []byte("label")}))
		}
		if r, n := look(); r.LabelUrl != "" || r.LabelPhoto == "" || n != 1 {
			s.t.Errorf("%+v, %d pictures", r, n)
		}
		s.do(gives("", nil))
		if r, n := look(); r.LabelUrl != "" || r.LabelPhoto != "" || n != 0 {
			s.t.Errorf("%+v, %d pictures", r, n)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
		s.refused("not-possible", gives("https://label.example/2", nil))
	})
}
