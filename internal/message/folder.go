package message

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Folder is how far a mailbox has been read; known is false for one that never was.
func Folder(ctx context.Context, tx *db.Tx, s id.Store, name string) (f MailFolder, known bool, err error) {
	f, err = New(tx).GetFolder(ctx, GetFolderParams{StoreID: s, Folder: name})
	if errors.Is(err, sql.ErrNoRows) {
		return MailFolder{StoreID: s, Folder: name}, false, nil
	}
	return f, err == nil, err
}

// Folders are a store's mailboxes; the setting names one, so there is one at most.
func Folders(ctx context.Context, tx *db.Tx, s id.Store) ([]MailFolder, error) {
	return New(tx).ListFolders(ctx, s)
}

// SaveFolder stores how a mailbox stands, and forgets others: the setting has changed.
func SaveFolder(ctx context.Context, tx *db.Tx, f MailFolder) error {
	q := New(tx)
	if err := q.DropFolders(ctx, DropFoldersParams{StoreID: f.StoreID, Folder: f.Folder}); err != nil {
		return err
	}
	return q.PutFolder(ctx, PutFolderParams(f))
}

// DropFolders forgets all mailboxes.
func DropFolders(ctx context.Context, tx *db.Tx, s id.Store) error {
	return New(tx).DropFolders(ctx, DropFoldersParams{StoreID: s, Folder: ""})
}

// Advance notes that a mailbox was read up to a mail; never backwards.
func Advance(ctx context.Context, tx *db.Tx, f MailFolder, uid int64) error {
	_, err := New(tx).AdvanceFolder(ctx, AdvanceFolderParams{StoreID: f.StoreID, Folder: f.Folder, Validity: f.Validity, LastUid: uid})
	return err
}
