package flow_test

import (
	"context"
	"fmt"
	"slices"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
)

// claimsSomething is the customer, or a person for them, saying that something is wrong.
func (l *life) claimsSomething(o id.Order) string {
	var lines []order.OrderLine
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		lines, err = order.LinesOf(ctx, tx, l.store, o)
		return err
	})
	said := flow.ClaimSaid{Units: map[int64]int64{}, Words: "look", WishCredit: l.chance(4), Actor: "customer"}
	for _, line := range lines {
		if n := l.random.Int64N(line.Quantity + 1); n > 0 {
			said.Units[line.LineID] = n
		}
	}
	said.Kind, _ = among(l, claim.Kinds())
	said.Wish, _ = among(l, claim.Outcomes())
	if l.chance(8) || said.Wish == claim.Exchanged {
		line, _ := among(l, lines)
		said.Wish, said.Units, said.Kind = claim.Exchanged, map[int64]int64{line.LineID: 1 + l.random.Int64N(line.Quantity)}, claim.Damaged
		if l.chance(3) {
			said.Kind = claim.NoLongerWanted
		}
		if said.Variant = l.bowl; line.VariantID == l.bowl || l.chance(5) {
			said.Variant = l.mug
		}
	}
	if l.chance(3) {
		said.Actor = me
	}
	var made claim.Claim
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.OpenClaim(ctx, tx, l.store, o, said)
		return err
	}), "claimed "+string(said.Kind), "%s for %s of %v, now %s, credit %t", made.Number, said.Wish, said.Units, made.State, said.WishCredit)
}

func (l *life) claimsOf(o id.Order) (list []claim.Claim) {
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = claim.OfOrder(ctx, tx, l.store, o)
		return err
	})
	return list
}

// movesClaim is what people do about a claim where it stands.
func (l *life) movesClaim(o id.Order) string {
	c, some := among(l, l.claimsOf(o))
	if !some {
		return ""
	}
	name := map[claim.State]string{
		claim.Opened:     l.word("approve", "approve", "approve", "approve", "approve", "approve", "approve", "approve", "approve", "ask", "decline", "withdraw"),
		claim.Waiting:    l.word("answer", "answer", "decline", "withdraw"),
		claim.Returning:  l.word("sent back", "sent back", "receive", "receive", "receive", "receive", "receive", "withdraw", "receipt"),
		claim.Inspecting: l.word("inspect", "inspect", "inspect", "inspect", "inspect", "decline", "receipt"),
		claim.Settling:   l.word("receipt", "pay receipt", ""),
		claim.Settled:    l.word("receipt", "pay receipt", "reopen", "", "", ""),
		claim.Failed:     l.word("reopen", "reopen", "note"),
		claim.Declined:   "appeal", claim.Withdrawn: l.word("reopen", ""), claim.RunOut: l.word("reopen", ""),
	}[c.State]
	switch name {
	case "":
		return ""
	case "approve":
		return l.approves(c)
	case "inspect":
		return l.inspects(c)
	}
	cost := 100 + l.random.Int64N(600)
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"ask": func(ctx context.Context, tx *db.Tx) error {
			return flow.AskClaim(ctx, tx, l.store, c.ClaimID, "A photo?", me)
		},
		"answer": func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerClaim(ctx, tx, l.store, c.ClaimID, "Here.", nil, "customer")
		},
		"decline": func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, l.store, c.ClaimID, "It looks whole.", me)
		},
		"appeal": func(ctx context.Context, tx *db.Tx) error {
			return flow.AppealClaim(ctx, tx, l.store, c.ClaimID, "Look again.", "customer")
		},
		"withdraw": func(ctx context.Context, tx *db.Tx) error {
			return flow.WithdrawClaim(ctx, tx, l.store, c.ClaimID, "customer")
		},
		"reopen": func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, l.store, c.ClaimID, me) },
		"note": func(ctx context.Context, tx *db.Tx) error {
			return flow.NoteTrouble(ctx, tx, l.store, c.ClaimID, "Seen to.", me)
		},
		"sent back": func(ctx context.Context, tx *db.Tx) error {
			return flow.SendBack(ctx, tx, l.store, c.ClaimID, "RB1", "Post", "customer")
		},
		"receive":     func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, l.store, c.ClaimID, me) },
		"receipt":     l.shows(c, cost),
		"pay receipt": l.paysReceipt(c, cost),
	}
	return l.done(l.try(acts[name]), "claim: "+name, "%s, %s %s", c.Number, c.State, c.Outcome)
}

