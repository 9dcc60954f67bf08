package dashboard

import (
	"context"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/report"
)

// inbox is all that waits for a person.
type inbox struct {
	report.Attention
	Orders []waitingOrder
}

// waitingOrder is an order in the inbox, with what is needed to mend it from there.
type waitingOrder struct {
	Row     report.OrderRow
	Doc     orderDoc
	Reasons []order.Reason
}

// attentionMost is how many orders of the inbox are read whole, with their buttons.
const attentionMost = 25

func (d *Dashboard) attention(v *visit) error {
	var p inbox
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = inbox{}
		if p.Attention, err = report.NeedsAttention(ctx, tx, v.store); err != nil {
			return err
		}
		page, err := report.Orders(ctx, tx, v.store, report.Filter{NeedsPerson: true}, v.query("after"), attentionMost)
		if err != nil {
			return err
		}
		p.MoreOrders = page.Next
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

func (p inbox) empty() bool {
	return len(p.Orders)+len(p.Connectors)+len(p.Feeds)+len(p.Jobs)+len(p.Mails) == 0 && p.MailServer == nil
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

// --- offers that were not believed

// feedView is one parked page of offers and what it would change.
type feedView struct {
	Feed     inventory.Feed
	Supplier inventory.Supplier
	Reasons  []string
	Changes  []feedChange
	More     int // changes that are not shown
}

// feedChange is an article as we know it and as the page says.
type feedChange struct {
	SKU, Title string
	Was        *inventory.Offer
	Says       inventory.Offered
}

// units is the stock that the page takes away, or brings.
func (c feedChange) units() int64 {
	if c.Was == nil {
		return c.Says.Quantity
	}
	return c.Says.Quantity - c.Was.Quantity
}

// changesMost is how many changes of a feed one page shows.
const changesMost = 200

func (d *Dashboard) feeds(v *visit) error {
	var list []report.Feed
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = report.ParkedFeeds(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Parked feeds", At: "feeds", Live: true}
	return d.show(v, at, feedsPage(v, at, list))
}

func (d *Dashboard) feed(v *visit) error {
	var p feedView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = feedView{}
		if p.Feed, err = inventory.FeedByID(ctx, tx, v.store, id.Feed(v.path("feed"))); err != nil {
			return err
		}
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, p.Feed.SupplierID); err != nil {
			return err
		}
		p.Reasons = strings.Split(p.Feed.Reason, "; ")
		return p.compare(ctx, tx, v.store)
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Offers of " + p.Supplier.Name, At: "feeds", Back: Prefix + "/feeds"}
	return d.show(v, at, feedPage(v, at, p))
}

// compare sets what the page says against what is stored, for the articles that we sell.
func (p *feedView) compare(ctx context.Context, tx *db.Tx, s id.Store) error {
	page, err := p.Feed.Page()
	if err != nil || p.Feed.State != inventory.Parked {
		return err
	}
	known, err := report.OffersBySKU(ctx, tx, s, p.Feed.SupplierID)
	if err != nil {
		return err
	}
	for _, says := range page {
		was, ok := known[says.SKU]
		if !ok || was.Quantity == says.Quantity && was.CostMinor == says.CostMinor && was.Currency == says.Currency {
			continue
		}
		if len(p.Changes) >= changesMost {
			p.More++
			continue
		}
		p.Changes = append(p.Changes, feedChange{SKU: says.SKU, Title: was.Title, Says: says,
			Was: &inventory.Offer{CostMinor: was.CostMinor, Currency: was.Currency, Quantity: was.Quantity, AsOf: was.AsOf}})
	}
	return nil
}

func (d *Dashboard) believeFeed(v *visit) error {
	return d.do(v, Prefix+"/feeds", "Believed: stock and cost are as the supplier says.", func(ctx context.Context, tx *db.Tx) error {
		return flow.BelieveFeed(ctx, tx, v.store, id.Feed(v.path("feed")), v.actor())
	})
}

func (d *Dashboard) refuseFeed(v *visit) error {
	return d.do(v, Prefix+"/feeds", "Refused: stock and cost stay as they were.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RefuseFeed(ctx, tx, v.store, id.Feed(v.path("feed")), v.actor())
	})
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
	List        []said
	Next        string
	Who, What   string
	Actors      []logActor
	Nouns       []string
	AfterCursor string
}

type logActor struct{ Value, Name string }

func (d *Dashboard) eventLog(v *visit) error {
	p := logView{Who: v.query("who"), What: v.query("what"), AfterCursor: v.query("after"),
		Nouns: []string{"order", "payment", "refund", "chargeback", "purchase", "shipment", "mail", "feed", "supplier", "connector", "setting", "staff", "key", "product", "job"}}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		f := report.LogFilter{Actor: p.Who}
		if p.What != "" {
			f.Kind = p.What + "."
		}
		list, next, err := report.Log(ctx, tx, v.store, f, p.AfterCursor, pageSize)
		if err != nil {
			return err
		}
		who, err := namesOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		p.List, p.Next = sayAll(list, who), next
		p.Actors = []logActor{{"staff:", "Any member of staff"}, {"key:", "Any program"}, {"customer", "Customers"}, {"supplier:", "Suppliers"},
			{"payment:", "Payment providers"}, {"carrier:", "Tracking services"}, {"system", "Doorstep itself"}}
		return nil
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Audit log", At: "log"}
	return d.show(v, at, logPage(v, at, p))
}
