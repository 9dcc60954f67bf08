package flow

import (
	"context"
	"slices"

	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
)

// exchangeClaim puts the other article by and, where nothing is to come back, goes on at once.
func exchangeClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, units []claim.ClaimUnit, facts claim.Case, choice claim.Choice, yes ClaimYes, told data) error {
	x, err := holdExchange(ctx, tx, o, c, rangesOf(units), facts)
	if err != nil {
		return err
	}
	c.AmountMinor = 0         // what goes back, if anything does, is the exchange's
	c.ToCredit = c.WishCredit // and goes where the customer would like it
	told["article"], told["difference"] = x.Name(), x.Difference()
	delete(told, "amount")
	if choice.Back {
		if err := askBack(ctx, tx, o, c, facts); err != nil {
			return err
		}
		return stepClaim(ctx, tx, o, c, claim.ApproveReturn, "claim.return-approved", yes.Actor, told)
	}
	if err := stepClaim(ctx, tx, o, c, claim.Approve, "claim.approved", yes.Actor, told); err != nil {
		return err
	}
	return proceedExchange(ctx, tx, o, c, &x, yes.Words)
}

// holdExchange writes the exchange and reserves the article.
func holdExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, ranges []claim.Range, facts claim.Case) (x claim.Exchange, err error) {
	earlier, err := claim.ExchangesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return x, err
	}
	if slices.ContainsFunc(earlier, func(x claim.Exchange) bool { return x.ClaimID == c.ClaimID && x.State != claim.ExchangeLapsed }) {
		return x, refuse("not-possible", "Claim %s was exchanged already.", c.Number)
	}
	sold, err := catalog.SoldAs(ctx, tx, o.StoreID, []id.Variant{c.VariantID})
	if err != nil {
		return x, err
	}
	line, n, err := exchangedUnits(ctx, tx, o, ranges)
	if err != nil {
		return x, err
	}
	v, p := sold[c.VariantID].Variant, sold[c.VariantID].Product
	x = claim.Exchange{StoreID: o.StoreID, ExchangeID: id.Exchange(id.Ordered("ex", tx.Now.Std(), tx.Next())), ClaimID: c.ClaimID, OrderID: o.OrderID,
		LineID: line.LineID, VariantID: v.VariantID, Sku: v.Sku, Title: p.Title, VariantTitle: v.Title, Quantity: n, State: claim.Exchanges.Start,
		PriceMinor: facts.Swap.Price, WorthMinor: facts.Worth(), Currency: o.Currency, HoldLine: claim.HoldLine(earlier)}
	ok, err := inventory.Reserve(ctx, tx, o.StoreID, o.OrderID, x.HoldLine, x.VariantID, n, 0)
	if err != nil {
		return x, err
	}
	if !ok {
		return x, refuse("sold-out", "%s is promised to other customers.", x.Name())
	}
	if err := claim.InsertExchange(ctx, tx, x); err != nil {
		return x, err
	}
	return x, noteClaim(ctx, tx, o, c, "exchange.held", System, data{"article": x.Name(), "quantity": n})
}

// passExchange goes on with an exchange whose goods have come back: for the units that are
// accepted. The rest of the reservation is free again.
func passExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, units []claim.ClaimUnit, seen Inspection, all bool) error {
	x, err := claim.ExchangeOf(ctx, tx, *c)
	if err != nil {
		return err
	}
	facts, _, err := judge(ctx, tx, o, *c, units)
	if err != nil {
		return err
	}
	var accepted int64
	for _, r := range rangesOf(units) {
		accepted += r.Units
	}
	if rest := x.Quantity - accepted; rest > 0 {
		if err := releaseUnits(ctx, tx, o, x.HoldLine, rest); err != nil {
			return err
		}
	}
	x.PriceMinor, x.Quantity = x.PriceMinor/x.Quantity*accepted, accepted
	x.WorthMinor = facts.Worth()
	err = stepClaim(ctx, tx, o, c, claim.Pass, "claim.passed", seen.Actor,
		data{"words": seen.Words, "article": x.Name(), "difference": x.Difference(), "all": all})
	if err != nil {
		return err
	}
	return proceedExchange(ctx, tx, o, c, &x, seen.Words)
}

