package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// ShowReceipt is the customer, or staff, showing what sending goods back cost where the store
// bears that. A later one stands in the place of the one before, until it is paid.
func ShowReceipt(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, cost int64, receipt *claim.Photo, actor Actor) error {
	return changeReturn(ctx, tx, s, name, func(o order.Order, c *claim.Claim, r *claim.ClaimReturn) (err error) {
		switch {
		case !c.MayShowReceipt() || r.PaidAt != 0:
			return refuse("not-possible", "Nothing is paid back for sending the goods of claim %s back.", c.Number)
		case cost <= 0:
			return &Refusal{Code: "amount", Field: "amount", Words: "Please say what sending it back cost, as 4.90."}
		case receipt == nil && r.ReceiptPhoto == "":
			return &Refusal{Code: "receipt", Field: "photos", Words: "Please add a photo of the receipt."}
		}
		if receipt != nil {
			if r.ReceiptPhoto, err = claim.SetPhoto(ctx, tx, s, name, *receipt, claim.ReceiptPhoto); err != nil {
				return err
			}
		}
		r.AskedMinor, r.AskedAt = cost, tx.Now
		if err := claim.SaveReturn(ctx, tx, *r); err != nil {
			return err
		}
		return noteClaim(ctx, tx, o, c, "claim.receipt", actor, data{"amount": r.Asked()})
	})
}

// PayReceipt pays back what sending goods back cost, once for a claim and never more than the
// store's limit: to where the customer paid from as far as the claims of the order leave
// something there, the rest as store credit.
func PayReceipt(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, amount int64, actor Actor) error {
	return changeReturn(ctx, tx, s, name, func(o order.Order, c *claim.Claim, r *claim.ClaimReturn) error {
		most, err := mostFreight(ctx, tx, o)
		switch {
		case err != nil:
			return err
		case !r.Waits() || !c.ReturnPaid:
			return refuse("not-possible", "No receipt of claim %s waits to be paid.", c.Number)
		case amount <= 0 || amount > most.Minor:
			return &Refusal{Code: "amount", Field: "amount", Words: "More than nothing, and at most " + most.String() + ": the setting claim.freight_most says so."}
		}
		if blocked, err := inDispute(ctx, tx, o); err != nil || blocked {
			return orRefuse(err, "barred", "The customer's bank disputes the payment: money could go back twice. Wait for what it decides.")
		}
		free, err := leftByClaims(ctx, tx, o)
		if err != nil {
			return err
		}
		r.PaidMinor, r.CreditMinor, r.PaidAt = amount, amount-min(amount, free), tx.Now
		if err := claim.SaveReturn(ctx, tx, *r); err != nil {
			return err
		}
		if err := payFreight(ctx, tx, o, *c, *r, actor); err != nil {
			return err
		}
		return noteClaim(ctx, tx, o, c, "claim.receipt-paid", actor, data{"amount": r.Paid(), "credit": r.Credited()})
	})
}

// payFreight books what sending goods back cost and sends it on its way.
func payFreight(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, r claim.ClaimReturn, actor Actor) error {
	if err := post(ctx, tx, o.StoreID, []ledger.Posting{ledger.ReturnFreightOf(o.OrderID, c.ClaimID, r.Paid())}); err != nil {
		return err
	}
	reason := "claim " + c.Number + ": what sending it back cost"
	if back := r.Back(); back.Minor > 0 {
		if _, err := askRefund(ctx, tx, o, back.Minor, giveBack{Reason: reason, Actor: actor}); err != nil {
			return err
		}
	}
	if r.CreditMinor == 0 {
		return nil
	}
	_, err := ledger.MoveCredit(ctx, tx, o.StoreID, ledger.Move{Key: string(c.ClaimID) + "/return-credit", Customer: o.CustomerID, Order: o.OrderID,
		Kind: ledger.CreditRefund, Amount: r.Credited(), Words: reason, Actor: string(actor)})
	if err != nil {
		return err
	}
	return post(ctx, tx, o.StoreID, []ledger.Posting{ledger.ReturnCreditOf(o.OrderID, c.ClaimID, r.Credited())})
}

