package flow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/photo"
	"doorstep/internal/seal"
)

// A mail that comes in belongs to an order when it can only be from somebody who has our
// mails: it was sent to an address that we signed, or it answers a mail of ours, whose name
// nobody can guess. Else it must answer a mail of the same sender, or name the order's number
// and come from its customer's address. What a mail merely says proves nothing, so all others
// wait for a person. Nothing is ever answered by itself: there can be no loop.

// mailHeader is the left half of the Message-ID under which a mail leaves (mail.Sender).
func mailHeader(m id.Mail) string {
	sum := sha256.Sum256([]byte(m))
	return hex.EncodeToString(sum[:16])
}

// ReplyTag is what stands after the plus in an address for answers about an order: its name
// and a signature. Mail programs may change the case of letters, so there is one case only.
func ReplyTag(box *seal.Box, s id.Store, o id.Order) string {
	return replyTag(box.Sign("reply", string(s), string(o)), o)
}

func replyTag(signature string, o id.Order) string {
	sum := sha256.Sum256([]byte(signature))
	return strings.TrimPrefix(string(o), "or_") + "-" + hex.EncodeToString(sum[:10])
}

var taggedAddress = regexp.MustCompile(`\+([0-9a-z]{26})-([0-9a-f]{20})@`)

// taggedOrder is the order of a signed address; empty where there is none.
func taggedOrder(box *seal.Box, s id.Store, to []string) id.Order {
	for _, address := range to {
		found := taggedAddress.FindStringSubmatch(strings.ToLower(address))
		if found == nil {
			continue
		}
		o := id.Order("or_" + found[1])
		for _, signature := range box.Signatures("reply", string(s), string(o)) {
			if hmac.Equal([]byte(replyTag(signature, o)), []byte(found[1]+"-"+found[2])) {
				return o
			}
		}
	}
	return ""
}

// place is where a mail belongs.
type place struct {
	order id.Order
	talk  id.Conversation // where it has no order
}

func (p place) empty() bool { return p.order == "" && p.talk == "" }

// HearMail takes in a mail. The same one again changes nothing, and fresh is false.
func HearMail(ctx context.Context, tx *db.Tx, box *seal.Box, s id.Store, l message.Letter, photos []photo.Photo) (fresh bool, err error) {
	if fresh, err = message.Arrived(ctx, tx, s, l.Key()); err != nil || !fresh {
		return false, err
	}
	ours, _, err := mailByRef(ctx, tx, s, l.ID)
	if err != nil || ours {
		return true, err // our own mail came back to us by some way: it is known
	}
	if l.Automatic == message.Bounce && l.Bounced != "" {
		known, err := cameBack(ctx, tx, s, l)
		if err != nil || known {
			return true, err
		}
	}
	at, err := placeOf(ctx, tx, box, s, l)
	if err != nil {
		return true, err
	}
	own, err := isOwn(ctx, tx, s, l.From)
	if err != nil || own && at.empty() {
		return true, err // the store wrote to itself
	}
	if at.order == "" {
		return true, hearLoose(ctx, tx, s, at.talk, l, photos)
	}
	return true, change(ctx, tx, s, at.order, func(o order.Order) error {
		c, err := conversationOf(ctx, tx, o, "mail")
		if err != nil {
			return err
		}
		if c.Subject == "" {
			c.Subject = l.Subject
		}
		return hearLetter(ctx, tx, c, l, photos)
	})
}

// placeOf finds where a mail belongs.
func placeOf(ctx context.Context, tx *db.Tx, box *seal.Box, s id.Store, l message.Letter) (at place, err error) {
	if o := taggedOrder(box, s, l.To); o != "" {
		_, err := order.Get(ctx, tx, s, o)
		if err == nil {
			return place{order: o}, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return at, err
		}
	}
	for _, ref := range l.Refs {
		if at, err = placeOfRef(ctx, tx, s, ref, l.From); err != nil || !at.empty() {
			return at, err
		}
	}
	return placeOfNumber(ctx, tx, s, l)
}

// mailByRef says whether a Message-ID is one of ours.
func mailByRef(ctx context.Context, tx *db.Tx, s id.Store, ref string) (bool, Mail, error) {
	left, _, ok := strings.Cut(strings.ToLower(ref), "@")
	if !ok || len(left) != 32 {
		return false, Mail{}, nil
	}
	m, err := New(tx).MailByHeader(ctx, MailByHeaderParams{StoreID: s, HeaderKey: left})
	if errors.Is(err, sql.ErrNoRows) {
		return false, m, nil
	}
	return err == nil, m, err
}