// proceedExchange asks for the difference, where the customer owes one; else the other article
// is bought at once.
func proceedExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	if x.Difference().Minor <= 0 {
		return finishExchange(ctx, tx, o, c, x, words)
	}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return err
	}
	if err := x.Move(claim.AskDifference); err != nil {
		return err
	}
	x.DueAt = tx.Now.Add(set.Claims.PayFor)
	if err := claim.SaveExchange(ctx, tx, *x); err != nil {
		return err
	}
	return noteClaim(ctx, tx, o, c, "exchange.waiting", System,
		data{"article": x.Name(), "amount": x.Difference(), "until": x.DueAt, "words": words})
}

// finishExchange buys the other article, now that what the customer owes is there, and gives
// back what is too much. Where nobody can send it any more, the exchange is given up.
func finishExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	plan, set, err := planExchange(ctx, tx, o, *x)
	if err != nil {
		return err
	}
	if cannot := unmetWords(plan); cannot != "" || len(plan.Buys) == 0 {
		return failExchange(ctx, tx, o, c, x, "The exchange came to nothing: "+orElse(cannot, "no supplier can send it")+".")
	}
	if err := x.Move(claim.SettleExchange); err != nil {
		return err
	}
	x.DueAt = 0
	if err := settleDifference(ctx, tx, o, c, x); err != nil {
		return err
	}
	if err := claim.SaveExchange(ctx, tx, *x); err != nil {
		return err
	}
	if o, err = openAgain(ctx, tx, o, c); err != nil {
		return err
	}
	if err := buyAgain(ctx, tx, o, c, plan, set); err != nil {
		return err
	}
	return noteClaim(ctx, tx, o, c, "exchange.done", System, data{"article": x.Name(), "difference": x.Difference(), "words": words})
}

func planExchange(ctx context.Context, tx *db.Tx, o order.Order, x claim.Exchange) (purchase.Plan, store.Settings, error) {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return purchase.Plan{}, set, err
	}
	if err := inventory.Lock(ctx, tx, o.StoreID, []id.Variant{x.VariantID}); err != nil {
		return purchase.Plan{}, set, err
	}
	plan, err := planClaimed(ctx, tx, o, []purchase.Need{exchangeNeed(x)}, nil, set)
	return plan, set, err
}

// settleDifference books what the customer paid more, or gives back what they paid too much.
func settleDifference(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange) error {
	if more := x.Difference(); more.Minor >= 0 {
		return post(ctx, tx, o.StoreID, []ledger.Posting{ledger.ExchangeOf(o.OrderID, string(x.ExchangeID), more)})
	}
	parts, err := refundable(ctx, tx, o)
	if err != nil {
		return err
	}
	back := min(-x.Difference().Minor, mostOf(parts))
	x.WorthMinor = x.PriceMinor + back // what went back before does not count any more
	if back == 0 {
		return nil
	}
	r, err := askRefund(ctx, tx, o, back, giveBack{Reason: "claim " + c.Number + ": the other article costs less", Actor: System, ToCredit: c.ToCredit, Claim: c.ClaimID})
	x.RefundID = r.RefundID
	return err
}

// failExchange gives an exchange up that cannot come to pass, and brings its claim to people's
// eyes. What the customer paid for it goes back.
func failExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	if err := endExchange(ctx, tx, o, c, x, words); err != nil {
		return err
	}
	c.Trouble = words
	return stepClaim(ctx, tx, o, c, claim.Fail, "claim.failed", System, data{"words": words})
}

