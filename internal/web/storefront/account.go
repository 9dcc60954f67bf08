package storefront

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// accountRow is how many orders one page of the account shows.
const accountRow = 10

// accountPage is what a customer sees of themselves.
type accountPage struct {
	Orders    []report.OrderRow
	Paging    ui.Paging
	Addresses []savedAddress
	Devices   []account.CustomerSession
	Wishes    []account.Wanted
	Credit    []money.Amount       // per currency
	Moves     []ledger.CreditEntry // the newest of it
}

// savedAddress is one of a customer's addresses.
type savedAddress struct {
	ID      string
	Address address.Address
	Default bool
}

// account shows a customer's orders, addresses, language and devices.
func (s *shop) account(v *visit) error {
	if !v.signedIn() {
		return v.leave("/account/sign-in")
	}
	var p accountPage
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		page, err := report.Orders(ctx, tx, v.store, report.Filter{Email: v.customer.Email}, v.r.URL.Query().Get("after"), accountRow)
		if err != nil {
			return err
		}
		p.Orders, p.Paging = page.Orders, paging(v.r.URL, page.Next)
		if p.Addresses, err = savedAddresses(ctx, tx, v); err != nil {
			return err
		}
		if p.Wishes, err = account.AllWants(ctx, tx, v.store, v.customer.CustomerID); err != nil {
			return err
		}
		if p.Credit, err = ledger.CreditBalancesOf(ctx, tx, v.store, v.customer.CustomerID); err != nil {
			return err
		}
		if p.Moves, err = ledger.CreditsOf(ctx, tx, v.store, v.customer.CustomerID, accountRow); err != nil {
			return err
		}
		p.Devices, err = account.CustomerSessions(ctx, tx, v.store, v.customer.CustomerID)
		return err
	})
	if err != nil {
		return err
	}
	v.quiet(v.say("account_title"))
	return v.show(http.StatusOK, accountView(v, p))
}

func savedAddresses(ctx context.Context, tx *db.Tx, v *visit) ([]savedAddress, error) {
	rows, err := account.Addresses(ctx, tx, v.store, v.customer.CustomerID)
	if err != nil {
		return nil, err
	}
	list := make([]savedAddress, len(rows))
	for i, r := range rows {
		if list[i].Address, err = r.Address(); err != nil {
			return nil, err
		}
		list[i].ID, list[i].Default = r.AddressID, r.IsDefault
	}
	return list, nil
}

// defaultAddress is what is filled in at checkout; empty where there is none.
func (s *shop) defaultAddress(v *visit) (to address.Address, err error) {
	if !v.signedIn() {
		return to, nil
	}
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := savedAddresses(ctx, tx, v)
		if len(list) > 0 {
			to = list[0].Address
		}
		return err
	})
	return to, err
}

// newAddress is the name of an address that is not stored yet.
const newAddress = "new"

// addressPage is the form of one address.
type addressPage struct {
	ID       string
	Value    address.Address
	Problems address.Problems
	Problem  string
}

// address shows one of a customer's addresses as a form.
func (s *shop) address(v *visit) error {
	if !v.signedIn() {
		return v.leave("/account/sign-in")
	}
	p := addressPage{ID: v.r.PathValue("address"), Value: address.Address{Country: v.country()}}
	if p.ID != newAddress {
		err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
			list, err := savedAddresses(ctx, tx, v)
			i := slices.IndexFunc(list, func(a savedAddress) bool { return a.ID == p.ID })
			if err == nil && i < 0 {
				return errMissing
			}
			p.Value = list[i].Address
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.showAddress(v, http.StatusOK, p)
}

func (s *shop) showAddress(v *visit, status int, p addressPage) error {
	title := v.say("address_edit")
	if p.ID == newAddress {
		title = v.say("address_add")
	}
	v.quiet(title)
	if v.partial() {
		return v.show(status, addressForm(v, p))
	}
	return v.show(status, addressView(v, p, title))
}

// saveAddress stores an address, or deletes it, or makes it the default.
func (s *shop) saveAddress(v *visit) error {
	if !v.signedIn() {
		return v.leave("/account/sign-in")
	}
	if err := v.r.ParseForm(); err != nil {
		return errMissing
	}
	name, who := v.r.PathValue("address"), v.customer.CustomerID
	p := addressPage{ID: name, Value: emptied(readAddress(v.r.PostForm, ""))}
	if name == newAddress {
		name = ""
	}
	command := func(ctx context.Context, tx *db.Tx) error {
		return flow.KeepAddress(ctx, tx, v.store, who, name, p.Value)
	}
	switch v.r.PostForm.Get("action") {
	case "delete":
		command = func(ctx context.Context, tx *db.Tx) error { return flow.ForgetAddress(ctx, tx, v.store, who, name) }
	case "default":
		command = func(ctx context.Context, tx *db.Tx) error { return flow.PreferAddress(ctx, tx, v.store, who, name) }
	case "refresh":
		return s.showAddress(v, http.StatusOK, p)
	}
	err := s.DB.Update(v.ctx, command)
	var wrong *flow.Invalid
	var refused *flow.Refusal
	switch {
	case errors.As(err, &wrong):
		for _, one := range wrong.Problems {
			one.Words = v.addressProblem(one.Field, one, p.Value)
			p.Problems = append(p.Problems, one)
		}
	case errors.As(err, &refused):
		p.Problem = v.say("address_full", "most", itoa(account.MaxAddresses))
	case err != nil:
		return err
	default:
		return v.leave("/account#addresses")
	}
	return s.showAddress(v, http.StatusUnprocessableEntity, p)
}

// rememberAddress keeps where an order went, if the customer wants that. The order stands
// whatever comes of it.
func (s *shop) rememberAddress(v *visit, to address.Address) {
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.KeepAddress(ctx, tx, v.store, v.customer.CustomerID, "", to)
	})
	if err != nil {
		s.Log.Info("an address was not remembered", "customer", v.customer.CustomerID, "error", err)
	}
}

// customerSpeaks remembers the language of who is signed in, for other devices.
func (s *shop) customerSpeaks(v *visit, tag string) error {
	if !v.signedIn() {
		return nil
	}
	return s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.CustomerSpeaks(ctx, tx, v.store, v.customer.CustomerID, tag)
	})
}

// creditKinds are what the entries of store credit are called.
var creditKinds = map[string]string{ledger.CreditRefund: k("credit_refund"), ledger.CreditGoodwill: k("credit_goodwill"), ledger.CreditHand: k("credit_hand"),
	ledger.CreditUsed: k("credit_used"), ledger.CreditBack: k("credit_back")}

// moves are the newest entries of the customer's store credit, as a bill.
func (p accountPage) moves(v *visit) (list []ui.SumLine) {
	for _, e := range p.Moves {
		name := v.say(creditKinds[e.Kind])
		if e.Kind == ledger.CreditHand && e.Words != "" {
			name += ": " + e.Words
		}
		list = append(list, ui.SumLine{Name: name, Value: v.price(e.Amount())})
	}
	for _, c := range p.Credit {
		list = append(list, ui.SumLine{Name: v.say("credit_title"), Value: v.price(c), Total: true})
	}
	return list
}
