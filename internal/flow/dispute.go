package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// raiseDisputes makes our demands on the suppliers of what a claim is paid or replaced for,
// where their terms make it good. Each has the supplier's window for a clock.
func raiseDisputes(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, o, err := claimOf(ctx, tx, e)
	if err != nil {
		return err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return err
	}
	facts, _, err := judge(ctx, tx, o, c, units)
	if err != nil {
		return err
	}
	losses, err := lossesOf(ctx, tx, o, rangesOf(units))
	if err != nil {
		return err
	}
	since := facts.Since()
	for _, l := range losses {
		if err := raiseDispute(ctx, tx, o, c, l, since); err != nil {
			return err
		}
	}
	return nil
}

func raiseDispute(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, l loss, since time.Time) error {
	stored, err := claim.TermsOf(ctx, tx, o.StoreID, l.purchase.SupplierID)
	if err != nil {
		return err
	}
	terms := stored.Terms("")
	amount := l.cost
	if c.Outcome == claim.Partial {
		amount = min(amount, c.AmountMinor)
	}
	if !terms.Recoverable(c.Kind, since, tx.Now.Std()) || amount <= 0 || c.Kind == claim.NoLongerWanted && c.Outcome != claim.Return && c.ReceivedAt == 0 {
		return nil
	}
	d := claim.Dispute{StoreID: o.StoreID, DisputeID: id.Dispute(id.Ordered("di", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, ClaimID: c.ClaimID,
		PurchaseID: l.purchase.PurchaseID, SupplierID: l.purchase.SupplierID, State: claim.DisputeDue, AmountMinor: amount, Currency: o.Currency,
		DueAt: clock.Of(since.AddDate(0, 0, int(terms.Days)))}
	made, err := claim.InsertDispute(ctx, tx, d)
	if err != nil || !made {
		return err
	}
	return note(ctx, tx, o, "dispute.due", string(d.DisputeID), System, data{"claim": c.Number, "purchase": l.purchase.Number,
		"amount": money.New(amount, o.Currency), "until": d.DueAt})
}

// DisputeNews is what is to be noted of a dispute: which event, and what was said.
type DisputeNews struct {
	Event       claim.DisputeEvent
	Ref         string // the supplier's name of it, when it is filed
	Words       string
	AmountMinor int64  // that was credited now, order currency
	Seen        *int64 // what was credited before, as who says this knows it; nil: they do not say
	Actor       Actor
}

// MoveDispute notes that a demand was filed, granted, denied, appealed or credited. A credit is
// booked; one that is short of the demand is brought to people's eyes.
func MoveDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, news DisputeNews) (err error) {
	if news.Words, err = claimWords(news.Words); err != nil {
		return err
	}
	switch news.Event {
	case claim.FileDispute, claim.GrantDispute, claim.CreditDispute, claim.DenyDispute, claim.AppealDispute:
	default:
		return refuse("not-possible", "That happens by itself.")
	}
	return onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		if news.Event == claim.FileDispute {
			d.Way = claim.ByHand
		}
		if err := creditedOnce(*d, news); err != nil {
			return err
		}
		return moveDispute(ctx, tx, o, d, news)
	})
}

// creditedOnce refuses a credit that somebody else has noted meanwhile.
func creditedOnce(d claim.Dispute, news DisputeNews) error {
	switch {
	case news.Event != claim.CreditDispute:
	case d.State == claim.DisputeCredited && d.Short() == 0:
		return refuse(already, "The credit is noted already: nothing is missing.")
	case news.Seen != nil && *news.Seen != d.CreditedMinor:
		return refuse(already, "Somebody has noted a credit meanwhile: %s came back so far. Look again before you note another.", money.New(d.CreditedMinor, d.Currency))
	}
	return nil
}

// onDispute locks a dispute's order and then the dispute.
func onDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, fn func(order.Order, *claim.Dispute) error) error {
	found, err := claim.GetDispute(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such dispute.")
	}
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		d, err := claim.LockDispute(ctx, tx, s, name)
		if err != nil {
			return err
		}
		return fn(o, &d)
	})
}

