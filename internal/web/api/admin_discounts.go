package api

import (
	"context"
	"net/http"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/money"
)

// giveRoutes are the rows about discount codes and store credit.
func (a *API) giveRoutes() []route {
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	return []route{
		on(a, put, "/cart/code", shopper, "Enter a discount's code; an empty one takes it out", a.enterCode),
		on(a, get, "/admin/discounts", reader, "List discount codes, the newest first", a.listDiscounts),
		on(a, post, "/admin/discounts", manager, "Make a discount code", a.makeDiscount).made().onceOnly(),
		on(a, get, "/admin/discounts/{discount}", reader, "One discount code", a.getDiscount),
		on(a, post, "/admin/discounts/{discount}/end", manager, "End a discount code: nobody can use it any more", a.endDiscount).onceOnly(),
		on(a, get, "/admin/customers/{customer}/credit", reader, "A customer's store credit with its newest entries", a.getCredit),
		on(a, post, "/admin/customers/{customer}/credit", manager, "Give store credit, or take some back, with the reason", a.grantCredit).onceOnly(),
	}
}

type codeWish struct {
	Body struct {
		Code string `json:"code" maxLength:"60" doc:"As the customer typed it; empty: none"`
	}
}

func (a *API) enterCode(ctx context.Context, c *call, in *codeWish) (Cart, error) {
	return a.change(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.EnterDiscount(ctx, tx, c.store, c.cart, in.Body.Code)
	})
}

// discountTerms are what a code gives, and to whom.
type discountTerms struct {
	Code        string        `json:"code" minLength:"2" maxLength:"60" doc:"In any letters; they are kept as capitals" example:"HELLO10"`
	Kind        discount.Kind `json:"kind" enum:"percent,amount,shipping" doc:"shipping: all of the shipping"`
	BasisPoints int64         `json:"basis_points,omitempty" minimum:"0" maximum:"10000" doc:"Of kind percent: 1000 is a tenth of the goods"`
	Amount      *money.Amount `json:"amount,omitempty" doc:"Of kind amount, in the store's currency"`
	Minimum     *money.Amount `json:"minimum,omitempty" doc:"What the goods must come to, in the store's currency"`
	From        clock.Time    `json:"from,omitempty" required:"false" doc:"Missing: at once"`
	Until       clock.Time    `json:"until,omitempty" required:"false" doc:"Missing: without end"`
	Once        bool          `json:"once_per_customer,omitempty"`
	MostUses    int64         `json:"most_uses,omitempty" minimum:"0" doc:"In all; missing: any number"`
	Email       string        `json:"email,omitempty" maxLength:"254" doc:"Whose it is; missing: everybody's"`
	Note        string        `json:"note,omitempty" maxLength:"500" doc:"For the staff"`
}

// discountBody is a code as programs see it.
type discountBody struct {
	ID id.Discount `json:"id"`
	discountTerms
	State     string     `json:"state" enum:"active,planned,over,used-up,stopped"`
	Uses      int64      `json:"uses"`
	Order     id.Order   `json:"order,omitempty" doc:"The late order that it makes good"`
	CreatedAt clock.Time `json:"created_at"`
}

func discountOf(d discount.Discount, now clock.Time) discountBody {
	out := discountBody{ID: d.DiscountID, State: d.State(now), Uses: d.Uses, Order: d.OrderID, CreatedAt: d.CreatedAt,
		discountTerms: discountTerms{Code: d.Code, Kind: d.Kind, From: d.FromAt, Until: d.UntilAt, Once: d.Once, MostUses: d.MostUses, Email: d.Email, Note: d.Note}}
	switch d.Kind {
	case discount.Percent:
		out.BasisPoints = d.Value
	case discount.Amount:
		worth := d.Worth()
		out.Amount = &worth
	case discount.Shipping:
	}
	if d.MinMinor > 0 {
		least := d.Least()
		out.Minimum = &least
	}
	return out
}

type discountsQuery struct {
	After id.Discount `query:"after" doc:"next of the page before"`
	Limit int32       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// discountPage is a page of codes.
type discountPage struct {
	Discounts []discountBody `json:"discounts"`
	Next      id.Discount    `json:"next,omitempty" doc:"Missing: this is the last page"`
}

func (a *API) listDiscounts(ctx context.Context, c *call, in *discountsQuery) (out discountPage, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = discountPage{Discounts: []discountBody{}}
		list, err := discount.List(ctx, tx, c.store, in.After, in.Limit+1)
		if len(list) > int(in.Limit) {
			list = list[:in.Limit]
			out.Next = list[len(list)-1].DiscountID
		}
		for _, d := range list {
			out.Discounts = append(out.Discounts, discountOf(d, tx.Now))
		}
		return err
	})
	return out, err
}

// DiscountPath names a code.
type DiscountPath struct {
	Discount id.Discount `path:"discount"`
}

func (a *API) getDiscount(ctx context.Context, c *call, in *DiscountPath) (out discountBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := discount.Get(ctx, tx, c.store, in.Discount)
		out = discountOf(d, tx.Now)
		return err
	})
	return out, err
}

