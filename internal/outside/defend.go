package outside

import (
	"context"
	"fmt"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/dossier"
	"doorstep/internal/flow"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/payment"
)

// aboutChargeback reads a chargeback and the open connector of its payment.
func (o *Outside) aboutChargeback(ctx context.Context, j job.Job) (ledger.Chargeback, *plug, error) {
	var payload flow.AnswerJob
	var c ledger.Chargeback
	if err := j.Decode(&payload); err != nil {
		return c, nil, err
	}
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = ledger.GetChargeback(ctx, tx, j.Store, payload.Chargeback)
		return err
	})
	if err != nil {
		return c, nil, fmt.Errorf("chargeback %s: %w", payload.Chargeback, err)
	}
	_, plug, err := o.aboutPayment(ctx, j.Store, c.PaymentID)
	return c, plug, err
}

// answerChargeback hands our evidence in: job chargeback.answer.
func (o *Outside) answerChargeback(ctx context.Context, j job.Job) error {
	c, plug, err := o.aboutChargeback(ctx, j)
	if err != nil {
		return o.cannotOpenFor(ctx, j, plug, err)
	}
	defender, can := plug.payment.(payment.Defender)
	var call *flow.AnswerCall
	var papers dossier.Dossier
	var said *flow.DisputeSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			if call, err = flow.BeginAnswer(ctx, tx, j.Store, c.ChargebackID); err != nil || call == nil {
				return false, err
			}
			papers, err = flow.AnswerPapers(ctx, tx, j.Store, c.ChargebackID, call.Defence)
			return true, err
		},
		call: func(ctx context.Context) error {
			if !can {
				return &connector.Rejected{Code: "no-evidence", Words: plug.row.Name + " takes no evidence by program: answer there, with the papers from here", Cause: connector.CauseOther}
			}
			pdf, err := papers.PDF()
			if err != nil {
				return &connector.Rejected{Code: "papers", Words: err.Error(), Cause: connector.CauseOther}
			}
			status, err := defender.Defend(ctx, c.Ref, keyOf(string(c.ChargebackID)), evidenceOf(call.Defence, pdf))
			said = disputeIf(status, err, plug)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndAnswer(ctx, tx, j.Store, c.ChargebackID, out, said)
		},
	})
}

// findAnswer asks whether evidence arrived whose answer was lost: job chargeback.find.
func (o *Outside) findAnswer(ctx context.Context, j job.Job) error {
	c, plug, err := o.aboutChargeback(ctx, j)
	if err != nil {
		return o.cannotOpenFor(ctx, j, plug, err)
	}
	defender, can := plug.payment.(payment.Defender)
	if !can {
		return o.finish(ctx, j)
	}
	taken := false
	var said *flow.DisputeSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (bool, error) {
			call, err := flow.BeginFindAnswer(ctx, tx, j.Store, c.ChargebackID)
			return call != nil, err
		},
		call: func(ctx context.Context) error {
			status, submitted, err := defender.FindDispute(ctx, c.Ref, keyOf(string(c.ChargebackID)))
			taken, said = submitted, disputeIf(status, err, plug)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndFindAnswer(ctx, tx, j.Store, c.ChargebackID, out, taken, said)
		},
	})
}

func disputeIf(s payment.DisputeStatus, err error, p *plug) *flow.DisputeSaid {
	if err != nil {
		return nil
	}
	said := disputeSaid(s, p)
	return &said
}

// evidenceOf puts a defence into the contract's words.
func evidenceOf(d flow.Defence, papers []byte) payment.Evidence {
	return payment.Evidence{Product: d.Product, CustomerName: d.CustomerName, CustomerEmail: d.CustomerEmail, BillingAddress: d.Billing, Shipping: d.Shipping,
		ShippedOn: d.ShippedOn, Carrier: d.Carrier, Tracking: d.Tracking, Policy: d.Policy, Refusal: d.Refusal, Words: d.Words, Papers: papers}
}
