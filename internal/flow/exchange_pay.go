package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// Why money goes back that was paid for an exchange.
const (
	paidLate = "it was paid after the exchange had ended"
	noneSent = "the other article will not come"
)

// changeExchange locks an order, a claim of it and the claim's exchange.
func changeExchange(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, fn func(order.Order, *claim.Claim, *claim.Exchange) error) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		x, err := claim.ExchangeOf(ctx, tx, *c)
		if claim.NoExchange(err) {
			return refuse("not-found", "Claim %s is no exchange.", c.Number)
		}
		if err != nil {
			return err
		}
		return fn(o, c, &x)
	})
}

// PayExchange makes the payment of an exchange's difference, not yet begun at the provider. The
// same provider again is the same payment, while it is good for something. Cart and Customer of
// the placement do not matter.
func PayExchange(ctx context.Context, tx *db.Tx, name id.Claim, p Placement) (made Placed, err error) {
	err = changeExchange(ctx, tx, p.Store, name, func(o order.Order, c *claim.Claim, x *claim.Exchange) error {
		if x.State != claim.ExchangeWaiting || tx.Now > x.DueAt {
			return refuse("exchange-over", "The exchange of claim %s is %s: there is nothing to pay.", c.Number, x.State)
		}
		if p.Driver == "" || p.Driver == ledger.CreditDriver {
			return &Refusal{Code: "payment-missing", Field: "payment", Words: "Please choose how to pay."}
		}
		earlier, err := exchangePayments(ctx, tx, *x)
		if err != nil {
			return err
		}
		for _, pay := range slices.Backward(earlier) {
			if cameToNothing(pay) == "" && (pay.ConnectorID == p.Connector || pay.State != ledger.PaymentCreated && pay.State != ledger.PaymentPending) {
				made = Placed{o, pay}
				return nil
			}
		}
		pay := ledger.Payment{StoreID: o.StoreID, PaymentID: id.Payment(id.Ordered("pa", tx.Now.Std(), tx.Next())), OrderID: o.OrderID,
			ConnectorID: p.Connector, Driver: p.Driver, State: ledger.PaymentCreated, AmountMinor: x.Difference().Minor, Currency: x.Currency,
			Manual: p.Manual, CaptureNow: true, CreatedAt: tx.Now, UpdatedAt: tx.Now, ExchangeID: x.ExchangeID}
		if err := ledger.InsertPayment(ctx, tx, pay); err != nil {
			return err
		}
		made = Placed{o, pay}
		return note(ctx, tx, o, "payment.created", string(pay.PaymentID), p.Actor,
			data{"amount": pay.Amount(), "driver": p.Driver, "exchange": x.ExchangeID, "claim": c.Number})
	})
	return made, err
}

// exchangePayments are the payments that were made for an exchange, oldest first.
func exchangePayments(ctx context.Context, tx *db.Tx, x claim.Exchange) ([]ledger.Payment, error) {
	all, err := ledger.PaymentsOf(ctx, tx, x.StoreID, x.OrderID)
	return slices.DeleteFunc(slices.Clone(all), func(p ledger.Payment) bool { return p.ExchangeID != x.ExchangeID }), err
}

// ConfirmExchange notes that a person saw the money of an exchange's difference: the manual twin
// of a provider's "captured".
func ConfirmExchange(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, actor Actor) error {
	return changeExchange(ctx, tx, s, name, func(o order.Order, c *claim.Claim, x *claim.Exchange) error {
		list, err := exchangePayments(ctx, tx, *x)
		if err != nil {
			return err
		}
		for _, p := range slices.Backward(list) {
			if p.Manual && p.State != ledger.PaymentCaptured {
				return applyPayment(ctx, tx, o, p, PaymentSaid{State: "captured", AmountMinor: p.AmountMinor, Currency: p.Currency,
					Words: "confirmed by hand", Actor: actor})
			}
		}
		return refuse("nothing-to-confirm", "The exchange of claim %s has no payment that waits for a person.", c.Number)
	})
}

// takeExchange takes at once what was only authorised for an exchange.
func takeExchange(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, id.Payment(e.Subject))
	if err != nil || p.ExchangeID == "" || p.Manual {
		return err
	}
	return job.Add(ctx, tx, job.New{Store: p.StoreID, Kind: "payment.capture", Key: "payment/" + string(p.PaymentID) + "/capture",
		Lane: string(p.ConnectorID), Payload: PaymentJob{p.PaymentID}})
}

// settleExchangePaid buys the other article, now that the difference is paid. Money that comes
// for an exchange that is over, or is paid for already, goes back.
func settleExchangePaid(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, id.Payment(e.Subject))
	if err != nil || p.ExchangeID == "" {
		return err
	}
	x, err := claim.GetExchange(ctx, tx, e.StoreID, p.ExchangeID)
	if err != nil {
		return err
	}
	c, err := claim.Lock(ctx, tx, e.StoreID, x.ClaimID)
	if err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	switch {
	case err != nil:
		return err
	case x.State != claim.ExchangeWaiting:
		return giveLateBack(ctx, tx, o, &c, p)
	case p.CapturedMinor < x.Difference().Minor:
		return noteClaim(ctx, tx, o, &c, "exchange.underpaid", System,
			data{"amount": money.New(p.CapturedMinor, p.Currency), "expected": x.Difference()})
	}
	x.PaymentID = p.PaymentID
	if err := finishExchange(ctx, tx, o, &c, &x, ""); err != nil {
		return err
	}
	return letGoOfOthers(ctx, tx, x)
}

