package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// DisputeJob is for dispute.file and dispute.ask.
type DisputeJob struct {
	Dispute id.Dispute `json:"dispute"`
	Order   id.Order   `json:"order"`
}

// DisputeCall is all that a supplier is told a demand from.
type DisputeCall struct {
	Dispute  claim.Dispute
	Purchase purchase.Purchase
	Lines    []purchase.PurchaseLine // with the units that it is about
	Kind     claim.Kind              // what went wrong; empty where the bill is too high
	Words    string                  // the customer's
	Photos   []string                // names of the claim's
	Supplier string
	Email    string       // where demands go by mail
	Amount   money.Amount // demanded, in the purchase's currency
}

// DemandSaid is what a supplier says of a demand. It may come twice and in any order.
type DemandSaid struct {
	Ref         string
	State       string // open, granted, credited, denied
	AmountMinor int64  // credited in all
	Currency    money.Currency
	Words       string
	Actor       Actor
}

// FileDispute has a supplier told of a demand: by its connector, or by mail. It is sent once: a
// lost answer is looked up, or left to a person.
func FileDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, way string, actor Actor) error {
	return onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		if d.State != claim.DisputeDue || d.Way != "" {
			return refuse("not-possible", "The supplier is being told, or has it already.")
		}
		p, err := purchase.Get(ctx, tx, s, d.PurchaseID)
		if err != nil {
			return err
		}
		terms, err := claim.TermsOf(ctx, tx, s, d.SupplierID)
		if err != nil {
			return err
		}
		switch {
		case way == claim.ByMail && terms.Email == "":
			return &Refusal{Code: "email-missing", Field: "email", Words: "Nobody is set to whom demands on this supplier are mailed: enter the address under what it takes back."}
		case way == claim.ByConnector && p.ConnectorID == "":
			return refuse("no-connector", "This supplier has no connector: send it by mail, or tell it yourself.")
		case way != claim.ByMail && way != claim.ByConnector:
			return refuse("way", "It can be told by its connector or by mail.")
		}
		d.Way, d.Trouble = way, ""
		if err := claim.SaveDispute(ctx, tx, *d); err != nil {
			return err
		}
		if err := note(ctx, tx, o, "dispute.queued", string(name), actor, data{"way": way}); err != nil {
			return err
		}
		return disputeJob(ctx, tx, *d, p, "dispute.file")
	})
}

func disputeJob(ctx context.Context, tx *db.Tx, d claim.Dispute, p purchase.Purchase, kind string) error {
	lane := string(p.ConnectorID)
	if d.Way == claim.ByMail {
		lane = "mail"
	}
	return ensure(ctx, tx, job.New{Store: d.StoreID, Kind: kind, Key: kind + "/" + string(d.DisputeID), Lane: lane, Payload: DisputeJob{d.DisputeID, d.OrderID}})
}

// BeginFile moves a demand to filing; nil when there is nothing to send. One that is found filing
// belongs to a dead worker: its answer is lost.
func BeginFile(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute) (call *DisputeCall, err error) {
	err = onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		if d.State == claim.DisputeFiling {
			return loseDispute(ctx, tx, o, d, "the call was cut off on our side")
		}
		if d.State != claim.DisputeDue || d.Way != claim.ByConnector && d.Way != claim.ByMail {
			return nil // moved on meanwhile, or a person told the supplier
		}
		if err := d.Move(claim.SendDispute); err != nil {
			return err
		}
		if d.TriedAt == 0 {
			d.TriedAt = tx.Now
		}
		if err := claim.SaveDispute(ctx, tx, *d); err != nil {
			return err
		}
		call, err = disputeCall(ctx, tx, o, *d)
		return err
	})
	return call, err
}

// loseDispute notes a lost answer: the supplier is asked, or a person looks.
func loseDispute(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, words string) error {
	if err := d.Move(claim.LoseDispute); err != nil {
		return err
	}
	d.Trouble = words
	if err := claim.SaveDispute(ctx, tx, *d); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "dispute.uncertain", string(d.DisputeID), System, data{"words": words}); err != nil || d.Way != claim.ByConnector {
		return err
	}
	p, err := purchase.Get(ctx, tx, d.StoreID, d.PurchaseID)
	if err != nil {
		return err
	}
	return disputeJob(ctx, tx, *d, p, "dispute.ask")
}

