package emulator

import "time"

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

// updateDispute takes evidence; with submit=true (the default) it goes to the bank.
func (s *Server) updateDispute(c call) (object, *fault) {
	x, f := s.openDispute(c)
	if f != nil {
		return nil, f
	}
	for key, value := range c.form.under("evidence") {
		x.evidence[key] = value
	}
	if c.form.text("submit") != "false" && len(x.evidence) > 0 {
		x.submissions++
		x.status = map[string]string{"warning_needs_response": "warning_under_review", "needs_response": "under_review"}[x.status]
	}
	s.emit("charge.dispute.updated", s.showDispute(x))
	return s.showDispute(x), nil
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
		"created": x.created.Unix(), "balance_transactions": rows, "metadata": object{}, "evidence": x.evidence,
		"is_charge_refundable": len(x.moves) == 0, "enhanced_eligibility_types": []any{},
		"evidence_details": object{"due_by": x.due.Unix(), "has_evidence": len(x.evidence) > 0, "past_due": false, "submission_count": x.submissions, "enhanced_eligibility": object{}},
	}
}
