package claim

import "slices"

// Kind is what is wrong.
type Kind string

// The kinds of claim.
const (
	Late           Kind = "late"             // it has not come by the day that was promised
	NotArrived     Kind = "not-arrived"      // the carrier says "delivered", the customer has nothing
	Damaged        Kind = "damaged"          // it came broken
	WrongItem      Kind = "wrong-item"       // another article came
	MissingPart    Kind = "missing-part"     // something was not in the parcel
	NotAsDescribed Kind = "not-as-described" // it is not what the shop said
	NoLongerWanted Kind = "no-longer-wanted" // nothing is wrong with it
)

// Kinds lists them in the order in which customers are asked.
func Kinds() []Kind {
	return []Kind{NotArrived, Late, Damaged, WrongItem, MissingPart, NotAsDescribed, NoLongerWanted}
}

// Known says whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// Seen says whether the customer has something in hand that a photo can show.
func (k Kind) Seen() bool {
	return k == Damaged || k == WrongItem || k == MissingPart || k == NotAsDescribed
}

// Missing says whether the customer has nothing that could be sent back.
func (k Kind) Missing() bool { return k == Late || k == NotArrived || k == MissingPart }

// Outcome is what a claim may end in.
type Outcome string

// The outcomes.
const (
	Refund      Outcome = "refund"      // all of it is paid back; there is nothing to send back
	Keep        Outcome = "keep"        // all of it is paid back and the customer keeps the goods
	Partial     Outcome = "partial"     // a part is paid back and the customer keeps the goods
	Replacement Outcome = "replacement" // the same is sent once more
	Return      Outcome = "return"      // it is paid back once the goods have come back
	Exchanged   Outcome = "exchange"    // another article is sent, and the difference paid or given back
)

// Outcomes lists them in the order in which they are shown.
func Outcomes() []Outcome { return []Outcome{Refund, Keep, Partial, Replacement, Return, Exchanged} }

// Known says whether there is such an outcome.
func (o Outcome) Known() bool { return slices.Contains(Outcomes(), o) }

// Pays says whether the outcome is money as soon as it is approved.
func (o Outcome) Pays() bool { return o == Refund || o == Keep || o == Partial }
