package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// damage is a statement that breaks something, one that mends it, and what the audit calls it.
type damage struct{ statement, back, want string }

// names breaks one thing after another and wants the audit to name each, and nothing once it is mended.
func (s *shop) names(damages []damage) {
	s.t.Helper()
	s.inOrder()
	for _, d := range damages {
		s.exec(d.statement)
		s.damaged(d.statement, d.want)
		s.exec(d.back)
		s.inOrder()
	}
}

// Store credit is what its entries and the books say, for each customer, and never below zero;
// what is promised to an order that waits for the rest of its money is neither lost nor twice there.
func TestAuditOfStoreCredit(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		first := s.placed(1, 0)
		s.paid(first, "captured")
		who := first.Order.CustomerID
		s.grants(who, 5000)
		s.place(s.again(first.Order, 1)) // wholly paid by it
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RefundAsCredit(ctx, tx, s.store, first.Order.OrderID, 800, "for the next time", me)
			return err
		})
		s.grants(who, -300)
		s.place(s.again(first.Order, 3)) // takes all that is left, and waits for the card
		s.balance(who, 0)
		s.names([]damage{
			{"UPDATE credit_entries SET amount_minor = amount_minor + 1 WHERE kind = 'hand' AND amount_minor > 0", "UPDATE credit_entries SET amount_minor = amount_minor - 1 WHERE kind = 'hand' AND amount_minor > 0", "store credit"},
			{"UPDATE credit_entries SET amount_minor = amount_minor - 1 WHERE kind = 'refund'", "UPDATE credit_entries SET amount_minor = amount_minor + 1 WHERE kind = 'refund'", "store credit below zero"},
			{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'granted' AND debit = 'goodwill'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'granted' AND debit = 'goodwill'", "store credit"},
			{"UPDATE ledger_entries SET credit = 'cash' WHERE kind = 'refund'", "UPDATE ledger_entries SET credit = 'store-credit' WHERE kind = 'refund'", "store credit"},
			{"UPDATE payments SET amount_minor = amount_minor + 1 WHERE driver = 'store-credit' AND state = 'authorised'", "UPDATE payments SET amount_minor = amount_minor - 1 WHERE driver = 'store-credit' AND state = 'authorised'", "store credit"},
			{"UPDATE credit_entries SET currency = 'USD' WHERE kind = 'used'", "UPDATE credit_entries SET currency = 'EUR'", "store credit"},
		})
	})
}

// What was promised stays with the order as it was promised.
func TestAuditOfPromises(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		done := s.bought(1, 0)
		s.delivered(done)
		gone := s.bought(1, 0)
		s.cancel(gone.Order.OrderID)
		s.refunded()
		s.bought(1, 0)
		s.names([]damage{
			{"UPDATE promises SET to_at = to_at + 1", "UPDATE promises SET to_at = to_at - 1", "promised to"},
			{"UPDATE promises SET from_at = from_at - 1", "UPDATE promises SET from_at = from_at + 1", "promised from"},
			{"UPDATE orders SET promised_to = promised_to + 1 WHERE number = 1001", "UPDATE orders SET promised_to = promised_to - 1 WHERE number = 1001", "promised to"},
			{"UPDATE promises SET told_at = done_at, done_at = 0", "UPDATE promises SET done_at = told_at, told_at = 0", "promise over"},
			{"DELETE FROM promises WHERE done_at = 0", `INSERT INTO promises (store_id, order_id, from_at, to_at, expect_from_at, expect_to_at, why, moved_at)
				SELECT store_id, order_id, promised_from, promised_to, promised_from, promised_to, '', 1 FROM orders WHERE number = 1003`, "promise kept"},
		})
	})
}

