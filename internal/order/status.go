package order

import "slices"

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
	PayFailed  string        // words of the last payment, if it came to nothing
	PayRefused []PaymentFact // the provider would neither take nor let go of them
	Refunds    []RefundFact
	Unplaced   int64  // units that no live purchase covers
	Why        string // why they are not covered
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
	Stuck    bool // uncertain, and nobody but a person can find out
}

// ShipmentFact is what matters of a parcel.
type ShipmentFact struct {
	ID     string
	Number string
	State  string
	Units  int64
	Words  string
}

// PaymentFact is what matters of a payment with which something is wrong.
type PaymentFact struct {
	ID    string
	Words string
}

// RefundFact is what matters of a refund.
type RefundFact struct {
	ID    string
	State string
	Words string
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
	if f.State == Open && f.Unplaced > 0 {
		add("unplaced", "", "choose-supplier", f.Why, true)
	}
	for _, p := range f.Purchases {
		purchaseReasons(p, add)
	}
	for _, s := range f.Shipments {
		switch s.State {
		case "exception":
			add("parcel-exception", s.ID, "contact-carrier", "Parcel "+s.Number+": "+s.Words, true)
		case "lost":
			add("parcel-lost", s.ID, "replace-or-refund", "Parcel "+s.Number+" is lost: "+s.Words, true)
		case "returning", "returned":
			add("parcel-returned", s.ID, "contact-customer", "Parcel "+s.Number+" goes back: "+s.Words, true)
		}
	}
	for _, p := range f.PayRefused {
		add("payment-refused", p.ID, "ask-provider", "The payment provider refused. "+p.Words, true)
	}
	for _, r := range f.Refunds {
		switch r.State {
		case "failed":
			add("refund-failed", r.ID, "retry-refund", "A refund failed: "+r.Words, true)
		case "uncertain":
			words := "The answer to a refund was lost; it is being looked up"
			if r.Words != "" { // the look-up was refused
				words = "The answer to a refund was lost and it cannot be looked up: " + r.Words
			}
			add("refund-uncertain", r.ID, "ask-provider", words, r.Words != "")
		}
	}
	if f.InDispute {
		add("chargeback", "", "answer-chargeback", "The customer's bank disputes the payment; refunds are blocked", true)
	}
	if f.State == Cancelled && f.Captured > f.Refunded && !pendingRefund(f.Refunds) {
		add("money-to-return", "", "refund", "The order is cancelled and money is still here", true)
	}
	if f.State != Cancelled && f.Captured-f.Refunded > f.Total && !pendingRefund(f.Refunds) {
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
	return list
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
	case "submitted", "accepted":
		if p.Unpaid {
			add("supplier-unpaid", p.ID, "pay-supplier", p.Supplier+" has "+p.Number+" and waits for payment: "+p.Words, true)
		}
	case "cancelling":
		if p.HoldCode == "cancel-by-hand" {
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
