package message

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/photo"
)

// Insert writes a new conversation, which is open.
func Insert(ctx context.Context, tx *db.Tx, c Conversation) (Conversation, error) {
	c.ConversationID = id.Conversation(id.Ordered("cv", tx.Now.Std(), tx.Next()))
	c.State, c.LastAt, c.CreatedAt, c.UpdatedAt = Open, tx.Now, tx.Now, tx.Now
	err := New(tx).InsertConversation(ctx, InsertConversationParams{StoreID: c.StoreID, ConversationID: c.ConversationID, OrderID: c.OrderID, Email: c.Email,
		Name: c.Name, Locale: c.Locale, Subject: c.Subject, Topic: c.Topic, State: c.State, Source: c.Source, Unsorted: c.Unsorted, LastAt: tx.Now, Search: c.Search})
	return c, err
}

// Get reads a conversation; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation) (Conversation, error) {
	return New(tx).GetConversation(ctx, GetConversationParams{StoreID: s, ConversationID: name})
}

// Lock reads a conversation and keeps others from changing it. Lock the order first.
func Lock(ctx context.Context, tx *db.Tx, s id.Store, name id.Conversation) (Conversation, error) {
	return New(tx).LockConversation(ctx, LockConversationParams{StoreID: s, ConversationID: name})
}

// OfOrder is an order's conversation; known is false when there is none.
func OfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (c Conversation, known bool, err error) {
	c, err = New(tx).ConversationOf(ctx, ConversationOfParams{StoreID: s, OrderID: o})
	if errors.Is(err, sql.ErrNoRows) {
		return Conversation{}, false, nil
	}
	return c, err == nil, err
}

// Save writes all that may change of a conversation.
func Save(ctx context.Context, tx *db.Tx, c Conversation) error {
	return New(tx).SaveConversation(ctx, SaveConversationParams{StoreID: c.StoreID, ConversationID: c.ConversationID, OrderID: c.OrderID, Email: c.Email,
		Name: c.Name, Locale: c.Locale, Subject: c.Subject, Topic: c.Topic, State: c.State, Unsorted: c.Unsorted, StaffID: c.StaffID, UntilAt: c.UntilAt,
		AskedAt: c.AskedAt, Overdue: c.Overdue, LastAt: c.LastAt, Preview: c.Preview, Search: c.Search, UpdatedAt: tx.Now})
}

// Merge puts all messages of one conversation into another and drops the empty one.
func Merge(ctx context.Context, tx *db.Tx, s id.Store, from, into id.Conversation) error {
	if err := New(tx).MoveMessages(ctx, MoveMessagesParams{StoreID: s, ConversationID: from, ConversationID_2: into}); err != nil {
		return err
	}
	return New(tx).DeleteConversation(ctx, DeleteConversationParams{StoreID: s, ConversationID: from})
}

// Add writes a message with its photos and gives it its name.
func Add(ctx context.Context, tx *db.Tx, m Message, photos []photo.Photo) (Message, error) {
	m.MessageID, m.CreatedAt = id.Message(id.Ordered("ms", tx.Now.Std(), tx.Next())), tx.Now
	m.Body, m.Quoted = shortened(m.Body, mostBody), shortened(m.Quoted, mostQuoted)
	m.HeaderKey = HeaderKey(m.Header)
	q := New(tx)
	err := q.InsertMessage(ctx, InsertMessageParams(m))
	for i := 0; err == nil && i < len(photos); i++ {
		p := photos[i]
		err = q.InsertPhoto(ctx, InsertPhotoParams{StoreID: m.StoreID, MessageID: m.MessageID, PhotoID: id.Ordered("ph", tx.Now.Std(), tx.Next()),
			Width: p.Width, Height: p.Height, Bytes: int64(len(p.JPEG)), Body: p.Text(), CreatedAt: tx.Now})
	}
	return m, err
}

// GetMessage reads a message; sql.ErrNoRows when there is none.
func GetMessage(ctx context.Context, tx *db.Tx, s id.Store, name id.Message) (Message, error) {
	return New(tx).GetMessage(ctx, GetMessageParams{StoreID: s, MessageID: name})
}

// Messages lists the messages of a conversation, oldest first, notes and all.
func Messages(ctx context.Context, tx *db.Tx, s id.Store, c id.Conversation) ([]Message, error) {
	return New(tx).MessagesOf(ctx, MessagesOfParams{StoreID: s, ConversationID: c})
}

// ByHeader is the message that came in as a mail with that Message-ID.
func ByHeader(ctx context.Context, tx *db.Tx, s id.Store, header string) (m MessageByHeaderRow, known bool, err error) {
	m, err = New(tx).MessageByHeader(ctx, MessageByHeaderParams{StoreID: s, HeaderKey: HeaderKey(header)})
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// ByMail is the message that went out as that mail.
func ByMail(ctx context.Context, tx *db.Tx, s id.Store, mail id.Mail) (m MessageByMailRow, known bool, err error) {
	m, err = New(tx).MessageByMail(ctx, MessageByMailParams{StoreID: s, MailID: mail})
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// Photos lists the photos of a conversation without their pictures.
func Photos(ctx context.Context, tx *db.Tx, s id.Store, c id.Conversation) ([]PhotosOfRow, error) {
	return New(tx).PhotosOf(ctx, PhotosOfParams{StoreID: s, ConversationID: c})
}

// PhotoJPEG is the picture of a photo; sql.ErrNoRows when the conversation has none of that
// name.
func PhotoJPEG(ctx context.Context, tx *db.Tx, s id.Store, c id.Conversation, m id.Message, name string) ([]byte, error) {
	body, err := New(tx).PhotoBody(ctx, PhotoBodyParams{StoreID: s, MessageID: m, PhotoID: name, ConversationID: c})
	if err != nil {
		return nil, err
	}
	return photo.FromText(body)
}

// Arrived notes that a mail was taken in; false when it had been before.
func Arrived(ctx context.Context, tx *db.Tx, s id.Store, key string) (bool, error) {
	n, err := New(tx).NoteArrival(ctx, NoteArrivalParams{StoreID: s, ArrivalKey: key, CreatedAt: tx.Now})
	return n > 0, err
}

// ForgetArrivals forgets which mails were taken in before a moment.
func ForgetArrivals(ctx context.Context, tx *db.Tx, s id.Store, before clock.Time) error {
	_, err := New(tx).ForgetArrivals(ctx, ForgetArrivalsParams{StoreID: s, CreatedAt: before})
	return err
}

// Snoozed lists conversations whose moment has come.
func SnoozedUntil(ctx context.Context, tx *db.Tx, s id.Store, now clock.Time, limit int32) ([]SnoozedUntilRow, error) {
	return New(tx).SnoozedUntil(ctx, SnoozedUntilParams{StoreID: s, UntilAt: now, Limit: limit})
}

// Unanswered lists conversations in which somebody has waited since before a moment, and
// nobody has noticed yet.
func Unanswered(ctx context.Context, tx *db.Tx, s id.Store, before clock.Time, limit int32) ([]UnansweredRow, error) {
	return New(tx).Unanswered(ctx, UnansweredParams{StoreID: s, AskedAt: before, Limit: limit})
}
