package order

import (
	"slices"
	"strings"
)

// Facts are all that the words beside an order are derived from.
type Facts struct {
	State      State
	Total      int64
	Units      int64 // sold, without those cancelled
	Purchases  []PurchaseFact
	Shipments  []ShipmentFact
	Captured   int64
	Authorised int64
	Refunded   int64
	InDispute  bool
	Bank       []BankFact    // what the bank demands and has not decided
	PayFailed  string        // words of the last payment, if it came to nothing
	PayRefused []PaymentFact // the provider would neither take nor let go of them
	VoidSlow   []PaymentFact // asked to let go of, and nothing has come of it for days
	Taken      int64         // by banks, for good
	Refunds    []RefundFact
	GaveUp     []GivenUp
	Claims     []ClaimFact
	Disputes   []DisputeFact
	Bills      []BillFact
	Unanswered string // the conversation in which the customer has waited too long; empty: none
	Unplaced   int64  // units that no live purchase covers
	Why        string // why they are not covered
	BadAddress bool   // a supplier refused the address, and it was not corrected since
}

// PurchaseFact is what matters of a purchase.
type PurchaseFact struct {
	ID       string
	Number   string
	Supplier string
	State    string
	Units    int64 // without those the supplier will not send
	Short    int64
	HoldCode string
	HoldWhy  string
	Unpaid   bool
	Words    string
	Stuck    bool   // uncertain, and nobody but a person can find out
	Late     string // the stage that takes longer than it should, empty: none
	Cause    string // of a rejection, or of what the supplier waits for
}

// ShipmentFact is what matters of a parcel.
type ShipmentFact struct {
	ID     string
	Number string
	State  string
	Units  int64
	Words  string
	Late   string // the stage that takes longer than it should, empty: none

	Settled bool // claims took care of all that is in it
	Flags   []FlagFact
}

// FlagFact is what is odd about a parcel, though its carrier says that all is well.
type FlagFact struct {
	Flag  string // never-scanned, number-seen, elsewhere
	Words string
}

// ClaimFact is what matters of a customer's claim.
type ClaimFact struct {
	ID      string
	Number  string
	State   string
	Kind    string
	Trouble string
	Receipt string // what the customer says that sending it back cost; empty: nobody has to look

	BadAddress bool // it failed because a supplier refused the address, and is bought anew once that is corrected
}

// DisputeFact is what matters of our demand on a supplier.
type DisputeFact struct {
	ID    string
	State string
	Until string // the last day to file it

	Near    bool   // that day is near
	Under   bool   // the supplier is being told
	ByMail  bool   // by mail, which cannot be looked up
	Short   string // how much less was credited than we demanded; empty: nothing
	Trouble string // why it could not be told
}

// BillFact is what matters of a line of a supplier's statement that waits for a person.
type BillFact struct {
	Line  string // "<statement>/<line>"
	Twice bool
	Words string
}

// BankFact is what matters of a bank's demand that is not decided.
type BankFact struct {
	ID       string
	Until    string // the last day to answer; empty: none is known
	Near     bool   // that day is near
	Answered bool   // the bank has our evidence
	Under    bool   // it is on its way
	Refused  string // why it could not be handed in
}

// PaymentFact is what matters of a payment with which something is wrong.
type PaymentFact struct {
	ID    string
	Words string
}

// RefundFact is what matters of a refund.
type RefundFact struct {
	ID       string
	State    string
	Words    string
	Slow     bool // the provider has it for many days
	Replaced bool // it failed, and another of the same amount went out after it
}

// Reason is why an order needs attention: a code for programs, words for people, what it
// is about, and the action that mends it.
type Reason struct {
	Code    string `json:"code"`
	Words   string `json:"words"`
	Subject string `json:"subject,omitempty"`
	Action  string `json:"action,omitempty"`
	Person  bool   `json:"person"` // nothing happens until somebody acts
}

// Words are what people see of an order.
type Words struct {
	Goods   string
	Money   string
	Reasons []Reason
}

// NeedsPerson says whether nothing happens until somebody acts.
func (w Words) NeedsPerson() bool {
	return slices.ContainsFunc(w.Reasons, func(r Reason) bool { return r.Person })
}

// Derive makes the words from the facts. It is the only place where they are made.
func Derive(f Facts) Words {
	return Words{Goods: goods(f), Money: moneyWord(f), Reasons: reasons(f)}
}

