package flow

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/money"
)

// SendBack is the customer, or staff, saying by which number goods travel back.
func SendBack(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, number, carrier string, actor Actor) error {
	number, carrier = strings.ToUpper(strings.Join(strings.Fields(number), "")), strings.TrimSpace(carrier)
	if number == "" || len(number) > 60 || len(carrier) > 60 {
		return &Refusal{Code: "number", Field: "number", Words: "Please give the parcel's number, of at most 60 letters."}
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if c.State != claim.Returning {
			return refuse("not-possible", "Nothing is to be sent back for claim %s.", c.Number)
		}
		watch, err := returnWatch(ctx, tx, s)
		if err != nil {
			return err
		}
		c.ReturnNumber, c.ReturnCarrier, c.DueAt, c.Trouble = number, carrier, watch, ""
		if err := followBack(ctx, tx, *c); err != nil {
			return err
		}
		return noteClaim(ctx, tx, o, c, "claim.sent-back", actor, data{"number": c.Number, "parcel": number, "carrier": carrier})
	})
}

// returnWatch is until when goods that are on their way back now are waited for without a word.
func returnWatch(ctx context.Context, tx *db.Tx, s id.Store) (clock.Time, error) {
	set, err := settingsOf(ctx, tx, s)
	return tx.Now.Add(set.Claims.ReturnWatch), err
}

// missReturn tells people of goods that were sent back long ago and have not come. The claim
// goes on: whether the parcel is lost is not known here.
func missReturn(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	parcel := strings.TrimSpace(c.ReturnCarrier + " " + c.ReturnNumber)
	c.DueAt, c.Trouble = 0, "Nothing was heard of the parcel that was sent back ("+parcel+"). Look it up at the carrier; ask the customer for the receipt. "+
		"If it is here, say that it has come back; a carrier that lost it pays who sent it."
	return noteClaim(ctx, tx, o, c, "claim.unheard", System, data{"parcel": c.ReturnNumber, "carrier": c.ReturnCarrier})
}

// ReceiveReturn notes that goods have come back; somebody looks at them next.
func ReceiveReturn(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, actor Actor) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		c.ReceivedAt, c.Trouble = tx.Now, ""
		return stepClaim(ctx, tx, o, c, claim.Receive, "claim.received", actor, nil)
	})
}

// Inspection is what somebody saw who looked at goods that came back.
type Inspection struct {
	Accepted map[int64]int64 // units by line of the order; lines that are left out: none
	Words    string          // for the customer; needed where not all is accepted
	Actor    Actor
}

// InspectReturn pays for what came back as it should, by the allocation of those units. Where
// nothing did the claim is declined instead.
func InspectReturn(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, seen Inspection) error {
	words, err := claimWords(seen.Words)
	if err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if c.State != claim.Inspecting {
			return refuse("not-possible", "Claim %s is %s: nothing is to be inspected.", c.Number, c.State)
		}
		units, all, err := refuseUnits(ctx, tx, *c, seen.Accepted)
		if err != nil {
			return err
		}
		if !all && words == "" {
			return &Refusal{Code: "words", Field: "words", Words: "Please tell the customer why not all of it is accepted."}
		}
		if err := acceptedOnce(ctx, tx, o, units); err != nil {
			return err
		}
		if len(rangesOf(units)) == 0 {
			return stepClaim(ctx, tx, o, c, claim.Decline, "claim.declined", seen.Actor, data{"words": words})
		}
		if err := notOver(o); err != nil {
			return err
		}
		if blocked, err := inDispute(ctx, tx, o); err != nil || blocked {
			return orRefuse(err, "barred", "The customer's bank disputes the payment: money could go back twice. Wait for what it decides.")
		}
		if c.Outcome == claim.Exchanged {
			return passExchange(ctx, tx, o, c, units, Inspection{Words: words, Actor: seen.Actor}, all)
		}
		_, d, err := judge(ctx, tx, o, *c, units)
		if err != nil {
			return err
		}
		choice, _ := d.Choice(claim.Return)
		if choice.Gives <= 0 {
			return refuse("not-refundable", "Nothing of the payment is left to give back.")
		}
		c.AmountMinor = choice.Gives
		if err := payClaim(ctx, tx, o, c); err != nil {
			return err
		}
		err = stepClaim(ctx, tx, o, c, claim.Pass, "claim.passed", seen.Actor,
			data{"words": words, "amount": money.New(c.AmountMinor, o.Currency), "all": all})
		if err != nil {
			return err
		}
		return settleAtOnce(ctx, tx, o, c)
	})
}

func orRefuse(err error, code, words string) error {
	if err != nil {
		return err
	}
	return &Refusal{Code: code, Words: words}
}

// acceptedOnce refuses units that were not accepted when they came back before, and that another
// claim has held since.
func acceptedOnce(ctx context.Context, tx *db.Tx, o order.Order, units []claim.ClaimUnit) error {
	_, held, err := claimed(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, u := range rangesOf(units) {
		holders := 0 // this claim is one
		for _, h := range held {
			if h.Line == u.Line && h.First < u.First+u.Units && u.First < h.First+h.Units {
				holders++
			}
		}
		if holders > 1 {
			return &Refusal{Code: "units", Field: "units", Words: "Some of what was not accepted before is in another claim: see to it there."}
		}
	}
	return nil
}

// refuseUnits stores which units are not accepted: the highest of each line. It says whether
// all are accepted.
func refuseUnits(ctx context.Context, tx *db.Tx, c claim.Claim, accepted map[int64]int64) ([]claim.ClaimUnit, bool, error) {
	units, err := claim.Units(ctx, tx, c.StoreID, c.ClaimID)
	if err != nil {
		return nil, false, err
	}
	left := map[int64]int64{}
	for line, n := range accepted {
		i := slices.IndexFunc(units, func(u claim.ClaimUnit) bool { return u.LineID == line })
		if n < 0 || i < 0 && n > 0 {
			return nil, false, &Refusal{Code: "units", Field: "units", Words: "Please say how many of each article are accepted."}
		}
		left[line] = n
	}
	all := true
	for i := range units {
		u := &units[i]
		n := min(left[u.LineID], u.Units)
		left[u.LineID] -= n
		u.Refused = u.Units - n
		all = all && u.Refused == 0
		if err := claim.Refuse(ctx, tx, *u); err != nil {
			return nil, false, err
		}
	}
	for _, rest := range left {
		if rest > 0 {
			return nil, false, &Refusal{Code: "units", Field: "units", Words: "More is accepted than was to come back."}
		}
	}
	return units, all, nil
}
