package mail

import (
	"strings"
	"time"

	"doorstep/money"
)

// The kinds of message about a claim, in the order of its life.
const (
	KindClaimOpened   Kind = "claim-opened"
	KindClaimAsked    Kind = "claim-asked"
	KindClaimApproved Kind = "claim-approved"
	KindClaimWayBack  Kind = "claim-way-back"
	KindClaimReturned Kind = "claim-returned"
	KindClaimDeclined Kind = "claim-declined"
	KindClaimAppealed Kind = "claim-appealed"
	KindClaimEnded    Kind = "claim-withdrawn"
	KindClaimRunOut   Kind = "claim-run-out"
)

// Claim is what every message about a claim names.
type Claim struct {
	Order  Order
	Number string // of the claim: "1042-C1"
	URL    string // the customer's own page of it, with its secret
	Lines  []Line // what it is about
	Words  string // that a person wrote; may be empty
}

// ClaimOpened says that a claim has come in.
type ClaimOpened struct{ Claim Claim }

// Kind is KindClaimOpened.
func (ClaimOpened) Kind() Kind { return KindClaimOpened }

// ClaimAsked asks the customer something.
type ClaimAsked struct {
	Claim Claim
	Until time.Time // the last day to answer
}

// Kind is KindClaimAsked.
func (ClaimAsked) Kind() Kind { return KindClaimAsked }

// ClaimApproved says what the customer gets. Of money, a replacement and a way back what is
// meant is set.
type ClaimApproved struct {
	Claim       Claim
	Amount      money.Amount // a zero Currency says no money
	Credit      bool         // the money is store credit
	Keep        bool         // nothing is to come back
	Replacement bool
	Article     string    // that is sent instead once the goods are back; empty: none
	ReturnTo    []string  // lines of the address; none: nothing is to be sent back
	ReturnPaid  bool      // by the shop
	ReturnWords string    // the shop's own on how to send it back; may be empty
	Until       time.Time // the last day to send it back
}

// Kind is KindClaimApproved.
func (ClaimApproved) Kind() Kind { return KindClaimApproved }

// ClaimWayBack says what is new of the way back: what the customer paid for it is paid back
// (Back and Credit; both nothing otherwise), their receipt is not accepted (Refused), or there is
// a label on the claim's page.
type ClaimWayBack struct {
	Claim   Claim
	Back    money.Amount // to where they paid from
	Credit  money.Amount // as store credit
	Refused bool
}

// Kind is KindClaimWayBack.
func (ClaimWayBack) Kind() Kind { return KindClaimWayBack }

// ClaimReturned says that goods are back.
type ClaimReturned struct{ Claim Claim }

// Kind is KindClaimReturned.
func (ClaimReturned) Kind() Kind { return KindClaimReturned }

// ClaimDeclined says no.
type ClaimDeclined struct{ Claim Claim }

// Kind is KindClaimDeclined.
func (ClaimDeclined) Kind() Kind { return KindClaimDeclined }

// ClaimAppealed says that a person looks again.
type ClaimAppealed struct{ Claim Claim }

// Kind is KindClaimAppealed.
func (ClaimAppealed) Kind() Kind { return KindClaimAppealed }

// ClaimWithdrawn confirms that the customer wants nothing any more.
type ClaimWithdrawn struct{ Claim Claim }

// Kind is KindClaimEnded.
func (ClaimWithdrawn) Kind() Kind { return KindClaimEnded }

// ClaimRunOut says that a claim has ended because nothing was heard, or with its order.
type ClaimRunOut struct {
	Claim     Claim
	Cancelled bool // the order was, and nothing of its payment is left with the shop
}

// Kind is KindClaimRunOut.
func (ClaimRunOut) Kind() Kind { return KindClaimRunOut }

// about is what all of them have in common.
func (c Claim) about(s *scribe, key string, says func() []string) letter {
	l := letter{
		Subject: s.say(key+"_subject", "claim", c.Number, "number", c.Order.Number),
		Title:   s.say(key + "_title"),
		Say:     says(),
		Button:  s.link("claim_button", c.URL),
		Blocks:  s.lines(s.say("claim_lines"), c.Lines),
	}
	l.Preview = l.Say[0]
	if words := oneLine(c.Words); words != "" {
		l.Say = append(l.Say, words)
	}
	return l
}

func (v ClaimOpened) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_opened", func() []string { return []string{s.say("claim_opened_say", "claim", v.Claim.Number)} })
}

func (v ClaimAsked) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_asked", func() []string {
		return []string{s.say("claim_asked_say", "claim", v.Claim.Number, "day", s.day(v.Until))}
	})
}

// what is what the customer gets.
func (v ClaimApproved) what(s *scribe) []string {
	var say []string
	switch {
	case v.Article != "":
		say = append(say, s.say("claim_approved_exchange", "day", s.day(v.Until), "article", v.Article))
	case len(v.ReturnTo) > 0:
		say = append(say, s.say("claim_approved_return", "day", s.day(v.Until), "amount", s.amount(v.Amount)))
		if v.Credit {
			say = append(say, s.say("claim_approved_as_credit"))
		}
	case v.Replacement:
		say = append(say, s.say("claim_approved_again"))
	case v.Credit:
		say = append(say, s.say("claim_approved_credit", "amount", s.amount(v.Amount)))
	default:
		say = append(say, s.say("claim_approved_refund", "amount", s.amount(v.Amount)))
	}
	if v.Keep {
		say = append(say, s.say("claim_approved_keep"))
	}
	return say
}

