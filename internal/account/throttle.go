package account

import (
	"context"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// How often somebody may try a password within TryWindow. An address may stand for a whole
// office, so it has more than an account.
const (
	TriesPerAccount = 10
	TriesPerAddress = 50
	TryWindow       = 15 * time.Minute
	// Wishes for a new password: each of them is a mail.
	ResetsPerAccount = 3
	ResetsPerAddress = 20
)

// Try counts a try to sign in, before the password is looked at, and says how long to wait
// when there were too many: for this account, or from this address. It counts in the
// database, so that all nodes count together and a restart forgets nothing.
func Try(ctx context.Context, tx *db.Tx, store id.Store, email, address string) (wait time.Duration, err error) {
	return tries(ctx, tx, store, limit{accountSubject(email), TriesPerAccount}, limit{"address:" + shortened(address, 64), TriesPerAddress})
}

// TrySecond counts a try to give a second factor for somebody whose password was right.
func TrySecond(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) (wait time.Duration, err error) {
	return tries(ctx, tx, store, limit{secondSubject(staff), TriesPerAccount})
}

// TryReset counts a wish for a new password, for an address that somebody may have or not.
func TryReset(ctx context.Context, tx *db.Tx, store id.Store, email, address string) (wait time.Duration, err error) {
	return tries(ctx, tx, store, limit{"reset-" + accountSubject(email), ResetsPerAccount}, limit{"reset-from:" + shortened(address, 64), ResetsPerAddress})
}

// TryDoor counts a try at a door that nobody has an account for: the link of a mail, the
// token of an empty store, a passkey's question.
func TryDoor(ctx context.Context, tx *db.Tx, store id.Store, door, address string) (wait time.Duration, err error) {
	return tries(ctx, tx, store, limit{door + ":" + shortened(address, 64), TriesPerAddress})
}

// How often somebody may write within TryWindow: about one order, and from one address.
const (
	WritesPerOrder   = 10
	WritesPerAddress = 20
)

// TryWrite counts a message about an order (empty: about none) from an address.
func TryWrite(ctx context.Context, tx *db.Tx, store id.Store, order, address string) (wait time.Duration, err error) {
	limits := []limit{{"write-from:" + shortened(address, 64), WritesPerAddress}}
	if order != "" {
		limits = append(limits, limit{"write:" + shortened(order, 64), WritesPerOrder})
	}
	return tries(ctx, tx, store, limits...)
}

type limit struct {
	subject string
	most    int64
}

func tries(ctx context.Context, tx *db.Tx, store id.Store, limits ...limit) (wait time.Duration, err error) {
	for _, by := range limits {
		row, err := New(tx).CountTry(ctx, CountTryParams{StoreID: store, Subject: by.subject, NowAt: tx.Now, WindowAt: tx.Now.Add(-TryWindow)})
		if err != nil {
			return 0, err
		}
		if row.Tries > by.most {
			wait = max(wait, row.SinceAt.Add(TryWindow).Sub(tx.Now), time.Second)
		}
	}
	return wait, nil
}

// Forgive forgets the tries for an account, because its owner is in now, and those of all
// whose window has passed.
func Forgive(ctx context.Context, tx *db.Tx, store id.Store, email string) error {
	q := New(tx)
	if err := q.DeleteTries(ctx, DeleteTriesParams{StoreID: store, Subject: accountSubject(email)}); err != nil {
		return err
	}
	return q.DeleteOldTries(ctx, DeleteOldTriesParams{StoreID: store, SinceAt: tx.Now.Add(-TryWindow)})
}

// ForgiveSecond forgets the tries for a second factor, because it was right.
func ForgiveSecond(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) error {
	return New(tx).DeleteTries(ctx, DeleteTriesParams{StoreID: store, Subject: secondSubject(staff)})
}

func secondSubject(staff id.Staff) string { return "second:" + string(staff) }

func accountSubject(email string) string {
	return "account:" + shortened(strings.ToLower(strings.TrimSpace(email)), 254)
}

// Once says whether a form of somebody's is sent for the first time: the same key again is
// false, so that a double click is one command. It is forgotten with its transaction, so a
// form that was refused may be corrected and sent again.
func Once(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, key string) (bool, error) {
	n, err := New(tx).NoteForm(ctx, NoteFormParams{StoreID: store, Scope: "form " + string(staff), Name: shortened(key, 100), CreatedAt: tx.Now})
	return n > 0, err
}