func goods(f Facts) string {
	if f.State == Cancelled {
		return "cancelled"
	}
	var shipped, delivered, returned int64
	for _, s := range f.Shipments {
		shipped += s.Units
		switch s.State {
		case "delivered":
			delivered += s.Units
		case "returned":
			returned += s.Units
		}
	}
	ordered := false
	for _, p := range f.Purchases {
		switch p.State {
		case "submitted", "accepted", "shipping", "shipped", "cancelling":
			ordered = true
		}
	}
	switch {
	case f.Units > 0 && delivered >= f.Units:
		return "delivered"
	case returned > 0 && returned >= f.Units:
		return "returned"
	case delivered > 0:
		return "partly delivered"
	case f.Units > 0 && shipped >= f.Units:
		return "shipped"
	case shipped > 0:
		return "partly shipped"
	case ordered:
		return "ordered"
	}
	return "waiting"
}

func moneyWord(f Facts) string {
	switch kept := f.Captured - f.Refunded; {
	case f.InDispute:
		return "disputed"
	case f.Captured > 0 && kept <= 0:
		return "refunded"
	case kept > f.Total:
		return "overpaid"
	case f.Captured > f.Total && kept == f.Total:
		return "paid" // what was too much went back
	case f.Refunded > 0:
		return "partly refunded"
	case f.Captured == f.Total:
		return "paid"
	case f.Captured > 0:
		return "partly paid"
	case f.Authorised > 0:
		return "authorised"
	}
	return "unpaid"
}

func reasons(f Facts) []Reason {
	var list []Reason
	add := func(code, subject, action, words string, person bool) {
		list = append(list, Reason{Code: code, Words: words, Subject: subject, Action: action, Person: person})
	}
	live := f.State == Open || f.State == Cancelling
	switch {
	case f.State != Open:
	case f.BadAddress && (f.Unplaced > 0 || slices.ContainsFunc(f.Claims, func(c ClaimFact) bool { return c.BadAddress })):
		add("address-refused", "", "change-address", "A supplier does not take the address. "+addressWords(f.Purchases), true)
	case f.Unplaced > 0:
		add("unplaced", "", "choose-supplier", f.Why, true)
	}
	for _, p := range f.Purchases {
		purchaseReasons(p, add)
	}
	for _, s := range f.Shipments {
		if s.Settled {
			continue
		}
		flagReasons(s, add)
		switch s.State {
		case "exception":
			add("parcel-exception", s.ID, "contact-carrier", "Parcel "+s.Number+": "+s.Words, true)
		case "lost":
			add("parcel-lost", s.ID, "replace-or-refund", "Parcel "+s.Number+" is lost: "+s.Words, true)
		case "returning":
			add("parcel-returned", s.ID, "contact-customer", "Parcel "+s.Number+" goes back: "+s.Words, true)
		case "returned":
			add("parcel-returned", s.ID, "replace-or-refund", "Parcel "+s.Number+" went back: "+s.Words, true)
		case "announced", "in-transit", "out-for-delivery":
			if s.Late != "" && (s.Late != "late-scan" || len(s.Flags) == 0) {
				add(s.Late, s.ID, "contact-carrier", "Parcel "+s.Number+" "+lateWords[s.Late], true)
			}
		}
	}
	for _, p := range f.PayRefused {
		add("payment-refused", p.ID, "ask-provider", "The payment provider refused. "+p.Words, true)
	}
	for _, p := range f.VoidSlow {
		add("void-slow", p.ID, "ask-provider", "The payment provider was asked to let go of the money days ago and has not said that it did", true)
	}
	for _, r := range f.Refunds {
		refundReason(r, add)
	}
	for _, b := range f.Bank {
		bankReason(b, add)
	}
	if f.InDispute && len(f.Bank) == 0 {
		add("chargeback", "", "answer-chargeback", "The customer's bank disputes the payment; refunds are blocked", true)
	}
	if f.State == Cancelled && f.Captured > f.Refunded+f.Taken && !pendingRefund(f.Refunds) {
		add("money-to-return", "", "refund", "The order is cancelled and money is still here", true)
	}
	if f.State != Cancelled && f.Captured-f.Refunded-f.Taken > f.Total && !pendingRefund(f.Refunds) {
		add("overpaid", "", "refund", "More was paid than the order costs", true)
	}
	if f.State == Pending && f.Captured > 0 && f.Captured+f.Authorised < f.Total {
		add("underpaid", "", "ask-customer", "Less was paid than the order costs; nothing is bought for it yet", true)
	}
	if f.State == Pending && f.PayFailed != "" {
		add("payment-failed", "", "wait-for-customer", f.PayFailed, false)
	}
	if (live || f.State == Closed) && f.Total > 0 && f.Captured+f.Authorised == 0 {
		add("payment-lost", "", "ask-customer", orElse(f.PayFailed, "The payment that was promised is gone"), true)
	}
	for _, c := range f.Claims {
		claimReason(c, add)
	}
	for _, d := range f.Disputes {
		disputeReason(d, add)
	}
	for _, b := range f.Bills {
		add(map[bool]string{true: "billed-twice", false: "bill-differs"}[b.Twice], b.Line, "settle-bill", b.Words, true)
	}
	if f.Unanswered != "" {
		add("message-unanswered", f.Unanswered, "answer-message", "The customer wrote and has waited long for an answer", true)
	}
	for _, g := range f.GaveUp {
		add("given-up", g.Job, "retry-job", givenUpWords(g.Kind), true)
	}
	return list
}

