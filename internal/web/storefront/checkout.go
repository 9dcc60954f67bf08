package storefront

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/outside"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// checkoutPage is the whole checkout: one page, one form.
type checkoutPage struct {
	Cart    cartPage
	Form    contactForm
	Options []flow.Option
	Ways    []payWay
	Totals  *sums        // nil until a way to ship is chosen
	Credit  money.Amount // the customer's store credit; zero: none
	Problem string
	Note    string // why there are no ways to ship yet
	Strict  bool   // a button was pressed
}

// sums are what the cart comes to.
type sums struct {
	Shipping, Tax, Total money.Amount
	Discount             money.Amount
	Credit               money.Amount // what store credit pays of it
	TaxIncluded          bool
}

// due is what is left to pay when store credit has paid its part.
func (t sums) due() money.Amount { return money.New(t.Total.Minor-t.Credit.Minor, t.Total.Currency) }

// payWay is a way to pay, as the customer chooses it.
type payWay struct {
	Name, Title, Words, Icon string // title and words are keys of texts
	row                      store.Connector
}

// checkout shows the form with what is known.
func (s *shop) checkout(v *visit) error {
	f := contactForm{Same: true, Remember: true}
	if v.cart.CartID != "" {
		var err error
		if f, err = storedContact(v.cart); err != nil {
			return err
		}
		f.Remember = true
		s.ticked(v, &f)
	}
	if f.Shipping.IsEmpty() {
		known, err := s.defaultAddress(v)
		if err != nil {
			return err
		}
		f.Shipping = known
	}
	if v.signedIn() {
		f.Email = v.customer.Email
	}
	if f.Shipping.Country == "" {
		f.Shipping.Country = v.country()
	}
	p, err := s.checkoutPage(v, f)
	if err != nil {
		return err
	}
	if len(p.Cart.Lines) == 0 {
		return v.leave("/cart")
	}
	return s.showCheckout(v, http.StatusOK, p)
}

// storedContact is what the cart knows.
func storedContact(c cart.Cart) (contactForm, error) {
	f := contactForm{Email: c.Email, Option: c.OptionKey}
	var err error
	if f.Shipping, err = c.ShipTo(); err != nil {
		return f, err
	}
	if f.Billing, err = c.BillTo(); err != nil {
		return f, err
	}
	f.Same = f.Billing.IsEmpty()
	return f, nil
}

// showCheckout answers with the form, or with the part of it that changes.
func (s *shop) showCheckout(v *visit, status int, p checkoutPage) error {
	v.away = true
	v.about(v.say("checkout"), "", "")
	v.page.Robots = "noindex"
	if v.partial() {
		return v.show(status, checkoutForm(v, p))
	}
	return v.show(status, checkoutView(v, p))
}

// checkoutPage reads everything beside the form.
func (s *shop) checkoutPage(v *visit, f contactForm) (p checkoutPage, err error) {
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		p = checkoutPage{Form: f}
		if v.cart.CartID == "" {
			return nil
		}
		if v.cart, err = cart.Get(ctx, tx, v.store, v.cart.CartID); err != nil {
			return err
		}
		if p.Cart, err = readCart(ctx, tx, v); err != nil {
			return err
		}
		rows, err := store.Connectors(ctx, tx, v.store)
		if err != nil {
			return err
		}
		p.Ways = ways(rows)
		if v.signedIn() {
			if p.Credit, err = ledger.Spendable(ctx, tx, v.store, v.customer.CustomerID, v.cart.Currency); err != nil {
				return err
			}
			p.Form.Credit = v.cart.UseCredit
		}
		if v.cart.QuotedAt != 0 {
			if p.Options, err = flow.ParseOptions(v.cart.Options); err != nil {
				return err
			}
			p.Form.Option = v.cart.OptionKey
		}
		return p.sum(ctx, tx, v)
	})
	if p.Form.Payment == "" && len(p.Ways) > 0 {
		p.Form.Payment = p.Ways[0].Name
	}
	return p, err
}

// sum adds up, once a way to ship is chosen.
func (p *checkoutPage) sum(ctx context.Context, tx *db.Tx, v *visit) error {
	if len(p.Cart.Lines) == 0 || !p.Cart.ready() {
		return nil
	}
	totals, option, err := flow.CartTotals(ctx, tx, v.cart)
	var refused *flow.Refusal
	if errors.As(err, &refused) {
		p.Problem = v.refused(ctx, tx, refused)
		return nil
	}
	if err != nil || option == nil {
		return err
	}
	in := func(n int64) money.Amount { return money.New(n, v.cart.Currency) }
	p.Totals = &sums{Shipping: in(totals.Shipping), Tax: in(totals.Tax), Total: in(totals.Total), Discount: in(totals.Discount), Credit: in(0),
		TaxIncluded: v.set.TaxIncluded}
	if p.Form.Credit {
		p.Totals.Credit = in(min(p.Credit.Minor, totals.Total))
	}
	return nil
}

// manualDriver is the driver of payments that a person confirms.
const manualDriver = "manual"

