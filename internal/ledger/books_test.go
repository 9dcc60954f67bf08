package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/money"
)

// life is an order's money as it is kept: by the same functions that flow books with.
type life struct {
	random      *rand.Rand
	order       id.Order
	total       int64
	sold, gone  bool
	payments    []ledger.Payment
	refunds     []ledger.Refund
	chargebacks []ledger.Chargeback
	entries     []ledger.LedgerEntry
	keys        map[string]bool
	credit      int64 // the customer's, by its own entries
	granted     int64
	extra       int64 // paid for exchanges
}

func (l *life) book(list ...ledger.Posting) {
	for _, p := range list {
		if p.Key == "" || p.Amount.IsZero() || l.keys[p.Key] {
			continue
		}
		l.keys[p.Key] = true
		l.entries = append(l.entries, ledger.LedgerEntry{EntryKey: p.Key, OrderID: p.Order, Subject: p.Subject, Kind: p.Kind, Debit: p.Debit,
			Credit: p.Credit, AmountMinor: p.Amount.Minor, Currency: p.Amount.Currency})
	}
}

// takes is money that comes in by card or by credit.
func (l *life) takes(driver string, amount int64) {
	if amount <= 0 {
		return
	}
	p := ledger.Payment{PaymentID: id.Payment(fmt.Sprintf("pa_%d", len(l.payments))), OrderID: l.order, Driver: driver, State: ledger.PaymentCaptured,
		AmountMinor: amount, CapturedMinor: amount, Currency: "EUR"}
	if p.OfCredit() {
		l.credit -= amount
	}
	l.payments = append(l.payments, p)
	l.book(ledger.CaptureOf(p))
}

// place sells, after a discount, and takes the money: credit first, the rest by card.
func (l *life) place() {
	price := l.random.Int64N(20_000) + 1
	l.total = price - price*l.random.Int64N(50)/100
	l.granted = l.random.Int64N(3) * l.random.Int64N(20_000)
	l.credit = l.granted
	l.book(ledger.Posting{Key: "granted", Kind: ledger.Granted, Debit: ledger.Goodwill, Credit: ledger.StoreCredit, Amount: money.New(l.granted, "EUR")})
	l.book(ledger.SaleOf(l.order, money.New(l.total, "EUR")))
	l.sold = true
	used := int64(0)
	if l.random.IntN(2) == 0 {
		used = min(l.credit, l.total)
	}
	l.takes(ledger.CreditDriver, used)
	l.takes("card", l.total-used)
}

func (l *life) of(p ledger.Payment) (refunds []ledger.Refund, chargebacks []ledger.Chargeback) {
	for _, r := range l.refunds {
		if r.PaymentID == p.PaymentID {
			refunds = append(refunds, r)
		}
	}
	for _, c := range l.chargebacks {
		if c.PaymentID == p.PaymentID || c.Open() {
			chargebacks = append(chargebacks, c)
		}
	}
	return refunds, chargebacks
}

// refund gives a part of one payment back, to where it came from or as credit.
func (l *life) refund(amount int64) {
	if len(l.payments) == 0 {
		return
	}
	p := l.payments[l.random.IntN(len(l.payments))]
	refunds, chargebacks := l.of(p)
	amount = min(amount, ledger.Refundable(p.CapturedMinor, refunds, chargebacks))
	if amount <= 0 {
		return
	}
	r := ledger.Refund{RefundID: id.Refund(fmt.Sprintf("re_%d", len(l.refunds))), OrderID: l.order, PaymentID: p.PaymentID, State: ledger.RefundSucceeded,
		AmountMinor: amount, Currency: "EUR", ToCredit: l.random.IntN(3) == 0}
	l.book(ledger.RefundOf(r, p, l.entries)...)
	if r.BackTo(p) == ledger.StoreCredit {
		l.credit += amount
	} else if l.random.IntN(8) == 0 { // the bank sends it back
		r.State = ledger.RefundFailed
		l.book(ledger.BounceOf(r, l.entries, l.gone)...)
	}
	l.refunds = append(l.refunds, r)
}

