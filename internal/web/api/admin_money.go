package api

import (
	"context"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/money"
)

// moneyRoutes are the rows about demands, evidence, suppliers' bills and profit.
func (a *API) moneyRoutes() []route {
	const get, post = "GET", "POST"
	return []route{
		on(a, get, "/admin/disputes/{dispute}", reader, "A demand on a supplier", a.getDispute),
		on(a, post, "/admin/disputes/{dispute}/file", manager, "Tell the supplier of a demand, by its connector or by mail", a.fileDispute).onceOnly(),
		on(a, post, "/admin/disputes/{dispute}/news", manager, "Note what became of a demand", a.moveDispute).onceOnly(),
		on(a, get, "/admin/chargebacks/{chargeback}", manager, "A bank's demand and our evidence against it", a.getChargeback),
		on(a, post, "/admin/chargebacks/{chargeback}/submit", manager, "Hand our evidence in; a bank reads it once", a.submitAnswer).onceOnly(),
		on(a, get, "/admin/statements", manager, "List suppliers' bills, the newest first", a.listStatements),
		on(a, post, "/admin/statements", manager, "Import a supplier's bill, or try it; the same file twice changes nothing", a.importStatement),
		on(a, get, "/admin/statements/{statement}", manager, "A supplier's bill with its lines", a.getStatement),
		on(a, post, "/admin/statements/{statement}/lines/{line}", manager, "Settle a line that differs", a.fixBill).onceOnly(),
		on(a, get, "/admin/profit", reader, "What orders earned in a period, and products", a.getProfit),
		on(a, get, "/admin/orders/{order}/profit", reader, "What an order earned, article by article", a.orderProfit),
	}
}

// DisputePath names a demand on a supplier.
type DisputePath struct {
	Dispute id.Dispute `path:"dispute"`
}

// disputeBody is a demand as programs see it.
type disputeBody struct {
	ID       id.Dispute         `json:"id"`
	Order    id.Order           `json:"order"`
	Purchase id.Purchase        `json:"purchase"`
	Supplier id.Supplier        `json:"supplier"`
	Claim    id.Claim           `json:"claim,omitempty"`
	State    claim.DisputeState `json:"state"`
	Demanded money.Amount       `json:"demanded"`
	Credited money.Amount       `json:"credited"`
	Missing  money.Amount       `json:"missing"`
	Way      string             `json:"way,omitempty" enum:"connector,mail,hand"`
	Ref      string             `json:"ref,omitempty" doc:"The supplier's name of it"`
	Words    string             `json:"words,omitempty"`
	Trouble  string             `json:"trouble,omitempty"`
	Due      clock.Time         `json:"due"`
}

func disputeOf(d claim.Dispute) disputeBody {
	return disputeBody{ID: d.DisputeID, Order: d.OrderID, Purchase: d.PurchaseID, Supplier: d.SupplierID, Claim: d.ClaimID, State: d.State,
		Demanded: money.New(d.AmountMinor, d.Currency), Credited: money.New(d.CreditedMinor, d.Currency), Missing: money.New(d.Short(), d.Currency),
		Way: d.Way, Ref: d.Ref, Words: d.Words, Trouble: d.Trouble, Due: d.DueAt}
}

func (a *API) getDispute(ctx context.Context, c *call, in *DisputePath) (out disputeBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := claim.GetDispute(ctx, tx, c.store, in.Dispute)
		out = disputeOf(d)
		return err
	})
	return out, err
}

// onDispute runs a command on a demand and shows it then.
func (a *API) onDispute(ctx context.Context, c *call, name id.Dispute, command func(ctx context.Context, tx *db.Tx) error) (out disputeBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := command(ctx, tx); err != nil {
			return err
		}
		d, err := claim.GetDispute(ctx, tx, c.store, name)
		out = disputeOf(d)
		return err
	})
	return out, err
}

type fileWish struct {
	DisputePath
	Body struct {
		Way string `json:"way" enum:"connector,mail"`
	}
}

func (a *API) fileDispute(ctx context.Context, c *call, in *fileWish) (disputeBody, error) {
	return a.onDispute(ctx, c, in.Dispute, func(ctx context.Context, tx *db.Tx) error {
		return flow.FileDispute(ctx, tx, c.store, in.Dispute, in.Body.Way, c.actor())
	})
}

type disputeNews struct {
	DisputePath
	Body struct {
		Event  string       `json:"event" enum:"file,grant,credit,deny,appeal,waive" doc:"waive lets what is missing of a credit be"`
		Ref    string       `json:"ref,omitempty" maxLength:"100"`
		Words  string       `json:"words,omitempty" maxLength:"2000"`
		Amount money.Amount `json:"amount,omitempty" required:"false" doc:"What was credited now, in the order's currency"`
		Before money.Amount `json:"before,omitempty" required:"false" doc:"What was credited before, as you know it: a credit is refused when that has changed"`
	}
}

