package emulator

import (
	"maps"
	"slices"
	"time"
)

// disputeFee is what a chargeback costs, in minor units, given back when it is won.
const disputeFee = 2000

// dispute is a chargeback or, before it, an inquiry.
type dispute struct {
	id, status, reason string
	created, due       time.Time
	amount             int64
	charge             *charge
	moves              []*move
	evidence           map[string]string
	metadata           map[string]string
	submissions        int
}

func (x *dispute) name() string     { return x.id }
func (x *dispute) birth() time.Time { return x.created }

func (s *Server) getDispute(c call) (object, *fault) {
	x := s.disputes.byID[c.id]
	if x == nil {
		return nil, missing("dispute", c.id, "dispute")
	}
	return s.showDispute(x), nil
}

func (s *Server) listDisputes(c call) (object, *fault) {
	intent, charge := c.form.text("payment_intent"), c.form.text("charge")
	return page(c, s.disputes.list, func(x *dispute) bool {
		return (intent == "" || x.charge.intent.id == intent) && (charge == "" || x.charge.id == charge)
	}, (*dispute).birth, s.showDispute)
}

// updateDispute takes evidence; with submit=true (the default) it goes to the bank, once.
func (s *Server) updateDispute(c call) (object, *fault) {
	x, f := s.openDispute(c)
	if f != nil {
		return nil, f
	}
	given := c.form.under("evidence")
	if f := s.checkEvidence(given); f != nil {
		return nil, f
	}
	maps.Copy(x.evidence, given)
	maps.Copy(x.metadata, c.form.under("metadata"))
	if c.form.text("submit") != "false" && len(x.evidence) > 0 {
		x.submissions++
		x.status = map[string]string{"warning_needs_response": "warning_under_review", "needs_response": "under_review"}[x.status]
	}
	s.emit("charge.dispute.updated", s.showDispute(x))
	return s.showDispute(x), nil
}

// evidenceFields are those of docs.stripe.com/api/disputes/evidence_object that hold text; those
// that name a file are in evidenceFiles.
func evidenceFields() []string {
	return []string{"access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_email_address",
		"customer_name", "customer_purchase_ip", "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "refund_policy_disclosure",
		"refund_refusal_explanation", "service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number", "uncategorized_text"}
}

func evidenceFiles() []string {
	return []string{"cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt", "refund_policy",
		"service_documentation", "shipping_documentation", "uncategorized_file"}
}

// checkEvidence refuses fields that are none, files that are none, and too much text.
func (s *Server) checkEvidence(given map[string]string) *fault {
	length := 0
	for key, value := range given {
		switch {
		case slices.Contains(evidenceFiles(), key):
			x := s.files.byID[value]
			if x == nil {
				return missing("file", value, "evidence["+key+"]")
			}
			if x.purpose != "dispute_evidence" {
				return wrong("evidence["+key+"]", "", "The file's purpose is "+x.purpose+", not dispute_evidence.")
			}
		case slices.Contains(evidenceFields(), key):
			length += len([]rune(value))
		default:
			return wrong("evidence["+key+"]", "parameter_unknown", "Received unknown parameter: evidence["+key+"]")
		}
	}
	if length > 150_000 {
		return wrong("evidence", "", "The total length of the evidence's text is limited to 150,000 characters.")
	}
	return nil
}

// closeDispute concedes.
func (s *Server) closeDispute(c call) (object, *fault) {
	x, f := s.openDispute(c)
	if f != nil {
		return nil, f
	}
	s.endDispute(x, "lost")
	return s.showDispute(x), nil
}

func (s *Server) openDispute(c call) (*dispute, *fault) {
	x := s.disputes.byID[c.id]
	if x == nil {
		return nil, missing("dispute", c.id, "dispute")
	}
	if x.status != "needs_response" && x.status != "warning_needs_response" {
		return nil, &fault{status: 400, kind: invalidRequest, message: "This dispute is already closed or under review."}
	}
	return x, nil
}

// withdraw takes the disputed money out of the account.
func (s *Server) withdraw(x *dispute) {
	x.charge.disputed = true
	x.moves = append(x.moves, s.book("adjustment", x.id, -x.amount, disputeFee, x.charge.currency))
	s.emit("charge.dispute.funds_withdrawn", s.showDispute(x))
}

// endDispute closes with a final status: won, lost or warning_closed.
func (s *Server) endDispute(x *dispute, status string) {
	x.status = status
	if status == "won" && len(x.moves) == 1 {
		x.moves = append(x.moves, s.book("adjustment", x.id, x.amount, -disputeFee, x.charge.currency))
		s.emit("charge.dispute.funds_reinstated", s.showDispute(x))
	}
	s.emit("charge.dispute.closed", s.showDispute(x))
}

func (s *Server) showDispute(x *dispute) object {
	rows := []any{}
	for _, m := range x.moves {
		rows = append(rows, s.showMove(m))
	}
	return object{
		"id": x.id, "object": "dispute", "livemode": false, "amount": x.amount, "currency": x.charge.currency,
		"charge": x.charge.id, "payment_intent": x.charge.intent.id, "status": x.status, "reason": x.reason,
		"created": x.created.Unix(), "balance_transactions": rows, "metadata": x.metadata, "evidence": x.evidence,
		"is_charge_refundable": len(x.moves) == 0, "enhanced_eligibility_types": []any{},
		"evidence_details": object{"due_by": x.due.Unix(), "has_evidence": len(x.evidence) > 0, "past_due": false, "submission_count": x.submissions, "enhanced_eligibility": object{}},
	}
}
