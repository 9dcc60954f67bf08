package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// The kinds of ceremony.
const (
	CeremonySecond = "second" // the password was right, the second factor is to come
	CeremonyEnter  = "enter"  // a passkey of whomever lets in
	CeremonyProve  = "prove"  // a passkey of somebody who is in already
	CeremonyEnrol  = "enrol"  // a new passkey
)

// CeremonyLife is how long somebody may take.
const CeremonyLife = 5 * time.Minute

// ErrCeremony answers a token of nothing that was begun, or of what took too long or was
// answered already.
var ErrCeremony = errors.New("this took too long, or was answered already: please begin again")

// BeginCeremony notes what somebody has begun, for the browser that gets the token.
func BeginCeremony(ctx context.Context, tx *db.Tx, store id.Store, kind string, staff id.Staff, data string) (token string, err error) {
	q := New(tx)
	if err := q.DeleteOldCeremonies(ctx, DeleteOldCeremoniesParams{StoreID: store, EndsAt: tx.Now}); err != nil {
		return "", err
	}
	token = sessionToken()
	return token, q.InsertCeremony(ctx, InsertCeremonyParams{StoreID: store, TokenHash: hashKey(token), Kind: kind, StaffID: staff, Data: data,
		CreatedAt: tx.Now, EndsAt: tx.Now.Add(CeremonyLife)})
}

// SeeCeremony reads what was begun without taking it; ErrCeremony when there is none.
func SeeCeremony(ctx context.Context, tx *db.Tx, store id.Store, kind, token string) (Ceremony, error) {
	c, err := New(tx).GetCeremony(ctx, GetCeremonyParams{StoreID: store, TokenHash: hashKey(token)})
	if errors.Is(err, sql.ErrNoRows) || err == nil && (c.Kind != kind || !tx.Now.Before(c.EndsAt)) {
		return Ceremony{}, ErrCeremony
	}
	return c, err
}

// TakeCeremony ends what was begun: it is answered once, well or badly. Commit it before the
// answer is looked at. ErrCeremony when there is none.
func TakeCeremony(ctx context.Context, tx *db.Tx, store id.Store, kind, token string) (Ceremony, error) {
	c, err := New(tx).TakeCeremony(ctx, TakeCeremonyParams{StoreID: store, TokenHash: hashKey(token), Kind: kind})
	if errors.Is(err, sql.ErrNoRows) || err == nil && !tx.Now.Before(c.EndsAt) {
		return Ceremony{}, ErrCeremony
	}
	return c, err
}

// EndCeremonies forgets what somebody has begun, because who they are has changed.
func EndCeremonies(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) error {
	return New(tx).DeleteCeremoniesOf(ctx, DeleteCeremoniesOfParams{StoreID: store, StaffID: staff})
}
