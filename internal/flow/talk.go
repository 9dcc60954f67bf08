package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/order"
)

// Talk is what a mail with a person's own words is written from.
type Talk struct {
	Conversation message.Conversation
	Message      message.Message   // the one that goes out
	Before       []message.Message // what was said before it, oldest first, without notes
}

// gatherTalk reads it.
func gatherTalk(ctx context.Context, tx *db.Tx, s id.Store, name id.Message) (*Talk, error) {
	m, err := message.GetMessage(ctx, tx, s, name)
	if err != nil {
		return nil, err
	}
	if m.Kind != message.FromStaff {
		return nil, errors.New("message " + string(name) + " is no answer: it does not leave")
	}
	t := &Talk{Message: m}
	if t.Conversation, err = message.Get(ctx, tx, s, m.ConversationID); err != nil {
		return nil, err
	}
	all, err := message.Messages(ctx, tx, s, m.ConversationID)
	for _, one := range all {
		if one.MessageID < name && (one.Kind == message.FromCustomer || one.Kind == message.FromStaff) {
			t.Before = append(t.Before, one)
		}
	}
	return t, err
}

// TalkView is a conversation with all that was said in it.
type TalkView struct {
	Conversation message.Conversation
	Order        *order.Order // nil: it belongs to none
	Messages     []message.Message
	Photos       map[id.Message][]message.PhotosOfRow
	Mails        map[id.Mail]Mail // how the answers left
}

// LookAtTalk reads a conversation; sql.ErrNoRows when there is none.
func LookAtTalk(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation) (v TalkView, err error) {
	if v.Conversation, err = message.Get(ctx, tx, s, name); err != nil {
		return v, err
	}
	if v.Conversation.OrderID != "" {
		o, err := order.Get(ctx, tx, s, v.Conversation.OrderID)
		if err != nil {
			return v, err
		}
		v.Order = &o
	}
	if v.Messages, err = message.Messages(ctx, tx, s, name); err != nil {
		return v, err
	}
	photos, err := message.Photos(ctx, tx, s, name)
	if err != nil {
		return v, err
	}
	v.Photos, v.Mails = map[id.Message][]message.PhotosOfRow{}, map[id.Mail]Mail{}
	for _, p := range photos {
		v.Photos[p.MessageID] = append(v.Photos[p.MessageID], p)
	}
	for _, m := range v.Messages {
		if m.MailID == "" {
			continue
		}
		sent, err := New(tx).GetMail(ctx, GetMailParams{StoreID: s, MailID: m.MailID})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return v, err
		}
		v.Mails[m.MailID] = sent
	}
	return v, nil
}

// TalkOfOrder is an order's conversation as its customer sees it: without notes, and without
// what no person wrote. known is false when nobody has written yet.
func TalkOfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (v TalkView, known bool, err error) {
	c, known, err := message.OfOrder(ctx, tx, s, o)
	if err != nil || !known {
		return v, false, err
	}
	if v, err = LookAtTalk(ctx, tx, s, c.ConversationID); err != nil {
		return v, true, err
	}
	shown := v.Messages[:0]
	for _, m := range v.Messages {
		if m.Kind == message.FromCustomer || m.Kind == message.FromStaff {
			shown = append(shown, m)
		}
	}
	v.Messages = shown
	return v, true, nil
}

// newestAnswer is the last answer about an order; empty where there is none.
func newestAnswer(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (id.Message, error) {
	v, _, err := TalkOfOrder(ctx, tx, s, o)
	for i := len(v.Messages) - 1; err == nil && i >= 0; i-- {
		if m := v.Messages[i]; m.Kind == message.FromStaff {
			return m.MessageID, nil
		}
	}
	return "", err
}
