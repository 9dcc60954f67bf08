package claim

import "doorstep/internal/machine"

// State is where a customer's claim is.
type State string

// The states of a claim.
const (
	Opened     State = "opened"
	Waiting    State = "waiting" // for the customer's answer
	Returning  State = "returning"
	Inspecting State = "inspecting"
	Settling   State = "settling" // refund or replacement under way
	Settled    State = "settled"
	Failed     State = "failed" // the settlement did not work out
	Declined   State = "declined"
	Withdrawn  State = "withdrawn"
	RunOut     State = "run-out" // nobody answered in time
	Over       State = "over"    // its order was cancelled, and all of the money is back
)

// Event is what can happen to a claim.
type Event string

// The events of a claim.
const (
	Ask           Event = "ask"
	Answer        Event = "answer"
	Approve       Event = "approve"
	ApproveReturn Event = "approve-return"
	Receive       Event = "receive"
	Pass          Event = "pass"
	Settle        Event = "settle"
	Fail          Event = "fail"
	Decline       Event = "decline"
	Appeal        Event = "appeal"
	Withdraw      Event = "withdraw"
	LapseClaim    Event = "run-out"
	Reopen        Event = "reopen"
	End           Event = "end"
)

// Claims is the life of a claim.
var Claims = machine.Machine[State, Event]{
	Name: "claim", Start: Opened, Final: []State{Settled, Declined, Withdrawn, RunOut, Over},
	Rows: []machine.Row[State, Event]{
		{Event: Ask, From: []State{Opened}, To: Waiting},
		{Event: Answer, From: []State{Waiting}, To: Opened},
		{Event: Approve, From: []State{Opened}, To: Settling},
		{Event: ApproveReturn, From: []State{Opened}, To: Returning},
		{Event: Receive, From: []State{Returning}, To: Inspecting},
		{Event: Pass, From: []State{Inspecting}, To: Settling},
		{Event: Settle, From: []State{Settling}, To: Settled},
		{Event: Fail, From: []State{Settling}, To: Failed},
		{Event: Decline, From: []State{Opened, Waiting, Inspecting}, To: Declined},
		{Event: Appeal, From: []State{Declined}, To: Opened},
		{Event: Withdraw, From: []State{Opened, Waiting, Returning}, To: Withdrawn},
		{Event: LapseClaim, From: []State{Waiting, Returning}, To: RunOut},
		{Event: Reopen, From: []State{Settled, Failed, Withdrawn, RunOut}, To: Opened},
		{Event: End, From: []State{Opened, Waiting, Failed}, To: Over},
	},
}

// DisputeState is where our demand on a supplier is.
type DisputeState string

// The states of a dispute.
const (
	DisputeDue      DisputeState = "due"
	DisputeFiling   DisputeState = "filing"    // a call is under way
	DisputeUnsure   DisputeState = "uncertain" // the answer was lost: the supplier may have it
	DisputeFiled    DisputeState = "filed"
	DisputeGranted  DisputeState = "granted"
	DisputeCredited DisputeState = "credited"
	DisputeDenied   DisputeState = "denied"
	DisputeLapsed   DisputeState = "lapsed"
)

// DisputeEvent is what can happen to a dispute.
type DisputeEvent string

// The events of a dispute.
const (
	SendDispute   DisputeEvent = "send"
	UnsentDispute DisputeEvent = "not-sent"
	RefuseDispute DisputeEvent = "refuse" // it is not taken on this way
	LoseDispute   DisputeEvent = "lose-answer"
	AbsentDispute DisputeEvent = "find-absent"
	FileDispute   DisputeEvent = "file"
	GrantDispute  DisputeEvent = "grant"
	CreditDispute DisputeEvent = "credit"
	DenyDispute   DisputeEvent = "deny"
	AppealDispute DisputeEvent = "appeal"
	LapseDispute  DisputeEvent = "lapse"
)

// Disputes is the life of a dispute, with its own clock: after the supplier's window it lapses,
// unless the supplier has it.
var Disputes = machine.Machine[DisputeState, DisputeEvent]{
	Name: "dispute", Start: DisputeDue, Final: []DisputeState{DisputeCredited, DisputeDenied, DisputeLapsed},
	Rows: []machine.Row[DisputeState, DisputeEvent]{
		{Event: SendDispute, From: []DisputeState{DisputeDue}, To: DisputeFiling},
		{Event: UnsentDispute, From: []DisputeState{DisputeFiling}, To: DisputeDue},
		{Event: RefuseDispute, From: []DisputeState{DisputeFiling, DisputeUnsure}, To: DisputeDue},
		{Event: LoseDispute, From: []DisputeState{DisputeFiling}, To: DisputeUnsure},
		{Event: AbsentDispute, From: []DisputeState{DisputeUnsure}, To: DisputeDue},
		{Event: FileDispute, From: []DisputeState{DisputeDue, DisputeFiling, DisputeUnsure}, To: DisputeFiled},
		{Event: GrantDispute, From: []DisputeState{DisputeFiled}, To: DisputeGranted},
		{Event: CreditDispute, From: []DisputeState{DisputeFiled, DisputeGranted, DisputeCredited, DisputeDenied}, To: DisputeCredited},
		{Event: DenyDispute, From: []DisputeState{DisputeFiled, DisputeGranted}, To: DisputeDenied},
		{Event: AppealDispute, From: []DisputeState{DisputeDenied}, To: DisputeFiled},
		{Event: LapseDispute, From: []DisputeState{DisputeDue, DisputeDenied}, To: DisputeLapsed},
	},
}
