package flow

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
)

// A bank's demand is answered in three steps: the evidence is drawn from the facts when the
// chargeback is opened, a person looks at it and submits it, and a job sends it: once, with a
// look at the provider after a lost answer.

func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Defence is the evidence against a chargeback as a person may change it before it is sent. Its
// words go to the bank; the dossier goes along as a PDF.
type Defence struct {
	Product       string `json:"product"`
	CustomerName  string `json:"customer_name"`
	CustomerEmail string `json:"customer_email"`
	Billing       string `json:"billing"`
	Shipping      string `json:"shipping"`
	ShippedOn     string `json:"shipped_on"` // 2026-03-02
	Carrier       string `json:"carrier"`
	Tracking      string `json:"tracking"`
	Policy        string `json:"policy"`  // on refunds, and how it was disclosed
	Refusal       string `json:"refusal"` // why the money was not given back
	Words         string `json:"words"`   // all that speaks for us
}

// mostDefence is how long a field may be: together they stay below what banks read.
const mostDefence = 20_000

// check says which field is too long.
func (d Defence) check() error {
	for name, text := range map[string]string{"product": d.Product, "customer_name": d.CustomerName, "customer_email": d.CustomerEmail, "billing": d.Billing,
		"shipping": d.Shipping, "shipped_on": d.ShippedOn, "carrier": d.Carrier, "tracking": d.Tracking, "policy": d.Policy, "refusal": d.Refusal, "words": d.Words} {
		if len(text) > mostDefence {
			return &Refusal{Code: "too-long", Field: name, Words: fmt.Sprintf("That is too long: %d characters at most.", mostDefence)}
		}
	}
	return nil
}

// AnswerJob is for chargeback.answer and chargeback.find.
type AnswerJob struct {
	Chargeback id.Chargeback `json:"chargeback"`
	Order      id.Order      `json:"order"`
}

// AnswerCall is all that evidence is sent from.
type AnswerCall struct {
	Chargeback ledger.Chargeback
	Payment    ledger.Payment
	Defence    Defence
}

// draftAnswer draws the evidence up when the bank opens its demand.
func draftAnswer(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	c, err := ledger.GetChargeback(ctx, tx, e.StoreID, id.Chargeback(e.Subject))
	if err != nil {
		return err
	}
	_, err = answerDraft(ctx, tx, o, c)
	return err
}

// answerDraft is the answer to a chargeback, drawn up now where there is none.
func answerDraft(ctx context.Context, tx *db.Tx, o order.Order, c ledger.Chargeback) (a ledger.ChargebackAnswer, err error) {
	if a, err = ledger.AnswerTo(ctx, tx, o.StoreID, c.ChargebackID); !isNone(err) {
		return a, err
	}
	d, err := defend(ctx, tx, o)
	if err != nil {
		return a, err
	}
	a = ledger.ChargebackAnswer{StoreID: o.StoreID, ChargebackID: c.ChargebackID, OrderID: o.OrderID, State: ledger.AnswerDraft}
	if a.Fields, err = toJSON(d); err != nil {
		return a, err
	}
	return a, ledger.InsertAnswer(ctx, tx, a)
}

// AnswerView is a chargeback with the answer to it.
type AnswerView struct {
	Chargeback ledger.Chargeback
	Answer     ledger.ChargebackAnswer
	Defence    Defence
	Order      order.Order
}

// LookAtChargeback reads a chargeback and the answer that is prepared; where none is, what would
// be prepared now.
func LookAtChargeback(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback) (v AnswerView, err error) {
	if v.Chargeback, err = ledger.GetChargeback(ctx, tx, s, name); err != nil {
		return v, err
	}
	if v.Order, err = order.Get(ctx, tx, s, v.Chargeback.OrderID); err != nil {
		return v, err
	}
	v.Answer, err = ledger.AnswerTo(ctx, tx, s, name)
	if isNone(err) {
		v.Answer.State = ledger.AnswerDraft
		v.Defence, err = defend(ctx, tx, v.Order)
		return v, err
	}
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(v.Answer.Fields), &v.Defence)
}

// onAnswer locks a chargeback's order and reads the answer, drawn up where there is none.
func onAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, fn func(order.Order, ledger.Chargeback, *ledger.ChargebackAnswer) error) error {
	found, err := ledger.GetChargeback(ctx, tx, s, name)
	if isNone(err) {
		return refuse("not-found", "There is no such chargeback.")
	}
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		c, err := ledger.GetChargeback(ctx, tx, s, name) // under the order's lock
		if err != nil {
			return err
		}
		a, err := answerDraft(ctx, tx, o, c)
		if err != nil {
			return err
		}
		return fn(o, c, &a)
	})
}

