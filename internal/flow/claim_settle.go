package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

// ClaimYes is what a claim is approved for.
type ClaimYes struct {
	Outcome     claim.Outcome
	AmountMinor int64 // of a partial refund; 0: what was suggested
	ToCredit    bool  // what is paid is paid as store credit
	Words       string
	Actor       Actor

	Supplier  id.Supplier // of a replacement: who sends it; empty: the sourcing rule chooses
	Elsewhere bool        // of a replacement: not who sent what is claimed, whatever the store's setting says
}

// ApproveClaim settles a claim: money leaves at once, a replacement is bought, or goods are
// asked back. It is refused where the choice is not possible, with the reason.
func ApproveClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, yes ClaimYes) (err error) {
	if yes.Words, err = claimWords(yes.Words); err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error { return approveClaim(ctx, tx, o, c, yes) })
}

func approveClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, yes ClaimYes) error {
	if c.State != claim.Opened {
		return refuse("not-possible", "Claim %s is %s: only one that waits for an answer of ours can be approved.", c.Number, c.State)
	}
	if err := notOver(o); err != nil {
		return err
	}
	if err := notPaidBefore(ctx, tx, *c); err != nil {
		return err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return err
	}
	how := sourcing{wanted: true, only: yes.Supplier, elsewhere: yes.Elsewhere}
	facts, d, err := judgeFor(ctx, tx, o, *c, units, how)
	if err != nil {
		return err
	}
	choice, offered := d.Choice(yes.Outcome)
	if !offered {
		return &Refusal{Code: "outcome", Field: "outcome", Words: "That is no way to settle this claim."}
	}
	if choice.Barred != "" {
		return &Refusal{Code: "barred", Field: "outcome", Words: "Not possible: " + choice.Barred + "."}
	}
	amount := choice.Gives
	if yes.Outcome == claim.Partial && yes.AmountMinor != 0 {
		amount = yes.AmountMinor
	}
	if most := min(max(facts.Goods+facts.Shipping-facts.Given, 0), facts.Paid); yes.Outcome == claim.Partial && (amount <= 0 || amount > most) {
		return &Refusal{Code: "amount", Field: "amount", Words: "A part is more than nothing, and at most " + money.New(most, o.Currency).String() + "."}
	}
	if err := mayCredit(*c, d, yes); err != nil {
		return err
	}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return err
	}
	c.Outcome, c.AmountMinor, c.Trouble, c.ToCredit = yes.Outcome, amount, "", yes.ToCredit
	c.Elsewhere = yes.Elsewhere || elsewhereByRule(set, c.Kind)
	told := data{"outcome": c.Outcome, "amount": money.New(amount, o.Currency), "words": yes.Words, "cost": money.New(choice.Cost, o.Currency), "reasons": choice.Reasons}
	switch yes.Outcome {
	case claim.Exchanged:
		return exchangeClaim(ctx, tx, o, c, units, facts, choice, yes, told)
	case claim.Return:
		if err := askBack(ctx, tx, o, c, facts); err != nil {
			return err
		}
		return stepClaim(ctx, tx, o, c, claim.ApproveReturn, "claim.return-approved", yes.Actor, told)
	case claim.Replacement:
		err = sendAgain(ctx, tx, o, c, how)
	default:
		err = payClaim(ctx, tx, o, c)
	}
	if err != nil {
		return err
	}
	if err := stepClaim(ctx, tx, o, c, claim.Approve, "claim.approved", yes.Actor, told); err != nil {
		return err
	}
	return settleAtOnce(ctx, tx, o, c)
}

// notOver refuses to settle a claim of an order that is cancelled, or about to be.
func notOver(o order.Order) error {
	if o.State != order.Cancelled && o.State != order.Cancelling {
		return nil
	}
	return refuse("order-over", "Order %s is %s: its money goes back with that, and nothing is sent for it any more. Decline the claim with a word about it.", o.Name(), o.State)
}

// mayCredit refuses to pay with store credit a customer who has a right to money and did not
// ask for credit: who withdraws gets back what they paid with, unless they agree otherwise
// (Directive 2011/83/EU, article 13).
func mayCredit(c claim.Claim, d claim.Decision, yes ClaimYes) error {
	if yes.ToCredit && d.ByLaw && !c.WishCredit {
		return &Refusal{Code: "credit", Field: "to_credit", Words: "The customer withdraws by law and did not ask for store credit: the money goes back where it came from."}
	}
	return nil
}

