package order

import "doorstep/internal/machine"

// State is where a sale is in its own life; what became of goods and money is derived.
type State string

// The states of an order.
const (
	Pending    State = "pending"    // placed, not yet paid or promised to be
	Open       State = "open"       // confirmed: we owe goods
	Cancelling State = "cancelling" // asked to stop: waits for every supplier's answer
	Cancelled  State = "cancelled"
	Closed     State = "closed" // nothing left to do
)

// Event is what can happen to an order.
type Event string

// The events of an order.
const (
	Confirm   Event = "confirm"
	Expire    Event = "expire"
	Abandon   Event = "abandon"
	AskCancel Event = "ask-cancel"
	Cancel    Event = "cancel"
	Keep      Event = "keep"
	Close     Event = "close"
	Reopen    Event = "reopen"
)

// Machine is the life of an order.
var Machine = machine.Machine[State, Event]{
	Name: "order", Start: Pending, Final: []State{Cancelled, Closed},
	Rows: []machine.Row[State, Event]{
		{Event: Confirm, From: []State{Pending}, To: Open},
		{Event: Expire, From: []State{Pending}, To: Cancelled},
		{Event: Abandon, From: []State{Pending}, To: Cancelled},
		{Event: AskCancel, From: []State{Open}, To: Cancelling},
		{Event: Cancel, From: []State{Cancelling}, To: Cancelled},
		{Event: Keep, From: []State{Cancelling}, To: Open},
		{Event: Close, From: []State{Open}, To: Closed},
		{Event: Reopen, From: []State{Closed}, To: Open},
	},
}