func moveDispute(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, news DisputeNews) error {
	was := d.State
	if err := d.Move(news.Event); err != nil {
		return refuse("not-possible", "The dispute is %s: that is not possible any more.", was)
	}
	told := data{"words": news.Words}
	switch news.Event {
	case claim.FileDispute, claim.AppealDispute:
		d.FiledAt, d.Ref, d.Trouble = tx.Now, orElse(strings.TrimSpace(news.Ref), d.Ref), ""
		told["ref"], told["way"] = d.Ref, d.Way
	case claim.CreditDispute:
		if news.AmountMinor <= 0 || !fitsDemand(*d, news.AmountMinor) {
			return &Refusal{Code: "amount", Field: "amount", Words: "Please give the sum that was credited."}
		}
		d.CreditedMinor += news.AmountMinor
		told["amount"], told["demanded"] = money.New(news.AmountMinor, d.Currency), money.New(d.AmountMinor, d.Currency)
		if err := bookRecovery(ctx, tx, *d, news.AmountMinor); err != nil {
			return err
		}
	}
	d.Words = orElse(news.Words, d.Words)
	if err := claim.SaveDispute(ctx, tx, *d); err != nil {
		return err
	}
	return note(ctx, tx, o, "dispute."+string(d.State), string(d.DisputeID), news.Actor, told)
}

// fitsDemand says whether so much more may be the credit of a demand: ten times what was
// demanded is about something else.
func fitsDemand(d claim.Dispute, minor int64) bool { return d.CreditedMinor+minor <= 10*d.AmountMinor }

// bookRecovery books what a supplier gave back: it is owed less. Its key is the sum so far, so
// that the same credit is booked once and the next one beside it.
func bookRecovery(ctx context.Context, tx *db.Tx, d claim.Dispute, minor int64) error {
	_, err := ledger.Post(ctx, tx, d.StoreID, ledger.Posting{Key: fmt.Sprintf("%s/recovered/%d", d.DisputeID, d.CreditedMinor), Order: d.OrderID,
		Subject: string(d.DisputeID), Kind: ledger.Recovery, Debit: ledger.Supplier, Credit: ledger.Recovered, Amount: money.New(minor, d.Currency)})
	return err
}

// WaiveDispute lets what is missing of a credit be.
func WaiveDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, words string, actor Actor) error {
	words, err := claimWords(words)
	if err != nil {
		return err
	}
	return onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		short := d.Short()
		if short == 0 {
			return refuse("not-possible", "Nothing is missing.")
		}
		d.WaivedMinor += short
		if err := claim.SaveDispute(ctx, tx, *d); err != nil {
			return err
		}
		return note(ctx, tx, o, "dispute.waived", string(d.DisputeID), actor, data{"amount": money.New(short, d.Currency), "words": words})
	})
}

// lapseDisputes ends demands whose window is over: those that were never filed, and those that
// were denied. Filed ones go on: the supplier has them. It first tells people of those whose
// window is about to end.
func lapseDisputes(ctx context.Context, tx *db.Tx, s id.Store) (int, error) {
	near, err := claim.NearDisputes(ctx, tx, s, tx.Now.Add(nearFor), overdueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range near {
		if err := onDispute(ctx, tx, s, row.DisputeID, func(o order.Order, d *claim.Dispute) error {
			d.Near = true
			if err := claim.SaveDispute(ctx, tx, *d); err != nil || d.State != claim.DisputeDue || d.DueAt < tx.Now {
				return err
			}
			return note(ctx, tx, o, "dispute.near", string(d.DisputeID), System, data{"until": d.DueAt})
		}); err != nil {
			return 0, err
		}
	}
	list, err := claim.OverdueDisputes(ctx, tx, s, tx.Now, overdueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		err := onDispute(ctx, tx, s, row.DisputeID, func(o order.Order, d *claim.Dispute) error {
			if !claim.Disputes.Can(d.State, claim.LapseDispute) || d.DueAt >= tx.Now {
				return nil
			}
			return moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.LapseDispute, Actor: System})
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// nearFor is how long before the end of a window people are told of it.
const nearFor = 3 * 24 * time.Hour

// SetSupplierTerms stores what a supplier makes good, and until when.
func SetSupplierTerms(ctx context.Context, tx *db.Tx, t claim.SupplierTerm, actor Actor) error {
	if _, err := inventory.SupplierByID(ctx, tx, t.StoreID, t.SupplierID); err != nil {
		return refuse("not-found", "There is no such supplier.")
	}
	if t.Days < 0 || t.Days > 730 {
		return &Refusal{Code: "days", Field: "days", Words: "Between 0 and 730 days."}
	}
	if err := claim.SetTerms(ctx, tx, t); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: t.StoreID, Kind: "supplier.claims-changed", Subject: string(t.SupplierID), Actor: string(actor),
		Data: data{"days": t.Days, "accepts": t.Accepts, "evidence": t.Evidence}})
}
