package claim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/machine"
	"doorstep/money"
)

// ExchangeState is where an exchange is.
type ExchangeState string

// The states of an exchange.
const (
	ExchangeHeld    ExchangeState = "held"    // the article is put by; the other is on its way back
	ExchangeWaiting ExchangeState = "waiting" // for the difference that the customer pays
	ExchangeDone    ExchangeState = "done"    // bought; what follows is the purchase's and the parcel's
	ExchangeLapsed  ExchangeState = "lapsed"  // not paid in time, given up, or nobody could send it: the article is free again
)

// ExchangeEvent is what can happen to an exchange.
type ExchangeEvent string

// The events of an exchange.
const (
	AskDifference  ExchangeEvent = "ask-difference"
	SettleExchange ExchangeEvent = "settle"
	LapseExchange  ExchangeEvent = "lapse"
	UndoExchange   ExchangeEvent = "undo" // what was bought will not come
)

// Exchanges is the life of an exchange.
var Exchanges = machine.Machine[ExchangeState, ExchangeEvent]{
	Name: "exchange", Start: ExchangeHeld, Final: []ExchangeState{ExchangeDone, ExchangeLapsed},
	Rows: []machine.Row[ExchangeState, ExchangeEvent]{
		{Event: AskDifference, From: []ExchangeState{ExchangeHeld}, To: ExchangeWaiting},
		{Event: SettleExchange, From: []ExchangeState{ExchangeHeld, ExchangeWaiting}, To: ExchangeDone},
		{Event: LapseExchange, From: []ExchangeState{ExchangeHeld, ExchangeWaiting}, To: ExchangeLapsed},
		{Event: UndoExchange, From: []ExchangeState{ExchangeDone}, To: ExchangeLapsed},
	},
}

// Move applies an event to the state of an exchange.
func (x *Exchange) Move(e ExchangeEvent) error {
	next, err := Exchanges.Next(x.State, e)
	if err != nil {
		return fmt.Errorf("exchange %s: %w", x.ExchangeID, err)
	}
	x.State = next
	return nil
}

// Difference is what the customer pays more for the other article; negative: gets back.
func (x Exchange) Difference() money.Amount { return money.New(x.PriceMinor-x.WorthMinor, x.Currency) }

// Name is the article that comes instead, as people call it.
func (x Exchange) Name() string {
	return Named(x.Title, x.VariantTitle)
}

// Named is an article's title with that of its variant, where it has one.
func Named(title, variant string) string {
	if variant == "" || variant == "Default Title" {
		return title
	}
	return title + ", " + variant
}

// Live says whether something is still to come of the exchange, before its purchase.
func (x Exchange) Live() bool { return x.State == ExchangeHeld || x.State == ExchangeWaiting }

// HoldLine is the line under which the stock of an order's next exchange is reserved. earlier
// are its exchanges so far.
func HoldLine(earlier []Exchange) int64 { return firstHoldLine + int64(len(earlier)) }

// firstHoldLine is above the lines that any order has.
const firstHoldLine = 1_000_000

// Extra is what a customer owes, or paid, for the exchanges of an order beyond the order
// itself.
func Extra(list []Exchange) (sum int64) {
	for _, x := range list {
		if x.State == ExchangeDone {
			sum += max(x.PriceMinor-x.WorthMinor, 0)
		}
	}
	return sum
}

// InsertExchange writes a new exchange in its first state.
func InsertExchange(ctx context.Context, tx *db.Tx, x Exchange) error {
	return New(tx).InsertExchange(ctx, InsertExchangeParams{StoreID: x.StoreID, ExchangeID: x.ExchangeID, ClaimID: x.ClaimID, OrderID: x.OrderID,
		LineID: x.LineID, VariantID: x.VariantID, Sku: x.Sku, Title: x.Title, VariantTitle: x.VariantTitle, Quantity: x.Quantity, State: x.State,
		PriceMinor: x.PriceMinor, WorthMinor: x.WorthMinor, Currency: x.Currency, HoldLine: x.HoldLine, CreatedAt: tx.Now})
}

// SaveExchange writes all that may change of an exchange.
func SaveExchange(ctx context.Context, tx *db.Tx, x Exchange) error {
	return New(tx).SaveExchange(ctx, SaveExchangeParams{StoreID: x.StoreID, ExchangeID: x.ExchangeID, Quantity: x.Quantity, State: x.State,
		PriceMinor: x.PriceMinor, WorthMinor: x.WorthMinor, PaymentID: x.PaymentID, DueAt: x.DueAt, UpdatedAt: tx.Now,
		RefundID: x.RefundID})
}

// GetExchange reads an exchange; sql.ErrNoRows when there is none.
func GetExchange(ctx context.Context, tx *db.Tx, s id.Store, name id.Exchange) (Exchange, error) {
	return New(tx).GetExchange(ctx, GetExchangeParams{StoreID: s, ExchangeID: name})
}

// ExchangesOf lists an order's exchanges, oldest first.
func ExchangesOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) ([]Exchange, error) {
	return New(tx).ExchangesOfOrder(ctx, ExchangesOfOrderParams{StoreID: s, OrderID: o})
}

// ExchangeOf is the newest exchange of a claim; an error that wraps sql.ErrNoRows when there
// is none.
func ExchangeOf(ctx context.Context, tx *db.Tx, c Claim) (Exchange, error) {
	list, err := ExchangesOf(ctx, tx, c.StoreID, c.OrderID)
	if err != nil {
		return Exchange{}, err
	}
	for _, x := range slices.Backward(list) {
		if x.ClaimID == c.ClaimID {
			return x, nil
		}
	}
	return Exchange{}, fmt.Errorf("claim %s has no exchange: %w", c.Number, sql.ErrNoRows)
}

// OverdueExchanges lists exchanges whose difference was not paid in time, the longest overdue
// first, without those that are being paid.
func OverdueExchanges(ctx context.Context, tx *db.Tx, s id.Store, now clock.Time, limit int32) ([]OverdueExchangesRow, error) {
	return New(tx).OverdueExchanges(ctx, OverdueExchangesParams{StoreID: s, DueAt: now, Limit: limit})
}

// NoExchange says whether ExchangeOf found none.
func NoExchange(err error) bool { return errors.Is(err, sql.ErrNoRows) }