// flagReasons say what is odd about a parcel.
func flagReasons(s ShipmentFact, add func(code, subject, action, words string, person bool)) {
	for _, f := range s.Flags {
		switch f.Flag {
		case "never-scanned":
			add("never-scanned", s.ID, "check-parcel", "Parcel "+s.Number+" was announced, and no carrier has ever seen it", true)
		case "number-seen":
			add("number-seen", s.ID, "check-parcel", f.Words+" It may be a false one", true)
		case "elsewhere":
			add("elsewhere", s.ID, "check-parcel", "Parcel "+s.Number+" may be with somebody else. "+f.Words, true)
		}
	}
}

func claimReason(c ClaimFact, add func(code, subject, action, words string, person bool)) {
	if c.Receipt != "" {
		add("claim-receipt", c.ID, "pay-receipt", "Claim "+c.Number+": the customer shows that sending it back cost "+c.Receipt, true)
	}
	switch {
	case c.State == "opened" && c.Trouble != "":
		add("claim-opened", c.ID, "answer-claim", "Claim "+c.Number+" is open again. "+c.Trouble, true)
	case c.State == "opened":
		add("claim-opened", c.ID, "answer-claim", "Claim "+c.Number+": the customer says \""+strings.ReplaceAll(c.Kind, "-", " ")+"\" and waits for an answer", true)
	case c.State == "returning" && c.Trouble != "":
		add("claim-unheard", c.ID, "check-return", "Claim "+c.Number+": "+c.Trouble, true)
	case c.State == "inspecting":
		add("claim-inspect", c.ID, "inspect-return", "The goods of claim "+c.Number+" have come back: look at them", true)
	case c.BadAddress: // the order asks for the address
	case c.State == "failed":
		add("claim-failed", c.ID, "mend-claim", "Claim "+c.Number+" was approved and did not come to pass. "+c.Trouble, true)
	case c.Trouble != "":
		add("claim-found", c.ID, "mend-claim", "Claim "+c.Number+" is settled. "+c.Trouble, true)
	}
}

func bankReason(b BankFact, add func(code, subject, action, words string, person bool)) {
	words := "The customer's bank disputes the payment; refunds are blocked. "
	switch {
	case b.Answered:
		add("chargeback", b.ID, "answer-chargeback", words+"The bank has our evidence and decides", false)
	case b.Under:
		add("chargeback", b.ID, "answer-chargeback", words+"Our evidence is on its way to the bank", false)
	case b.Refused != "":
		add("chargeback-refused", b.ID, "answer-chargeback", "Our evidence could not be handed in to the customer's bank: "+b.Refused, true)
	case b.Near:
		add("chargeback-near", b.ID, "answer-chargeback", words+"It must be answered until "+b.Until+", and that is near", true)
	case b.Until != "":
		add("chargeback", b.ID, "answer-chargeback", words+"Answer it until "+b.Until, true)
	default:
		add("chargeback", b.ID, "answer-chargeback", words+"Look at our evidence and hand it in", true)
	}
}

func disputeReason(d DisputeFact, add func(code, subject, action, words string, person bool)) {
	switch {
	case d.State == "due" && d.Under:
	case d.State == "due" && d.Trouble != "":
		add("dispute-due", d.ID, "file-dispute", "The supplier could not be told of a loss, and makes it good only until "+d.Until+": "+d.Trouble, true)
	case d.State == "due" && d.Near:
		add("dispute-near", d.ID, "file-dispute", "The supplier makes this loss good only if it is told until "+d.Until+", and that is near", true)
	case d.State == "due":
		add("dispute-due", d.ID, "file-dispute", "The supplier makes this loss good, if it is told until "+d.Until, true)
	case d.State == "uncertain" && d.ByMail:
		add("dispute-uncertain", d.ID, "file-dispute", "Whether the mail about a loss reached the supplier is not known: look, then say so", true)
	case d.State == "uncertain":
		add("dispute-uncertain", d.ID, "file-dispute", "The supplier's answer to a demand was lost; it is being asked", strings.HasPrefix(d.Trouble, "The look-up was refused"))
	case d.State == "denied":
		add("dispute-denied", d.ID, "file-dispute", "The supplier will not make a loss good; it can be appealed until "+d.Until, false)
	case d.Short != "":
		add("dispute-short", d.ID, "file-dispute", "The supplier credited "+d.Short+" less than was demanded: demand the rest, or let it be", true)
	}
}

