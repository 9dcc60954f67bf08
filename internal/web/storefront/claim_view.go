package storefront

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	photos "doorstep/internal/photo"
	"doorstep/internal/web/ui"
)

// claimPage is a claim as its customer sees it.
type claimPage struct {
	flow.ClaimView
	Token   string
	Problem string
	Field   string // that Problem is about; empty: none
	Pay     exchangePay
	Note    string // what the way back from the provider's page says
}

func (p claimPage) at(rest string) string {
	return "/orders/" + string(p.Order.OrderID) + "/claims/" + string(p.Claim.ClaimID) + rest + tokenQuery(p.Token)
}

// claimStates say how a claim stands.
var claimStates = map[claim.State]string{
	claim.Opened: k("claim_state_opened"), claim.Waiting: k("claim_state_waiting"), claim.Returning: k("claim_state_returning"),
	claim.Inspecting: k("claim_state_inspecting"), claim.Settling: k("claim_state_settling"), claim.Settled: k("claim_state_settled"),
	claim.Failed: k("claim_state_opened"), claim.Declined: k("claim_state_declined"), claim.Withdrawn: k("claim_state_withdrawn"),
	claim.RunOut: k("claim_state_run_out"), claim.Over: k("claim_state_run_out"),
}

// claim shows a claim to whom its order belongs.
func (s *shop) claim(v *visit) error { return s.showClaim(v, http.StatusOK, "") }

func (s *shop) showClaim(v *visit, status int, problem string) error {
	return s.showClaimAt(v, status, "", problem)
}

// showClaimAt shows a claim with what is wrong beside its field.
func (s *shop) showClaimAt(v *visit, status int, field, problem string) error {
	p := claimPage{Token: v.r.URL.Query().Get("token"), Problem: problem, Field: field}
	err := s.ownClaim(v, func(ctx context.Context, tx *db.Tx, c id.Claim) (err error) {
		if p.ClaimView, err = flow.LookAtClaim(ctx, tx, v.store, c); err != nil {
			return err
		}
		return p.readPay(ctx, tx, v)
	}, s.DB.View)
	if err != nil {
		return err
	}
	switch v.r.URL.Query().Get("paid") {
	case "no":
		p.Note = v.say("pay_nothing_charged")
	case "later":
		p.Note = v.say("pay_no_answer")
	}
	v.away = len(p.Pay.Ways) > 0
	v.privately(v.say("claim_number", "number", p.Claim.Number))
	return v.show(status, claimView(v, p))
}

// ownClaim runs fn with the claim of the address, if it is of the order of the address, and
// whoever asks may see that.
func (s *shop) ownClaim(v *visit, fn func(context.Context, *db.Tx, id.Claim) error, run func(context.Context, func(context.Context, *db.Tx) error) error) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	return run(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := claim.Get(ctx, tx, v.store, id.Claim(v.r.PathValue("claim")))
		if errors.Is(err, sql.ErrNoRows) || err == nil && c.OrderID != name {
			return errMissing
		}
		if err != nil {
			return err
		}
		return fn(ctx, tx, c.ClaimID)
	})
}

// claimPhoto shows a photo to whom its claim belongs.
func (s *shop) claimPhoto(v *visit) error {
	var jpeg []byte
	err := s.ownClaim(v, func(ctx context.Context, tx *db.Tx, c id.Claim) (err error) {
		jpeg, err = claim.PhotoJPEG(ctx, tx, v.store, c, v.r.PathValue("photo"))
		return err
	}, s.DB.View)
	if err != nil {
		return err
	}
	return v.showJPEG(jpeg, "private, max-age=3600")
}