func (v ClaimApproved) letter(s *scribe) letter {
	l := v.Claim.about(s, "claim_approved", func() []string { return v.what(s) })
	if len(v.ReturnTo) == 0 {
		return l
	}
	paid := s.say("claim_return_unpaid")
	if v.ReturnPaid {
		paid = s.say("claim_return_paid")
	}
	back := []block{
		{Title: s.say("claim_return_to"), Address: v.ReturnTo, Note: paid},
		{Facts: []fact{{Name: s.say("claim_return_code"), Value: v.Claim.Number, Strong: true, Code: true}}},
	}
	l.Blocks = append(back, l.Blocks...)
	for line := range strings.SplitSeq(v.ReturnWords, "\n") {
		if line = oneLine(line); line != "" {
			l.Say = append(l.Say, line)
		}
	}
	return l
}

func (v ClaimWayBack) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_way", func() (say []string) {
		if v.Refused {
			return []string{s.say("claim_way_refused")}
		}
		if v.Back.Minor > 0 {
			say = append(say, s.say("claim_way_paid", "amount", s.amount(v.Back)))
		}
		if v.Credit.Minor > 0 {
			say = append(say, s.say("claim_way_credit", "amount", s.amount(v.Credit)))
		}
		if len(say) == 0 {
			say = append(say, s.say("claim_way_label", "claim", v.Claim.Number))
		}
		return say
	})
}

func (v ClaimReturned) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_returned", func() []string { return []string{s.say("claim_returned_say", "claim", v.Claim.Number)} })
}

func (v ClaimDeclined) letter(s *scribe) letter {
	l := v.Claim.about(s, "claim_declined", func() []string { return []string{s.say("claim_declined_say", "claim", v.Claim.Number)} })
	l.Say = append(l.Say, s.say("claim_declined_appeal"))
	return l
}

func (v ClaimAppealed) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_appealed", func() []string { return []string{s.say("claim_appealed_say", "claim", v.Claim.Number)} })
}

func (v ClaimWithdrawn) letter(s *scribe) letter {
	l := v.Claim.about(s, "claim_withdrawn", func() []string { return []string{s.say("claim_withdrawn_say", "claim", v.Claim.Number)} })
	l.Say = append(l.Say, s.say("claim_withdrawn_else"))
	return l
}

func (v ClaimRunOut) letter(s *scribe) letter {
	return v.Claim.about(s, "claim_run_out", func() []string {
		if v.Cancelled {
			return []string{s.say("claim_run_out_order", "claim", v.Claim.Number, "number", v.Claim.Order.Number)}
		}
		return []string{s.say("claim_run_out_say", "claim", v.Claim.Number)}
	})
}

// claimSamples are those of Samples that are about claims.
func claimSamples(base string, order Order, line Line, now time.Time) []View {
	c := Claim{Order: order, Number: order.Number + "-C1", URL: base + "/orders/or_1/claims/cl_1?token=b2xkLWtleQ", Lines: []Line{line}}
	said := func(words string) Claim { c := c; c.Words = words; return c }
	eur := money.New(8900, "EUR")
	back := []string{"Lumen & Loam", "Am Speicher 3", "20457 Hamburg"}
	return append([]View{
		ClaimOpened{c},
		ClaimAsked{said("Could you send us a photo of the foot of the lamp?"), now.AddDate(0, 0, 14)},
		ClaimApproved{Claim: c, Amount: eur, Keep: true},
		ClaimApproved{Claim: c, Amount: eur, Keep: true, Credit: true},
		ClaimApproved{Claim: c, Amount: eur, Credit: true, ReturnTo: back, Until: now.AddDate(0, 0, 21)},
		ClaimApproved{Claim: c, Replacement: true},
		ClaimApproved{Claim: said("We are sorry for the trouble."), Amount: eur, ReturnTo: back, ReturnPaid: true, ReturnWords: "Use the old box.\nAny post office takes it.", Until: now.AddDate(0, 0, 21)},
		ClaimApproved{Claim: c, Amount: eur, ReturnTo: back, Until: now.AddDate(0, 0, 21)},
		ClaimApproved{Claim: c, Article: "Table lamp Alva, brass", ReturnTo: back, Until: now.AddDate(0, 0, 21)},
		ClaimWayBack{Claim: c},
		ClaimWayBack{Claim: c, Back: money.New(490, "EUR"), Credit: money.New(200, "EUR")},
		ClaimWayBack{Claim: said("The photo is too dark to read."), Refused: true},
		ClaimReturned{c},
		ClaimDeclined{said("The photo shows a lamp of another shop.")},
		ClaimAppealed{c},
		ClaimWithdrawn{c},
		ClaimRunOut{Claim: c},
		ClaimRunOut{Claim: c, Cancelled: true},
	}, exchangeSamples(c, now)...)
}