// KeepAnswer stores what a person changed of the evidence.
func KeepAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, d Defence, actor Actor) error {
	if err := d.check(); err != nil {
		return err
	}
	return onAnswer(ctx, tx, s, name, func(o order.Order, _ ledger.Chargeback, a *ledger.ChargebackAnswer) (err error) {
		if !a.Editable() {
			return refuse("not-possible", "The evidence has left, or is about to: it cannot be changed any more.")
		}
		if a.Fields, err = toJSON(d); err != nil {
			return err
		}
		if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
			return err
		}
		return note(ctx, tx, o, "chargeback.drafted", string(name), actor, nil)
	})
}

// SubmitAnswer has the evidence sent to the bank, as a person wants it. Banks read it once.
func SubmitAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, d Defence, actor Actor) error {
	if err := d.check(); err != nil {
		return err
	}
	if strings.TrimSpace(d.Words) == "" {
		return &Refusal{Code: "words", Field: "words", Words: "Please say in a few sentences why the payment is right."}
	}
	return onAnswer(ctx, tx, s, name, func(o order.Order, c ledger.Chargeback, a *ledger.ChargebackAnswer) (err error) {
		if c.State != ledger.ChargebackInquiry && c.State != ledger.ChargebackOpened {
			return refuse("not-possible", "The chargeback is %s: the bank takes no evidence any more.", c.State)
		}
		if err := a.Move(ledger.SubmitAnswer); err != nil {
			return refuse("not-possible", "The evidence has left, or is about to.")
		}
		if a.Fields, err = toJSON(d); err != nil {
			return err
		}
		a.Actor, a.Words = string(actor), ""
		if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
			return err
		}
		p, err := ledger.GetPayment(ctx, tx, s, c.PaymentID)
		if err != nil {
			return err
		}
		if err := note(ctx, tx, o, "chargeback.answer-queued", string(name), actor, nil); err != nil {
			return err
		}
		return answerJob(ctx, tx, *a, p, "chargeback.answer")
	})
}

func answerJob(ctx context.Context, tx *db.Tx, a ledger.ChargebackAnswer, p ledger.Payment, kind string) error {
	return ensure(ctx, tx, job.New{Store: a.StoreID, Kind: kind, Key: kind + "/" + string(a.ChargebackID), Lane: string(p.ConnectorID),
		Payload: AnswerJob{a.ChargebackID, a.OrderID}})
}

// BeginAnswer moves evidence to sending; nil when there is nothing to send. Evidence that is found
// sending belongs to a dead worker: its answer is lost, and the provider is asked.
func BeginAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback) (call *AnswerCall, err error) {
	err = onAnswer(ctx, tx, s, name, func(o order.Order, c ledger.Chargeback, a *ledger.ChargebackAnswer) error {
		p, err := ledger.GetPayment(ctx, tx, s, c.PaymentID)
		if err != nil {
			return err
		}
		if a.State == ledger.AnswerSending {
			return loseAnswer(ctx, tx, o, a, p, "the call was cut off on our side")
		}
		if a.State != ledger.AnswerQueued {
			return nil
		}
		if err := a.Move(ledger.SendAnswer); err != nil {
			return err
		}
		if a.TriedAt == 0 {
			a.TriedAt = tx.Now
		}
		call = &AnswerCall{Chargeback: c, Payment: p}
		if err := json.Unmarshal([]byte(a.Fields), &call.Defence); err != nil {
			return err
		}
		return ledger.SaveAnswer(ctx, tx, *a)
	})
	return call, err
}

func loseAnswer(ctx context.Context, tx *db.Tx, o order.Order, a *ledger.ChargebackAnswer, p ledger.Payment, words string) error {
	if err := a.Move(ledger.LoseAnswer); err != nil {
		return err
	}
	a.Words = words
	if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "chargeback.answer-uncertain", string(a.ChargebackID), System, data{"words": words}); err != nil {
		return err
	}
	return answerJob(ctx, tx, *a, p, "chargeback.find")
}

// EndAnswer records what came of sending the evidence. Again says that the same job is to be run
// again, later.
func EndAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, out Outcome, said *DisputeSaid) (again bool, err error) {
	err = onAnswer(ctx, tx, s, name, func(o order.Order, c ledger.Chargeback, a *ledger.ChargebackAnswer) error {
		switch {
		case a.State != ledger.AnswerSending:
			return nil // a message overtook the answer
		case out.Kind == Done:
			return answerTaken(ctx, tx, o, c, a, said)
		case out.Kind == NotSent || out.Kind == Unauthorised:
			again, a.Words = true, out.Words
			if err := a.Move(ledger.AnswerUnsent); err != nil {
				return err
			}
			return ledger.SaveAnswer(ctx, tx, *a)
		case out.Kind == RejectedCall || out.Kind == NotFound:
			return answerRefused(ctx, tx, o, a, out)
		}
		p, err := ledger.GetPayment(ctx, tx, s, c.PaymentID)
		if err != nil {
			return err
		}
		return loseAnswer(ctx, tx, o, a, p, out.Words)
	})
	return again, err
}