// letGoOfOthers lets go of further payments of an exchange that is paid: a customer with two
// windows is charged once.
func letGoOfOthers(ctx context.Context, tx *db.Tx, x claim.Exchange) error {
	list, err := exchangePayments(ctx, tx, x)
	for _, p := range list {
		if err == nil && p.PaymentID != x.PaymentID {
			err = letGo(ctx, tx, p)
		}
	}
	return err
}

// giveLateBack gives back what was paid for an exchange that is over.
func giveLateBack(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, p ledger.Payment) error {
	if err := noteClaim(ctx, tx, o, c, "exchange.paid-late", System, data{"amount": money.New(p.CapturedMinor, p.Currency)}); err != nil {
		return err
	}
	return giveWhole(ctx, tx, o, p, paidLate)
}

// giveWhole gives back what is left of a payment; nothing while a bank decides, or where it is
// on its way already.
func giveWhole(ctx context.Context, tx *db.Tx, o order.Order, p ledger.Payment, why string) error {
	parts, err := refundable(ctx, tx, o)
	for _, part := range parts {
		if err == nil && part.payment.PaymentID == p.PaymentID && part.most > 0 {
			_, err = refundPart(ctx, tx, o, p, part.most, giveBack{Reason: why, Actor: System})
		}
	}
	return err
}

// returnExchangeMoney lets go of the payments of an exchange that is over, and gives back what
// was taken.
func returnExchangeMoney(ctx context.Context, tx *db.Tx, o order.Order, x claim.Exchange) error {
	list, err := exchangePayments(ctx, tx, x)
	for _, p := range list {
		if err == nil {
			err = letGo(ctx, tx, p)
		}
		if err == nil {
			err = giveWhole(ctx, tx, o, p, noneSent)
		}
	}
	return err
}

// lapseExchanges ends exchanges whose difference was not paid in time, and says how many. One
// that is being paid is left alone.
func lapseExchanges(ctx context.Context, tx *db.Tx, s id.Store) (ended int, err error) {
	list, err := claim.OverdueExchanges(ctx, tx, s, tx.Now, overdueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		err := changeExchange(ctx, tx, s, row.ClaimID, func(o order.Order, c *claim.Claim, x *claim.Exchange) error {
			if x.State != claim.ExchangeWaiting || x.DueAt >= tx.Now {
				return nil
			}
			if paying, err := beingPaid(ctx, tx, *x); err != nil || paying {
				return err
			}
			ended++
			return giveUpExchange(ctx, tx, o, c, x, "The difference was not paid in time.")
		})
		if err != nil {
			return 0, err
		}
	}
	return ended, nil
}

// beingPaid says whether the difference of an exchange is promised by a provider.
func beingPaid(ctx context.Context, tx *db.Tx, x claim.Exchange) (bool, error) {
	list, err := exchangePayments(ctx, tx, x)
	return slices.ContainsFunc(list, func(p ledger.Payment) bool {
		return p.State == ledger.PaymentAuthorised || p.State == ledger.PaymentCapturing
	}), err
}

// GiveUpExchange ends an exchange that waits for the customer's money: they would rather have
// theirs back, or a person says so.
func GiveUpExchange(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, actor Actor) error {
	return changeExchange(ctx, tx, s, name, func(o order.Order, c *claim.Claim, x *claim.Exchange) error {
		if x.State != claim.ExchangeWaiting {
			return refuse("not-possible", "The exchange of claim %s is %s: it does not wait for money.", c.Number, x.State)
		}
		if paying, err := beingPaid(ctx, tx, *x); err != nil || paying {
			return orRefuse(err, "not-possible", "It is being paid at this moment.")
		}
		words := "A person ended the exchange."
		if actor == customerActor {
			words = "The customer would rather have the money back."
		}
		return giveUpExchange(ctx, tx, o, c, x, words)
	})
}

// giveUpExchange ends an exchange, and pays what the goods are worth instead. Goods that the
// customer still has, and of which nothing is wrong, are for a person to see to.
func giveUpExchange(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, x *claim.Exchange, words string) error {
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return err
	}
	facts, d, err := judge(ctx, tx, o, *c, units)
	if err != nil {
		return err
	}
	c.Outcome = claim.Keep
	if c.ReceivedAt != 0 {
		c.Outcome = claim.Return
	}
	choice, _ := d.Choice(c.Outcome)
	c.AmountMinor = min(choice.Gives, facts.Paid)
	switch {
	case facts.Blocked:
		return failExchange(ctx, tx, o, c, x, words+" The customer's bank disputes the payment: wait for what it decides.")
	case c.AmountMinor <= 0:
		return failExchange(ctx, tx, o, c, x, words+" Nothing of the payment is left to give back.")
	case c.ReceivedAt == 0 && c.Kind == claim.NoLongerWanted:
		return failExchange(ctx, tx, o, c, x, words+" The customer still has the goods, and nothing is wrong with them.")
	}
	c.ToCredit = c.WishCredit
	if err := payClaim(ctx, tx, o, c); err != nil {
		return err
	}
	if err := endExchange(ctx, tx, o, c, x, words); err != nil {
		return err
	}
	return settleAtOnce(ctx, tx, o, c)
}
