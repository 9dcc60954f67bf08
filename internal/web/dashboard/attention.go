package dashboard

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// inbox is all that waits for a person.
type inbox struct {
	listPage
	report.Attention
	Orders []waitingOrder
	Down   []downConnector
}

// downConnector is a connector whose other side does not answer.
type downConnector struct {
	report.Connector
	Since   clock.Time
	Waiting int64 // purchases
}

// waitingOrder is an order in the inbox, with what is needed to mend it from there.
type waitingOrder struct {
	Row     report.OrderRow
	Doc     orderDoc
	Reasons []order.Reason
}

// inboxKind is the inbox. Its orders are read page by page; of the rest there are a hundred of each
// kind at most.
func inboxKind() listKind {
	return listKind{Key: "attention", Path: "/attention", Fields: []listField{unshown("only", "orders", "suppliers", "messages", "mails", "jobs")},
		Sorts: []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortDearest, Name: "Largest total"}},
		Usual: []listView{{Name: "Everything"}, {Name: "Orders", Query: "only=orders"}, {Name: "Suppliers and stock", Query: "only=suppliers"}, {Name: "Messages", Query: "only=messages"},
			{Name: "Mails", Query: "only=mails"}, {Name: "Parked jobs", Query: "only=jobs"}}}
}

// attentionMost is how many orders of the inbox are read whole, with their buttons.
const attentionMost = 25

func (d *Dashboard) attention(v *visit) error {
	var p inbox
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = inbox{}
		if p.listPage, err = v.readList(ctx, tx, inboxKind()); err != nil {
			return err
		}
		if p.Attention, err = report.NeedsAttention(ctx, tx, v.store); err != nil {
			return err
		}
		page, err := report.Orders(ctx, tx, v.store, report.Filter{NeedsPerson: true, Sort: p.Ask.sort()}, p.After, attentionMost)
		if err != nil {
			return err
		}
		if p.Down, err = d.down(ctx, tx, v); err != nil {
			return err
		}
		if p.leave(); p.Ask.get("only") != "" && p.Ask.get("only") != "orders" {
			return nil
		}
		p.Next = page.Next
		for _, row := range page.Orders {
			doc, err := readOrder(ctx, tx, v, string(row.ID))
			if err != nil {
				return err
			}
			w := waitingOrder{Row: row, Doc: doc}
			for _, r := range doc.Reasons {
				if r.Person {
					w.Reasons = append(w.Reasons, r)
				}
			}
			p.Orders = append(p.Orders, w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Attention", At: "attention", Live: true, Refresh: 60}
	return d.show(v, at, attentionPage(v, at, p))
}

// down lists the connectors that are left alone because nobody answers there.
func (d *Dashboard) down(ctx context.Context, tx *db.Tx, v *visit) (list []downConnector, err error) {
	all, err := report.Connectors(ctx, tx, v.store)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		since, down := d.outside.DownSince(c.ID)
		if !down {
			continue
		}
		one := downConnector{Connector: c, Since: clock.Of(since)}
		if one.Waiting, err = report.WaitingFor(ctx, tx, v.store, c.ID); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// connectorTrouble is why a connector waits for a person.
func connectorTrouble(v *visit, c report.Connector) string {
	if c.State == "active" {
		return "Its permission ends on " + c.EndsAt.Std().In(v.zone).Format("2 Jan 2006") + ". Connect the account anew before that day: after it, its work waits."
	}
	return orText(c.Reason, "Paused by a person: its jobs wait.")
}

// waitingWords says what waits for a connector that does not answer.
func waitingWords(n int64) string {
	if n == 0 {
		return "Nothing waits for it."
	}
	return counted(n, "purchase") + " wait. Nothing is lost: they leave once, by themselves, when it is back."
}

// leave takes out what was not asked for.
func (p *inbox) leave() {
	only := p.Ask.get("only")
	other := func(kind string) bool { return only != "" && only != kind }
	if other("suppliers") {
		p.Down, p.Connectors, p.Feeds = nil, nil, nil
	}
	if other("messages") {
		p.Messages, p.Mailbox = nil, nil
	}
	if other("mails") {
		p.Mails, p.MailServer = nil, nil
	}
	if other("jobs") {
		p.Jobs = nil
	}
}

func (p inbox) empty() bool {
	return len(p.Down)+len(p.Orders)+len(p.Connectors)+len(p.Feeds)+len(p.Jobs)+len(p.Mails)+len(p.Messages) == 0 && p.MailServer == nil && p.Mailbox == nil
}

// lastAnswer is the newest raw answer of the supplier to the purchase that a reason is
// about.
func (w waitingOrder) lastAnswer(r order.Reason) string {
	one := w.Doc.purchase(r.Subject)
	if one == nil {
		return ""
	}
	for i := len(one.Attempts) - 1; i >= 0; i-- {
		if a := one.Attempts[i].Answer; a != "" {
			return pretty(a)
		}
	}
	return ""
}

// --- work that was given up

func (d *Dashboard) jobs(v *visit) error {
	var list []report.Job
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = report.ParkedJobs(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Parked jobs", At: "jobs", Live: true}
	return d.show(v, at, jobsPage(v, at, list))
}

func (d *Dashboard) retryJob(v *visit) error {
	return d.do(v, Prefix+"/jobs", "It is tried again now.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RetryJob(ctx, tx, v.store, id.Job(v.path("job")), v.actor())
	})
}

// --- all that happened

// logView is a page of the audit log.
type logView struct {
	listPage
	List []said
}

// logKind is the audit log.
func logKind() listKind {
	who := listField{Name: "who", Any: "By: anybody", Choice: []ui.Choice{{Value: "staff:", Name: "Any member of staff"}, {Value: "key:", Name: "Any program"},
		{Value: "customer", Name: "Customers"}, {Value: "supplier:", Name: "Suppliers"}, {Value: "payment:", Name: "Payment providers"},
		{Value: "carrier:", Name: "Tracking services"}, {Value: "system", Name: "Doorstep itself"}}}
	return listKind{Key: "log", Path: "/log", Search: ui.ListSearch{Name: "q", Placeholder: "Order number", Label: "Number of an order"},
		Fields: []listField{who, pickOf("what", "About", "order", "payment", "refund", "chargeback", "purchase", "shipment", "claim", "mail", "feed", "supplier", "connector",
			"setting", "staff", "key", "product", "job")},
		Sorts: []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}},
		Usual: []listView{{Name: "All"}, {Name: "By staff", Query: "who=staff%3A"}, {Name: "Settings", Query: "what=setting"}}}
}

func (d *Dashboard) eventLog(v *visit) error {
	var p logView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, logKind()); err != nil {
			return err
		}
		who, err := namesOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		f := report.LogFilter{Actor: p.Ask.get("who"), Sort: p.Ask.sort()}
		if what := p.Ask.get("what"); what != "" {
			f.Kind = what + "."
		}
		list, next, err := []report.LogRow{}, "", error(nil)
		if text := p.Ask.search(); text == "" {
			list, next, err = report.Log(ctx, tx, v.store, f, p.After, pageSize)
		} else if order, known := report.Search(text); known && order.Number > 0 {
			f.Order = order.Number
			list, next, err = report.Log(ctx, tx, v.store, f, p.After, pageSize)
		}
		p.List, p.Next = v.sayAll(list, who), next
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Audit log", At: "log"}
	return d.show(v, at, logPage(v, at, p))
}