// payClaim sends the money of a claim on its way. From then on its amount is all that goes back
// for it: a part may have gone back before the rest failed.
func payClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	before, err := givenSince(ctx, tx, *c)
	if err != nil {
		return err
	}
	r, err := askRefund(ctx, tx, o, c.AmountMinor, giveBack{Reason: "claim " + c.Number + ": " + string(c.Kind), Actor: System, ToCredit: c.ToCredit, Claim: c.ClaimID})
	c.RefundID, c.AmountMinor = r.RefundID, c.AmountMinor+before
	return err
}

// settleAtOnce ends a claim whose money is there already: store credit has not far to go.
func settleAtOnce(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	if c.State != claim.Settling || !isPaid(*c) {
		return nil
	}
	all, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	if waits, whole, err := paidOut(ctx, tx, *c, all); err != nil || waits || !whole {
		return err
	}
	return stepClaim(ctx, tx, o, c, claim.Settle, "claim.settled", System, nil)
}

// openAgain opens an order that was closed, because something is bought for it once more.
func openAgain(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) (order.Order, error) {
	if o.State != order.Closed {
		return o, nil
	}
	o, err := order.Step(ctx, tx, o, order.Reopen)
	if err != nil {
		return o, err
	}
	return o, note(ctx, tx, o, "order.reopened", string(o.OrderID), System, data{"claim": c.Number})
}

func buyAgain(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, plan purchase.Plan, set store.Settings) error {
	earlier, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for i, b := range byCurrency(plan.Buys) {
		b.Claim = c.ClaimID
		if err := buy(ctx, tx, o, b, plan.Reasons, len(earlier)+i+1, 0, set); err != nil {
			return err
		}
	}
	now, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range now {
		if p.ClaimID == c.ClaimID {
			c.PurchaseID = p.PurchaseID
		}
	}
	return err
}

// approveByRule is the store's rules approving a claim without a person.
func approveByRule(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, o, err := claimOf(ctx, tx, e)
	if err != nil || Actor(e.Actor) != customerActor || c.State != claim.Opened {
		return err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return err
	}
	_, d, err := judge(ctx, tx, o, c, units)
	if err != nil || d.Auto == "" {
		return err
	}
	return approveClaim(ctx, tx, o, &c, ClaimYes{Outcome: d.Auto, ToCredit: c.WishCredit, Actor: System})
}

// claimOf is the claim that an event is about, with its order, which is locked.
func claimOf(ctx context.Context, tx *db.Tx, e event.Event) (c claim.Claim, o order.Order, err error) {
	if c, err = claim.Lock(ctx, tx, e.StoreID, id.Claim(e.Subject)); err != nil {
		return c, o, err
	}
	o, err = order.Get(ctx, tx, e.StoreID, e.OrderID)
	return c, o, err
}

// claimsWhere are an order's claims that fn picks, locked.
func claimsWhere(ctx context.Context, tx *db.Tx, e event.Event, fn func(claim.Claim) bool) ([]claim.Claim, order.Order, error) {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return nil, o, err
	}
	list, err := claim.OfOrder(ctx, tx, e.StoreID, e.OrderID)
	return slices.DeleteFunc(list, func(c claim.Claim) bool { return !fn(c) }), o, err
}

// adoptRefund takes a refund that is tried once more for the one of the claim that failed.
func adoptRefund(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, err := ledger.GetRefund(ctx, tx, e.StoreID, id.Refund(e.Subject))
	if err != nil {
		return err
	}
	list, o, err := claimsWhere(ctx, tx, e, func(c claim.Claim) bool {
		return c.State == claim.Failed && c.RefundID != "" && c.ClaimID == r.ClaimID
	})
	if err != nil || len(list) == 0 {
		return err
	}
	c := &list[0]
	c.RefundID, c.Trouble = r.RefundID, ""
	if err := c.Move(claim.Reopen); err != nil {
		return err
	}
	return stepClaim(ctx, tx, o, c, claim.Approve, "claim.tried-again", System, nil)
}

