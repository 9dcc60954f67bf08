package claim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

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
	ExchangeLapsed  ExchangeState = "lapsed"  // not paid in time, or given up: the article is free again
)

// ExchangeEvent is what can happen to an exchange.
type ExchangeEvent string

// The events of an exchange.
const (
	AskDifference  ExchangeEvent = "ask-difference"
	SettleExchange ExchangeEvent = "settle"
	LapseExchange  ExchangeEvent = "lapse"
)

// Exchanges is the life of an exchange.
var Exchanges = machine.Machine[ExchangeState, ExchangeEvent]{
	Name: "exchange", Start: ExchangeHeld, Final: []ExchangeState{ExchangeDone, ExchangeLapsed},
	Rows: []machine.Row[ExchangeState, ExchangeEvent]{
		{Event: AskDifference, From: []ExchangeState{ExchangeHeld}, To: ExchangeWaiting},
		{Event: SettleExchange, From: []ExchangeState{ExchangeHeld, ExchangeWaiting}, To: ExchangeDone},
		{Event: LapseExchange, From: []ExchangeState{ExchangeHeld, ExchangeWaiting}, To: ExchangeLapsed},
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
	if x.VariantTitle == "" || x.VariantTitle == "Default Title" {
		return x.Title
	}
	return x.Title + ", " + x.VariantTitle
}

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
		PriceMinor: x.PriceMinor, WorthMinor: x.WorthMinor, Currency: x.Currency, CreatedAt: tx.Now})
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

// NoExchange says whether ExchangeOf found none.
func NoExchange(err error) bool { return errors.Is(err, sql.ErrNoRows) }
