package message

import "doorstep/internal/machine"

// State is where a conversation is.
type State string

// The states of a conversation.
const (
	Open    State = "open"    // somebody waits for our answer
	Waiting State = "waiting" // we have answered
	Snoozed State = "snoozed" // until a moment
	Closed  State = "closed"
)

// Event is what can happen to a conversation.
type Event string

// The events of a conversation.
const (
	Hear   Event = "hear"   // the customer wrote
	Answer Event = "answer" // we wrote
	Snooze Event = "snooze"
	Wake   Event = "wake"
	Close  Event = "close"
	Reopen Event = "reopen"
)

// Machine is the life of a conversation.
var Machine = machine.Machine[State, Event]{
	Name: "conversation", Start: Open, Final: []State{Closed},
	Rows: []machine.Row[State, Event]{
		{Event: Hear, From: []State{Open, Waiting, Snoozed, Closed}, To: Open},
		{Event: Answer, From: []State{Open, Waiting, Snoozed, Closed}, To: Waiting},
		{Event: Snooze, From: []State{Open, Waiting}, To: Snoozed},
		{Event: Wake, From: []State{Snoozed}, To: Open},
		{Event: Close, From: []State{Open, Waiting, Snoozed}, To: Closed},
		{Event: Reopen, From: []State{Closed}, To: Open},
	},
}