// approves settles a claim in the way that was wished, or in another.
func (l *life) approves(c claim.Claim) string {
	yes := flow.ClaimYes{Outcome: c.Wish, ToCredit: l.chance(4), Actor: me}
	if l.chance(2) && c.Wish != claim.Exchanged || c.Wish == claim.Refund && !c.Kind.Missing() {
		yes.Outcome = l.possible(c)
	}
	if yes.Outcome == claim.Partial {
		yes.AmountMinor = 1 + l.random.Int64N(2500)
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error { return flow.ApproveClaim(ctx, tx, l.store, c.ClaimID, yes) }),
		"claim: "+string(yes.Outcome), "%s %d credit %t", c.Number, yes.AmountMinor, yes.ToCredit)
}

// possible is one of the ways in which a claim can be settled now.
func (l *life) possible(c claim.Claim) claim.Outcome {
	var open []claim.Choice
	l.sees(func(ctx context.Context, tx *db.Tx) error {
		v, err := flow.LookAtClaim(ctx, tx, l.store, c.ClaimID)
		open = slices.DeleteFunc(v.Decision.Choices, func(x claim.Choice) bool { return x.Barred != "" })
		return err
	})
	x, some := among(l, open)
	if !some {
		return c.Wish
	}
	return x.Outcome
}

// inspects accepts what came back, or a part of it.
func (l *life) inspects(c claim.Claim) string {
	var units []claim.ClaimUnit
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		units, err = claim.Units(ctx, tx, l.store, c.ClaimID)
		return err
	})
	seen := flow.Inspection{Accepted: map[int64]int64{}, Words: "Some of it was used.", Actor: me}
	whole := l.chance(2)
	for _, u := range units {
		n := u.Units
		if !whole {
			n = l.random.Int64N(u.Units + 1)
		}
		seen.Accepted[u.LineID] += n
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		return flow.InspectReturn(ctx, tx, l.store, c.ClaimID, seen)
	}),
		"claim: inspect", "%s %v", c.Number, seen.Accepted)
}

// movesExchange is the customer paying the difference, or giving it up.
func (l *life) movesExchange(o id.Order) string {
	var list []claim.Exchange
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = claim.ExchangesOf(ctx, tx, l.store, o)
		return err
	})
	x, some := among(l, list)
	if !some {
		return ""
	}
	p := flow.Placement{Store: l.store, Connector: bank, Driver: "stripe", Actor: "customer"}
	if l.chance(4) {
		p.Connector, p.Driver, p.Manual = hand, "manual", true
	}
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"pays": func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.PayExchange(ctx, tx, x.ClaimID, p)
			return err
		},
		"confirmed": func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmExchange(ctx, tx, l.store, x.ClaimID, me)
		},
		"given up": func(ctx context.Context, tx *db.Tx) error {
			return flow.GiveUpExchange(ctx, tx, l.store, x.ClaimID, "customer")
		},
	}
	name := l.word("pays", "pays", "pays", "confirmed", "given up")
	return l.done(l.try(acts[name]), "exchange: "+name, "%s, difference %d", x.State, x.PriceMinor-x.WorthMinor)
}

func (l *life) demandsOf(o id.Order) (list []claim.Dispute) {
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = claim.DisputesOf(ctx, tx, l.store, o)
		return err
	})
	return list
}

