package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/photo"
)

// Wrote is what somebody wrote in a form of the shop.
type Wrote struct {
	Topic  string // one of message.Topics
	Words  string
	Photos []photo.Photo
	// Only of people without an order:
	Name, Email, Locale string
	Subject             string
}

// WriteToUs takes in what an order's customer wrote on its page.
func WriteToUs(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, w Wrote) (m message.Message, err error) {
	if w.Words, err = messageWords(w.Words, len(w.Photos)); err != nil {
		return m, err
	}
	if !message.KnownTopic(w.Topic) {
		return m, &Refusal{Code: "topic", Field: "topic", Words: "Please say what it is about."}
	}
	if len(w.Photos) > message.MostPhotos {
		return m, &Refusal{Code: "photos", Field: "photos", Words: fmt.Sprintf("At most %d photos, please.", message.MostPhotos)}
	}
	err = change(ctx, tx, s, name, func(o order.Order) error {
		c, err := conversationOf(ctx, tx, o, "page")
		if err != nil {
			return err
		}
		m, err = hear(ctx, tx, c, message.Message{Kind: message.FromCustomer, Via: message.ViaPage, Actor: string(customerActor), Topic: w.Topic, Body: w.Words}, w.Photos)
		return err
	})
	return m, err
}

// ContactUs takes in what somebody without an order wrote. The address is theirs to say:
// nothing is mailed there before a person answers.
func ContactUs(ctx context.Context, tx *db.Tx, s id.Store, w Wrote) (m message.Message, err error) {
	if w.Words, err = messageWords(w.Words, 0); err != nil {
		return m, err
	}
	address, err := mail.ParseAddress(strings.TrimSpace(w.Email))
	if err != nil || len(address.Address) > 254 {
		return m, &Refusal{Code: "email", Field: "email", Words: "Please give a mail address to answer to."}
	}
	w.Email, w.Name, w.Subject = strings.ToLower(address.Address), singleLine(w.Name, 100), singleLine(w.Subject, 200)
	c, err := message.Insert(ctx, tx, message.Conversation{StoreID: s, Email: w.Email, Name: w.Name, Locale: w.Locale, Subject: w.Subject, Source: "contact",
		Search: message.SearchWords(w.Email, w.Name, w.Subject)})
	if err != nil {
		return m, err
	}
	return hear(ctx, tx, c, message.Message{Kind: message.FromCustomer, Via: message.ViaContact, Actor: string(customerActor), Topic: message.TopicOther,
		Email: w.Email, Body: w.Words}, nil)
}

// messageWords are what somebody wrote, as it is kept.
func messageWords(text string, photos int) (string, error) {
	text = strings.TrimSpace(message.Clean(text))
	switch {
	case text == "" && photos == 0:
		return "", &Refusal{Code: "words", Field: "words", Words: "Please write a few words."}
	case utf8.RuneCountInString(text) > message.MostLetters:
		return "", &Refusal{Code: "long", Field: "words", Words: fmt.Sprintf("At most %d letters, please.", message.MostLetters)}
	}
	return text, nil
}

// singleLine is a text of at most so many letters on one line.
func singleLine(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// conversationOf is an order's conversation; there is one from its first message on. The
// order is locked.
func conversationOf(ctx context.Context, tx *db.Tx, o order.Order, source string) (message.Conversation, error) {
	c, known, err := message.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || known {
		return c, err
	}
	to, _ := o.ShipTo() // an address that cannot be read gives no name
	return message.Insert(ctx, tx, message.Conversation{StoreID: o.StoreID, OrderID: o.OrderID, Email: o.Email, Name: to.Name, Locale: o.Locale, Source: source,
		Search: searchOf(o, to.Name)})
}

func searchOf(o order.Order, name string, more ...string) string {
	return message.SearchWords(append([]string{o.Email, name, fmt.Sprintf("#%d", o.Number)}, more...)...)
}

// hear adds what a customer wrote: the conversation is open, and they wait for an answer.
func hear(ctx context.Context, tx *db.Tx, c message.Conversation, m message.Message, photos []photo.Photo) (message.Message, error) {
	m.StoreID, m.ConversationID = c.StoreID, c.ConversationID
	m, err := message.Add(ctx, tx, m, photos)
	if err != nil {
		return m, err
	}
	if err := c.Move(message.Hear); err != nil {
		return m, err
	}
	c.UntilAt, c.LastAt, c.Preview = 0, tx.Now, message.Begins(m.Body)
	if c.AskedAt == 0 {
		c.AskedAt = tx.Now
	}
	if m.Topic != "" {
		c.Topic = m.Topic
	}
	if err := message.Save(ctx, tx, c); err != nil {
		return m, err
	}
	return m, noteTalk(ctx, tx, c, "message.received", Actor(m.Actor), data{"via": m.Via, "topic": m.Topic, "photos": len(photos)})
}

// noteTalk records what happened in a conversation; never what was said, which can be erased.
func noteTalk(ctx context.Context, tx *db.Tx, c message.Conversation, kind string, actor Actor, more data) error {
	return Record(ctx, tx, event.Fact{Store: c.StoreID, Order: c.OrderID, Kind: kind, Subject: string(c.ConversationID), Actor: string(actor), Data: more})
}

// changeTalk locks a conversation, its order first where it has one, and lets fn change it.
func changeTalk(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, fn func(*order.Order, *message.Conversation) error) error {
	found, err := message.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such conversation.")
	}
	if err != nil {
		return err
	}
	within := func(o *order.Order) error {
		c, err := message.Lock(ctx, tx, s, name)
		if err != nil {
			return err
		}
		return fn(o, &c)
	}
	if found.OrderID == "" {
		return within(nil)
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error { return within(&o) })
}