// exchange is another article: dearer ones are paid for, for cheaper ones something goes back.
func (l *life) exchange() {
	if l.gone {
		return
	}
	difference := l.random.Int64N(4_000) - 2_000
	if difference <= 0 {
		l.refund(-difference)
		return
	}
	l.extra += difference
	name := fmt.Sprintf("ex_%d", len(l.entries))
	l.book(ledger.Posting{Key: name, Order: l.order, Subject: name, Kind: ledger.Exchanged, Debit: ledger.Customer, Credit: ledger.Sales,
		Amount: money.New(difference, "EUR")})
	l.takes("card", difference)
}

// dispute is a bank that takes money of a card, or decides.
func (l *life) dispute() {
	for i, c := range l.chargebacks {
		if c.Open() {
			won := l.random.IntN(2) == 0
			c.State, c.Withdrawn = ledger.ChargebackLost, true
			if won {
				c.State, c.Withdrawn = ledger.ChargebackWon, false
			}
			l.book(ledger.ChargebackOf(c, true))
			l.chargebacks[i] = c
			return
		}
	}
	for _, p := range l.payments {
		refunds, chargebacks := l.of(p)
		if left := ledger.Refundable(p.CapturedMinor, refunds, chargebacks); !p.OfCredit() && left > 0 {
			c := ledger.Chargeback{ChargebackID: id.Chargeback(fmt.Sprintf("cb_%d", len(l.chargebacks))), OrderID: l.order, PaymentID: p.PaymentID,
				State: ledger.ChargebackOpened, AmountMinor: left, Currency: "EUR", Withdrawn: true}
			l.chargebacks = append(l.chargebacks, c)
			l.book(ledger.ChargebackOf(c, false))
			return
		}
	}
}

// cancel ends the order: the sale is undone and all that is refundable goes back.
func (l *life) cancel() {
	if l.gone {
		return
	}
	l.gone = true
	l.book(ledger.UnsaleOf(l.order, "EUR", l.entries))
	for range 2 * len(l.payments) {
		l.refund(1 << 40)
	}
}

// check wants all the books to agree.
func (l *life) check(t *testing.T, history string) {
	t.Helper()
	wrong := func(what string, got, want int64) {
		t.Fatalf("%s: %s is %d, want %d\n%+v", history, what, got, want, l.entries)
	}
	balances, sum := ledger.Balance(l.entries), int64(0)
	for _, b := range balances {
		sum += b
	}
	if sum != 0 {
		wrong("the sum of all accounts", sum, 0)
	}
	if l.credit < 0 {
		wrong("the store credit", l.credit, 0)
	}
	if got := -balances[ledger.StoreCredit]; got != l.credit {
		wrong("what we owe as store credit", got, l.credit)
	}
	var captured, back int64
	for _, p := range l.payments {
		refunds, chargebacks := l.of(p)
		left := ledger.Refundable(p.CapturedMinor, refunds, chargebacks)
		if left < 0 || left > p.CapturedMinor {
			wrong("what is refundable", left, p.CapturedMinor)
		}
		captured += p.CapturedMinor
	}
	for _, r := range l.refunds {
		if r.State == ledger.RefundSucceeded {
			back += r.AmountMinor
		}
	}
	if back > captured {
		wrong("what went back", back, captured)
	}
	if l.gone && balances[ledger.Sales] != 0 {
		wrong("what is left of a cancelled sale", balances[ledger.Sales], 0)
	}
	if want := l.total + l.extra - captured; !l.gone && ledger.Sum(l.entries, ledger.Sale)+l.extra-captured != want {
		wrong("what the customer owes", 0, want)
	}
}

// TestBooksBalanceWhateverHappens lives ten thousand orders: whatever is placed, paid, given
// back to card or credit, exchanged, taken by banks and cancelled, in whatever order, the
// accounts sum to nothing, store credit and what is refundable never fall below nothing.
func TestBooksBalanceWhateverHappens(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10_000) {
		l := &life{random: rand.New(rand.NewPCG(seed, 5)), order: id.Order(fmt.Sprintf("or_%d", seed)), keys: map[string]bool{}}
		l.place()
		history := fmt.Sprintf("seed %d: place", seed)
		for range l.random.IntN(12) {
			step := l.random.IntN(6)
			history += []string{", refund", ", refund", ", exchange", ", dispute", ", dispute", ", cancel"}[step]
			switch step {
			case 0, 1:
				l.refund(l.random.Int64N(8_000) + 1)
			case 2:
				l.exchange()
			case 3, 4:
				l.dispute()
			case 5:
				l.cancel()
			}
			l.check(t, history)
		}
		l.check(t, history)
	}
}
