package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// claims lets the customer claim mugs, which are line 1 of an order of mugs alone.
func (s *shop) claims(o id.Order, kind claim.Kind, wish claim.Outcome, mugs int64) (made claim.Claim) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: kind, Wish: wish, Units: map[int64]int64{1: mugs}, Words: "look", Actor: "customer"})
		return err
	})
	return made
}

func (s *shop) cannotClaim(code string, o id.Order, kind claim.Kind, mugs int64) {
	s.t.Helper()
	s.refused(code, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: kind, Wish: claim.Return, Units: map[int64]int64{1: mugs}, Actor: "customer"})
		return err
	})
}

func approve(s *shop, c claim.Claim, o claim.Outcome) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.ApproveClaim(ctx, tx, s.store, c.ClaimID, flow.ClaimYes{Outcome: o, Actor: me})
	}
}

// expectClaim wants a claim's state, outcome and amount.
func (s *shop) expectClaim(c claim.Claim, want string) {
	s.t.Helper()
	var now claim.Claim
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = claim.Get(ctx, tx, s.store, c.ClaimID)
		return err
	})
	if got := strings.TrimSpace(fmt.Sprintf("%s %s %d", now.State, now.Outcome, now.AmountMinor)); got != want {
		s.t.Errorf("claim %s is %q, want %q", now.Number, got, want)
	}
}

// discounted takes a tenth off an order that was placed, as checkout would have: the units'
// shares are made by the same allocation.
func (s *shop) discounted(o id.Order, mugs int64) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		now, err := order.Get(ctx, tx, s.store, o)
		if err != nil {
			return err
		}
		off := now.SubtotalMinor/10 + 1 // one more, so that it does not fall evenly
		sum, err := order.Sum("EUR", []order.Item{{Quantity: mugs, UnitPrice: 2000, Taxable: true}}, now.ShippingMinor, off, order.TaxRule{Included: true})
		if err != nil {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM order_units WHERE order_id = '" + string(o) + "'",
			fmt.Sprintf("UPDATE orders SET discount_minor = %d, total_minor = %d WHERE order_id = '%s'", sum.Discount, sum.Total, o),
			fmt.Sprintf("UPDATE payments SET amount_minor = %d WHERE order_id = '%s'", sum.Total, o),
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		for _, u := range sum.Units[0] {
			if _, err := tx.ExecContext(ctx, "INSERT INTO order_units (store_id, order_id, line_id, first_unit, units, price_minor, discount_minor, shipping_minor, tax_minor) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)",
				string(s.store), string(o), u.First, u.Units, u.Price, u.Discount, u.Shipping, u.Tax); err != nil {
				return err
			}
		}
		return nil
	})
}

const claimSettings = "claim.keep_below=100.00 claim.return_to=Mug_Street_1"

// Two of three mugs are broken, and the order had a tenth off: what goes back is what the
// allocation says of those two units, to the cent.
func TestAClaimIsRefundedByTheAllocation(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.placed(3, 0)
		s.discounted(p.Order.OrderID, 3)
		s.paid(p, "captured")
		s.delivered(p)
		o := p.Order.OrderID
		c := s.claims(o, claim.Damaged, claim.Keep, 2)
		s.expectClaim(c, "opened  0")
		s.expect(o, "closed, delivered, paid, claim-opened")
		want := int64(0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			units, err := order.UnitsOf(ctx, tx, s.store, o)
			want = order.Share(units, 1, 1, 2, true)
			return err
		})
		s.do(approve(s, c, claim.Keep))
		s.expectClaim(c, fmt.Sprintf("settling keep %d", want))
		s.refunded()
		s.expectClaim(c, fmt.Sprintf("settled keep %d", want))
		s.expect(o, "closed, delivered, partly refunded")
		s.mails(o, "claim-approved claim-opened delivered order-confirmed out-for-delivery refunded shipped")
		if off := order.Share([]order.OrderUnit{{LineID: 1, FirstUnit: 1, Units: 2, PriceMinor: 2000, DiscountMinor: 200, ShippingMinor: 100}}, 1, 1, 2, true); want > off+2 || want < off-4 {
			s.t.Errorf("two mugs are worth %d, about %d expected", want, off)
		}
		s.cannotClaim("units", o, claim.Damaged, 2)
		s.claims(o, claim.Damaged, claim.Keep, 1)
	})
}

