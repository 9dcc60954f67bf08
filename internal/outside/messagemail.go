package outside

import (
	"slices"
	"strings"

	"doorstep/connector"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	talk "doorstep/internal/message"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// message is a mail with a person's own words about an order, whose links open it for the customer.
func (l letterer) message(about mail.Order) mail.View {
	t := l.c.Talk
	about.URL = l.page("/messages")
	return mail.Message{Order: about, Subject: t.Conversation.Subject, Words: flow.LiveLinks(t.Message.Body, l.c.Order.OrderID, l.token()), Before: lastAsked(t)}
}

// lastAsked is what the customer wrote last before an answer.
func lastAsked(t *flow.Talk) string {
	for _, m := range slices.Backward(t.Before) {
		if m.Kind == talk.FromCustomer {
			return m.Body
		}
	}
	return ""
}

// addressed is a mail with its recipient, where answers go, and the mails before it.
func (o *Outside) addressed(set store.Settings, sender *mail.Sender, c *flow.MailCall, r mail.Rendered) connector.Mail {
	m := sender.Mail(string(c.Mail.MailID), c.Mail.Recipient, replyTo(o.box, set, c.Mail.OrderID), r)
	if c.Talk == nil || c.Trial != nil {
		return m
	}
	m.Personal = true
	for _, earlier := range c.Talk.Before {
		name := earlier.Header
		if earlier.MailID != "" {
			name = sender.MessageID(string(earlier.MailID))
		}
		if name == "" {
			continue
		}
		m.References = append(m.References, name)
		if earlier.Kind == talk.FromCustomer || m.InReplyTo == "" {
			m.InReplyTo = name
		}
	}
	return m
}

// longestLocal is how long the part of an address before the @ may be (RFC 5321, 4.5.3.1.1).
const longestLocal = 64

// replyTo is where answers to a mail go: with the order's signed name in the address where
// the store's mailbox takes that.
func replyTo(box *seal.Box, set store.Settings, order id.Order) string {
	local, domain, ok := strings.Cut(set.Brand.Email, "@")
	if !set.Messages.Plus || order == "" || !ok {
		return set.Brand.Email
	}
	tagged := local + "+" + flow.ReplyTag(box, set.StoreID, order)
	if len(tagged) > longestLocal {
		return set.Brand.Email
	}
	return tagged + "@" + domain
}