// leftByClaims is what may be given back of an order's payments beyond what its claims may still
// come to: what a customer paid the carrier must not lessen what they get for their goods.
func leftByClaims(ctx context.Context, tx *db.Tx, o order.Order) (int64, error) {
	parts, err := refundable(ctx, tx, o)
	if err != nil {
		return 0, err
	}
	list, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return 0, err
	}
	left := mostOf(parts)
	for _, c := range list {
		if !c.Live() || c.State == claim.Settling { // its refund is taken off already
			continue
		}
		worth, err := worthOfClaim(ctx, tx, o, c)
		if err != nil {
			return 0, err
		}
		left -= worth
	}
	return max(left, 0), nil
}

// worthOfClaim is what a claim may come to: its units with their shipping.
func worthOfClaim(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim) (int64, error) {
	units, err := claim.Units(ctx, tx, c.StoreID, c.ClaimID)
	if err != nil {
		return 0, err
	}
	var facts claim.Case
	err = worthOf(ctx, tx, o, ClaimWish{Units: rangesOf(units)}, &facts)
	return max(facts.Goods+facts.Shipping, c.AmountMinor), err
}

// mostFreight is the store's limit in an order's currency.
func mostFreight(ctx context.Context, tx *db.Tx, o order.Order) (most money.Amount, err error) {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return most, err
	}
	rules, err := claimRules(set, o.Currency)
	return money.New(rules.MostFreight(), o.Currency), err
}

// RefuseReceipt says why a receipt is not paid; the customer may show another.
func RefuseReceipt(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, actor Actor) error {
	words, err := saidWords(words, "Please tell the customer why.")
	if err != nil {
		return err
	}
	return changeReturn(ctx, tx, s, name, func(o order.Order, c *claim.Claim, r *claim.ClaimReturn) error {
		if !r.Waits() {
			return refuse("not-possible", "No receipt of claim %s waits to be paid.", c.Number)
		}
		r.AskedAt, r.ReceiptPhoto = 0, ""
		if err := claim.DropPhoto(ctx, tx, s, name, claim.ReceiptPhoto); err != nil {
			return err
		}
		if err := claim.SaveReturn(ctx, tx, *r); err != nil {
			return err
		}
		return noteClaim(ctx, tx, o, c, "claim.receipt-refused", actor, data{"words": words})
	})
}

// changeReturn locks an order, one of its claims and what is known of its way back, and lets fn
// change them.
func changeReturn(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, fn func(order.Order, *claim.Claim, *claim.ClaimReturn) error) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		r, err := claim.ReturnOf(ctx, tx, *c, o.Currency)
		if err != nil {
			return err
		}
		return fn(o, c, &r)
	})
}

// tellWayBack writes to the customer about the way back of their goods: a label, or the receipt.
func tellWayBack(ctx context.Context, tx *db.Tx, e event.Event) error {
	var said struct {
		Words string `json:"words"`
	}
	if err := e.Decode(&said); err != nil {
		return err
	}
	return tell(ctx, tx, e, MailClaimWayBack, string(e.EventID), About{Claim: id.Claim(e.Subject), Words: said.Words, What: e.Kind})
}

// returns wants what was paid for sending goods back to be in the books, once for each claim.
func (d *differences) returns(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := claim.ReturnsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var paid int64
	for _, r := range list {
		paid += r.PaidMinor
		d.compare("return freight", string(r.ClaimID), r.PaidMinor, sumOfSubject(entries, string(r.ClaimID), ledger.ReturnFreight))
		d.compare("return freight as credit", string(r.ClaimID), r.CreditMinor, sumOfSubject(entries, string(r.ClaimID), ledger.Granted))
		d.compare("return freight paid", string(r.ClaimID), r.PaidAt != 0, r.PaidMinor > 0)
		d.compare("return currency", string(r.ClaimID), r.Currency, o.Currency)
	}
	d.compare("ledger return freight", o.Name(), ledger.Sum(entries, ledger.ReturnFreight), paid)
	return nil
}