// placeOfRef is where the mail belongs that another one answers.
func placeOfRef(ctx context.Context, tx *db.Tx, s id.Store, ref, from string) (at place, err error) {
	ours, m, err := mailByRef(ctx, tx, s, ref)
	switch {
	case err != nil:
		return at, err
	case ours && m.OrderID != "":
		return place{order: m.OrderID}, nil
	case ours:
		said, known, err := message.ByMail(ctx, tx, s, m.MailID)
		if err != nil || !known {
			return at, err
		}
		return inTalk(ctx, tx, s, said.ConversationID)
	}
	said, known, err := message.ByHeader(ctx, tx, s, ref)
	if err != nil || !known || !message.SameAddress(said.Email, from) {
		return at, err
	}
	return inTalk(ctx, tx, s, said.ConversationID)
}

func inTalk(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation) (place, error) {
	c, err := message.Get(ctx, tx, s, name)
	if c.OrderID != "" {
		return place{order: c.OrderID}, err
	}
	return place{talk: name}, err
}

var orderNumber = regexp.MustCompile(`\d{1,12}`)

// placeOfNumber finds an order by its number in the subject, if its customer is who writes.
func placeOfNumber(ctx context.Context, tx *db.Tx, s id.Store, l message.Letter) (at place, err error) {
	for _, found := range orderNumber.FindAllString(l.Subject, 5) {
		n, err := strconv.ParseInt(found, 10, 64)
		if err != nil {
			continue
		}
		o, err := order.Numbered(ctx, tx, s, n)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return at, err
		}
		if message.SameAddress(o.Email, l.From) {
			return place{order: o.OrderID}, nil
		}
	}
	return at, nil
}

// isOwn says whether an address is the store's own.
func isOwn(ctx context.Context, tx *db.Tx, s id.Store, from string) (bool, error) {
	set, err := settingsOf(ctx, tx, s)
	return message.SameAddress(from, set.Brand.Email) || message.SameAddress(from, set.MailFrom), err
}

// hearLoose takes in a mail that belongs to no order: to a conversation without one, or a
// new one, which waits for a person to say where it belongs.
func hearLoose(ctx context.Context, tx *db.Tx, s id.Store, talk id.Conversation, l message.Letter, photos []photo.Photo) error {
	if talk != "" {
		c, err := message.Lock(ctx, tx, s, talk)
		if err != nil {
			return err
		}
		return hearLetter(ctx, tx, c, l, photos)
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return err
	}
	c, err := message.Insert(ctx, tx, message.Conversation{StoreID: s, Email: l.From, Name: l.Name, Locale: set.Locale, Subject: l.Subject, Source: "mail",
		Unsorted: l.Automatic == "", Search: message.SearchWords(l.From, l.Name, l.Subject)})
	if err != nil {
		return err
	}
	if l.Automatic != "" { // kept, and nobody's work
		c.State = message.Closed
		if err := message.Save(ctx, tx, c); err != nil {
			return err
		}
	}
	return hearLetter(ctx, tx, c, l, photos)
}

// hearLetter adds a mail to a conversation. One that no person wrote changes nothing else.
func hearLetter(ctx context.Context, tx *db.Tx, c message.Conversation, l message.Letter, photos []photo.Photo) error {
	m := message.Message{Kind: message.FromCustomer, Via: message.ViaMail, Actor: string(customerActor), Email: l.From, Body: l.Text, Quoted: l.Quoted,
		Dropped: strings.Join(l.Dropped, "\n"), Header: l.ID}
	if l.Automatic == "" {
		_, err := hear(ctx, tx, c, m, photos)
		return err
	}
	m.Kind, m.Topic, m.StoreID, m.ConversationID = message.Automatic, l.Automatic, c.StoreID, c.ConversationID
	if _, err := message.Add(ctx, tx, m, nil); err != nil {
		return err
	}
	if c.Preview == "" {
		c.Preview = message.Begins(l.Text)
		if err := message.Save(ctx, tx, c); err != nil {
			return err
		}
	}
	return noteTalk(ctx, tx, c, "message.automatic", customerActor, data{"why": l.Automatic})
}

// cameBack notes that a mail of ours did not arrive: it counts as failed, and where it was an
// answer, the conversation is open again.
func cameBack(ctx context.Context, tx *db.Tx, s id.Store, l message.Letter) (known bool, err error) {
	known, m, err := mailByRef(ctx, tx, s, l.Bounced)
	if err != nil || !known {
		return false, err
	}
	if m.State == "sent" || m.State == "uncertain" {
		if err := markMail(ctx, tx, m, "failed", "it came back: "+singleLine(l.Text, 300)); err != nil {
			return true, err
		}
	}
	said, talked, err := message.ByMail(ctx, tx, s, m.MailID)
	if err != nil || !talked {
		return true, err
	}
	return true, changeTalk(ctx, tx, s, said.ConversationID, func(_ *order.Order, c *message.Conversation) error {
		if err := hearLetter(ctx, tx, *c, l, nil); err != nil {
			return err
		}
		if err := c.Move(message.Hear); err != nil {
			return err
		}
		if c.UntilAt = 0; c.AskedAt == 0 {
			c.AskedAt = tx.Now
		}
		return message.Save(ctx, tx, *c)
	})
}
