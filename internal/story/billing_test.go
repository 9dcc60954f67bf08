package story_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/photo"
)

func (s *story) supplierID(name string) (found id.Supplier) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, name)
		found = sup.SupplierID
		return err
	})
	return found
}

// makesGood sets what a supplier makes good, and where demands go by mail.
func (v vendor) makesGood(mail string) {
	v.s.t.Helper()
	name := v.s.supplierID(v.name)
	v.s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: v.s.Store.StoreID, SupplierID: name, Days: 30, Accepts: "refund", Evidence: "photo", Email: mail}, staff)
	})
}

// broke is an order that arrived, of which the customer says with a photo that a unit is broken,
// and that was paid back.
func (s *story) broke(what string) (sale, claim.Dispute) {
	s.t.Helper()
	o := s.Customer("ann").Buys(what, 1)
	s.Later(12 * day)
	s.by(func(ctx context.Context, tx *db.Tx) error {
		c, err := flow.OpenClaim(ctx, tx, s.Store.StoreID, o.id, flow.ClaimSaid{Kind: claim.Damaged, Wish: claim.Refund, Units: map[int64]int64{1: 1}, Words: "The foot is broken.", Actor: "customer"})
		if err != nil {
			return err
		}
		taken, err := photo.Read(broken(s.t))
		if err != nil {
			return err
		}
		return claim.AddPhoto(ctx, tx, s.Store.StoreID, c.ClaimID, taken)
	})
	o.approves(o.claims()[0], claim.Keep)
	list := o.disputes()
	if len(list) != 1 {
		s.t.Fatalf("%d demands", len(list))
	}
	return o, list[0]
}

func (o sale) disputes() (list []claim.Dispute) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = claim.DisputesOf(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return list
}

func (s *story) files(d claim.Dispute, way string) {
	s.t.Helper()
	s.by(func(ctx context.Context, tx *db.Tx) error {
		return flow.FileDispute(ctx, tx, s.Store.StoreID, d.DisputeID, way, staff)
	})
}

// The demand is sent to CJ and the answer is lost, before CJ acted or after: it is in CJ's books
// once. CJ credits less than was demanded: that is a matter for a person, to the cent.
func TestDisputeWithTheAnswerLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{emulator.DropAfter, emulator.DropBefore, emulator.FailAfter} {
		tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
			s.Supplier("cj").makesGood("")
			o, d := s.broke("lamp")
			s.Expect(o, "closed, delivered, refunded, dispute-due")
			s.cj.Knobs.Once(fault, "disputes/create")
			s.files(d, claim.ByConnector)
			s.Later(time.Hour)
			books := s.cj.Complaints()
			if len(books) != 1 || books[0].Units != 1 || books[0].Reason != 2 || !strings.Contains(books[0].Message, "The foot is broken.") {
				s.t.Fatalf("%s: CJ's books: %+v", fault, books)
			}
			_, _, shown := s.browse("GET", strings.TrimPrefix(books[0].Photos[0], s.url), "", nil)
			if !strings.HasPrefix(shown, "\xff\xd8") {
				s.t.Errorf("CJ sees no photo at %s: %.60q", books[0].Photos[0], shown)
			}
			if status, _, _ := s.browse("GET", strings.Replace(strings.TrimPrefix(books[0].Photos[0], s.url), "ph_", "ph_x", 1), "", nil); status != 404 {
				s.t.Errorf("another photo opens with the same link: %d", status)
			}
			s.Expect(o, "closed, delivered, refunded")
			s.cj.Decide(books[0].ID, 1, 500)
			s.Later(3 * time.Hour)
			got := o.disputes()[0]
			if got.State != claim.DisputeCredited || got.CreditedMinor != 450 || got.Ref != books[0].ID || got.Short() != got.AmountMinor-450 {
				s.t.Errorf("%s: the demand is %+v", fault, got)
			}
			s.Expect(o, "closed, delivered, refunded, dispute-short")
			s.by(func(ctx context.Context, tx *db.Tx) error {
				return flow.WaiveDispute(ctx, tx, s.Store.StoreID, d.DisputeID, "not worth a letter", staff)
			})
			s.Expect(o, "closed, delivered, refunded")
		})
	}
}

