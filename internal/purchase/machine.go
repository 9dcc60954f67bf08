package purchase

import "doorstep/internal/machine"

// State is where a purchase, one supplier's share of an order, is in its life.
type State string

// The states of a purchase.
const (
	Planned    State = "planned"    // will be sent when its hold window ends
	Held       State = "held"       // waits for a person; the reason is with it
	Submitting State = "submitting" // a call is under way
	Uncertain  State = "uncertain"  // the answer was lost: it may exist at the supplier
	Submitted  State = "submitted"  // known at the supplier
	Accepted   State = "accepted"   // the supplier will ship it
	Shipping   State = "shipping"   // some parcels have left
	Shipped    State = "shipped"    // all parcels have left
	Cancelling State = "cancelling" // the supplier was asked to stop
	Cancelled  State = "cancelled"
	Rejected   State = "rejected"
)

// Event is what can happen to a purchase.
type Event string

// The events of a purchase.
const (
	Hold         Event = "hold"
	Release      Event = "release"
	Submit       Event = "submit"
	NotSent      Event = "not-sent"
	LoseAnswer   Event = "lose-answer"
	FindAbsent   Event = "find-absent"
	Acknowledge  Event = "acknowledge"
	Accept       Event = "accept"
	Reject       Event = "reject"
	Short        Event = "short"
	Delay        Event = "delay"
	Ship         Event = "ship"
	ShipLast     Event = "ship-last"
	DropRest     Event = "drop-rest"
	Drop         Event = "drop"
	AskCancel    Event = "ask-cancel"
	Cancel       Event = "cancel"
	RefuseCancel Event = "refuse-cancel"
	PlaceByHand  Event = "place-by-hand" // a person ordered it elsewhere and entered the reference
)

// Machine is the life of a purchase. place-by-hand is the manual way past a connector:
// it exists only before anything was sent, so that it can never be a second order.
var Machine = machine.Machine[State, Event]{
	Name: "purchase", Start: Planned, Final: []State{Shipped, Cancelled, Rejected},
	Rows: []machine.Row[State, Event]{
		{Event: Hold, From: []State{Planned}, To: Held},
		{Event: Release, From: []State{Held}, To: Planned},
		{Event: Submit, From: []State{Planned}, To: Submitting},
		{Event: NotSent, From: []State{Submitting}, To: Planned},
		{Event: LoseAnswer, From: []State{Submitting}, To: Uncertain},
		{Event: FindAbsent, From: []State{Uncertain}, To: Planned},
		{Event: Acknowledge, From: []State{Submitting, Uncertain}, To: Submitted},
		{Event: PlaceByHand, From: []State{Planned, Held}, To: Submitted},
		{Event: Accept, From: []State{Submitted}, To: Accepted},
		{Event: Reject, From: []State{Submitting, Uncertain, Submitted, Accepted, Cancelling}, To: Rejected},
		{Event: Short, From: []State{Submitted, Accepted, Shipping}},
		{Event: Delay, From: []State{Submitted, Accepted, Shipping}},
		{Event: Ship, From: []State{Submitted, Accepted, Shipping, Cancelling}, To: Shipping},
		{Event: ShipLast, From: []State{Submitted, Accepted, Shipping, Cancelling}, To: Shipped},
		{Event: DropRest, From: []State{Shipping}, To: Shipped},
		{Event: Drop, From: []State{Planned, Held}, To: Cancelled},
		{Event: AskCancel, From: []State{Submitted, Accepted}, To: Cancelling},
		{Event: Cancel, From: []State{Cancelling, Submitted, Accepted}, To: Cancelled},
		{Event: RefuseCancel, From: []State{Cancelling}, To: Accepted},
	},
}