func (a *API) makeDiscount(ctx context.Context, c *call, in *struct{ Body discountTerms }) (out discountBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		set, err := store.LoadSettings(ctx, tx, c.store)
		if err != nil {
			return err
		}
		d, err := in.Body.discount(c.store, set.Currency)
		if err != nil {
			return err
		}
		if d, err = flow.MakeCode(ctx, tx, d, c.actor()); err != nil {
			return err
		}
		d.CreatedAt = tx.Now
		out = discountOf(d, tx.Now)
		return nil
	})
	return out, err
}

// discount reads what a program says of a code; its sums are of the store's currency.
func (t discountTerms) discount(s id.Store, in money.Currency) (discount.Discount, error) {
	d := discount.Discount{StoreID: s, Code: t.Code, Kind: t.Kind, Currency: in, FromAt: t.From, UntilAt: t.Until, Once: t.Once, MostUses: t.MostUses,
		Email: discount.Fold(t.Email), Active: true, Note: t.Note}
	for field, one := range map[string]struct {
		from *money.Amount
		into *int64
	}{"amount": {t.Amount, &d.Value}, "minimum": {t.Minimum, &d.MinMinor}} {
		if one.from == nil {
			continue
		}
		if one.from.Currency != in {
			p := problem(http.StatusUnprocessableEntity, "currency", "The store sells in %s.", in)
			p.Field = field + ".currency"
			return d, p
		}
		*one.into = one.from.Minor
	}
	switch t.Kind {
	case discount.Percent:
		d.Value = t.BasisPoints
	case discount.Shipping:
		d.Value = 0
	case discount.Amount:
	}
	return d, nil
}

func (a *API) endDiscount(ctx context.Context, c *call, in *DiscountPath) (out discountBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.StopCode(ctx, tx, c.store, in.Discount, false, c.actor()); err != nil {
			return err
		}
		d, err := discount.Get(ctx, tx, c.store, in.Discount)
		out = discountOf(d, tx.Now)
		return err
	})
	return out, err
}

// CustomerPath names a customer.
type CustomerPath struct {
	Customer id.Customer `path:"customer"`
}

// creditMost is how many entries of store credit are shown, the newest first.
const creditMost = 200

// creditBody is a customer's store credit.
type creditBody struct {
	Customer id.Customer    `json:"customer"`
	Balances []money.Amount `json:"balances" doc:"By currency; nothing where the customer never had any"`
	Entries  []creditEntry  `json:"entries" doc:"The newest 200, the newest first"`
}

// creditEntry is a change of a customer's store credit.
type creditEntry struct {
	ID     id.Entry     `json:"id"`
	At     clock.Time   `json:"at"`
	Kind   string       `json:"kind" enum:"refund,goodwill,hand,used,back"`
	Amount money.Amount `json:"amount" doc:"Negative: spent, or taken back"`
	Order  id.Order     `json:"order,omitempty"`
	Words  string       `json:"words,omitempty" doc:"Why; the customer can read it"`
	Actor  string       `json:"actor"`
}

func creditNow(ctx context.Context, tx *db.Tx, s id.Store, name id.Customer) (out creditBody, err error) {
	out = creditBody{Customer: name, Entries: []creditEntry{}}
	if out.Balances, err = ledger.CreditBalancesOf(ctx, tx, s, name); err != nil {
		return out, err
	}
	list, err := ledger.CreditsOf(ctx, tx, s, name, creditMost)
	for _, e := range list {
		out.Entries = append(out.Entries, creditEntry{ID: e.EntryID, At: e.At, Kind: e.Kind, Amount: e.Amount(), Order: e.OrderID, Words: e.Words, Actor: e.Actor})
	}
	return out, err
}

// knownCustomer answers "not found" for customers who are not the store's.
func knownCustomer(ctx context.Context, tx *db.Tx, s id.Store, name id.Customer) error {
	_, err := report.TheCustomer(ctx, tx, s, "", name)
	return err
}

func (a *API) getCredit(ctx context.Context, c *call, in *CustomerPath) (out creditBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := knownCustomer(ctx, tx, c.store, in.Customer); err != nil {
			return err
		}
		out, err = creditNow(ctx, tx, c.store, in.Customer)
		return err
	})
	return out, err
}

type creditWish struct {
	CustomerPath
	Body struct {
		Amount money.Amount `json:"amount" doc:"In the store's currency; negative: taken back, at most what there is"`
		Reason string       `json:"reason" minLength:"1" maxLength:"500" doc:"The customer can read it"`
	}
}

func (a *API) grantCredit(ctx context.Context, c *call, in *creditWish) (out creditBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := knownCustomer(ctx, tx, c.store, in.Customer); err != nil {
			return err
		}
		if err := flow.GrantCredit(ctx, tx, c.store, flow.Grant{Customer: in.Customer, Amount: in.Body.Amount, Words: in.Body.Reason, Actor: c.actor()}); err != nil {
			return err
		}
		out, err = creditNow(ctx, tx, c.store, in.Customer)
		return err
	})
	return out, err
}
