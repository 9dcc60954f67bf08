package dashboard

import (
	"context"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// discountRoutes are codes that make orders cheaper, and what customers may spend here.
func (d *Dashboard) discountRoutes() []route {
	const get, post = "GET", "POST"
	const reader, manager = account.Reader, account.Manager
	return []route{
		{get, "/discounts", reader, false, d.discounts},
		{get, "/discounts/new", manager, false, d.newDiscount},
		{post, "/discounts", manager, false, d.makeDiscount},
		{get, "/discounts/{discount}", reader, false, d.discount},
		{post, "/discounts/{discount}", manager, false, d.changeDiscount},
		{post, "/discounts/{discount}/stop", manager, false, d.stopDiscount},
		{post, "/discounts/{discount}/resume", manager, false, d.resumeDiscount},
		{post, "/customers/{customer}/credit", manager, false, d.grantCredit},
	}
}

// codeRow is a code with what it gave so far.
type codeRow struct {
	discount.Discount
	Given []money.Amount // per currency
}

// discountList is a page of the list.
type discountList struct {
	listPage
	List []codeRow
}

// codeKind is the list of codes.
func codeKind() listKind {
	return listKind{Key: "discounts", Path: "/discounts", Search: ui.ListSearch{Name: "q", Placeholder: "How a code begins", Label: "How a code begins"},
		Fields: []listField{pickOf("state", "State", "active", "stopped")},
		Sorts:  []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortName, Name: "A to Z"}, {Value: report.SortNameBack, Name: "Z to A"}},
		Usual:  []listView{{Name: "All"}, {Name: "Active", Query: "state=active"}, {Name: "Stopped", Query: "state=stopped"}}}
}

func (d *Dashboard) discounts(v *visit) error {
	var p discountList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, codeKind()); err != nil {
			return err
		}
		f := report.CodeFilter{Text: p.Ask.search(), State: p.Ask.get("state"), Sort: p.Ask.sort()}
		names, next, err := report.CodeNames(ctx, tx, v.store, f, p.After, pageSize)
		if p.List, p.Next = nil, next; err != nil {
			return err
		}
		for _, name := range names {
			row, err := codeOf(ctx, tx, v.store, name)
			if err != nil {
				return err
			}
			p.List = append(p.List, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Discounts", At: "discounts"}
	return d.show(v, at, discountsPage(v, at, p))
}

// codeOf reads a code and what it gave.
func codeOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Discount) (row codeRow, err error) {
	if row.Discount, err = discount.Get(ctx, tx, s, name); err != nil || row.Uses == 0 {
		return row, err
	}
	given, err := discount.Given(ctx, tx, s, name, name)
	for _, g := range given {
		row.Given = append(row.Given, money.New(g.Given, g.Currency))
	}
	return row, err
}

// discountDoc is one code, with the orders it was used for.
type discountDoc struct {
	codeRow
	Uses []codeUse
	New  bool
}

// codeUse is an order that a code was used for.
type codeUse struct {
	discount.DiscountUse
	Order order.Order
}

func (d *Dashboard) discount(v *visit) error {
	var p discountDoc
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		row, err := codeOf(ctx, tx, v.store, id.Discount(v.path("discount")))
		if err != nil {
			return err
		}
		uses, err := discount.Uses(ctx, tx, v.store, row.DiscountID, 20)
		p = discountDoc{codeRow: row}
		for _, u := range uses {
			o, err := order.Get(ctx, tx, v.store, u.OrderID)
			if err != nil {
				return err
			}
			p.Uses = append(p.Uses, codeUse{u, o})
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: p.Code, At: "discounts", Back: Prefix + "/discounts"}
	return d.show(v, at, discountPage(v, at, p))
}

func (d *Dashboard) newDiscount(v *visit) error {
	p := discountDoc{New: true, codeRow: codeRow{Discount: discount.Discount{Kind: discount.Percent, Value: 1000, Currency: v.settings.Currency, Active: true}}}
	at := frame{Title: "New discount code", At: "discounts", Back: Prefix + "/discounts"}
	return d.show(v, at, discountPage(v, at, p))
}

// typedCode reads the form of a code.
func (d *Dashboard) typedCode(v *visit) (c discount.Discount, err error) {
	c = discount.Discount{StoreID: v.store, DiscountID: id.Discount(v.path("discount")), Code: v.form("code"), Kind: discount.Kind(v.form("kind")),
		Currency: v.settings.Currency, Once: v.form("once") == "yes", Active: true, Note: cut(v.form("note"), 500)}
	wrong := func(field, words string) error { return &flow.Refusal{Code: "invalid", Field: field, Words: words} }
	switch c.Kind {
	case discount.Percent: // with two decimals, as basis points: an amount of a currency that has two
		share, err := money.Parse(strings.TrimSuffix(strings.ReplaceAll(v.form("value"), ",", "."), "%"), "EUR")
		if err != nil {
			return c, wrong("value", "The share is a number such as 10 or 12.5.")
		}
		c.Value = share.Minor
	case discount.Amount:
		a, err := money.Parse(v.form("value"), c.Currency)
		if err != nil {
			return c, wrong("value", "The amount is a sum such as 5.00.")
		}
		c.Value = a.Minor
	}
	if text := v.form("minimum"); text != "" {
		a, err := money.Parse(text, c.Currency)
		if err != nil {
			return c, wrong("minimum", "The least sum is one such as 50.00.")
		}
		c.MinMinor = a.Minor
	}
	if text := v.form("most"); text != "" {
		if c.MostUses, err = wholeNumber(text); err != nil {
			return c, wrong("most", "How often it may be used is a whole number.")
		}
	}
	if c.FromAt, err = v.typedTime("from"); err != nil {
		return c, err
	}
	c.UntilAt, err = v.typedTime("until")
	return c, err
}

