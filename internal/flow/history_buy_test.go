package flow_test

import (
	"context"
	"fmt"

	"doorstep/internal/cart"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/money"
)

// stepsOfLife is what may happen, and how often.
var stepsOfLife = []step{
	{2, sometimes(8, func(l *life, _ id.Order) string { return l.places() })},
	{10, (*life).goesWell}, {14, (*life).pays}, {2, sometimes(6, (*life).pressesAgain)}, {2, (*life).confirms}, {3, (*life).expires},
	{20, (*life).works}, {16, (*life).supplierSays}, {14, (*life).tracks}, {3, (*life).personBuys}, {4, (*life).uncovered}, {1, (*life).settlesGhost},
	{3, sometimes(8, (*life).cancels)}, {2, (*life).answersCancel},
	{4, sometimes(3, (*life).gives)}, {4, (*life).bankSaysOfRefund}, {2, (*life).triesRefund}, {4, sometimes(3, (*life).bankDisputes)}, {2, sometimes(4, (*life).grantsCredit)},
	{10, (*life).claimsSomething}, {22, (*life).movesClaim}, {5, (*life).movesExchange},
	{6, (*life).movesDemand}, {4, sometimes(2, (*life).bills)}, {4, (*life).judgesBill},
}

// sometimes is a step that could always be taken and would crowd out the others: once in n times.
func sometimes(n int, take func(l *life, o id.Order) string) func(l *life, o id.Order) string {
	return func(l *life, o id.Order) string {
		if !l.chance(n) {
			return ""
		}
		return take(l, o)
	}
}

// places buys something, with a discount or store credit or neither.
func (l *life) places() string {
	if len(l.orders) == 3 {
		return ""
	}
	wanted := map[id.Variant]int64{l.mug: 1 + l.random.Int64N(3), l.bowl: l.random.Int64N(3)}
	code := l.word("", "", "", "TENTH", "THIRD", "FIVER", "PORTO")
	p := flow.Placement{Store: l.store, Connector: bank, Driver: "stripe", Customer: l.who, Actor: "customer"}
	if l.chance(8) {
		p.Connector, p.Driver, p.Manual = hand, "manual", true
	}
	credit := l.who != "" && l.chance(2)
	var placed flow.Placed
	did := l.try(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, l.store, "en")
		if err != nil {
			return err
		}
		p.Cart = c.CartID
		for _, v := range []id.Variant{l.mug, l.bowl} {
			if wanted[v] == 0 {
				continue
			}
			if err := flow.PutInCart(ctx, tx, l.store, p.Cart, v, wanted[v], false); err != nil {
				return err
			}
		}
		if err := cart.SetContact(ctx, tx, l.store, p.Cart, cart.Contact{Email: l.email, Shipping: home()}); err != nil {
			return err
		}
		if err := l.chooses(ctx, tx, p.Cart, code, credit); err != nil {
			return err
		}
		placed, err = flow.PlaceOrder(ctx, tx, p)
		return err
	})
	if did {
		l.who = placed.Order.CustomerID
		l.bought, l.orders = append(l.bought, p), append(l.orders, placed.Order.OrderID)
		l.house.orders++
	}
	return l.done(did, "placed", "#%d %d mugs %d bowls for %d, code %q credit %t %s", placed.Order.Number, wanted[l.mug], wanted[l.bowl], placed.Order.TotalMinor, code, credit, p.Driver)
}

// chooses a way of shipping, and what is taken off.
func (l *life) chooses(ctx context.Context, tx *db.Tx, c id.Cart, code string, credit bool) error {
	w, err := flow.WantedOf(ctx, tx, l.store, c)
	if err != nil {
		return err
	}
	var quotes []flow.Quote
	for _, by := range []inventory.Supplier{l.ali, l.bert} {
		quotes = append(quotes, flow.Quote{Supplier: by.SupplierID, Service: "POST", Name: "Post", CostMinor: 301, Currency: l.in, MinDays: 5, MaxDays: 9})
	}
	if _, err := flow.OfferShipping(ctx, tx, w, quotes); err != nil {
		return err
	}
	if err := flow.ChooseShipping(ctx, tx, l.store, c, "standard"); err != nil {
		return err
	}
	if code != "" {
		if err := flow.EnterDiscount(ctx, tx, l.store, c, code); err != nil {
			return err
		}
	}
	return flow.SpendCredit(ctx, tx, l.store, c, credit)
}

func (l *life) payments(o id.Order) (list []ledger.Payment) {
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = ledger.PaymentsOf(ctx, tx, l.store, o)
		return err
	})
	return list
}

// pays is the provider speaking of a payment: of the right sum mostly, in any order.
func (l *life) pays(o id.Order) string {
	p, some := among(l, l.payments(o))
	if !some || p.OfCredit() || p.Manual || p.State == ledger.PaymentCaptured && !l.chance(10) {
		return ""
	}
	said := flow.PaymentSaid{Payment: p.PaymentID, Connector: bank, Ref: "pi_" + string(p.PaymentID), Actor: "payment:bank",
		State: l.word("captured", "captured", "captured", "captured", "captured", "authorised", "authorised", "pending", "failed", "expired", "voided")}
	if said.State == "captured" && l.chance(12) {
		said.AmountMinor, said.Currency = p.AmountMinor+l.random.Int64N(1000)-500, l.in
	}
	if l.chance(3) {
		said.FeeMinor, said.FeeCurrency = 59, l.in
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.PaymentSaidSo(ctx, tx, l.store, said)
		return err
	}), "payment "+said.State, "%s %d of %d", p.PaymentID, said.AmountMinor, p.AmountMinor)
}

