package review

import "doorstep/internal/machine"

// State is where a review is.
type State string

// The states of a review.
const (
	Waiting   State = "waiting" // for the merchant
	Published State = "published"
	Refused   State = "refused"
)

// Event is what can happen to a review.
type Event string

// The events of a review.
const (
	Rewrite Event = "rewrite" // by its customer
	Publish Event = "publish"
	Refuse  Event = "refuse"
)

// Reviews is the life of a review.
var Reviews = machine.Machine[State, Event]{
	Name: "review", Start: Waiting, Final: []State{Published, Refused},
	Rows: []machine.Row[State, Event]{
		{Event: Rewrite, From: []State{Waiting, Refused}, To: Waiting},
		{Event: Publish, From: []State{Waiting, Refused}, To: Published},
		{Event: Refuse, From: []State{Waiting, Published}, To: Refused},
	},
}

// PlanState is where a follow-up is.
type PlanState string

// The states of a follow-up.
const (
	Planned PlanState = "planned"
	Sent    PlanState = "sent"
	Dropped PlanState = "dropped"
)

// PlanEvent is what can happen to a follow-up.
type PlanEvent string

// The events of a follow-up.
const (
	Send   PlanEvent = "send"
	PutOff PlanEvent = "put-off"
	GiveUp PlanEvent = "drop"
)

// FollowUps is the life of a follow-up.
var FollowUps = machine.Machine[PlanState, PlanEvent]{
	Name: "follow-up", Start: Planned, Final: []PlanState{Sent, Dropped},
	Rows: []machine.Row[PlanState, PlanEvent]{
		{Event: PutOff, From: []PlanState{Planned}},
		{Event: Send, From: []PlanState{Planned}, To: Sent},
		{Event: GiveUp, From: []PlanState{Planned}, To: Dropped},
	},
}