func (a *API) moveDispute(ctx context.Context, c *call, in *disputeNews) (disputeBody, error) {
	return a.onDispute(ctx, c, in.Dispute, func(ctx context.Context, tx *db.Tx) error {
		if in.Body.Event == "waive" {
			return flow.WaiveDispute(ctx, tx, c.store, in.Dispute, in.Body.Words, c.actor())
		}
		news := flow.DisputeNews{Event: claim.DisputeEvent(in.Body.Event), Ref: in.Body.Ref, Words: in.Body.Words,
			AmountMinor: in.Body.Amount.Minor, Actor: c.actor()}
		if in.Body.Before.Currency != "" {
			news.Seen = &in.Body.Before.Minor
		}
		return flow.MoveDispute(ctx, tx, c.store, in.Dispute, news)
	})
}

// ChargebackPath names a bank's demand.
type ChargebackPath struct {
	Chargeback id.Chargeback `path:"chargeback"`
}

// chargebackBody is a bank's demand with our evidence.
type chargebackBody struct {
	ID       id.Chargeback `json:"id"`
	Order    id.Order      `json:"order"`
	State    string        `json:"state"`
	Amount   money.Amount  `json:"amount"`
	Reason   string        `json:"reason"`
	Due      clock.Time    `json:"due"`
	Answer   string        `json:"answer" doc:"draft, queued, sending, uncertain, sent or refused"`
	Words    string        `json:"words,omitempty" doc:"Why the evidence was refused"`
	Evidence flow.Defence  `json:"evidence"`
}

func (a *API) chargebackNow(ctx context.Context, tx *db.Tx, c *call, name id.Chargeback) (chargebackBody, error) {
	v, err := flow.LookAtChargeback(ctx, tx, c.store, name)
	return chargebackBody{ID: v.Chargeback.ChargebackID, Order: v.Chargeback.OrderID, State: string(v.Chargeback.State),
		Amount: money.New(v.Chargeback.AmountMinor, v.Chargeback.Currency), Reason: v.Chargeback.Reason, Due: v.Chargeback.DueAt,
		Answer: string(v.Answer.State), Words: v.Answer.Words, Evidence: v.Defence}, err
}

func (a *API) getChargeback(ctx context.Context, c *call, in *ChargebackPath) (out chargebackBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = a.chargebackNow(ctx, tx, c, in.Chargeback)
		return err
	})
	return out, err
}

type answerWish struct {
	ChargebackPath
	Body struct {
		Evidence flow.Defence `json:"evidence"`
	}
}

func (a *API) submitAnswer(ctx context.Context, c *call, in *answerWish) (out chargebackBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.SubmitAnswer(ctx, tx, c.store, in.Chargeback, in.Body.Evidence, c.actor()); err != nil {
			return err
		}
		out, err = a.chargebackNow(ctx, tx, c, in.Chargeback)
		return err
	})
	return out, err
}

// statementBody is a supplier's bill, with how many of its lines are in which state.
type statementBody struct {
	ID       id.Statement            `json:"id,omitempty"`
	Supplier id.Supplier             `json:"supplier"`
	Number   string                  `json:"number"`
	Known    bool                    `json:"known,omitempty" doc:"The same file was imported before: nothing changed"`
	Counts   map[billing.State]int64 `json:"counts"`
	Lines    []billLine              `json:"lines,omitempty"`
	Problems []unreadRow             `json:"problems,omitempty"`
}