// wholeNumber reads a number of at most nine digits.
func wholeNumber(text string) (n int64, err error) {
	for _, r := range text {
		if r < '0' || r > '9' || n > 99_999_999 {
			return 0, &flow.Refusal{Code: "number", Words: "That is no whole number."}
		}
		n = n*10 + int64(r-'0')
	}
	return n, nil
}

func (d *Dashboard) makeDiscount(v *visit) error {
	to := Prefix + "/discounts/new"
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		c, err := d.typedCode(v)
		if err != nil {
			return err
		}
		made, err := flow.MakeCode(ctx, tx, c, v.actor())
		to = discountURL(made.DiscountID)
		return err
	})
	if err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/discounts/new")
	}
	v.tell(ui.Good, "The code works from now on, or from the day you set.")
	return v.lead(to)
}

func (d *Dashboard) changeDiscount(v *visit) error {
	name := id.Discount(v.path("discount"))
	return d.do(v, discountURL(name), "Kept. Orders that were placed before stay as they are.", func(ctx context.Context, tx *db.Tx) error {
		c, err := d.typedCode(v)
		if err != nil {
			return err
		}
		was, err := discount.Get(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		c.Active = was.Active
		return flow.ChangeCode(ctx, tx, c, v.actor())
	})
}

func (d *Dashboard) stopDiscount(v *visit) error {
	name := id.Discount(v.path("discount"))
	v.undo = undoing("use-code", string(name))
	return d.do(v, discountURL(name), "Stopped: nobody can use it any more.", func(ctx context.Context, tx *db.Tx) error {
		return flow.StopCode(ctx, tx, v.store, name, false, v.actor())
	})
}

func (d *Dashboard) resumeDiscount(v *visit) error {
	name := id.Discount(v.path("discount"))
	return d.do(v, discountURL(name), "It can be used again.", func(ctx context.Context, tx *db.Tx) error {
		return flow.StopCode(ctx, tx, v.store, name, true, v.actor())
	})
}

// grantCredit gives a customer store credit by hand, or takes some back.
func (d *Dashboard) grantCredit(v *visit) error {
	name := id.Customer(v.path("customer"))
	return d.do(v, customerURL(name), "The store credit is changed; the customer sees it in their account.", func(ctx context.Context, tx *db.Tx) error {
		a, err := money.Parse(v.form("amount"), v.settings.Currency)
		if err != nil {
			return &flow.Refusal{Code: "amount", Field: "amount", Words: "The amount is a sum such as 10.00."}
		}
		if v.form("way") == "take" {
			a.Minor = -a.Minor
		}
		return flow.GrantCredit(ctx, tx, v.store, flow.Grant{Customer: name, Amount: a, Words: v.form("words"), Actor: v.actor()})
	})
}

func discountURL(name id.Discount) string { return Prefix + "/discounts/" + string(name) }

// takes says in a few words what a code takes off.
func (c codeRow) takes() string {
	switch c.Kind {
	case discount.Percent:
		return strings.TrimSuffix(strings.TrimSuffix(money.New(c.Value, "EUR").Decimal(), "0"), ".0") + " % off"
	case discount.Amount:
		return price(c.Worth()) + " off"
	}
	return "free shipping"
}

// value is what stands in the form's field.
func (c codeRow) value() string {
	switch c.Kind {
	case discount.Percent:
		return money.New(c.Value, "EUR").Decimal()
	case discount.Amount:
		return c.Worth().Decimal()
	}
	return ""
}

// given is what the code gave so far.
func (c codeRow) given() string {
	var parts []string
	for _, g := range c.Given {
		parts = append(parts, price(g))
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// used is how often the code was used, of how many times.
func (c codeRow) used() string {
	if c.MostUses == 0 {
		return count(c.Uses)
	}
	return count(c.Uses) + " of " + count(c.MostUses)
}

// state is what becomes of the code now, in a word.
func (c codeRow) state(now clock.Time) (words string, tone ui.Tone) {
	switch c.State(now) {
	case "active":
		return "In use", ui.Good
	case "planned":
		return "Planned", ui.Note
	case "over":
		return "Over", ui.Plain
	case "used-up":
		return "Used up", ui.Plain
	}
	return "Stopped", ui.Warn
}

// dateField is a moment as a form's field holds it.
func (v *visit) dateField(t clock.Time) string {
	if t == 0 {
		return ""
	}
	return v.local(t).Format("2006-01-02T15:04")
}

// creditOf are a customer's store credits and the newest entries.
func creditOf(ctx context.Context, tx *db.Tx, s id.Store, c id.Customer) (sums []money.Amount, list []ledger.CreditEntry, err error) {
	if sums, err = ledger.CreditBalancesOf(ctx, tx, s, c); err != nil {
		return nil, nil, err
	}
	list, err = ledger.CreditsOf(ctx, tx, s, c, 10)
	return sums, list, err
}

// creditWords are what an entry of store credit is.
func creditWords(kind string) string {
	return map[string]string{ledger.CreditRefund: "Refund", ledger.CreditGoodwill: "Goodwill", ledger.CreditHand: "By hand",
		ledger.CreditUsed: "Paid with", ledger.CreditBack: "Given back"}[kind]
}

func moneyOf(minor int64, c money.Currency) money.Amount { return money.New(minor, c) }

// leastField and mostField are empty where nothing is asked for.
func leastField(p discountDoc) string {
	if p.MinMinor == 0 {
		return ""
	}
	return p.Least().Decimal()
}

func mostField(p discountDoc) string {
	if p.MostUses == 0 {
		return ""
	}
	return count(p.MostUses)
}
