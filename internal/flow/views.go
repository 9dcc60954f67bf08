package flow

import (
	"context"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/event"
	"doorstep/internal/id"
)

// SaveView keeps a list of the dashboard under a name, for oneself or for everybody of the store.
func SaveView(ctx context.Context, tx *db.Tx, s id.Store, staff id.Staff, list, name, query string, shared bool) error {
	err := desk.SaveView(ctx, tx, s, staff, list, name, query, shared)
	if errors.Is(err, desk.ErrName) {
		return &Refusal{Code: "name", Field: "name", Words: "A view needs a name of at most 40 characters."}
	}
	return err
}

// DropView forgets a view: one's own, or a shared one where anyShared says so.
func DropView(ctx context.Context, tx *db.Tx, s id.Store, view id.View, staff id.Staff, anyShared bool) error {
	done, err := desk.DropView(ctx, tx, s, view, staff, anyShared)
	if err == nil && !done {
		return refuse("not-found", "There is no such view of yours.")
	}
	return err
}

// NoteCustomer keeps what a member of staff wrote about a customer.
func NoteCustomer(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer, staff id.Staff, words string, actor Actor) error {
	err := desk.WriteNote(ctx, tx, s, customer, staff, words)
	if errors.Is(err, desk.ErrNote) {
		return &Refusal{Code: "words", Field: "words", Words: "A note says something, in at most 2,000 characters."}
	}
	if err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "customer.noted", Subject: string(customer), Actor: string(actor)})
}

// DropNote removes a note about a customer; RestoreNote brings it back within the hour.
func DropNote(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer, note id.Note, actor Actor) error {
	done, err := desk.DropNote(ctx, tx, s, note)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-found", "There is no such note any more.")
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "customer.note-dropped", Subject: string(customer), Actor: string(actor)})
}

// RestoreNote brings a note about a customer back that was just removed.
func RestoreNote(ctx context.Context, tx *db.Tx, s id.Store, customer id.Customer, note id.Note, actor Actor) error {
	done, err := desk.RestoreNote(ctx, tx, s, customer, note)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-found", "This note is not there any more.")
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "customer.note-restored", Subject: string(customer), Actor: string(actor)})
}