// A supplier without such an interface gets a mail, once, with the evidence as a file; the window
// runs out where nobody does anything.
func TestDisputeByMail(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		s.Supplier("aliexpress").makesGood("claims@ali.example")
		o, d := s.broke("rug")
		s.files(d, claim.ByConnector)
		s.Expect(o, "closed, delivered, refunded, dispute-due") // it takes none by program
		s.files(o.disputes()[0], claim.ByMail)
		s.Later(time.Hour)
		mails := s.post.To("claims@ali.example")
		if len(mails) != 1 || !strings.Contains(mails[0].Subject, o.purchases()[0].Number) {
			s.t.Fatalf("%d mails: %+v", len(mails), mails)
		}
		if got := o.disputes()[0]; got.State != claim.DisputeFiled || got.Way != claim.ByMail {
			s.t.Errorf("the demand is %+v", got)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.MoveDispute(ctx, tx, s.Store.StoreID, d.DisputeID, flow.DisputeNews{Event: claim.DenyDispute, Words: "No.", Actor: staff})
		})
		s.Later(31 * day)
		if got := o.disputes()[0]; got.State != claim.DisputeLapsed {
			s.t.Errorf("the demand is %s", got.State)
		}
	})
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		s.Supplier("aliexpress").makesGood("claims@ali.example")
		o, _ := s.broke("rug")
		s.Expect(o, "closed, delivered, refunded, dispute-due")
		s.Later(24 * day)
		s.Expect(o, "closed, delivered, refunded, dispute-near")
		s.Later(5 * day)
		if got := s.column("SELECT kind FROM events WHERE kind IN ('dispute.near', 'dispute.lapsed') ORDER BY event_id"); fmt.Sprint(got) != "[dispute.near dispute.lapsed]" {
			s.t.Errorf("people were told %v", got)
		}
	})
}

// answers hands our evidence in, as a person does on the chargeback's page.
func (o sale) answers(words string) {
	s := o.s
	s.t.Helper()
	name := id.Chargeback(s.column("SELECT chargeback_id FROM chargebacks WHERE order_id = $1", string(o.id))[0])
	s.by(func(ctx context.Context, tx *db.Tx) error {
		v, err := flow.LookAtChargeback(ctx, tx, s.Store.StoreID, name)
		if err != nil {
			return err
		}
		if words != "" {
			v.Defence.Words = words
		}
		return flow.SubmitAnswer(ctx, tx, s.Store.StoreID, name, v.Defence, staff)
	})
}

// The bank demands the money back of goods that arrived: the evidence is submitted, also where the
// answer to it is lost, the bank decides, and the books hold money and fee.
func TestChargebackAnswered(t *testing.T) {
	t.Parallel()
	for _, won := range []bool{true, false} {
		tell(t, nil, func(s *story) {
			o := s.Customer("ann").Buys("lamp", 1)
			s.Later(12 * day)
			dispute, err := s.bank.Dispute(o.payment().Ref, 0)
			s.must(err)
			s.work()
			s.Expect(o, "open, delivered, disputed, chargeback")
			if won {
				s.bank.Knobs.Once(emulator.DropAfter, "/v1/disputes/")
			}
			o.answers("")
			s.Later(time.Hour)
			s.Expect(o, "open, delivered, disputed, chargeback")
			got := s.bank.Defence(dispute)
			if got.Submissions != 1 || !bytes.HasPrefix(got.Papers, []byte("%PDF-")) || !strings.Contains(got.Evidence["uncategorized_text"], "was delivered to the customer's address") ||
				got.Evidence["customer_email_address"] != o.mail || !strings.Contains(got.Evidence["refund_policy_disclosure"], "accepted them") {
				s.t.Errorf("the bank has %d submissions, %d bytes of papers, %v", got.Submissions, len(got.Papers), got.Evidence)
			}
			s.must(map[bool]func(string) error{true: s.bank.Win, false: s.bank.Lose}[won](dispute))
			s.Later(time.Hour)
			s.Expect(o, map[bool]string{true: "closed, delivered, paid", false: "closed, delivered, paid"}[won])
			var fees, disputed int64
			s.do(func(ctx context.Context, tx *db.Tx) error {
				entries, err := ledger.Entries(ctx, tx, s.Store.StoreID, o.id)
				for _, e := range entries {
					if (e.Kind == ledger.Fee || e.Kind == ledger.FeeBack) && strings.HasPrefix(e.Subject, "cb_") {
						fees += map[bool]int64{true: e.AmountMinor, false: -e.AmountMinor}[e.Debit == ledger.Fees]
					}
				}
				disputed = ledger.Balance(entries)[ledger.Disputed]
				return err
			})
			if lost := o.payment().CapturedMinor; won && (fees != 0 || disputed != 0) || !won && (fees != 2000 || disputed != lost) {
				s.t.Errorf("won %v: the fee is %d, with the bank are %d", won, fees, disputed)
			}
		})
	}
}