// EndFile records what came of telling a supplier. Again says that the same job is to be run
// again, later.
func EndFile(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, out Outcome, said *DemandSaid) (again bool, err error) {
	err = onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		switch {
		case d.State != claim.DisputeFiling:
			return nil // a person was quicker
		case out.Kind == Done && said != nil:
			return applyDispute(ctx, tx, o, d, *said)
		case out.Kind == NotSent || out.Kind == Unauthorised:
			again, d.Trouble = true, out.Words
			if err := d.Move(claim.UnsentDispute); err != nil {
				return err
			}
			return claim.SaveDispute(ctx, tx, *d)
		case out.Kind == RejectedCall || out.Kind == NotFound:
			return refuseDispute(ctx, tx, o, d, out)
		}
		return loseDispute(ctx, tx, o, d, out.Words)
	})
	return again, err
}

// refuseDispute notes that the supplier cannot be told in that way: a person finds another.
func refuseDispute(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, out Outcome) error {
	if err := d.Move(claim.RefuseDispute); err != nil {
		return err
	}
	d.Way, d.Trouble = "", out.Words
	if err := claim.SaveDispute(ctx, tx, *d); err != nil {
		return err
	}
	return note(ctx, tx, o, "dispute.refused", string(d.DisputeID), System, data{"code": out.Code, "words": out.Words})
}

// BeginAskDispute returns a demand to ask the supplier about: its answer was lost, or it is not
// decided. nil when there is nothing to ask.
func BeginAskDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute) (*DisputeCall, error) {
	d, err := claim.GetDispute(ctx, tx, s, name)
	if err != nil || d.Way != claim.ByConnector || d.State != claim.DisputeUnsure && d.State != claim.DisputeFiled && d.State != claim.DisputeGranted {
		return nil, err
	}
	o, err := order.Get(ctx, tx, s, d.OrderID)
	if err != nil {
		return nil, err
	}
	return disputeCall(ctx, tx, o, d)
}

// EndAskDispute records what a supplier says of a demand. Only a certain "not found" after a lost
// answer sends it again.
func EndAskDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, out Outcome, said *DemandSaid) (again bool, err error) {
	err = onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		unsure := d.State == claim.DisputeUnsure
		switch {
		case out.Kind == Done && said != nil:
			return applyDispute(ctx, tx, o, d, *said)
		case !unsure:
			return nil // the next round asks again
		case out.Kind == NotFound:
			return absentDispute(ctx, tx, o, d, System)
		case out.Kind == RejectedCall:
			d.Trouble = "The look-up was refused: " + out.Code + " " + out.Words
			return claim.SaveDispute(ctx, tx, *d)
		}
		again = true
		return nil
	})
	return again, err
}

// absentDispute sends a demand again that never arrived.
func absentDispute(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, actor Actor) error {
	if err := d.Move(claim.AbsentDispute); err != nil {
		return err
	}
	d.Trouble = ""
	if err := claim.SaveDispute(ctx, tx, *d); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "dispute.absent", string(d.DisputeID), actor, nil); err != nil {
		return err
	}
	p, err := purchase.Get(ctx, tx, d.StoreID, d.PurchaseID)
	if err != nil {
		return err
	}
	return disputeJob(ctx, tx, *d, p, "dispute.file")
}

// ResolveDispute is a person saying whether a demand whose answer was lost has arrived.
func ResolveDispute(ctx context.Context, tx *db.Tx, s id.Store, name id.Dispute, found bool, ref string, actor Actor) error {
	return onDispute(ctx, tx, s, name, func(o order.Order, d *claim.Dispute) error {
		if d.State != claim.DisputeUnsure {
			return refuse("not-possible", "The dispute is %s: nothing is uncertain about it.", d.State)
		}
		if !found {
			return absentDispute(ctx, tx, o, d, actor)
		}
		return moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.FileDispute, Ref: ref, Actor: actor})
	})
}

// applyDispute folds what a supplier says into a demand: all steps that are possible happen, and
// what it said before changes nothing.
func applyDispute(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, said DemandSaid) error {
	if d.State == claim.DisputeDue || d.State == claim.DisputeFiling || d.State == claim.DisputeUnsure {
		if err := moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.FileDispute, Ref: said.Ref, Actor: said.Actor}); err != nil {
			return err
		}
	}
	if said.Ref != "" && d.Ref == "" {
		d.Ref = said.Ref
		if err := claim.SaveDispute(ctx, tx, *d); err != nil {
			return err
		}
	}
	switch {
	case said.State == "granted" && d.State == claim.DisputeFiled:
		return moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.GrantDispute, Words: said.Words, Actor: said.Actor})
	case said.State == "denied" && claim.Disputes.Can(d.State, claim.DenyDispute):
		return moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.DenyDispute, Words: said.Words, Actor: said.Actor})
	case said.State == "credited" && claim.Disputes.Can(d.State, claim.CreditDispute):
		return creditSaid(ctx, tx, o, d, said)
	}
	return nil
}

