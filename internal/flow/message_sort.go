package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/order"
)

// messagesAtOnce is how many conversations a round looks at.
const messagesAtOnce = 100

// gatherMessages reads whether an order's customer has waited too long for an answer.
func gatherMessages(ctx context.Context, tx *db.Tx, o order.Order, f *order.Facts) error {
	c, known, err := message.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if known && c.Overdue {
		f.Unanswered = string(c.ConversationID)
	}
	return err
}

// mayAnswer refuses to give a conversation to somebody who is not here (any more), or may not
// answer.
func mayAnswer(ctx context.Context, tx *db.Tx, s id.Store, to id.Staff) error {
	if to == "" {
		return nil
	}
	list, err := account.AllStaff(ctx, tx, s)
	for _, who := range list {
		if who.StaffID == to && !who.Disabled && who.Role.Covers(account.Support) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return &Refusal{Code: "staff", Field: "staff", Words: "Please choose somebody who works here and may answer."}
}

// LinkMessages puts a conversation that belonged to no order to one. Where that has a
// conversation already, the messages go there; the one in which they are now is told.
func LinkMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, number int64, actor Actor) (now id.Conversation, err error) {
	o, err := order.Numbered(ctx, tx, s, number)
	if errors.Is(err, sql.ErrNoRows) {
		return "", &Refusal{Code: "number", Field: "number", Words: fmt.Sprintf("There is no order %d.", number)}
	}
	if err != nil {
		return "", err
	}
	err = change(ctx, tx, s, o.OrderID, func(o order.Order) error {
		c, err := message.Lock(ctx, tx, s, name)
		if errors.Is(err, sql.ErrNoRows) {
			return refuse("not-found", "There is no such conversation.")
		}
		if err != nil {
			return err
		}
		if c.OrderID != "" {
			return refuse("not-possible", "The conversation belongs to an order already.")
		}
		into, err := linked(ctx, tx, o, c)
		if err != nil {
			return err
		}
		now = into.ConversationID
		return noteTalk(ctx, tx, into, "message.linked", actor, nil)
	})
	return now, err
}

// linked is the order's conversation with all that was said in the other one.
func linked(ctx context.Context, tx *db.Tx, o order.Order, c message.Conversation) (message.Conversation, error) {
	into, known, err := message.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return into, err
	}
	to, _ := o.ShipTo() // an address that cannot be read gives no name
	if !known {
		c.OrderID, c.Unsorted, c.Locale, c.Search = o.OrderID, false, o.Locale, searchOf(o, to.Name, c.Email, c.Name, c.Subject)
		c.Email, c.Name = o.Email, to.Name // answers go to the customer
		return c, message.Save(ctx, tx, c)
	}
	if err := message.Merge(ctx, tx, o.StoreID, c.ConversationID, into.ConversationID); err != nil {
		return into, err
	}
	if c.LastAt > into.LastAt {
		into.LastAt, into.Preview = c.LastAt, c.Preview
	}
	if c.State == message.Open {
		if err := into.Move(message.Hear); err != nil {
			return into, err
		}
		into.UntilAt = 0
		if into.AskedAt == 0 || c.AskedAt < into.AskedAt {
			into.AskedAt = c.AskedAt
		}
	}
	if into.Subject == "" {
		into.Subject = c.Subject
	}
	into.Search = message.SearchWords(into.Search, c.Email, c.Name, c.Subject)
	return into, message.Save(ctx, tx, into)
}

// SortMessages says that a mail belongs to no order, and stays as it is.
func SortMessages(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation, actor Actor) error {
	return changeTalk(ctx, tx, s, name, func(_ *order.Order, c *message.Conversation) error {
		if !c.Unsorted {
			return nil
		}
		c.Unsorted = false
		if err := message.Save(ctx, tx, *c); err != nil {
			return err
		}
		return noteTalk(ctx, tx, *c, "message.sorted", actor, nil)
	})
}

// LookAfterMessages wakes conversations whose moment has come, and notices those in which
// somebody has waited too long. It says how many there were.
func LookAfterMessages(ctx context.Context, tx *db.Tx, s id.Store) (int, error) {
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return 0, err
	}
	due, err := message.SnoozedUntil(ctx, tx, s, tx.Now, messagesAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range due {
		err := changeTalk(ctx, tx, s, row.ConversationID, func(_ *order.Order, c *message.Conversation) error {
			if c.State != message.Snoozed || c.UntilAt > tx.Now {
				return nil
			}
			if err := stepTalk(ctx, tx, c, message.Wake, ""); err != nil {
				return err
			}
			return noteTalk(ctx, tx, *c, "message.woken", System, nil)
		})
		if err != nil {
			return 0, err
		}
	}
	late, err := message.Unanswered(ctx, tx, s, tx.Now.Add(-set.Messages.AnswerWithin), messagesAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range late {
		err := changeTalk(ctx, tx, s, row.ConversationID, func(_ *order.Order, c *message.Conversation) error {
			if c.Overdue || c.State != message.Open || c.AskedAt == 0 {
				return nil
			}
			c.Overdue = true
			if err := message.Save(ctx, tx, *c); err != nil {
				return err
			}
			return noteTalk(ctx, tx, *c, "message.overdue", System, nil)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due) + len(late), nil
}

// MayWrite counts a message about an order (empty: about none) from an address, and is
// *TooSoon where there were too many.
func MayWrite(ctx context.Context, tx *db.Tx, s id.Store, order, address string) error {
	wait, err := account.TryWrite(ctx, tx, s, order, address)
	return orSoon(err, account.Guess{Wait: wait})
}

// SaveCanned keeps an answer for use again, or changes one.
func SaveCanned(ctx context.Context, tx *db.Tx, c message.CannedAnswer, actor Actor) (message.CannedAnswer, error) {
	if err := message.CheckCanned(c.Title, c.Body); err != nil {
		return c, &Refusal{Code: "canned", Field: "body", Words: err.Error()}
	}
	if c.CannedID != "" {
		if _, err := message.OneCanned(ctx, tx, c.StoreID, c.CannedID); err != nil {
			return c, err
		}
	}
	c.ChangedBy = string(actor)
	return message.SaveCanned(ctx, tx, c)
}

// DropCanned forgets a kept answer.
func DropCanned(ctx context.Context, tx *db.Tx, s id.Store, name id.Canned) error {
	_, err := message.DropCanned(ctx, tx, s, name)
	return err
}
