package shipment

import "doorstep/internal/machine"

// State is where a parcel is.
type State string

// The states of a shipment.
const (
	Announced State = "announced" // a label exists; no carrier has seen the parcel
	InTransit State = "in-transit"
	Out       State = "out-for-delivery"
	Delivered State = "delivered"
	Exception State = "exception"
	Lost      State = "lost"
	Returning State = "returning"
	Returned  State = "returned"
)

// Event is what can happen to a parcel.
type Event string

// The events of a shipment.
const (
	Scan        Event = "scan"
	GoOut       Event = "go-out"
	Deliver     Event = "deliver"
	Fail        Event = "fail"
	DeclareLost Event = "declare-lost"
	SendBack    Event = "send-back"
	ArriveBack  Event = "arrive-back"
)

// underway are the states of a parcel that may still arrive.
var underway = []State{Announced, InTransit, Out, Exception, Lost}

// Gone says whether a parcel that is so will not reach the customer: it is lost, or with its sender
// again.
func (s State) Gone() bool { return s == Lost || s == Returned }

// Machine is the life of a parcel. A lost one may still be found or delivered; a
// delivered one that the carrier then sends back is on its way back.
var Machine = machine.Machine[State, Event]{
	Name: "shipment", Start: Announced, Final: []State{Delivered, Returned, Lost},
	Rows: []machine.Row[State, Event]{
		{Event: Scan, From: underway, To: InTransit},
		{Event: GoOut, From: underway, To: Out},
		{Event: Deliver, From: append([]State{Returning}, underway...), To: Delivered},
		{Event: Fail, From: underway, To: Exception},
		{Event: DeclareLost, From: []State{Announced, InTransit, Out, Exception, Returning}, To: Lost},
		{Event: SendBack, From: append([]State{Delivered}, underway...), To: Returning},
		{Event: ArriveBack, From: append([]State{Returning, Delivered}, underway...), To: Returned},
	},
}