// AnswerMessage sends the customer a person's own words: as a mail, and on the order's page.
func AnswerMessage(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, words, via string, actor Actor) (m message.Message, err error) {
	if words, err = messageWords(words, 0); err != nil {
		return m, err
	}
	err = changeTalk(ctx, tx, s, name, func(o *order.Order, c *message.Conversation) error {
		to := c.Email
		if o != nil {
			to = o.Email // never whoever wrote in the customer's name
		}
		if to == "" || Erased(to) {
			return refuse("nobody", "There is no mail address to answer to.")
		}
		m = message.Message{StoreID: s, ConversationID: name, Kind: message.FromStaff, Via: via, Actor: string(actor), Body: words, MailID: newMail(tx)}
		if m, err = message.Add(ctx, tx, m, nil); err != nil {
			return err
		}
		if err := stepTalk(ctx, tx, c, message.Answer, words); err != nil {
			return err
		}
		mail := Mail{StoreID: s, MailID: m.MailID, MailKey: MailMessage + "/" + string(m.MessageID), OrderID: c.OrderID, Kind: MailMessage, Recipient: to}
		if o == nil {
			mail.Kind = MailContact
		}
		if err := queueMail(ctx, tx, mail, About{Message: m.MessageID}); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.answered", actor, data{"via": via})
	})
	return m, err
}

// WriteToCustomer begins a conversation about an order, or goes on with it.
func WriteToCustomer(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, words, via string, actor Actor) (m message.Message, err error) {
	var c message.Conversation
	err = change(ctx, tx, s, name, func(o order.Order) error {
		c, err = conversationOf(ctx, tx, o, "desk")
		return err
	})
	if err != nil {
		return m, err
	}
	return AnswerMessage(ctx, tx, s, c.ConversationID, words, via, actor)
}

// stepTalk moves a conversation and stores it. Whatever moves it besides a message of the
// customer's own says that nobody waits any more.
func stepTalk(ctx context.Context, tx *db.Tx, c *message.Conversation, e message.Event, words string) error {
	was := c.State
	if err := c.Move(e); err != nil {
		return refuse("not-possible", "The conversation is %s: that is not possible.", was)
	}
	if words != "" {
		c.LastAt, c.Preview, c.Unsorted = tx.Now, message.Begins(words), false
	}
	c.UntilAt, c.Overdue = 0, false
	switch e {
	case message.Wake, message.Reopen:
		if c.AskedAt == 0 {
			c.AskedAt = tx.Now
		}
	case message.Snooze:
	default:
		c.AskedAt = 0
	}
	return message.Save(ctx, tx, *c)
}

// NoteMessage writes something down for the staff alone.
func NoteMessage(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, words string, actor Actor) error {
	words, err := messageWords(words, 0)
	if err != nil {
		return err
	}
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		m := message.Message{StoreID: s, ConversationID: name, Kind: message.Note, Via: message.ViaDesk, Actor: string(actor), Body: words}
		if _, err := message.Add(ctx, tx, m, nil); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.noted", actor, nil)
	})
}

// CloseMessages ends a conversation: nobody needs to answer.
func CloseMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, actor Actor) error {
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		if err := stepTalk(ctx, tx, c, message.Close, ""); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.closed", actor, nil)
	})
}

// ReopenMessages brings a conversation back to those that wait for an answer.
func ReopenMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, actor Actor) error {
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		e := message.Reopen
		if c.State == message.Snoozed {
			e = message.Wake
		}
		if err := stepTalk(ctx, tx, c, e, ""); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.reopened", actor, nil)
	})
}

// SnoozeMessages puts a conversation out of sight until a moment.
func SnoozeMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, until clock.Time, actor Actor) error {
	if until <= tx.Now {
		return &Refusal{Code: "until", Field: "until", Words: "That moment is over already."}
	}
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		if err := stepTalk(ctx, tx, c, message.Snooze, ""); err != nil {
			return err
		}
		c.UntilAt = until
		if err := message.Save(ctx, tx, *c); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.snoozed", actor, data{"until": until})
	})
}

// AssignMessages says who answers; empty: nobody in particular.
func AssignMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, to id.Staff, actor Actor) error {
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		if c.StaffID == to {
			return nil
		}
		if err := mayAnswer(ctx, tx, s, to); err != nil {
			return err
		}
		c.StaffID = to
		if err := message.Save(ctx, tx, *c); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.assigned", actor, data{"staff": to})
	})
}