// Withdrawal is a right for 14 days, and none any more after 15.
func TestWithdrawalAfter13And15Days(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(50*time.Hour + 13*24*time.Hour)
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 1)
		s.expectClaim(c, "returning return 2300") // nobody had to approve a right
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.WithdrawClaim(ctx, tx, s.store, c.ClaimID, "customer")
		})
		s.mails(o, "claim-approved claim-withdrawn delivered order-confirmed out-for-delivery shipped")
		s.later(2 * 24 * time.Hour)
		s.cannotClaim("too-late", o, claim.NoLongerWanted, 1)
		s.cannotClaim("kind", o, "boredom", 1)
		s.expect(o, "closed, delivered, paid")
	})
}

// What came back is looked at: two of three are as they should be, and those are paid.
func TestAReturnIsPartlyAccepted(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(3, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(72 * time.Hour)
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 3)
		s.expectClaim(c, "returning return 6300")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SendBack(ctx, tx, s.store, c.ClaimID, "rb 1", "Post", "customer")
		})
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
		s.expect(o, "closed, delivered, paid, claim-inspect")
		look := func(n int64, words string) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.InspectReturn(ctx, tx, s.store, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: n}, Words: words, Actor: me})
			}
		}
		s.refused("words", look(2, ""))
		s.refused("units", look(4, "more"))
		s.do(look(2, "One was used."))
		s.expectClaim(c, "settling return 4000")
		s.refunded()
		s.expectClaim(c, "settled return 4000")
		s.mails(o, "claim-approved claim-approved claim-returned delivered order-confirmed out-for-delivery refunded shipped")
	})
}

// What a customer does not get is told with words; they may ask for a second look, and what
// nobody answers runs out.
func TestAskDeclineAppealRunOut(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(p.Order.OrderID, claim.Damaged, claim.Keep, 1)
		does := func(fn func(ctx context.Context, tx *db.Tx) error) { s.t.Helper(); s.do(fn) }
		s.refused("words", func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, c.ClaimID, " ", me)
		})
		does(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, c.ClaimID, "It looks whole.", me)
		})
		s.expect(p.Order.OrderID, "closed, delivered, paid")
		does(func(ctx context.Context, tx *db.Tx) error {
			return flow.AppealClaim(ctx, tx, s.store, c.ClaimID, "Look at the foot.", "customer")
		})
		s.expect(p.Order.OrderID, "closed, delivered, paid, claim-opened")
		does(func(ctx context.Context, tx *db.Tx) error {
			return flow.AskClaim(ctx, tx, s.store, c.ClaimID, "A photo?", me)
		})
		does(func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerClaim(ctx, tx, s.store, c.ClaimID, "Here.", nil, "customer")
		})
		does(func(ctx context.Context, tx *db.Tx) error {
			return flow.AskClaim(ctx, tx, s.store, c.ClaimID, "Another?", me)
		})
		s.later(13 * 24 * time.Hour)
		does(runOut(s, 0))
		s.later(2 * 24 * time.Hour)
		does(runOut(s, 1))
		s.expectClaim(c, "run-out  0")
		s.mails(p.Order.OrderID, "claim-appealed claim-asked claim-asked claim-declined claim-opened claim-run-out delivered order-confirmed out-for-delivery shipped")
	})
}

func runOut(s *shop, want int) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		n, err := flow.RunOutClaims(ctx, tx, s.store)
		if n != want {
			s.t.Errorf("%d ran out, want %d", n, want)
		}
		return err
	}
}