// endExchange ends an exchange: its article is free again, its payments are let go of, and what
// was paid for it goes back.
func endExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	how := claim.LapseExchange
	if x.State == claim.ExchangeDone {
		how = claim.UndoExchange
		if more := x.Difference(); more.Minor > 0 {
			if err := post(ctx, tx, o.StoreID, []ledger.Posting{ledger.UnexchangeOf(o.OrderID, string(x.ExchangeID), more)}); err != nil {
				return err
			}
		}
	}
	if err := x.Move(how); err != nil {
		return err
	}
	x.DueAt = 0
	if err := releaseUnits(ctx, tx, o, x.HoldLine, x.Quantity); err != nil {
		return err
	}
	if err := claim.SaveExchange(ctx, tx, *x); err != nil {
		return err
	}
	if err := returnExchangeMoney(ctx, tx, o, *x); err != nil {
		return err
	}
	return noteClaim(ctx, tx, o, c, "exchange.lapsed", System, data{"article": x.Name(), "words": words})
}

// endWithClaim ends an exchange whose claim was withdrawn, declined or ran out.
func endWithClaim(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, o, err := claimOf(ctx, tx, e)
	if err != nil || c.Outcome != claim.Exchanged {
		return err
	}
	x, err := claim.ExchangeOf(ctx, tx, c)
	if claim.NoExchange(err) || err == nil && !x.Live() {
		return nil
	}
	if err != nil {
		return err
	}
	return endExchange(ctx, tx, o, &c, &x, "")
}

// endWithOrder ends the exchanges of an order that is cancelled.
func endWithOrder(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	list, err := claim.ExchangesOf(ctx, tx, e.StoreID, e.OrderID)
	for i := range list {
		x := &list[i]
		if err != nil || !x.Live() {
			continue
		}
		var c claim.Claim
		if c, err = claim.Lock(ctx, tx, e.StoreID, x.ClaimID); err == nil {
			err = failOrEnd(ctx, tx, o, &c, x, "The order was cancelled.")
		}
	}
	return err
}

func failOrEnd(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	if c.State == claim.Settling {
		return failExchange(ctx, tx, o, c, x, words)
	}
	return endExchange(ctx, tx, o, c, x, words)
}

// undoUnsent undoes an exchange of which nothing will come: its purchases came to nothing.
func undoUnsent(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	if c.Outcome != claim.Exchanged {
		return nil
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID == c.ClaimID && p.Live() }) {
		return err
	}
	x, err := claim.ExchangeOf(ctx, tx, *c)
	if err != nil || x.State != claim.ExchangeDone {
		return err
	}
	if err := endExchange(ctx, tx, o, c, &x, c.Trouble); err != nil {
		return err
	}
	return closeIfDone(ctx, tx, o) // it was opened for the other article alone
}

// holdLineOf is the line under which stock of a claim's purchase is reserved.
func holdLineOf(ctx context.Context, tx *db.Tx, p purchase.Purchase, l purchase.PurchaseLine) (int64, error) {
	list, err := claim.ExchangesOf(ctx, tx, p.StoreID, p.OrderID)
	for _, x := range slices.Backward(list) {
		if x.ClaimID == p.ClaimID && x.VariantID == l.VariantID {
			return x.HoldLine, err
		}
	}
	return l.OrderLineID, err
}

// releaseHeld gives back what was put by for a purchase of a claim.
func releaseHeld(ctx context.Context, tx *db.Tx, p purchase.Purchase, l purchase.PurchaseLine) error {
	line, err := holdLineOf(ctx, tx, p, l)
	if err != nil {
		return err
	}
	_, err = inventory.ReleaseUnits(ctx, tx, p.StoreID, p.OrderID, line, l.Quantity)
	return err
}

// settleHeld uses up what was put by for a purchase under a line of its own.
func settleHeld(ctx context.Context, tx *db.Tx, name id.Purchase, s id.Store, l purchase.PurchaseLine) error {
	p, err := purchase.Get(ctx, tx, s, name)
	if err != nil || p.ClaimID == "" {
		return err
	}
	line, err := holdLineOf(ctx, tx, p, l)
	if err != nil || line == l.OrderLineID {
		return err
	}
	o, err := order.Get(ctx, tx, s, p.OrderID)
	if err != nil {
		return err
	}
	return releaseUnits(ctx, tx, o, line, l.Quantity)
}
