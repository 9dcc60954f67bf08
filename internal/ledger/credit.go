package ledger

import (
	"context"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// The kinds of entry about store credit.
const (
	CreditRefund   = "refund"   // money of an order, given back as credit
	CreditGoodwill = "goodwill" // given by a rule
	CreditHand     = "hand"     // given or taken by a person, with the reason
	CreditUsed     = "used"     // paid with
	CreditBack     = "back"     // paid with, for an order that came to nothing or was refunded
)

// ErrCredit says that a customer has not so much store credit.
var ErrCredit = errors.New("there is not so much store credit")

// Move is a change of a customer's store credit. The same Key counts once.
type Move struct {
	Key      string
	Customer id.Customer
	Order    id.Order // empty: it belongs to none
	Kind     string
	Amount   money.Amount // negative: spent, or taken back
	Words    string
	Actor    string
}

// MoveCredit changes a customer's store credit; false when its key is known already. ErrCredit
// when the balance would fall below zero: the customer's row is locked, so that two who spend
// at once are asked one after the other.
func MoveCredit(ctx context.Context, tx *db.Tx, s id.Store, m Move) (bool, error) {
	if m.Amount.IsZero() {
		return false, nil
	}
	q := New(tx)
	if _, err := q.LockCustomer(ctx, LockCustomerParams{StoreID: s, CustomerID: m.Customer}); err != nil {
		return false, fmt.Errorf("store credit of %s: %w", m.Customer, err)
	}
	known, err := q.CreditByKey(ctx, CreditByKeyParams{StoreID: s, EntryKey: m.Key})
	if err != nil || len(known) > 0 {
		return false, err
	}
	if m.Amount.Minor < 0 {
		has, err := Spendable(ctx, tx, s, m.Customer, m.Amount.Currency)
		if err != nil {
			return false, err
		}
		if has.Minor+m.Amount.Minor < 0 {
			return false, ErrCredit
		}
	}
	n, err := q.InsertCredit(ctx, InsertCreditParams{StoreID: s, EntryID: id.Entry(id.Ordered("ce", tx.Now.Std(), tx.Next())), EntryKey: m.Key,
		CustomerID: m.Customer, OrderID: m.Order, Kind: m.Kind, AmountMinor: m.Amount.Minor, Currency: m.Amount.Currency, Words: m.Words,
		Actor: m.Actor, At: tx.Now})
	return n > 0, err
}

// Spendable is a customer's store credit in a currency: the sum of its entries.
func Spendable(ctx context.Context, tx *db.Tx, s id.Store, c id.Customer, in money.Currency) (money.Amount, error) {
	n, err := New(tx).CreditBalance(ctx, CreditBalanceParams{StoreID: s, CustomerID: c, Currency: in})
	return money.New(n, in), err
}

// CreditBalancesOf are a customer's store credits by currency; those that are spent are zero.
func CreditBalancesOf(ctx context.Context, tx *db.Tx, s id.Store, c id.Customer) ([]money.Amount, error) {
	rows, err := New(tx).CreditBalances(ctx, CreditBalancesParams{StoreID: s, CustomerID: c})
	list := make([]money.Amount, len(rows))
	for i, r := range rows {
		list[i] = money.New(r.Balance, r.Currency)
	}
	return list, err
}

// CreditsOf are the newest entries of a customer's store credit.
func CreditsOf(ctx context.Context, tx *db.Tx, s id.Store, c id.Customer, limit int32) ([]CreditEntry, error) {
	return New(tx).CreditsOf(ctx, CreditsOfParams{StoreID: s, CustomerID: c, Limit: limit})
}

// Amount is what the entry adds; negative: takes.
func (e CreditEntry) Amount() money.Amount { return money.New(e.AmountMinor, e.Currency) }