// The bank steps in while a refund is on its way: the refund that left stands, no further one
// leaves, and what the bank decides is added up with it.
func TestChargebackWhileARefundIsOnItsWay(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(12 * day)
		s.bank.SlowRefunds(true)
		o.IsRefunded(1000)
		dispute, err := s.bank.Dispute(o.payment().Ref, o.payment().CapturedMinor-1000)
		s.must(err)
		s.work()
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskRefund(ctx, tx, s.Store.StoreID, o.id, 500, "more", staff)
			if err == nil {
				s.t.Error("money was given back while the bank decides")
			}
			return nil
		})
		refund := s.column("SELECT ref FROM refunds")[0]
		s.must(s.bank.SettleRefund(refund, true))
		s.work()
		o.answers("The goods arrived.")
		s.must(s.bank.Lose(dispute))
		s.Later(time.Hour)
		s.Expect(o, "closed, delivered, partly refunded")
		var left int64
		s.do(func(ctx context.Context, tx *db.Tx) error {
			entries, err := ledger.Entries(ctx, tx, s.Store.StoreID, o.id)
			left = ledger.Sum(entries, ledger.Captured) - ledger.Sum(entries, ledger.Refunded) - ledger.Balance(entries)[ledger.Disputed]
			return err
		})
		if left != 0 {
			s.t.Errorf("%d of the payment are neither refunded nor with the bank", left)
		}
	})
}

// A parcel is lost, the money goes back and the supplier is told; then the parcel arrives.
func TestLostParcelFoundAfterTheRefund(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		s.Supplier("cj").makesGood("")
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(3 * day)
		number := o.parcels()[0].Number
		s.cj.Lose(number)
		s.Later(25 * day)
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.OpenClaim(ctx, tx, s.Store.StoreID, o.id, flow.ClaimSaid{Kind: claim.Late, Wish: claim.Refund, Units: map[int64]int64{1: 1}, Words: "Nothing came.", Actor: "customer"})
			return err
		})
		o.approves(o.claims()[0], claim.Refund)
		s.Later(time.Hour)
		if got := o.claims()[0]; got.State != claim.Settled {
			s.t.Fatalf("the claim is %s", got.State)
		}
		parcel := o.parcels()[0].ShipmentID
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.ParcelByHand(ctx, tx, s.Store.StoreID, parcel, "delivered", "found at the depot", tx.Now, staff)
		})
		found := o.claims()[0]
		if !strings.Contains(found.Trouble, "delivered after all") {
			s.t.Errorf("nobody is told: %+v", found)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.NoteTrouble(ctx, tx, s.Store.StoreID, found.ClaimID, "the customer keeps it and pays", staff)
		})
	})
}

// bills imports a statement of a supplier and says what came of its rows.
func (v vendor) bills(name, text string) flow.Billed {
	s := v.s
	s.t.Helper()
	b := flow.Billing{Supplier: s.supplierID(v.name), FileName: name, Raw: []byte(text), Currency: "USD", Actor: staff}
	table, err := billing.Open(b.Raw)
	s.must(err)
	b.Mapping = billing.Guess(table.Header, nil)
	tried, err := flow.TryStatement(s.t.Context(), s.DB, s.Store.StoreID, b)
	s.must(err)
	done, err := flow.ImportStatement(s.t.Context(), s.DB, s.Store.StoreID, b)
	s.must(err)
	if !tried.Known && fmt.Sprint(tried.Counts) != fmt.Sprint(done.Counts) {
		s.t.Errorf("the dry run said %v, the import did %v", tried.Counts, done.Counts)
	}
	return done
}

