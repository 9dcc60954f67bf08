package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/photo"
	"doorstep/internal/seal"
)

// MailboxAt is how far a mailbox has been read. One of another setting is forgotten.
func MailboxAt(ctx context.Context, tx *db.Tx, s id.Store, name string) (message.MailFolder, error) {
	f, _, err := message.Folder(ctx, tx, s, name)
	return f, err
}

// MailboxStands notes where the reading of a mailbox begins, and that it can be read.
func MailboxStands(ctx context.Context, tx *db.Tx, f message.MailFolder) error {
	f.CheckedAt, f.Trouble, f.TroubleAt = tx.Now, "", 0
	return message.SaveFolder(ctx, tx, f)
}

// MailboxTrouble notes why a mailbox cannot be read.
func MailboxTrouble(ctx context.Context, tx *db.Tx, s id.Store, name, words string) error {
	f, _, err := message.Folder(ctx, tx, s, name)
	if err != nil {
		return err
	}
	fresh := f.Trouble == ""
	if fresh {
		f.TroubleAt = tx.Now
	}
	f.Trouble = singleLine(words, 400)
	if err := message.SaveFolder(ctx, tx, f); err != nil || !fresh {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "mailbox.trouble", Subject: string(s), Actor: string(System), Data: data{"words": f.Trouble}})
}

// HearFromMailbox takes in a mail of a mailbox, and notes in the same transaction that it has
// been read up to there: whoever dies before reads it again, whoever dies after does not.
func HearFromMailbox(ctx context.Context, tx *db.Tx, box *seal.Box, f message.MailFolder, uid int64, l message.Letter, photos []photo.Photo) (fresh bool, err error) {
	if fresh, err = HearMail(ctx, tx, box, f.StoreID, l, photos); err != nil {
		return fresh, err
	}
	return fresh, message.Advance(ctx, tx, f, uid)
}

// TroubleOfMailbox is why the store's mailbox cannot be read; empty while it can.
func TroubleOfMailbox(ctx context.Context, tx *db.Tx, s id.Store) (message.MailFolder, error) {
	list, err := message.Folders(ctx, tx, s)
	for _, f := range list {
		if f.Trouble != "" {
			return f, err
		}
	}
	return message.MailFolder{}, err
}
