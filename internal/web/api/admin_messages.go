package api

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/report"
)

type messagesQuery struct {
	State    string   `query:"state" enum:"open,waiting,snoozed,closed"`
	Unsorted bool     `query:"unsorted" doc:"Only mails of which nobody has said where they belong"`
	Staff    id.Staff `query:"staff" doc:"Only this person's"`
	Q        string   `query:"q" doc:"In names, mail addresses, subjects, and order numbers with #"`
	After    string   `query:"after" doc:"next of the page before"`
	Limit    int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Conversations is a page of conversations.
type Conversations struct {
	Conversations []report.Talk `json:"conversations"`
	Next          string        `json:"next,omitempty" doc:"after of the next page; missing on the last one"`
}

func (a *API) adminMessages(ctx context.Context, c *call, in *messagesQuery) (out Conversations, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		f := report.TalkFilter{State: in.State, Unsorted: in.Unsorted, Staff: in.Staff, Search: in.Q}
		out.Conversations, out.Next, err = report.Talks(ctx, tx, c.store, f, in.After, in.Limit)
		return err
	})
	return out, err
}

type aConversation struct {
	Conversation id.Conversation `path:"conversation"`
}

// Conversation is what a customer and the store wrote to each other.
type Conversation struct {
	ID       id.Conversation `json:"id"`
	Order    id.Order        `json:"order,omitempty" doc:"Missing: it belongs to none"`
	Email    string          `json:"email" doc:"Who gets answers"`
	Name     string          `json:"name"`
	Subject  string          `json:"subject,omitempty"`
	State    string          `json:"state" enum:"open,waiting,snoozed,closed"`
	Unsorted bool            `json:"unsorted"`
	Staff    id.Staff        `json:"staff,omitempty"`
	Messages []Message       `json:"messages"`
}

// Message is one of them.
type Message struct {
	ID     id.Message `json:"id"`
	Kind   string     `json:"kind" enum:"customer,staff,note,automatic" doc:"Notes are for the staff alone"`
	Via    string     `json:"via" enum:"page,contact,mail,desk,api"`
	Actor  string     `json:"actor"`
	Email  string     `json:"email,omitempty" doc:"Who wrote, as the mail says: it proves nothing"`
	Topic  string     `json:"topic,omitempty"`
	Body   string     `json:"body" doc:"Plain text"`
	Quoted string     `json:"quoted,omitempty" doc:"Of earlier mails, below it"`
	Photos int        `json:"photos"`
	Mail   string     `json:"mail,omitempty" doc:"How the mail stands that it left as"`
	At     clock.Time `json:"at"`
}

func (a *API) adminConversation(ctx context.Context, c *call, in *aConversation) (out Conversation, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = conversationOf(ctx, tx, c.store, in.Conversation)
		return err
	})
	return out, err
}

func conversationOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation) (Conversation, error) {
	v, err := flow.LookAtTalk(ctx, tx, s, name)
	if err != nil {
		return Conversation{}, err
	}
	t := v.Conversation
	out := Conversation{ID: t.ConversationID, Order: t.OrderID, Email: t.Email, Name: t.Name, Subject: t.Subject, State: string(t.State), Unsorted: t.Unsorted,
		Staff: t.StaffID, Messages: []Message{}}
	if v.Order != nil {
		out.Email = v.Order.Email
	}
	for _, m := range v.Messages {
		out.Messages = append(out.Messages, Message{ID: m.MessageID, Kind: m.Kind, Via: m.Via, Actor: m.Actor, Email: m.Email, Topic: m.Topic, Body: m.Body,
			Quoted: m.Quoted, Photos: len(v.Photos[m.MessageID]), Mail: v.Mails[m.MailID].State, At: m.CreatedAt})
	}
	return out, nil
}

type wordsBody struct {
	Conversation id.Conversation `path:"conversation"`
	Body         struct {
		Words string `json:"words" minLength:"1" maxLength:"4000" doc:"Plain text"`
	}
}

// answerConversation sends a mail, and shows the conversation then.
func (a *API) answerConversation(ctx context.Context, c *call, in *wordsBody) (out Conversation, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if _, err := flow.AnswerMessage(ctx, tx, c.store, in.Conversation, in.Body.Words, message.ViaAPI, c.actor()); err != nil {
			return err
		}
		out, err = conversationOf(ctx, tx, c.store, in.Conversation)
		return err
	})
	return out, err
}

func (a *API) noteConversation(ctx context.Context, c *call, in *wordsBody) (out Conversation, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.NoteMessage(ctx, tx, c.store, in.Conversation, in.Body.Words, c.actor()); err != nil {
			return err
		}
		out, err = conversationOf(ctx, tx, c.store, in.Conversation)
		return err
	})
	return out, err
}
