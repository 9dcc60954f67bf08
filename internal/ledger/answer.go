package ledger

import (
	"fmt"

	"doorstep/internal/machine"
)

// AnswerState is where our answer to a chargeback is.
type AnswerState string

// The states of an answer.
const (
	AnswerDraft   AnswerState = "draft"     // prepared; a person looks at it
	AnswerQueued  AnswerState = "queued"    // a person submitted it; it leaves soon
	AnswerSending AnswerState = "sending"   // a call is under way
	AnswerUnsure  AnswerState = "uncertain" // the provider's answer was lost; it is being asked
	AnswerSent    AnswerState = "sent"
	AnswerRefused AnswerState = "refused" // the provider would not take it
)

// AnswerEvent is what can happen to an answer.
type AnswerEvent string

// The events of an answer.
const (
	SubmitAnswer AnswerEvent = "submit"
	SendAnswer   AnswerEvent = "send"
	AnswerUnsent AnswerEvent = "not-sent"
	LoseAnswer   AnswerEvent = "lose-answer"
	AnswerAbsent AnswerEvent = "find-absent"
	TakeAnswer   AnswerEvent = "take"
	RefuseAnswer AnswerEvent = "refuse"
)

// Answers is the life of our answer to a chargeback. Providers take evidence once, so a lost
// answer is looked up before anything is sent again.
var Answers = machine.Machine[AnswerState, AnswerEvent]{
	Name: "chargeback answer", Start: AnswerDraft, Final: []AnswerState{AnswerSent},
	Rows: []machine.Row[AnswerState, AnswerEvent]{
		{Event: SubmitAnswer, From: []AnswerState{AnswerDraft, AnswerRefused}, To: AnswerQueued},
		{Event: SendAnswer, From: []AnswerState{AnswerQueued}, To: AnswerSending},
		{Event: AnswerUnsent, From: []AnswerState{AnswerSending}, To: AnswerQueued},
		{Event: LoseAnswer, From: []AnswerState{AnswerSending}, To: AnswerUnsure},
		{Event: AnswerAbsent, From: []AnswerState{AnswerUnsure}, To: AnswerQueued},
		{Event: TakeAnswer, From: []AnswerState{AnswerDraft, AnswerQueued, AnswerSending, AnswerUnsure, AnswerRefused}, To: AnswerSent},
		{Event: RefuseAnswer, From: []AnswerState{AnswerSending, AnswerUnsure}, To: AnswerRefused},
	},
}

// Move applies an event to the state of an answer; an error that wraps machine.ErrIllegal where
// it is not possible.
func (a *ChargebackAnswer) Move(e AnswerEvent) error {
	next, err := Answers.Next(a.State, e)
	if err != nil {
		return fmt.Errorf("answer to %s: %w", a.ChargebackID, err)
	}
	a.State = next
	return nil
}

// Editable says whether a person may still change what it says.
func (a ChargebackAnswer) Editable() bool { return a.State == AnswerDraft || a.State == AnswerRefused }