func answerRefused(ctx context.Context, tx *db.Tx, o order.Order, a *ledger.ChargebackAnswer, out Outcome) error {
	if err := a.Move(ledger.RefuseAnswer); err != nil {
		return err
	}
	a.Words = strings.TrimSpace(out.Code + " " + out.Words)
	if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
		return err
	}
	return note(ctx, tx, o, "chargeback.answer-refused", string(a.ChargebackID), System, data{"code": out.Code, "words": out.Words})
}

// answerTaken notes that the provider has the evidence, and what it says of the chargeback.
func answerTaken(ctx context.Context, tx *db.Tx, o order.Order, c ledger.Chargeback, a *ledger.ChargebackAnswer, said *DisputeSaid) error {
	if err := a.Move(ledger.TakeAnswer); err != nil {
		return err
	}
	a.SentAt, a.Words = tx.Now, ""
	if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "chargeback.submitted", string(a.ChargebackID), Actor(orElse(a.Actor, string(System))), nil); err != nil || said == nil {
		return err
	}
	return moveChargeback(ctx, tx, o, c, *said)
}

// BeginFindAnswer returns evidence to look up; nil when its fate is known.
func BeginFindAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback) (*AnswerCall, error) {
	a, err := ledger.AnswerTo(ctx, tx, s, name)
	if err != nil || a.State != ledger.AnswerUnsure {
		return nil, err
	}
	c, err := ledger.GetChargeback(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	p, err := ledger.GetPayment(ctx, tx, s, c.PaymentID)
	return &AnswerCall{Chargeback: c, Payment: p}, err
}

// EndFindAnswer records whether the provider has the evidence: taken, or certainly not, in which
// case it is sent again. Anything else asks again later.
func EndFindAnswer(ctx context.Context, tx *db.Tx, s id.Store, name id.Chargeback, out Outcome, taken bool, said *DisputeSaid) (again bool, err error) {
	err = onAnswer(ctx, tx, s, name, func(o order.Order, c ledger.Chargeback, a *ledger.ChargebackAnswer) error {
		switch {
		case a.State != ledger.AnswerUnsure:
			return nil
		case out.Kind == Done && taken:
			return answerTaken(ctx, tx, o, c, a, said)
		case out.Kind == Done:
			if err := a.Move(ledger.AnswerAbsent); err != nil {
				return err
			}
			if err := ledger.SaveAnswer(ctx, tx, *a); err != nil {
				return err
			}
			p, err := ledger.GetPayment(ctx, tx, s, c.PaymentID)
			if err != nil {
				return err
			}
			return answerJob(ctx, tx, *a, p, "chargeback.answer")
		case out.Kind == RejectedCall || out.Kind == NotFound:
			return answerRefused(ctx, tx, o, a, out)
		}
		again = true
		return nil
	})
	return again, err
}

// NoticeDueChargebacks tells people of banks' demands whose day is near.
func NoticeDueChargebacks(ctx context.Context, tx *db.Tx, s id.Store) error {
	list, err := ledger.NearChargebacks(ctx, tx, s, tx.Now.Add(nearFor), overdueAtOnce)
	if err != nil {
		return err
	}
	for _, row := range list {
		err := change(ctx, tx, s, row.OrderID, func(o order.Order) error {
			c, err := ledger.GetChargeback(ctx, tx, s, row.ChargebackID)
			if err != nil {
				return err
			}
			c.Near = true
			if err := ledger.SaveChargeback(ctx, tx, c); err != nil {
				return err
			}
			return note(ctx, tx, o, "chargeback.near", string(c.ChargebackID), System, data{"until": c.DueAt})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bankFact is what matters of a chargeback that is not decided.
func bankFact(ctx context.Context, tx *db.Tx, c ledger.Chargeback) (order.BankFact, error) {
	f := order.BankFact{ID: string(c.ChargebackID), Near: c.Near, Answered: c.State == ledger.ChargebackAnswered}
	if c.DueAt != 0 {
		f.Until = c.DueAt.Std().UTC().Format("2 January")
	}
	a, err := ledger.AnswerTo(ctx, tx, c.StoreID, c.ChargebackID)
	if isNone(err) {
		return f, nil
	}
	switch a.State {
	case ledger.AnswerSent:
		f.Answered = true
	case ledger.AnswerQueued, ledger.AnswerSending, ledger.AnswerUnsure:
		f.Under = true
	case ledger.AnswerRefused:
		f.Refused = orElse(a.Words, "the provider does not say why")
	}
	return f, err
}
