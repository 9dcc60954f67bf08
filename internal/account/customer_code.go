package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// A code to sign in with: how long it holds, how often it may be guessed, and how many of
// them, and guesses, there may be.
const (
	CodeLife        = 15 * time.Minute
	CodeTries       = 5
	CodesPerHour    = 5  // to one mail address
	CodesPerDay     = 20 // to one mail address
	CodesPerAddress = 30 // asked for from one place within TryWindow, and guesses as well
	codeDigits      = 1_000_000
)

// ErrDead answers a code that was used, guessed too often, or is too old.
var ErrDead = errors.New("this code does not work any more")

// MakeCode makes a code to sign in with for a mail address, known or not. Wait says how long
// to wait when there were too many, for this address or from this place; then none is made.
func MakeCode(ctx context.Context, tx *db.Tx, store id.Store, email, locale, from string) (c CustomerCode, wait time.Duration, err error) {
	if email, err = canonical(email); err != nil {
		return c, 0, err
	}
	if wait, err = tooOften(ctx, tx, store, "code from:"+from); err != nil || wait > 0 {
		return c, wait, err
	}
	q, day := New(tx), 24*time.Hour
	made, err := q.CustomerCodesSince(ctx, CustomerCodesSinceParams{StoreID: store, Email: email, HourAt: tx.Now.Add(-time.Hour), DayAt: tx.Now.Add(-day)})
	switch {
	case err != nil:
		return c, 0, err
	case made.Daily >= CodesPerDay:
		return c, day, nil
	case made.Hourly >= CodesPerHour:
		return c, time.Hour, nil
	}
	if err := q.DeleteOldCustomerCodes(ctx, DeleteOldCustomerCodesParams{StoreID: store, EndsAt: tx.Now.Add(-day)}); err != nil {
		return c, 0, err
	}
	c = CustomerCode{StoreID: store, CodeID: id.New("cc", tx.Now.Std()), Email: email, Locale: shortened(locale, 35), CreatedAt: tx.Now, EndsAt: tx.Now.Add(CodeLife)}
	return c, 0, q.InsertCustomerCode(ctx, InsertCustomerCodeParams{StoreID: store, CodeID: c.CodeID, Email: email, Locale: c.Locale, CreatedAt: c.CreatedAt, EndsAt: c.EndsAt})
}

// tooOften counts something from a place, and says how long to wait when it was too much.
func tooOften(ctx context.Context, tx *db.Tx, store id.Store, subject string) (time.Duration, error) {
	row, err := New(tx).CountTry(ctx, CountTryParams{StoreID: store, Subject: shortened(subject, 90), NowAt: tx.Now, WindowAt: tx.Now.Add(-TryWindow)})
	if err != nil || row.Tries <= CodesPerAddress {
		return 0, err
	}
	return max(row.SinceAt.Add(TryWindow).Sub(tx.Now), time.Second), nil
}

// CodeDigits are the six digits of a code. They follow from the installation's key, so that
// who reads the database cannot sign in.
func CodeDigits(box *seal.Box, c CustomerCode) string {
	sum := sha256.Sum256([]byte(box.Sign("customer-code", string(c.StoreID), c.CodeID)))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum[:8])%codeDigits)
}

// CodeKey is what the link in the mail carries beside the code's name.
func CodeKey(box *seal.Box, c CustomerCode) string {
	return box.Sign("customer-link", string(c.StoreID), c.CodeID)
}

// GetCode reads a code by its name; the error of one that is not there wraps sql.ErrNoRows.
func GetCode(ctx context.Context, tx *db.Tx, store id.Store, code string) (CustomerCode, error) {
	c, err := New(tx).GetCustomerCode(ctx, GetCustomerCodeParams{StoreID: store, CodeID: code})
	if err != nil {
		return c, fmt.Errorf("code %q: %w", code, err)
	}
	return c, nil
}

// Holds says whether a code can still be used.
func (c CustomerCode) Holds(now clock.Time) bool {
	return c.UsedAt == 0 && c.Tries < CodeTries && now.Before(c.EndsAt)
}

// Guess is what came of digits that somebody typed.
type Guess struct {
	Code  CustomerCode
	Right bool          // the code is used by it
	Dead  bool          // it was dead before, or is by this wrong try
	Wait  time.Duration // too many guesses from this place: nothing was looked at
}

// TryCode counts a guess at a code and, if it is right, uses the code. The caller must commit a
// wrong guess too: else it would not count.
func TryCode(ctx context.Context, tx *db.Tx, store id.Store, code, digits, from string) (g Guess, err error) {
	if g.Wait, err = tooOften(ctx, tx, store, "guess from:"+from); err != nil || g.Wait > 0 {
		return g, err
	}
	box := seal.Of(tx)
	if box == nil {
		return g, errSealed
	}
	g.Code, err = New(tx).TryCustomerCode(ctx, TryCustomerCodeParams{StoreID: store, CodeID: code, Most: CodeTries, NowAt: tx.Now})
	if errors.Is(err, sql.ErrNoRows) {
		g.Dead = true
		return g, nil
	}
	if err != nil {
		return g, err
	}
	if subtle.ConstantTimeCompare([]byte(CodeDigits(box, g.Code)), []byte(digits)) != 1 {
		g.Dead = g.Code.Tries >= CodeTries
		return g, nil
	}
	g.Code, err = useCode(ctx, tx, store, code)
	g.Right = err == nil
	return g, err
}

// FollowCode uses a code by the link of its mail; ErrDead when it does not open.
func FollowCode(ctx context.Context, tx *db.Tx, store id.Store, code, key string) (CustomerCode, error) {
	box := seal.Of(tx)
	if box == nil {
		return CustomerCode{}, errSealed
	}
	if !CodeOpens(box, store, code, key) {
		return CustomerCode{}, ErrDead
	}
	return useCode(ctx, tx, store, code)
}

// CodeOpens says whether a key is that of a code's link, in constant time.
func CodeOpens(box *seal.Box, store id.Store, code, key string) bool {
	return box.Verify(key, "customer-link", string(store), code)
}

func useCode(ctx context.Context, tx *db.Tx, store id.Store, code string) (CustomerCode, error) {
	c, err := New(tx).UseCustomerCode(ctx, UseCustomerCodeParams{StoreID: store, CodeID: code, Most: CodeTries, NowAt: tx.Now})
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrDead
	}
	return c, err
}
