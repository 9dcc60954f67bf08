package supplier

import (
	"context"
	"time"

	"doorstep/money"
)

// Demand is what we want of a supplier for an order that went wrong. Key is ours: the same key
// is the same demand for ever, however often it is sent.
type Demand struct {
	Key    string       // at most 40 characters of A-Z a-z 0-9 and -
	Ref    string       // the supplier's name of it; empty when none ever reached us
	Order  Ref          // the order that it is about
	Wrong  Wrong        // what went wrong
	Words  string       // all that the supplier has to know
	Amount money.Amount // what it cost us, in the order's currency
	Lines  []Line       // the articles and units that it is about
	Photos []string     // addresses under which the supplier sees them
	Tried  time.Time    // when it was first sent; zero: never
}

// Wrong is what went wrong with an order.
type Wrong string

// What can go wrong with an order.
const (
	NotArrived     Wrong = "not-arrived"
	CameLate       Wrong = "late"
	Damaged        Wrong = "damaged"
	WrongItem      Wrong = "wrong-item"
	MissingPart    Wrong = "missing-part"
	NotAsDescribed Wrong = "not-as-described"
	SentBack       Wrong = "sent-back"   // the customer withdrew, and the goods came back
	Overcharged    Wrong = "overcharged" // the bill is higher than was agreed
)

// DemandState is where a supplier says a demand of ours is.
type DemandState string

// The states of a demand at the supplier.
const (
	DemandOpen     DemandState = "open"     // known there, and not decided
	DemandGranted  DemandState = "granted"  // it makes the loss good; the money is not there yet
	DemandCredited DemandState = "credited" // the money is there
	DemandDenied   DemandState = "denied"
)

// Verdict is what a supplier says of a demand. It may come twice and in any order.
type Verdict struct {
	Ref    string // the supplier's name; empty while it does not tell one
	State  DemandState
	Amount money.Amount // that is credited; zero Currency if unsaid
	Words  string
	Raw    []byte
}

// Disputer is a Connector through which a supplier can be told that an order went wrong. The
// errors of File are those of Submit.
type Disputer interface {
	// File tells the supplier. The same key twice is one demand.
	File(ctx context.Context, d Demand) (Verdict, error)
	// Filed asks how a demand stands, by the supplier's name of it or else by what it is about.
	// connector.ErrNotFound only when the supplier says for certain that there is none.
	Filed(ctx context.Context, d Demand) (Verdict, error)
}