// A replacement is a purchase of its own: it covers nothing of the sale, its stock is put by,
// and the claim ends when it arrives.
func TestAReplacement(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(72 * time.Hour)
		c := s.claims(o, claim.WrongItem, claim.Replacement, 1)
		s.do(approve(s, c, claim.Replacement))
		s.expectClaim(c, "settling replacement 0")
		s.inOrder()
		s.acknowledged()
		again := s.purchases(o)[1]
		if again.ClaimID != c.ClaimID || again.State != purchase.Submitted {
			s.t.Fatalf("%+v", again)
		}
		s.says(again, flow.SupplierSaid{State: "accepted"})
		s.says(again, parcel("AGAIN"))
		s.expect(o, "open, delivered, paid")
		s.tracked("AGAIN", "delivered", 140*time.Hour)
		s.expectClaim(c, "settled replacement 0")
		s.expect(o, "closed, delivered, paid")
	})
}

// A replacement that every supplier refuses brings the claim back; stock is as before.
func TestAReplacementThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"at once", "later"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			each(t, claimSettings, func(s *shop) {
				p := s.bought(1, 0)
				s.delivered(p)
				o := p.Order.OrderID
				s.later(72 * time.Hour)
				c := s.claims(o, claim.WrongItem, claim.Replacement, 1)
				s.do(approve(s, c, claim.Replacement))
				if when == "later" {
					for i := range 2 {
						s.acknowledged()
						s.says(s.purchases(o)[i+1], flow.SupplierSaid{State: "refused", Words: "sold out"})
					}
				} else {
					s.soldOut()
				}
				s.expectClaim(c, "failed replacement 0")
				s.expect(o, "closed, delivered, paid, claim-failed")
				s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
				s.do(approve(s, c, claim.Keep))
				s.refunded()
				s.expectClaim(c, "settled keep 2300")
			})
		})
	}
}

// A chargeback opens while the refund is on its way: it waits, and is not paid twice.
func TestAChargebackDuringAClaim(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{"won", "lost"} {
		t.Run(ends, func(t *testing.T) {
			t.Parallel()
			each(t, claimSettings, func(s *shop) {
				p := s.bought(1, 0)
				s.delivered(p)
				o := p.Order.OrderID
				s.later(72 * time.Hour)
				c := s.claims(o, claim.Damaged, claim.Keep, 1)
				s.do(approve(s, c, claim.Keep))
				s.bankSays(p, "opened")
				s.refunded() // it stays where it is
				s.expectClaim(c, "settling keep 2300")
				s.bankSays(p, ends)
				s.refunded()
				if ends == "won" {
					s.expectClaim(c, "settled keep 2300")
					return
				}
				s.expectClaim(c, "failed keep 2300")
				s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
				s.refused("barred", approve(s, c, claim.Keep))
			})
		})
	}
}

func (s *shop) bankSays(p flow.Placed, state string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.DisputeSaidSo(ctx, tx, s.store, flow.DisputeSaid{Connector: bank, PaymentRef: "pi_" + string(p.Payment.PaymentID), Ref: "dp_1", State: state,
			AmountMinor: 2300, Currency: "EUR", Withdrawn: state != "won", Actor: "payment:bank"})
		return err
	})
}

// A parcel is lost, its money goes back, and then it arrives: a person is told.
func TestALostParcelIsFoundAfterTheRefund(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		o := p.Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
		s.says(s.purchases(o)[0], parcel("LOST"))
		s.later(100 * time.Hour)
		s.tracked("LOST", "lost", 96*time.Hour)
		s.expect(o, "open, shipped, paid, parcel-lost")
		c := s.claims(o, claim.Late, claim.Refund, 1)
		s.do(approve(s, c, claim.Refund))
		s.expect(o, "open, shipped, paid") // the claim has taken care of the parcel
		s.refunded()
		s.expectClaim(c, "settled refund 2300")
		s.later(24 * time.Hour)
		s.tracked("LOST", "delivered", 120*time.Hour)
		s.expect(o, "closed, delivered, refunded, claim-found")
		s.refused("paid", func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.NoteTrouble(ctx, tx, s.store, c.ClaimID, "The customer pays.", me)
		})
		s.expect(o, "closed, delivered, refunded")
	})
}