// creditSaid books what a supplier credited, as far as it is not booked yet.
func creditSaid(ctx context.Context, tx *db.Tx, o order.Order, d *claim.Dispute, said DemandSaid) error {
	p, err := purchase.Get(ctx, tx, d.StoreID, d.PurchaseID)
	if err != nil {
		return err
	}
	here, err := inOrderCurrency(p, o, money.New(said.AmountMinor, said.Currency))
	if err != nil || here <= d.CreditedMinor {
		return err
	}
	return moveDispute(ctx, tx, o, d, DisputeNews{Event: claim.CreditDispute, AmountMinor: here - d.CreditedMinor, Words: said.Words, Actor: said.Actor})
}

// inOrderCurrency is an amount of a purchase in its order's currency, at the rate that was fixed
// when it was planned. An amount in a third currency is refused.
func inOrderCurrency(p purchase.Purchase, o order.Order, a money.Amount) (int64, error) {
	if a.Currency == o.Currency {
		return a.Minor, nil
	}
	rate, err := p.Exchange()
	if err != nil {
		return 0, err
	}
	if a.Minor < 0 { // rounded as its opposite is
		here, err := inOrderCurrency(p, o, money.New(-a.Minor, a.Currency))
		return -here, err
	}
	here, err := rate.Convert(a)
	return here.Minor, err
}

// disputeCall gathers what a supplier is told.
func disputeCall(ctx context.Context, tx *db.Tx, o order.Order, d claim.Dispute) (*DisputeCall, error) {
	p, err := purchase.Get(ctx, tx, d.StoreID, d.PurchaseID)
	if err != nil {
		return nil, err
	}
	call := &DisputeCall{Dispute: d, Purchase: p}
	sup, err := inventory.SupplierByID(ctx, tx, d.StoreID, d.SupplierID)
	if err != nil {
		return nil, err
	}
	terms, err := claim.TermsOf(ctx, tx, d.StoreID, d.SupplierID)
	if err != nil {
		return nil, err
	}
	call.Supplier, call.Email = sup.Name, terms.Email
	call.Amount = money.New(d.AmountMinor, o.Currency)
	if call.Lines, err = purchase.LinesOf(ctx, tx, d.StoreID, d.PurchaseID); err != nil || d.ClaimID == "" {
		return call, err
	}
	return call, call.fromClaim(ctx, tx)
}

// fromClaim reads what the customer said, and narrows the lines to the units of the claim.
func (c *DisputeCall) fromClaim(ctx context.Context, tx *db.Tx) error {
	s, name := c.Dispute.StoreID, c.Dispute.ClaimID
	found, err := claim.Get(ctx, tx, s, name)
	if err != nil {
		return err
	}
	c.Kind, c.Words = found.Kind, found.Words
	photos, err := claim.Photos(ctx, tx, s, name)
	if err != nil {
		return err
	}
	for _, p := range photos {
		c.Photos = append(c.Photos, p.PhotoID)
	}
	units, err := claim.Units(ctx, tx, s, name)
	if err != nil {
		return err
	}
	left := map[int64]int64{}
	for _, u := range units {
		left[u.LineID] += u.Units - u.Refused
	}
	var about []purchase.PurchaseLine
	for _, l := range c.Lines {
		if n := min(left[l.OrderLineID], l.Left()); n > 0 {
			left[l.OrderLineID] -= n
			l.Quantity, l.Short = n, 0
			about = append(about, l)
		}
	}
	c.Lines = about
	return nil
}

// AskDisputes makes the jobs that ask suppliers about demands that they have and have not ended.
func AskDisputes(ctx context.Context, tx *db.Tx, s id.Store) error {
	last := id.Dispute("")
	for {
		list, err := claim.ToldDisputes(ctx, tx, s, last, overdueAtOnce)
		if err != nil {
			return err
		}
		for _, d := range list {
			p, err := purchase.Get(ctx, tx, s, d.PurchaseID)
			if err != nil {
				return err
			}
			if p.ConnectorID == "" {
				continue
			}
			if err := job.Add(ctx, tx, job.New{Store: s, Kind: "dispute.ask", Key: "dispute.ask/" + string(d.DisputeID), Lane: string(p.ConnectorID),
				Payload: DisputeJob{d.DisputeID, d.OrderID}}); err != nil {
				return err
			}
		}
		if len(list) < overdueAtOnce {
			return nil
		}
		last = list[len(list)-1].DisputeID
	}
}