// A statement with a difference, an order that is billed twice, a stranger's row and a credit note
// for our demand: what agrees is done, the rest waits for a person, who settles it.
func TestStatement(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		s.Supplier("cj").makesGood("")
		broke, d := s.broke("lamp")
		s.files(d, claim.ByConnector)
		s.Later(time.Hour)
		right, dear := s.Customer("bea").Buys("lamp", 2), s.Customer("cid").Buys("lamp", 1)
		s.Later(2 * day)
		cost := func(o sale) string {
			p := o.purchases()[0]
			return fmt.Sprintf("%d.%02d", (p.GoodsMinor+p.FreightMinor)/100, (p.GoodsMinor+p.FreightMinor)%100)
		}
		p := dear.purchases()[0]
		file := "Order ID,Customer order number,Type,Total,Description\n" +
			right.purchases()[0].Ref + ",,Order," + cost(right) + ",Two lamps\n" +
			"," + p.Key + ",Order," + fmt.Sprintf("%d.%02d", (p.GoodsMinor+p.FreightMinor+400)/100, (p.GoodsMinor+p.FreightMinor)%100) + ",A lamp\n" +
			right.purchases()[0].Ref + ",,Order," + cost(right) + ",Two lamps again\n" +
			"SD-NOBODY,,Order,9.99,Something else\n" +
			broke.purchases()[0].Ref + ",,Refund,5.00,Broken lamp\n" +
			"SD-BAD,,Order,abc,No amount\n"
		done := s.Supplier("cj").bills("march.csv", file)
		if got := fmt.Sprint(done.Counts); got != "map[credited:1 differs:1 duplicate:1 matched:1 unmatched:1]" || len(done.Problems) != 1 {
			s.t.Fatalf("%s, problems %v", got, done.Problems)
		}
		again := s.Supplier("cj").bills("march-again.csv", file)
		if !again.Known || again.Statement != done.Statement {
			s.t.Errorf("the same file twice: %+v", again)
		}
		if got := broke.disputes()[0]; got.State != claim.DisputeCredited || got.CreditedMinor != 450 {
			s.t.Errorf("the demand is %+v", got)
		}
		s.Expect(broke, "closed, delivered, refunded, dispute-short")
		s.Expect(dear, "open, shipped, paid, bill-differs")
		s.Expect(right, "open, shipped, paid, billed-twice")
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.AcceptBill(ctx, tx, s.Store.StoreID, done.Statement, 2, staff)
		})
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.DisputeBill(ctx, tx, s.Store.StoreID, done.Statement, 3, staff)
		})
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.IgnoreBill(ctx, tx, s.Store.StoreID, done.Statement, 4, "of our other shop", staff)
		})
		s.Expect(dear, "open, shipped, paid")
		s.Expect(right, "open, shipped, paid, dispute-due")
		s.files(right.disputes()[0], claim.ByConnector)
		s.Later(time.Hour)
		next := "Order ID,Type,Total\n" + right.purchases()[0].Ref + ",Credit," + cost(right) + "\n"
		if got := fmt.Sprint(s.Supplier("cj").bills("april.csv", next).Counts); got != "map[credited:1]" {
			s.t.Error(got)
		}
		if got := right.disputes()[0]; got.State != claim.DisputeCredited || got.Short() != 0 {
			s.t.Errorf("the demand about the bill is %+v", got)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.WaiveDispute(ctx, tx, s.Store.StoreID, d.DisputeID, "", staff)
		})
		s.damages()
	})
}