// pressesAgain is the customer pressing "buy" once more.
func (l *life) pressesAgain(_ id.Order) string {
	p, _ := among(l, l.bought)
	var placed flow.Placed
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PlaceOrder(ctx, tx, p)
		return err
	}), "pressed again", "#%d", placed.Order.Number)
}

// confirms is a person who saw a transfer, or lets an order go that is paid at the door.
func (l *life) confirms(o id.Order) string {
	if l.chance(4) {
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error { return flow.PromiseAtDoor(ctx, tx, l.store, o, me) }), "promised at the door", "")
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error { return flow.ConfirmManual(ctx, tx, l.store, o, me) }), "money confirmed", "")
}

func (l *life) expires(o id.Order) string {
	did := false
	l.try(func(ctx context.Context, tx *db.Tx) error {
		again, err := flow.ExpireOrder(ctx, tx, l.store, o)
		if err != nil || again > 0 {
			return err
		}
		gone, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE key = $1", "order/"+string(o)+"/expire")
		if err != nil {
			return err
		}
		n, err := gone.RowsAffected()
		did = n > 0
		return err
	})
	return l.done(did, "looked whether it expired", "%s", o)
}

// gives is a person giving a part back, or all.
func (l *life) gives(o id.Order) string {
	amount := 1 + l.random.Int64N(3000)
	if l.chance(5) {
		amount = l.order(o).TotalMinor
	}
	give, name := flow.AskRefund, "refund asked"
	if l.chance(3) {
		give, name = flow.RefundAsCredit, "refund as credit"
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := give(ctx, tx, l.store, o, amount, "goodwill", me)
		return err
	}), name, "%d", amount)
}

func (l *life) refundsOf(o id.Order) (list []ledger.Refund) {
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = ledger.RefundsOf(ctx, tx, l.store, o)
		return err
	})
	return list
}

// bankSaysOfRefund is a message of a refund that the bank has: it went through, or it came back.
func (l *life) bankSaysOfRefund(o id.Order) string {
	r, some := among(l, l.refundsOf(o))
	if !some || !l.bank[string(r.RefundID)] {
		return ""
	}
	state := l.word("succeeded", "succeeded", "failed", "pending")
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.RefundSaidSo(ctx, tx, l.store, flow.RefundSaid{Refund: r.RefundID, State: state, Words: "says the bank", Actor: "payment:bank"})
		return err
	}), "refund said "+state, "%s %s of %d", r.State, r.RefundID, r.AmountMinor)
}

// triesRefund is a person who tries again what failed, or has it looked up.
func (l *life) triesRefund(o id.Order) string {
	r, some := among(l, l.refundsOf(o))
	switch {
	case !some:
		return ""
	case r.State == ledger.RefundFailed:
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RetryRefund(ctx, tx, l.store, r.RefundID, me)
			return err
		}), "refund tried again", "%s of %d", r.RefundID, r.AmountMinor)
	case r.State == ledger.RefundUncertain:
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
			return flow.LookForRefund(ctx, tx, l.store, r.RefundID)
		}), "refund looked for", "%s", r.RefundID)
	}
	return ""
}

// bankDisputes is a bank taking money, or deciding.
func (l *life) bankDisputes(o id.Order) string {
	p, some := among(l, l.payments(o))
	if !some || p.OfCredit() || p.Manual || p.CapturedMinor == 0 {
		return ""
	}
	var list []ledger.Chargeback
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = ledger.ChargebacksOf(ctx, tx, l.store, o)
		return err
	})
	said := flow.DisputeSaid{Connector: bank, PaymentRef: "pi_" + string(p.PaymentID), Ref: "dp_" + string(p.PaymentID), State: l.word("inquiry", "opened", "opened"),
		AmountMinor: p.CapturedMinor, Currency: l.in, Actor: "payment:bank", Due: clock.Of(l.clock.Now().Add(7 * day))}
	for _, c := range list {
		if c.PaymentID == p.PaymentID {
			said.AmountMinor, said.State = c.AmountMinor, l.word("opened", "answered", "won", "lost", "lost", "dropped")
		}
	}
	said.Withdrawn = said.State != "inquiry" && said.State != "won" && said.State != "dropped"
	if l.chance(2) {
		said.FeeMinor, said.FeeCurrency = 1500, l.in
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.DisputeSaidSo(ctx, tx, l.store, said)
		return err
	}), "chargeback "+said.State, "%s of %d", p.PaymentID, said.AmountMinor)
}

// grantsCredit is a person giving store credit, or taking some back.
func (l *life) grantsCredit(_ id.Order) string {
	amount := l.random.Int64N(5000) - 1000
	if l.who == "" {
		return ""
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		return flow.GrantCredit(ctx, tx, l.store, flow.Grant{Customer: l.who, Amount: money.New(amount, l.in), Words: "for the trouble",
			Key: fmt.Sprintf("gr-%d-%d", l.seed, l.step), Actor: me})
	}), "store credit granted", "%d", amount)
}
