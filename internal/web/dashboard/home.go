package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/money"
)

// How far the first page looks back, and how much of it is told.
const (
	newsLines = 10
	chartDays = 30
	healthFor = 7 * 24 * time.Hour
)

// homeView is the first page.
type homeView struct {
	Days      []report.Figure // the last one is today
	Orders    []report.OrderRow
	Person    []report.OrderRow // that need one
	Suppliers []report.Health
	MadeGood  []report.Recovered    // by suppliers in the last 90 days, per currency
	Resting   map[id.Connector]bool // connectors that are left alone for a moment
	Happened  []said
	Steps     []step // still to be done before the shop can sell; empty when it can
	Currency  money.Currency
	Base      baseAddress // under which people reach the shop
}

// step is one thing to set up.
type step struct {
	Name, Words, URL string
	Done             bool
}

func (d *Dashboard) home(v *visit) error {
	p := homeView{Currency: v.settings.Currency, Base: d.address(v)}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		list, err := report.Figures(ctx, tx, v.store, p.Currency, clock.Of(v.local(v.now).AddDate(0, 0, -chartDays-1)))
		if err != nil {
			return err
		}
		p.Days = report.ByDay(list, v.local(v.now), chartDays)
		recent, err := report.Orders(ctx, tx, v.store, report.Filter{}, "", 8)
		if err != nil {
			return err
		}
		p.Orders = recent.Orders
		waiting, err := report.Orders(ctx, tx, v.store, report.Filter{NeedsPerson: true}, "", 5)
		if err != nil {
			return err
		}
		p.Person = waiting.Orders
		if p.Suppliers, err = report.Suppliers(ctx, tx, v.store, v.now.Add(-healthFor)); err != nil {
			return err
		}
		good, err := report.RecoveredSince(ctx, tx, v.store, v.now.Add(-recoveredFor))
		if err != nil {
			return err
		}
		p.MadeGood = byMoney(good)
		log, _, err := report.Log(ctx, tx, v.store, report.LogFilter{}, "", 5*newsLines)
		if err != nil {
			return err
		}
		names, err := namesOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		p.Happened = v.sayAll(worthTelling(log), names)
		return p.plan(ctx, tx, v.store)
	})
	if err != nil {
		return err
	}
	p.Resting = map[id.Connector]bool{}
	for _, h := range p.Suppliers {
		p.Resting[h.Connector] = h.Connector != "" && d.outside.Resting(h.Connector)
	}
	at := frame{Title: "Home", At: "home", Live: true, Refresh: 30}
	return d.show(v, at, homePage(v, at, p))
}

// byMoney adds what suppliers made good, currency by currency.
func byMoney(list []report.Recovered) (sums []report.Recovered) {
	for _, r := range list {
		i := slices.IndexFunc(sums, func(s report.Recovered) bool { return s.Currency == r.Currency })
		if i < 0 {
			sums = append(sums, report.Recovered{Currency: r.Currency})
			i = len(sums) - 1
		}
		sums[i].Demanded, sums[i].Credited, sums[i].Open = sums[i].Demanded+r.Demanded, sums[i].Credited+r.Credited, sums[i].Open+r.Open
	}
	return sums
}

// worthTelling leaves out who came and went: that is for the audit log.
func worthTelling(log []report.LogRow) []report.LogRow {
	log = slices.DeleteFunc(log, func(e report.LogRow) bool {
		return strings.HasPrefix(e.Kind, "staff.signed-") || strings.HasPrefix(e.Kind, "session.")
	})
	return log[:min(len(log), newsLines)]
}

// plan lists what a shop needs before it can sell, as long as something is missing.
func (p *homeView) plan(ctx context.Context, tx *db.Tx, s id.Store) error {
	connectors, err := report.Connectors(ctx, tx, s)
	if err != nil {
		return err
	}
	sells, err := report.Sells(ctx, tx, s)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, c := range connectors {
		has[c.Kind] = true
	}
	p.Steps = []step{
		{"Add products", "From a Shopify or WooCommerce file, or begin with the sample shop.", Prefix + "/products", sells},
		{"Connect a supplier", "Who ships what you sell: by API, by mail, or by hand.", Prefix + "/connectors", has["supplier"] || len(p.Suppliers) > 0},
		{"Take payments", "By card, by bank transfer, or at the door.", Prefix + "/connectors", has["payment"]},
		{"See your first order", "Buy something in your own shop and watch it travel.", Prefix + "/orders", len(p.Orders) > 0},
	}
	for _, s := range p.Steps {
		if !s.Done {
			return nil
		}
	}
	p.Steps = nil
	return nil
}

// callWords says how calls to a supplier went lately.
func (p homeView) callWords(h report.Health) string {
	switch {
	case h.Connector == "":
		return "By hand"
	case p.Resting[h.Connector]:
		return "Does not answer: left alone for a moment, then tried again"
	case h.Calls == 0:
		return "No calls in 7 days"
	}
	return fmt.Sprintf("%d %% of %s went well, %s each", (h.Calls-h.Failed)*100/h.Calls, counted(h.Calls, "call"), span(h.Latency))
}

// today and before are the last day and the one a week earlier, for comparison.
func (p homeView) today() report.Figure  { return p.Days[len(p.Days)-1] }
func (p homeView) before() report.Figure { return p.Days[len(p.Days)-8] }

// sum is the whole time of the chart.
func (p homeView) sum() (all report.Figure) {
	for _, f := range p.Days {
		all.Add(f)
	}
	return all
}

func (p homeView) amount(minor int64) string { return price(money.New(minor, p.Currency)) }