// actOnClaim is what a customer does about their claim: answer, appeal, withdraw, or say by
// which number goods travel back.
func (s *shop) actOnClaim(v *visit) error {
	err := s.ownClaim(v, func(ctx context.Context, tx *db.Tx, _ id.Claim) error {
		return flow.CountClaim(ctx, tx, v.store, id.Order(v.r.PathValue("order")), s.from(v.r))
	}, s.DB.Update)
	if soon, ok := errors.AsType[*flow.TooSoon](err); ok {
		return s.showClaim(v, http.StatusTooManyRequests, v.waitWords(soon.Wait))
	}
	if err != nil {
		return err
	}
	var sent []photos.Photo
	if what := v.r.PathValue("what"); what == "answer" || what == "receipt" { // nothing else takes photos
		var problem string
		if sent, problem, err = v.photosOf("photos"); err != nil {
			return err
		}
		if problem != "" {
			return s.showClaimAt(v, http.StatusUnprocessableEntity, receiptField(v, "photos"), problem)
		}
	}
	words := v.r.PostFormValue("words")
	err = s.ownClaim(v, func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		switch v.r.PathValue("what") {
		case "answer":
			return flow.AnswerClaim(ctx, tx, v.store, c, words, sent, customer)
		case "appeal":
			return flow.AppealClaim(ctx, tx, v.store, c, words, customer)
		case "withdraw":
			return flow.WithdrawClaim(ctx, tx, v.store, c, customer)
		case "money":
			return flow.GiveUpExchange(ctx, tx, v.store, c, customer)
		case "receipt":
			return showReceipt(ctx, tx, v, c, sent)
		case "sent":
			return flow.SendBack(ctx, tx, v.store, c, v.r.PostFormValue("number"), v.r.PostFormValue("carrier"), customer)
		}
		return errMissing
	}, s.DB.Update)
	if refused, ok := errors.AsType[*flow.Refusal](err); ok {
		return s.showClaimAt(v, http.StatusUnprocessableEntity, receiptField(v, refused.Field), v.claimRefused(refused))
	}
	if err != nil {
		return err
	}
	return v.leave(strings.Split(v.r.URL.Path, "/claims/")[0] + "/claims/" + v.r.PathValue("claim") + tokenQuery(v.r.URL.Query().Get("token")))
}

// talk is what was said and done about a claim, in the visit's language.
func (v *visit) talk(p claimPage) (list []ui.Moment) {
	titles := map[string]string{
		"claim.opened": v.say("claim_you_said"), "claim.asked": v.say("claim_we_asked"), "claim.answered": v.say("claim_you_said"),
		"claim.declined": v.say("claim_state_declined"), "claim.appealed": v.say("claim_you_said"), "claim.withdrawn": v.say("claim_state_withdrawn"),
		"claim.approved": v.say("claim_approved"), "claim.return-approved": v.say("claim_approved"), "claim.sent-back": v.say("claim_you_sent"),
		"claim.received": v.say("claim_state_inspecting"), "claim.passed": v.say("claim_approved"), "claim.settled": v.say("claim_state_settled"),
		"claim.run-out": v.say("claim_state_run_out"), "claim.over": v.say("claim_state_over"), "claim.reopened": v.say("claim_state_opened"),
		"exchange.waiting": v.say("exchange_pay_title"), "exchange.done": v.say("exchange_done"), "exchange.lapsed": v.say("exchange_lapsed"),
		"exchange.paid-late": v.say("exchange_late"),
		"claim.label":        v.say("claim_label"), "claim.receipt": v.say("claim_receipt_sent"), "claim.receipt-paid": v.say("claim_receipt_paid"),
		"claim.receipt-refused": v.say("claim_receipt_refused"),
	}
	for _, e := range p.Talk {
		title, told := titles[e.Kind]
		if !told {
			continue
		}
		m := ui.Moment{State: "done", Icon: "check", Title: title, When: v.moment(e.At), At: stamp(e.At)}
		if e.Actor == string(customer) || strings.HasPrefix(e.Actor, "staff:") {
			m.Words = saidIn(e)
		}
		list = append(list, m)
	}
	if len(list) > 0 && p.Claim.Live() {
		list[len(list)-1].State = "now"
	}
	return list
}

// saidIn are the words of an event.
func saidIn(e event.Event) string {
	var d struct {
		Words string `json:"words"`
	}
	if e.Decode(&d) != nil {
		return ""
	}
	return d.Words
}
