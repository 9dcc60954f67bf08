package review

import "time"

// Kind is what a follow-up is for, and what a customer may want to be written about.
type Kind string

// The kinds of follow-up.
const (
	Ask   Kind = "review" // what do you think of it?
	Offer Kind = "offer"  // something for the next time
)

// Known says whether there is such a kind.
func (k Kind) Known() bool { return k == Ask || k == Offer }

const day = 24 * time.Hour

// AskAfter is how long after the delivery somebody is asked for a review where the store does
// not say: the longer the parcel travelled, the longer. Who waited for weeks unpacks later, and
// what came from far is more often claimed in the first days.
func AskAfter(travelled time.Duration) time.Duration {
	switch {
	case travelled <= 4*day:
		return 5 * day
	case travelled <= 10*day:
		return 7 * day
	case travelled <= 20*day:
		return 10 * day
	}
	return 14 * day
}

// Facts are what it depends on whether a follow-up is sent now. All of it is as it stands.
type Facts struct {
	Kind     Kind
	Wanted   bool // by the customer: not unsubscribed, or agreed to
	Erased   bool // nobody knows any more who it was
	Off      bool // the store sends none (any more)
	Test     bool // an order that the merchant placed to try the shop
	Waited   time.Duration
	Claim    bool // one is open
	Refunded bool // all of the money went back
	Disputed bool // the bank takes it back
	Said     bool // every article has its review already
}

// Verdict is what becomes of a follow-up now.
type Verdict struct {
	Event  PlanEvent
	Reason string // why it is not sent now
}

// patience is how long a follow-up is put off for a claim before it is news no longer.
const patience = 60 * day

// Judge decides about a follow-up that is due.
func Judge(f Facts) Verdict {
	switch {
	case f.Erased:
		return Verdict{GiveUp, "the customer's data was erased"}
	case f.Test:
		return Verdict{GiveUp, "it is a test order"}
	case f.Off:
		return Verdict{GiveUp, "the store sends none"}
	case !f.Wanted:
		return Verdict{GiveUp, "the customer does not want it"}
	case f.Refunded:
		return Verdict{GiveUp, "all of the money went back"}
	case f.Kind == Ask && f.Said:
		return Verdict{GiveUp, "everything is reviewed already"}
	case (f.Claim || f.Disputed) && f.Waited > patience:
		return Verdict{GiveUp, "something was wrong with it for too long"}
	case f.Claim:
		return Verdict{PutOff, "a claim is open"}
	case f.Disputed:
		return Verdict{PutOff, "a chargeback is open"}
	}
	return Verdict{Event: Send}
}