// unreadRow is a row of a file that was left out.
type unreadRow struct {
	Row    int64  `json:"row"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// billLine is a line of a bill.
type billLine struct {
	Line     int64         `json:"line"`
	Ref      string        `json:"ref,omitempty"`
	OurRef   string        `json:"our_ref,omitempty"`
	Tracking string        `json:"tracking,omitempty"`
	Title    string        `json:"title,omitempty"`
	Amount   money.Amount  `json:"amount"`
	State    billing.State `json:"state"`
	Reason   string        `json:"reason,omitempty"`
	Order    id.Order      `json:"order,omitempty"`
	Purchase id.Purchase   `json:"purchase,omitempty"`
	Dispute  id.Dispute    `json:"dispute,omitempty"`
}

func billLineOf(l billing.StatementLine) billLine {
	return billLine{Line: l.LineNo, Ref: l.Ref, OurRef: l.OurRef, Tracking: l.Tracking, Title: l.Title, Amount: l.Amount(), State: l.State, Reason: l.Reason,
		Order: l.OrderID, Purchase: l.PurchaseID, Dispute: l.DisputeID}
}

type statementsAsk struct {
	After id.Statement `query:"after"`
}

type statementsPage struct {
	Statements []statementBody `json:"statements"`
	Next       id.Statement    `json:"next,omitempty"`
}

// statementsMost is how many bills a page has.
const statementsMost = 50

func (a *API) listStatements(ctx context.Context, c *call, in *statementsAsk) (out statementsPage, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = statementsPage{Statements: []statementBody{}}
		list, err := billing.List(ctx, tx, c.store, in.After, statementsMost)
		if err != nil || len(list) == 0 {
			return err
		}
		counts, err := billing.Progress(ctx, tx, c.store, list[len(list)-1].StatementID, list[0].StatementID)
		for _, s := range list {
			out.Statements = append(out.Statements, statementBody{ID: s.StatementID, Supplier: s.SupplierID, Number: s.Number, Counts: counts[s.StatementID]})
		}
		if len(list) == statementsMost {
			out.Next = list[len(list)-1].StatementID
		}
		return err
	})
	return out, err
}

type statementPath struct {
	Statement id.Statement `path:"statement"`
}

func (a *API) getStatement(ctx context.Context, c *call, in *statementPath) (out statementBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := billing.Get(ctx, tx, c.store, in.Statement)
		if err != nil {
			return err
		}
		out = statementBody{ID: s.StatementID, Supplier: s.SupplierID, Number: s.Number, Counts: map[billing.State]int64{}}
		lines, err := billing.Lines(ctx, tx, c.store, in.Statement)
		for _, l := range lines {
			out.Counts[l.State]++
			out.Lines = append(out.Lines, billLineOf(l))
		}
		return err
	})
	return out, err
}

type statementWish struct {
	Body struct {
		Supplier id.Supplier       `json:"supplier"`
		Number   string            `json:"number,omitempty" maxLength:"100"`
		FileName string            `json:"file_name" maxLength:"200"`
		Text     string            `json:"text" doc:"The file: CSV with a header"`
		Mapping  map[string]string `json:"mapping,omitempty" doc:"Our name of a column to the file's: ref, our_ref, tracking, amount, goods, freight, currency, kind, date, title, article; guessed and remembered where it is empty"`
		Currency string            `json:"currency,omitempty" maxLength:"3" doc:"Of rows that say none"`
		Dry      bool              `json:"dry,omitempty" doc:"Say what would be done, and change nothing"`
	}
}

func (a *API) importStatement(ctx context.Context, c *call, in *statementWish) (out statementBody, err error) {
	b := flow.Billing{Supplier: in.Body.Supplier, Number: in.Body.Number, FileName: in.Body.FileName, Raw: []byte(in.Body.Text), Mapping: in.Body.Mapping,
		Currency: money.Currency(in.Body.Currency), Actor: c.actor()}
	if err := a.fillBilling(ctx, c, &b); err != nil {
		return out, err
	}
	do := flow.ImportStatement
	if in.Body.Dry {
		do = flow.TryStatement
	}
	done, err := do(ctx, a.db, c.store, b)
	out = statementBody{ID: done.Statement, Supplier: b.Supplier, Number: b.Number, Known: done.Known, Counts: done.Counts}
	for _, one := range done.Problems {
		out.Problems = append(out.Problems, unreadRow(one))
	}
	for _, l := range done.Lines {
		out.Lines = append(out.Lines, billLineOf(l.Line))
	}
	return out, err
}

// fillBilling guesses the columns that were not said, as they were read last or are usually called.
func (a *API) fillBilling(ctx context.Context, c *call, b *flow.Billing) error {
	return a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		terms, err := billing.TermsOf(ctx, tx, c.store, b.Supplier)
		if err != nil {
			return err
		}
		if b.Currency == "" {
			b.Currency = terms.Currency
		}
		if table, err := billing.Open(b.Raw); err == nil && len(b.Mapping) == 0 {
			b.Mapping = billing.Guess(table.Header, terms.Mapping())
		}
		return nil
	})
}

type billWish struct {
	Statement id.Statement `path:"statement"`
	Line      int64        `path:"line"`
	Body      struct {
		Fix    string `json:"fix" enum:"accept,dispute,ignore,link"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Of ignore"`
		Number string `json:"number,omitempty" maxLength:"40" doc:"Of link: our purchase order"`
	}
}

func (a *API) fixBill(ctx context.Context, c *call, in *billWish) (out billLine, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		var err error
		switch in.Body.Fix {
		case "accept":
			err = flow.AcceptBill(ctx, tx, c.store, in.Statement, in.Line, c.actor())
		case "dispute":
			err = flow.DisputeBill(ctx, tx, c.store, in.Statement, in.Line, c.actor())
		case "ignore":
			err = flow.IgnoreBill(ctx, tx, c.store, in.Statement, in.Line, in.Body.Reason, c.actor())
		default:
			err = flow.LinkBill(ctx, tx, c.store, in.Statement, in.Line, in.Body.Number, c.actor())
		}
		if err != nil {
			return err
		}
		l, err := billing.Line(ctx, tx, c.store, in.Statement, in.Line)
		out = billLineOf(l)
		return err
	})
	return out, err
}