func refundReason(r RefundFact, add func(code, subject, action, words string, person bool)) {
	switch {
	case r.State == "failed" && !r.Replaced:
		add("refund-failed", r.ID, "retry-refund", "A refund failed: "+r.Words, true)
	case r.State == "sending" && r.Slow:
		add("refund-slow", r.ID, "ask-provider", "The payment provider has had a refund for many days and has not paid it out", true)
	case r.State == "uncertain" && r.Words != "": // the look-up was refused
		add("refund-uncertain", r.ID, "ask-provider", "The answer to a refund was lost and it cannot be looked up: "+r.Words, true)
	case r.State == "uncertain":
		add("refund-uncertain", r.ID, "ask-provider", "The answer to a refund was lost; it is being looked up", false)
	}
}

// givenUpWords says what nobody does any more.
func givenUpWords(kind string) string {
	what := map[string]string{
		"purchase.submit": "Sending a purchase to its supplier", "purchase.find": "Looking a purchase up at its supplier",
		"purchase.cancel": "Asking a supplier to cancel", "purchase.pay": "Paying a supplier", "purchase.report": "Asking a supplier how a purchase stands",
		"payment.capture": "Taking the payment", "payment.void": "Letting go of the payment",
		"refund.send": "Giving money back", "refund.find": "Looking a refund up", "order.expire": "Ending an unpaid order",
		"tracking.register": "Having a parcel followed", "dispute.file": "Telling a supplier of a loss", "dispute.ask": "Asking a supplier about a loss",
		"chargeback.answer": "Sending evidence to the customer's bank", "chargeback.find": "Asking whether the bank has our evidence", "mail.send": "Sending a mail to the customer",
	}[kind]
	return orElse(what, "Work on this order ("+kind+")") + " failed many times and was given up. When the cause is mended, try it again"
}

// addressWords are what suppliers said of the address.
func addressWords(list []PurchaseFact) string {
	words := ""
	for _, p := range list {
		if p.State == "rejected" && p.Cause == "address" {
			words += p.Number + ": " + p.Words
		}
	}
	return words
}

// lateWords say what takes longer than it should.
var lateWords = map[string]string{
	"late-label": "has announced no parcel, for longer than this supplier takes mostly",
	"late-rest":  "has left in part, and its supplier has announced nothing more for longer than it takes mostly",
	"late-scan":  "was announced, and no carrier has seen it for longer than is usual on this way",
	"late-move":  "has not moved for longer than is usual on this way",
	"late-door":  "is past the delivery date that the customer was promised",
}

func pendingRefund(list []RefundFact) bool {
	for _, r := range list {
		switch r.State {
		case "requested", "approved", "sending", "uncertain":
			return true
		}
	}
	return false
}

func purchaseReasons(p PurchaseFact, add func(code, subject, action, words string, person bool)) {
	switch p.State {
	case "held":
		add("held-"+p.HoldCode, p.ID, "release", p.HoldWhy, true)
	case "uncertain":
		if p.Stuck {
			add("uncertain", p.ID, "resolve-uncertain", "The answer of "+p.Supplier+" to "+p.Number+
				" was lost and it cannot be asked: look there, then say whether the order exists", true)
			return
		}
		add("uncertain", p.ID, "wait", "The answer of "+p.Supplier+" to "+p.Number+" was lost; it is being asked", false)
	case "submitted", "accepted", "shipping":
		switch {
		case p.Unpaid:
			add("supplier-unpaid", p.ID, "pay-supplier", p.Supplier+" has "+p.Number+" and waits for payment: "+p.Words, true)
		case p.Cause == "address" && p.State == "submitted":
			add("address-asked", p.ID, "call-supplier", p.Number+" waits at its supplier, who asks about the address: "+p.Words, true)
		case p.HoldCode == "cancel-slow":
			add(p.HoldCode, p.ID, "answer-cancel", p.Number+": "+p.HoldWhy, true)
		case p.Late != "":
			add(p.Late, p.ID, "ask-supplier", p.Number+" "+lateWords[p.Late], true)
		}
	case "cancelling":
		if p.HoldCode == "cancel-by-hand" || p.HoldCode == "cancel-slow" {
			add(p.HoldCode, p.ID, "answer-cancel", p.Number+": "+p.HoldWhy, true)
		}
	case "cancelled", "rejected":
		if p.HoldCode == "ghost" {
			add(p.HoldCode, p.ID, "call-supplier", p.Number+" is over here. "+p.HoldWhy, true)
		}
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