// A bill in a third currency is reckoned at the store's rate; where it has none the line waits
// for a person, who cannot accept it. A line that belongs to no order is let be, and that is told.
func TestABillInAThirdCurrency(t *testing.T) {
	t.Parallel()
	tell(t, []string{"rate.GBP.EUR", "1.25"}, func(s *story) {
		one, two := s.Customer("ann").Buys("lamp", 1), s.Customer("bob").Buys("lamp", 1)
		s.Later(2 * day)
		p := one.purchases()[0]
		pounds := p.BookedMinor * 100 / 125 // what was booked in euros, in pounds
		file := fmt.Sprintf("Order ID,Type,Total,Currency\n%s,Order,%d.%02d,GBP\n%s,Order,9999,JPY\nSD-NOBODY,Order,5.00,USD\n", p.Ref, pounds/100, pounds%100, two.purchases()[0].Ref)
		done := s.Supplier("cj").bills("third.csv", file)
		if got := fmt.Sprint(done.Counts); got != "map[differs:1 matched:1 unmatched:1]" {
			s.t.Fatalf("%s, problems %v", got, done.Problems)
		}
		s.Expect(one, "open, shipped, paid")
		s.Expect(two, "open, shipped, paid, bill-differs")
		if got := s.column("SELECT reason FROM statement_lines WHERE state = 'differs'")[0]; !strings.Contains(got, "no rate between them") {
			s.t.Errorf("the reason is %q", got)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			if err := flow.AcceptBill(ctx, tx, s.Store.StoreID, done.Statement, 2, staff); err == nil {
				s.t.Error("a line without a rate was accepted")
			}
			return nil
		})
		for _, line := range []int64{2, 3} {
			s.by(func(ctx context.Context, tx *db.Tx) error {
				return flow.IgnoreBill(ctx, tx, s.Store.StoreID, done.Statement, line, "of our other shop", staff)
			})
		}
		s.Expect(two, "open, shipped, paid")
		if got := s.column("SELECT actor FROM events WHERE kind = 'bill.ignored' ORDER BY order_id"); fmt.Sprint(got) != fmt.Sprintf("[%s %s]", staff, staff) {
			s.t.Errorf("who let lines be: %v", got)
		}
	})
}

// damages breaks what demands and bills rest on, one thing after another: the audit names each.
func (s *story) damages() {
	s.t.Helper()
	for _, d := range []struct{ statement, back, want string }{
		{"UPDATE disputes SET credited_minor = credited_minor + 1", "UPDATE disputes SET credited_minor = credited_minor - 1", "dispute credited"},
		{"UPDATE disputes SET state = 'filed'", "UPDATE disputes SET state = 'credited'", "dispute is credited"},
		{"UPDATE disputes SET filed_at = -filed_at", "UPDATE disputes SET filed_at = -filed_at", ""},
		{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'recovery'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'recovery'", "ledger recovered"},
		{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'billed'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'billed'", "bill booked"},
		{"UPDATE statement_lines SET booked_minor = booked_minor + 1 WHERE state = 'accepted'", "UPDATE statement_lines SET booked_minor = booked_minor - 1 WHERE state = 'accepted'", "ledger cost"},
		{"UPDATE statement_lines SET state = 'matched' WHERE state = 'accepted'", "UPDATE statement_lines SET state = 'accepted' WHERE booked_minor <> 0 AND dispute_id = ''", "bill booked too early"},
		{"UPDATE statement_lines SET dispute_id = '' WHERE state = 'disputed'", "UPDATE statement_lines SET dispute_id = (SELECT d.dispute_id FROM disputes d WHERE d.line <> '') WHERE state = 'disputed'", "bill demanded"},
		{"UPDATE order_units SET shipping_minor = shipping_minor + 1", "UPDATE order_units SET shipping_minor = shipping_minor - 1", "what its articles sold for"},
		{"UPDATE ledger_entries SET currency = 'USD' WHERE kind = 'sale'", "UPDATE ledger_entries SET currency = 'EUR'", "ledger currency"},
		{"UPDATE claims SET amount_minor = amount_minor + 1", "UPDATE claims SET amount_minor = amount_minor - 1", "claim amount"},
	} {
		s.exec(d.statement)
		found, err := flow.Audit(s.t.Context(), s.DB, s.Store.StoreID)
		s.must(err)
		named := d.want == ""
		for _, f := range found {
			named = named || f.What == d.want
		}
		if !named {
			s.t.Errorf("%s: the audit says %v; want %q", d.statement, found, d.want)
		}
		s.exec(d.back)
	}
}
