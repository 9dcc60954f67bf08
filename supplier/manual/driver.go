// Package manual is a supplier without any system of its own: a person who reads mail.
//
// A purchase becomes one mail with a sheet to print. What the supplier does with it we
// learn from people: the merchant enters the tracking number, or the supplier does so
// through the portal. So Offers and Report have nothing to tell, and there is nobody to
// ask whether a mail whose answer was lost has arrived; its Message-ID is made of the
// order's key, and the mail itself says that a repeated one is the same order.
package manual

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/supplier"
)

var (
	_ supplier.Connector = (*client)(nil)
	_ supplier.Unfed     = (*client)(nil)
	_ supplier.Checker   = (*client)(nil)
)

// Driver is a supplier who is written to.
func Driver() supplier.Driver {
	return supplier.Driver{
		Name:  "manual",
		Title: "Supplier by e-mail",
		Settings: []connector.Setting{
			{Key: "email", Title: "Orders go to", Type: connector.Email, Required: true,
				Help: "The address at which the supplier takes orders."},
			{Key: "reply_to", Title: "Answers go to", Type: connector.Email,
				Help: "Where the supplier's answers should arrive; empty means your store's own address."},
			{Key: "name", Title: "Contact", Type: connector.Text,
				Help: "The person who reads the orders, for the greeting."},
			{Key: "language", Title: "Language", Type: connector.Choice, Options: languages(), Default: "en",
				Help: "The language the mail and the sheet are written in."},
			{Key: "instructions", Title: "Instructions", Type: connector.Text,
				Help: "Standing instructions on every order, such as neutral packaging."},
			{Key: "attach", Title: "Sheet to print", Type: connector.Choice, Options: []string{"both", "pdf", "html", "none"}, Default: "both",
				Help: "PDF prints everywhere; HTML shows the letters of every script."},
			{Key: "show_costs", Title: "Show costs", Type: connector.Boolean, Default: "false",
				Help: "Prints what you expect to pay. Leave it off if sheets may end up in parcels."},
		},
		Open: open,
	}
}

type client struct {
	to, replyTo, contact, instructions, attach string
	words                                      words
	lang                                       string
	costs                                      bool
	mailer                                     connector.Mailer
	brand                                      connector.Brand
	now                                        func() time.Time
}

func open(v connector.Values, env connector.Env) (supplier.Connector, error) {
	if env.Mailer == nil {
		return nil, errors.New("manual: no mail server is set up to write with")
	}
	w, known := wordsOf(v["language"])
	if !known {
		return nil, fmt.Errorf("language: %q is none of %s", v["language"], strings.Join(languages(), ", "))
	}
	replyTo := v["reply_to"]
	if replyTo == "" {
		replyTo = env.Brand.Email
	}
	return &client{
		to: v["email"], replyTo: replyTo, contact: v["name"], instructions: v["instructions"], attach: v["attach"],
		words: w, lang: v["language"], costs: v.Bool("show_costs"),
		mailer: env.Mailer, brand: env.Brand, now: env.Now,
	}, nil
}

// Check asks the mail server whether it lets us in; the supplier is sent nothing.
func (c *client) Check(ctx context.Context) error {
	if server, can := c.mailer.(connector.MailChecker); can {
		return server.CheckMail(ctx)
	}
	return nil
}

// Unfed marks that Offers says nothing: stock and cost are entered by people.
func (c *client) Unfed() {}

// Offers is one empty page: there is no feed.
func (c *client) Offers(context.Context, supplier.Ask) (supplier.Page, error) {
	return supplier.Page{AsOf: c.now()}, nil
}

// Report tells nothing: the supplier has nothing to ask.
func (c *client) Report(context.Context, []supplier.Ref) ([]supplier.Status, error) {
	return nil, nil
}

// Submit writes the mail and hands it over. The order is placed when the mail server has
// taken it; its number there is ours, until a person enters the supplier's own.
func (c *client) Submit(ctx context.Context, o supplier.Order) (supplier.Status, error) {
	mail, err := c.compose(o)
	if err != nil {
		return supplier.Status{}, &connector.Rejected{Code: "order", Words: err.Error(), Cause: connector.CauseOther}
	}
	if err := c.mailer.Send(ctx, mail); err != nil {
		return supplier.Status{}, err
	}
	return supplier.Status{
		Ref:   supplier.Ref{Key: o.Key, Ref: o.Number},
		State: supplier.Placed,
		Words: fmt.Sprintf(c.words.MailedTo, c.to),
		At:    c.now(),
		Raw:   []byte(mail.Text),
	}, nil
}

// messageID is the same for the same order, for ever.
func (c *client) messageID(key string) string {
	_, domain, _ := strings.Cut(c.brand.Email, "@")
	domain = strings.Trim(domain, "<> ")
	if domain == "" || strings.ContainsFunc(domain, func(r rune) bool { return r <= ' ' || r > '~' }) {
		domain = "doorstep.invalid"
	}
	return "purchase." + key + "@" + domain
}
