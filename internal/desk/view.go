package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// How long a view's name, its query and a note may be, in characters.
const (
	maxName  = 40
	maxQuery = 2000
	maxNote  = 2000
)

// What is wrong with a view or a note.
var (
	ErrName = errors.New("a view has a name of at most 40 characters")
	ErrNote = errors.New("a note says something, in at most 2,000 characters")
)

// SaveView keeps a list, "orders" or "claims", under a name; the same name of the same person for
// the same list again is changed. Query is the address's, without paging. Error: ErrName.
func SaveView(ctx context.Context, tx *db.Tx, s id.Store, staff id.Staff, list, name, query string, shared bool) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxName || len(query) > maxQuery {
		return ErrName
	}
	_, err := New(tx).InsertView(ctx, InsertViewParams{StoreID: s, ViewID: id.View(id.New("vw", tx.Now.Std())), StaffID: staff, List: list, Name: name,
		Query: query, Shared: shared, CreatedAt: tx.Now})
	return err
}

// Views are those of a list that are somebody's or shared, the oldest first.
func Views(ctx context.Context, tx *db.Tx, s id.Store, staff id.Staff, list string) ([]ListView, error) {
	return New(tx).ViewsOf(ctx, ViewsOfParams{s, staff, list})
}

// View reads a view; sql.ErrNoRows when there is none.
func View(ctx context.Context, tx *db.Tx, s id.Store, view id.View) (ListView, error) {
	return New(tx).GetView(ctx, GetViewParams{s, view})
}

// DropView forgets a view: one's own, or any shared one where anyShared says so. It answers
// false when there is none to forget.
func DropView(ctx context.Context, tx *db.Tx, s id.Store, view id.View, staff id.Staff, anyShared bool) (bool, error) {
	n, err := New(tx).DeleteView(ctx, DeleteViewParams{s, view, staff})
	if err == nil && n == 0 && anyShared {
		n, err = New(tx).DeleteSharedView(ctx, DeleteSharedViewParams{s, view})
	}
	return n > 0, err
}

// WriteNote keeps words about a customer. Error: ErrNote.
func WriteNote(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer, staff id.Staff, words string) error {
	words = strings.TrimSpace(words)
	if words == "" || utf8.RuneCountInString(words) > maxNote {
		return ErrNote
	}
	if err := sweepNotes(ctx, tx, s); err != nil {
		return err
	}
	return New(tx).InsertNote(ctx, InsertNoteParams{StoreID: s, NoteID: id.Note(id.New("nt", tx.Now.Std())), CustomerID: customer, StaffID: staff,
		Words: words, CreatedAt: tx.Now})
}

// Notes are what was written about a customer, the newest first, 100 at most.
func Notes(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer) ([]CustomerNote, error) {
	return New(tx).NotesOf(ctx, NotesOfParams{s, customer})
}

// backFor is how long a note that was removed can be brought back.
const backFor = time.Hour

// DropNote removes a note; false when there is none. It can be restored for an hour.
func DropNote(ctx context.Context, tx *db.Tx, s id.Store, note id.Note) (bool, error) {
	if err := sweepNotes(ctx, tx, s); err != nil {
		return false, err
	}
	n, err := New(tx).DropNote(ctx, DropNoteParams{s, note, tx.Now})
	return n > 0, err
}

// RestoreNote brings back a note about a customer that was removed, as it was; false when it
// stands, or is forgotten by now.
func RestoreNote(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer, note id.Note) (bool, error) {
	if err := sweepNotes(ctx, tx, s); err != nil {
		return false, err
	}
	n, err := New(tx).RestoreNote(ctx, RestoreNoteParams{s, customer, note})
	return n > 0, err
}

// sweepNotes deletes what was removed and not brought back in time.
func sweepNotes(ctx context.Context, tx *db.Tx, s id.Store) error {
	return New(tx).ForgetNotes(ctx, ForgetNotesParams{s, tx.Now.Add(-backFor)})
}