// settleSent ends a claim whose replacement has arrived, and tells people of goods that
// arrived although their money had gone back.
func settleSent(ctx context.Context, tx *db.Tx, e event.Event) error {
	parcel, err := shipment.Get(ctx, tx, e.StoreID, id.Shipment(e.Subject))
	if err != nil {
		return err
	}
	p, err := purchase.Get(ctx, tx, e.StoreID, parcel.PurchaseID)
	if err != nil {
		return err
	}
	if p.ClaimID == "" {
		return foundAfterAll(ctx, tx, e, parcel)
	}
	waiting, err := onTheWay(ctx, tx, e.StoreID, e.OrderID, p.ClaimID)
	if err != nil || waiting {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	list, o, err := claimsWhere(ctx, tx, e, func(c claim.Claim) bool { return c.ClaimID == p.ClaimID && c.State == claim.Settling && !isPaid(c) })
	for i := range list {
		if needs, _, err := claimNeeds(ctx, tx, o, list[i], purchases, true); err != nil || len(needs) > 0 {
			return err // the rest will not come
		}
		if err := stepClaim(ctx, tx, o, &list[i], claim.Settle, "claim.settled", System, data{"parcel": parcel.Number}); err != nil {
			return err
		}
	}
	return err
}

// onTheWay says whether anything of a claim's replacement is still to arrive that no carrier lost or
// brought back.
func onTheWay(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, c id.Claim) (bool, error) {
	purchases, err := purchase.OfOrder(ctx, tx, s, o)
	if err != nil {
		return false, err
	}
	parcels, err := shipment.OfOrder(ctx, tx, s, o)
	for _, p := range purchases {
		if p.ClaimID != c || !p.Live() {
			continue
		}
		if !allSent(p, parcels, func(s shipment.State) bool { return s == shipment.Delivered || s.Gone() }) {
			return true, err
		}
	}
	return false, err
}

// foundAfterAll notes a parcel that arrived after its money had gone back.
func foundAfterAll(ctx context.Context, tx *db.Tx, e event.Event, parcel shipment.Shipment) error {
	list, o, err := claimsWhere(ctx, tx, e, func(c claim.Claim) bool {
		return c.Kind.Missing() && c.Kind != claim.MissingPart && (c.Outcome == claim.Refund || c.Outcome == claim.Replacement) &&
			(c.State == claim.Settled || c.State == claim.Settling) && c.UpdatedAt < tx.Now
	})
	if err != nil || len(list) == 0 {
		return err
	}
	packed, err := shipment.AllLines(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		units, err := claim.Units(ctx, tx, e.StoreID, c.ClaimID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(packed, func(l shipment.ShipmentLine) bool {
			return l.ShipmentID == parcel.ShipmentID && slices.ContainsFunc(units, func(u claim.ClaimUnit) bool { return u.LineID == l.OrderLineID })
		}) {
			continue
		}
		c.Trouble = "Parcel " + parcel.Number + " was delivered after all."
		if err := noteClaim(ctx, tx, o, c, "claim.found", System, data{"words": c.Trouble}); err != nil {
			return err
		}
	}
	return nil
}

// NoteTrouble is a person having seen to what was odd about a settled claim, or to goods that
// were sent back and have not come.
func NoteTrouble(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, actor Actor) error {
	words, err := claimWords(words)
	if err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if c.State != claim.Settled && c.State != claim.Settling && c.State != claim.Returning || c.Trouble == "" {
			return refuse("not-possible", "There is nothing to see to.")
		}
		if c.State == claim.Returning { // it is waited for once more
			if c.DueAt, err = returnWatch(ctx, tx, s); err != nil {
				return err
			}
		}
		c.Trouble = ""
		return noteClaim(ctx, tx, o, c, "claim.seen-to", actor, data{"words": words})
	})
}

// askBack prepares the way back of the goods.
func askBack(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, facts claim.Case) error {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return err
	}
	c.ReturnTo, c.ReturnNumber, c.ReturnCarrier = facts.Back(), "", ""
	c.ReturnPaid = c.Kind != claim.NoLongerWanted || facts.Rules.FreightBy == claim.MerchantPays
	c.DueAt = clock.Of(tx.Now.Std().Add(set.Claims.ReturnFor))
	return nil
}
