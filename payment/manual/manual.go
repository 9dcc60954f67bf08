// Package manual is payment without a provider: bank transfer, or cash on delivery. The
// customer is told what to do, and a person says when the money came.
//
// There is no other side: nothing can be lost, asked or found. Every answer is computed
// from the request alone, so the same key always gives the same answer on every node.
// Capture and Refund move no money: that they succeed means that they are on record, and a
// person has done, or now has to do, what Words says.
package manual

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
)

// The methods.
const (
	Transfer = "bank-transfer"
	Cash     = "cash-on-delivery"
)

// Driver is the manual payment connector.
func Driver() payment.Driver {
	return payment.Driver{Name: "manual", Title: "Bank transfer or cash on delivery", Open: open, Settings: []connector.Setting{
		{Key: "method", Title: "Method", Help: "How the money comes.", Type: connector.Choice, Options: []string{Transfer, Cash}, Default: Transfer},
		{Key: "payee", Title: "Account holder", Help: "The name on your account.", Type: connector.Text},
		{Key: "iban", Title: "Account (IBAN)", Help: "As on your bank statement.", Type: connector.Text},
		{Key: "bic", Title: "Bank (BIC)", Help: "Needed for transfers from abroad.", Type: connector.Text},
		{Key: "instructions", Title: "Instructions", Help: "What the customer reads; {order}, {amount}, {reference}, {payee}, {iban} and {bic} are filled in. Empty: our own text.", Type: connector.Text},
	}}
}

// client is an open connector.
type client struct {
	cash      bool
	template  string
	payee     string
	iban, bic string
	now       func() time.Time
}

// What a manual connector can do.
var (
	_ payment.Connector = (*client)(nil)
	_ payment.Voider    = (*client)(nil)
	_ payment.Manual    = (*client)(nil)
)

// variable finds {names} in a template.
func variable() *regexp.Regexp { return regexp.MustCompile(`\{[^{}]*\}`) }

func open(v connector.Values, env connector.Env) (payment.Connector, error) {
	if env.Now == nil {
		return nil, errors.New("manual: Env.Now is needed")
	}
	c := &client{
		cash: v["method"] == Cash, template: v["instructions"], payee: v["payee"], now: env.Now,
		iban: compact(v["iban"]), bic: compact(v["bic"]),
	}
	if c.iban != "" && !validIBAN(c.iban) {
		return nil, fmt.Errorf("iban: %q has a typing error: its check digits do not fit", v["iban"])
	}
	if !c.cash && c.template == "" && (c.payee == "" || c.iban == "") {
		return nil, errors.New("payee and iban: are needed for a bank transfer, or instructions of your own")
	}
	if c.template == "" {
		c.template = defaultText(c.cash, c.bic != "")
	}
	known := " {order} {amount} {reference} {payee} {iban} {bic} "
	for _, name := range variable().FindAllString(c.template, -1) {
		if !strings.Contains(known, " "+name+" ") {
			return nil, fmt.Errorf("instructions: %s is not known; there are%s", name, strings.TrimRight(known, " "))
		}
	}
	return c, nil
}

func defaultText(cash, bic bool) string {
	if cash {
		return "Please have {amount} ready when your parcel arrives. Your order: {order}. Reference: {reference}."
	}
	text := "Please transfer {amount} to {payee}, IBAN {iban}"
	if bic {
		text += ", BIC {bic}"
	}
	return text + ", with the reference {reference}. We send your order {order} when the money has arrived."
}

// Begin records what is to be paid; Words tells the customer how.
func (c *client) Begin(_ context.Context, r payment.Request) (payment.Status, error) {
	if err := sane(r.Amount); err != nil {
		return payment.Status{}, err
	}
	return payment.Status{
		Key: r.Key, Ref: paymentName(r.Key), State: payment.Pending, Amount: r.Amount,
		Words: c.Instructions(r), At: c.now().UTC(),
	}, nil
}

// Capture records that a person has the money.
func (c *client) Capture(_ context.Context, ref, _ string, amount money.Amount) (payment.Status, error) {
	if err := sane(amount); err != nil {
		return payment.Status{}, err
	}
	return payment.Status{Key: keyOf(ref), Ref: ref, State: payment.Captured, Amount: amount, At: c.now().UTC()}, nil
}

// Refund records that amount goes back; a person sends it.
func (c *client) Refund(_ context.Context, ref, key string, amount money.Amount) (payment.RefundStatus, error) {
	if err := sane(amount); err != nil {
		return payment.RefundStatus{}, err
	}
	return payment.RefundStatus{
		Key: key, Ref: "manual-refund-" + key, Payment: ref, State: payment.RefundSucceeded, Amount: amount,
		Words: "Send " + amount.String() + " back to the customer yourself.", At: c.now().UTC(),
	}, nil
}

// Void forgets the payment: nobody waits for the money any more.
func (c *client) Void(_ context.Context, ref, _ string) (payment.Status, error) {
	return payment.Status{Key: keyOf(ref), Ref: ref, State: payment.Voided, At: c.now().UTC()}, nil
}

// Instructions fills in the text. Values are inserted as they are: a name with braces in
// it is not looked at again.
func (c *client) Instructions(r payment.Request) string {
	return strings.NewReplacer(
		"{order}", r.Order, "{amount}", written(r.Amount, r.Locale), "{reference}", Reference(r.Order, r.Key),
		"{payee}", c.payee, "{iban}", spaced(c.iban), "{bic}", c.bic,
	).Replace(c.template)
}

// written is an amount as people of the locale write it; without a locale, as "12.99 EUR".
func written(a money.Amount, locale string) string {
	if locale == "" {
		return a.String()
	}
	return a.Format(locale)
}

func sane(a money.Amount) error {
	if a.Currency == "" || !a.Currency.Valid() || a.Minor <= 0 {
		return &connector.Rejected{Code: "amount", Words: a.String() + " is nothing to pay", Cause: connector.CauseOther}
	}
	return nil
}

const prefix = "manual-"

func paymentName(key string) string { return prefix + key }

func keyOf(ref string) string { return strings.TrimPrefix(ref, prefix) }