// movesDemand is a person telling a supplier, and noting what it said and paid.
func (l *life) movesDemand(o id.Order) string {
	d, some := among(l, l.demandsOf(o))
	if !some {
		return ""
	}
	event, _ := among(l, []claim.DisputeEvent{claim.FileDispute, claim.GrantDispute, claim.CreditDispute, claim.CreditDispute, claim.DenyDispute, claim.AppealDispute})
	credit := d.AmountMinor
	if l.chance(2) {
		credit = 1 + l.random.Int64N(2*d.AmountMinor)
	}
	is := l.books[string(d.DisputeID)]
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"moved": func(ctx context.Context, tx *db.Tx) error {
			return flow.MoveDispute(ctx, tx, l.store, d.DisputeID, flow.DisputeNews{Event: event, AmountMinor: credit, Words: "so they say", Actor: me})
		},
		"queued": func(ctx context.Context, tx *db.Tx) error {
			return flow.FileDispute(ctx, tx, l.store, d.DisputeID, claim.ByConnector, me)
		},
		"looked up": func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveDispute(ctx, tx, l.store, d.DisputeID, is, "d", me)
		},
		"let be": func(ctx context.Context, tx *db.Tx) error {
			return flow.WaiveDispute(ctx, tx, l.store, d.DisputeID, "little", me)
		},
	}
	name := l.word("moved", "moved", "moved", "moved", "queued", "looked up", "let be")
	return l.done(l.try(acts[name]), "demand: "+name, "%s %s of %d, %d", d.State, event, d.AmountMinor, credit)
}

// bills imports a supplier's statement: charges that are right or not, and credits.
func (l *life) bills(o id.Order) string {
	p, some := among(l, l.purchases(o))
	if !some {
		return ""
	}
	amount := p.BookedMinor
	if l.chance(2) {
		amount = l.random.Int64N(4000) - 1500
	}
	name := p.Number
	if l.chance(6) {
		name = fmt.Sprintf("NOBODY-%d-%d", l.seed, l.step)
	}
	raw := fmt.Sprintf("Order ID,Total,Row\n%s,%d.%02d,%d-%d\n", name, amount/100, max(amount, -amount)%100, l.seed, l.step)
	b := flow.Billing{Supplier: p.SupplierID, FileName: fmt.Sprintf("bill-%d-%d.csv", l.seed, l.step), Raw: []byte(raw), Currency: "EUR", Actor: me}
	table, err := billing.Open(b.Raw)
	if err != nil {
		l.breaks("the bill cannot be read: %v", err)
		return ""
	}
	b.Mapping = billing.Guess(table.Header, nil)
	done, err := flow.ImportStatement(l.t.Context(), l.DB, l.store, b)
	if err != nil {
		l.breaks("the bill is not taken in: %v", err)
		return ""
	}
	if name != p.Number { // said by a person, then
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
			return flow.LinkBill(ctx, tx, l.store, done.Statement, 1, p.Number, me)
		}), "bill linked", "%s", p.Number)
	}
	return l.done(true, "bill imported", "%s of %d where %d is booked: %v", p.Number, amount, p.BookedMinor, done.Counts)
}

// judgesBill is a person accepting a line of a bill, objecting to it or letting it be.
func (l *life) judgesBill(o id.Order) string {
	var lines []billing.StatementLine
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		lines, err = billing.OfOrder(ctx, tx, l.store, o)
		return err
	})
	b, some := among(l, lines)
	if !some {
		return ""
	}
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"accepted": func(ctx context.Context, tx *db.Tx) error {
			return flow.AcceptBill(ctx, tx, l.store, b.StatementID, b.LineNo, me)
		},
		"objected to": func(ctx context.Context, tx *db.Tx) error {
			return flow.DisputeBill(ctx, tx, l.store, b.StatementID, b.LineNo, me)
		},
		"let be": func(ctx context.Context, tx *db.Tx) error {
			return flow.IgnoreBill(ctx, tx, l.store, b.StatementID, b.LineNo, "small", me)
		},
	}
	name := l.word("accepted", "objected to", "objected to", "let be")
	return l.done(l.try(acts[name]), "bill "+name, "%s: %d for %d", b.State, b.HereMinor, b.ExpectedMinor)
}