// What a supplier makes good is demanded within its days, and a credit that is short says so.
func TestADisputeWithTheSupplier(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.store, SupplierID: s.ali.SupplierID, Days: 10, Accepts: "refund", Evidence: "photo"}, me)
		})
		p := s.bought(2, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(72 * time.Hour)
		c := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, c, claim.Keep))
		s.refunded()
		s.expect(o, "closed, delivered, partly refunded, dispute-due")
		d := s.demand(o)
		if d.AmountMinor != 650 { // a mug and half of the freight
			s.t.Errorf("demanded %d", d.AmountMinor)
		}
		moves := func(e claim.DisputeEvent, amount int64) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.MoveDispute(ctx, tx, s.store, d.DisputeID, flow.DisputeNews{Event: e, AmountMinor: amount, Actor: me})
			}
		}
		s.do(moves(claim.FileDispute, 0))
		s.do(moves(claim.GrantDispute, 0))
		s.refused("amount", moves(claim.CreditDispute, 0))
		s.do(moves(claim.CreditDispute, 400))
		s.refused("not-possible", moves(claim.GrantDispute, 0))
		s.expect(o, "closed, delivered, partly refunded, dispute-short")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			entries, err := ledger.Entries(ctx, tx, s.store, o)
			if got := ledger.Sum(entries, ledger.Recovery); got != 400 {
				s.t.Errorf("recovered %s", money.New(got, "EUR"))
			}
			return err
		})
	})
}

// Two people note the same credit: the second one is told, also where it was a part.
func TestACreditIsNotedOnce(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.store, SupplierID: s.ali.SupplierID, Days: 10, Accepts: "refund"}, me)
		})
		p := s.bought(2, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(72 * time.Hour)
		s.do(approve(s, s.claims(o, claim.Damaged, claim.Keep, 1), claim.Keep))
		s.refunded()
		d := s.demand(o)
		news := func(e claim.DisputeEvent, amount, seen int64) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.MoveDispute(ctx, tx, s.store, d.DisputeID, flow.DisputeNews{Event: e, AmountMinor: amount, Seen: &seen, Actor: me})
			}
		}
		s.do(news(claim.FileDispute, 0, 0))
		s.do(news(claim.CreditDispute, 400, 0))
		s.refused("already", news(claim.CreditDispute, 400, 0))
		s.do(news(claim.CreditDispute, 250, 400))
		s.refused("already", news(claim.CreditDispute, 250, 400))
		s.refused("already", func(ctx context.Context, tx *db.Tx) error {
			return flow.MoveDispute(ctx, tx, s.store, d.DisputeID, flow.DisputeNews{Event: claim.CreditDispute, AmountMinor: 650, Actor: me})
		})
		if d = s.demand(o); d.CreditedMinor != 650 {
			s.t.Errorf("credited %d", d.CreditedMinor)
		}
		s.refunded()
		s.money(o, "cash 2150, cost 1300, recovered -650, sales -2150, supplier -650")
	})
}

// Who does not file within the supplier's days gets nothing.
func TestADisputeLapses(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.store, SupplierID: s.ali.SupplierID, Days: 10, Accepts: "refund"}, me)
		})
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		s.do(approve(s, s.claims(p.Order.OrderID, claim.Damaged, claim.Keep, 1), claim.Keep))
		s.refunded()
		s.later(12 * 24 * time.Hour)
		s.do(runOut(s, 1))
		s.expect(p.Order.OrderID, "closed, delivered, refunded")
		if d := s.demand(p.Order.OrderID); d.State != claim.DisputeLapsed {
			s.t.Errorf("the dispute is %s", d.State)
		}
	})
}

func (s *shop) demand(o id.Order) (d claim.Dispute) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := claim.DisputesOf(ctx, tx, s.store, o)
		if len(list) != 1 {
			s.t.Fatalf("%d disputes", len(list))
		}
		d = list[0]
		return err
	})
	return d
}

// Small and clear claims of good customers need nobody; a second one so soon does.
func TestAClaimIsApprovedByRule(t *testing.T) {
	t.Parallel()
	each(t, claimSettings+" claim.auto_below=50.00", func(s *shop) {
		p := s.bought(2, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		s.expectClaim(s.claims(p.Order.OrderID, claim.NotArrived, claim.Refund, 1), "settling refund 2150")
		s.expectClaim(s.claims(p.Order.OrderID, claim.NotArrived, claim.Refund, 1), "opened  0")
		s.refunded()
	})
}