// A claim is where its money, its replacement and its units are; a demand where its credits are.
func TestAuditOfClaims(t *testing.T) {
	t.Parallel()
	eachShop(t, claimSettings, func(s *shop) {
		p := s.bought(3, 0)
		s.delivered(p)
		o := p.Order.OrderID
		s.later(72 * time.Hour)
		paid := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, paid, claim.Keep))
		s.refunded()
		again := s.claims(o, claim.WrongItem, claim.Replacement, 1)
		s.do(approve(s, again, claim.Replacement))
		waits := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, waits, claim.Keep))
		mark := func(set string, c claim.Claim) string {
			return "UPDATE claims SET " + set + " WHERE claim_id = '" + string(c.ClaimID) + "'"
		}
		unit := func(first string) string {
			return "UPDATE claim_units SET first_unit = " + first + " WHERE claim_id = '" + string(again.ClaimID) + "'"
		}
		s.names([]damage{
			{mark("amount_minor = amount_minor + 1", paid), mark("amount_minor = amount_minor - 1", paid), "claim amount"},
			{mark("refund_id = 're_x' || refund_id", paid), mark("refund_id = SUBSTR(refund_id, 5)", paid), "claim refund"},
			{mark("state = 'settling'", paid), mark("state = 'settled'", paid), "claim settled"},
			{mark("state = 'settled'", waits), mark("state = 'settling'", waits), "claim settling"},
			{mark("to_credit = TRUE", paid), mark("to_credit = FALSE", paid), "claim paid as credit"},
			{"UPDATE purchases SET state = 'rejected' WHERE claim_id <> ''", "UPDATE purchases SET state = 'planned' WHERE claim_id <> ''", "claim replacement"},
			{unit("1"), unit("2"), "claimed unit"},
		})
	})
}

// A demand is where its credits are, and profit is what the books say.
func TestAuditOfDemandsAndProfit(t *testing.T) {
	t.Parallel()
	eachShop(t, claimSettings, func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.store, SupplierID: s.ali.SupplierID, Days: 10, Accepts: "refund"}, me)
		})
		p := s.bought(2, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		c := s.claims(p.Order.OrderID, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, c, claim.Keep))
		s.refunded()
		d := s.demand(p.Order.OrderID)
		moves := func(e claim.DisputeEvent, minor int64) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				return flow.MoveDispute(ctx, tx, s.store, d.DisputeID, flow.DisputeNews{Event: e, AmountMinor: minor, Actor: me})
			})
		}
		moves(claim.FileDispute, 0)
		s.names([]damage{{"UPDATE disputes SET filed_at = 0", "UPDATE disputes SET filed_at = " + s.column("SELECT CAST(filed_at AS TEXT) FROM disputes"), "dispute filed"}})
		moves(claim.GrantDispute, 0)
		moves(claim.CreditDispute, 400)
		s.names([]damage{
			{"UPDATE disputes SET credited_minor = credited_minor - 1", "UPDATE disputes SET credited_minor = credited_minor + 1", "dispute credited"},
			{"UPDATE disputes SET state = 'granted'", "UPDATE disputes SET state = 'credited'", "dispute is credited"},
			{"UPDATE disputes SET currency = 'USD'", "UPDATE disputes SET currency = 'EUR'", "dispute currency"},
			{"UPDATE ledger_entries SET amount_minor = 401 WHERE kind = 'recovery'", "UPDATE ledger_entries SET amount_minor = 400 WHERE kind = 'recovery'", "ledger recovered"},
			{"UPDATE order_units SET price_minor = price_minor + 7", "UPDATE order_units SET price_minor = price_minor - 7", "what its articles sold for"},
			{"UPDATE ledger_entries SET currency = 'USD' WHERE kind = 'sale'", "UPDATE ledger_entries SET currency = 'EUR'", "ledger currency"},
		})
	})
}

// Of two mugs one came in time. The other was paid for by a claim, which holds the lower number,
// and then as a part of the order that was cancelled, which holds the higher one: one mug all the same.
func TestAuditOfAUnitPaidForUnderTwoNumbers(t *testing.T) {
	t.Parallel()
	eachShop(t, claimSettings, func(s *shop) {
		o := s.bought(2, 0).Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "part-ship", Parcels: parcel("ONE", flow.PackedSaid{SKU: "Ali-mug", Quantity: 1}).Parcels})
		s.tracked("ONE", "delivered", time.Hour)
		s.later(40 * 24 * time.Hour)
		s.do(approve(s, s.lateMug(o), claim.Refund))
		s.refunded()
		s.inOrder()
		s.give(o, 2150)
		s.exec("UPDATE refunds SET reason = 'part of the order was cancelled' WHERE reason = 'goodwill'")
		s.exec("UPDATE order_lines SET cancelled = 1")
		s.damaged("a mug cancelled and paid for", "units paid back twice")
		s.exec("UPDATE order_lines SET cancelled = 0")
		s.exec("UPDATE refunds SET reason = 'goodwill' WHERE claim_id = ''")
		s.inOrder()
	})
}