// ways are the ways to pay that work at present.
func ways(rows []store.Connector) []payWay {
	var list []payWay
	for _, c := range rows {
		if c.Kind != "payment" || c.State != store.Active {
			continue
		}
		w := payWay{Name: c.Name, row: c, Title: k("pay_card"), Icon: "credit-card", Words: k("pay_card_words")}
		if c.Driver == manualDriver {
			w.Title, w.Icon, w.Words = k("pay_transfer"), "landmark", k("pay_transfer_words")
			if cashOnDelivery(c) {
				w.Title, w.Icon, w.Words = k("pay_cash"), "package-check", k("pay_cash_words")
			}
		}
		list = append(list, w)
	}
	slices.SortStableFunc(list, func(a, b payWay) int { // what is paid at once comes first
		return btoi(a.row.Driver == manualDriver) - btoi(b.row.Driver == manualDriver)
	})
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// submitCheckout takes the form: "refresh" after a change, "ship" to see the ways to ship,
// "pay" to place the order.
func (s *shop) submitCheckout(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return errMissing
	}
	if v.cart.CartID == "" {
		return v.leave("/cart")
	}
	f := readContact(v.r.PostForm)
	f.Shipping, f.Billing = emptied(f.Shipping), emptied(f.Billing)
	if v.signedIn() {
		f.Email = v.customer.Email // proved: the order is this customer's
	}
	action := v.r.PostForm.Get("action")
	strict := action == "ship" || action == "pay"
	f.Problems = f.check(v, strict)
	note, err := s.save(v, &f)
	if err != nil {
		return err
	}
	if action == "pay" && len(f.Problems) == 0 && note == "" {
		done, err := s.pay(v, &f)
		if err != nil || done {
			return err
		}
	}
	p, err := s.checkoutPage(v, f)
	if err != nil {
		return err
	}
	p.Note, p.Strict = note, strict
	if len(p.Cart.Lines) == 0 {
		return v.leave("/cart")
	}
	return s.answerCheckout(v, p, strict)
}

// answerCheckout shows the form again; where all is kept with the cart, as a page of its own
// that can be loaded again.
func (s *shop) answerCheckout(v *visit, p checkoutPage, strict bool) error {
	bad := len(p.Form.Problems) > 0
	if strict && !v.partial() && !bad && p.Note == "" && p.Problem == "" {
		return v.leave("/checkout" + s.ticks(v, p.Form) + "#delivery")
	}
	status := http.StatusOK
	if strict && (bad || p.Note != "") {
		status = http.StatusUnprocessableEntity
	}
	return s.showCheckout(v, status, p)
}

// save tells the cart what was typed, as far as it is right, and asks what shipping costs
// where that is not known. The note says why there are no ways to ship.
func (s *shop) save(v *visit, f *contactForm) (note string, err error) {
	if !f.complete(v.locale) || len(f.check(v, false)) > 0 {
		return "", nil
	}
	to := f.contact(v.locale)
	if len(to.Check()) > 0 { // a billing address that is not whole yet
		to.Billing = address.Address{}
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.TellCart(ctx, tx, v.store, v.cart.CartID, to); err != nil {
			return err
		}
		now, err := cart.Get(ctx, tx, v.store, v.cart.CartID)
		v.cart = now
		return err
	})
	var wrong *flow.Invalid
	switch {
	case errors.As(err, &wrong):
		f.Problems = append(f.Problems, wrong.Problems...)
		return "", nil
	case err != nil:
		return s.refusal(v, err)
	}
	if v.signedIn() && f.Credit != v.cart.UseCredit {
		if err := s.spendCredit(v, f.Credit); err != nil {
			return "", err
		}
	}
	if v.cart.QuotedAt == 0 {
		if note, err = s.quote(v); err != nil || note != "" {
			return note, err
		}
	}
	if f.Option == "" || f.Option == v.cart.OptionKey {
		return "", nil
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChooseShipping(ctx, tx, v.store, v.cart.CartID, f.Option)
	})
	if words, err := s.refusal(v, err); err != nil || words != "" {
		f.Option = "" // it is not offered any more: the page shows what is
		return "", err
	}
	return "", nil
}

// spendCredit keeps with the cart whether store credit pays first.
func (s *shop) spendCredit(v *visit, use bool) error {
	return s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.SpendCredit(ctx, tx, v.store, v.cart.CartID, use); err != nil {
			return err
		}
		now, err := cart.Get(ctx, tx, v.store, v.cart.CartID)
		v.cart = now
		return err
	})
}

// quote asks the suppliers, with no transaction open, and keeps what they say with the cart.
func (s *shop) quote(v *visit) (note string, err error) {
	var wanted flow.Wanted
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		wanted, err = flow.WantedOf(ctx, tx, v.store, v.cart.CartID)
		return err
	})
	if err != nil {
		return s.refusal(v, err)
	}
	articles := make([]outside.Wanted, len(wanted.Needs))
	for i, n := range wanted.Needs {
		articles[i] = outside.Wanted{Variant: n.Variant, Quantity: n.Quantity, Title: n.Title}
	}
	quotes, err := s.Outside.Quotes(v.ctx, v.store, articles, wanted.ShipTo, wanted.Cart.Currency)
	if err != nil {
		return "", err
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		options, err := flow.OfferShipping(ctx, tx, wanted, quotes)
		if err != nil {
			return err
		}
		if now, err := cart.Get(ctx, tx, v.store, v.cart.CartID); err != nil || now.OptionKey != "" {
			v.cart = now
			return err
		}
		err = flow.ChooseShipping(ctx, tx, v.store, v.cart.CartID, options[0].Key) // the cheapest stands first
		if err != nil {
			return err
		}
		v.cart, err = cart.Get(ctx, tx, v.store, v.cart.CartID)
		return err
	})
	return s.refusal(v, err)
}

// options are the ways to ship as the form shows them.
func (p checkoutPage) options(v *visit, now clockOf) []ui.Option {
	list := make([]ui.Option, len(p.Options))
	for i, o := range p.Options {
		side := v.say("free")
		if o.PriceMinor > 0 {
			side = v.minor(o.PriceMinor)
		}
		list[i] = ui.Option{Value: o.Key, Name: v.optionName(o), Side: side, Chosen: o.Key == p.Form.Option, Words: now.arrives(v, o.FromDays, o.ToDays)}
	}
	return list
}
