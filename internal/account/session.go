package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// How long somebody stays signed in.
const (
	SessionIdle = 72 * time.Hour      // since the browser was last seen
	SessionLife = 30 * 24 * time.Hour // in all
	touchEvery  = 5 * time.Minute     // how exactly it is known when a browser was last seen
	ProofLife   = 10 * time.Minute    // how long somebody who proved who they are is not asked again
)

// How somebody came in. A passkey is two factors: the device, and the finger or number that
// opens it.
const (
	ByPassword = "password"
	ByCode     = "code" // a password and a code of an app, or a recovery code
	ByPasskey  = "passkey"
)

// ErrSession answers a token that nobody is signed in by (any more).
var ErrSession = errors.New("nobody is signed in by this token")

// StartSession lets a browser in for somebody who was checked by the means given. The token is
// told once and never stored. What is too old goes at the same time.
func StartSession(ctx context.Context, tx *db.Tx, s Staff, means, agent, address string) (Session, string, error) {
	q := New(tx)
	err := q.DeleteOldSessions(ctx, DeleteOldSessionsParams{StoreID: s.StoreID, SeenAt: tx.Now.Add(-SessionIdle), CreatedAt: tx.Now.Add(-SessionLife)})
	if err != nil {
		return Session{}, "", err
	}
	token := sessionToken()
	t := Session{StoreID: s.StoreID, SessionID: id.New("se", tx.Now.Std()), StaffID: s.StaffID, TokenHash: hashKey(token),
		Agent: shortened(agent, 300), Address: shortened(address, 64), CreatedAt: tx.Now, SeenAt: tx.Now, Means: means, ProvedAt: tx.Now}
	return t, token, q.InsertSession(ctx, InsertSessionParams(t))
}

// Resume says whose session a token is; ErrSession when it is nobody's, too old, or the
// person is shut out.
func Resume(ctx context.Context, tx *db.Tx, token string) (Session, Staff, error) {
	if token == "" {
		return Session{}, Staff{}, ErrSession
	}
	row, err := New(tx).SessionByToken(ctx, hashKey(token))
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, Staff{}, ErrSession
	}
	if err != nil {
		return Session{}, Staff{}, err
	}
	if row.Staff.Disabled || !row.Session.Live(tx.Now) {
		return Session{}, Staff{}, ErrSession
	}
	return row.Session, row.Staff, nil
}

// Live says whether the session still counts.
func (t Session) Live(now clock.Time) bool {
	return now.Before(t.SeenAt.Add(SessionIdle)) && now.Before(t.CreatedAt.Add(SessionLife))
}

// Fresh says whether whoever sits there proved a short while ago who they are.
func (t Session) Fresh(now clock.Time) bool { return now.Before(t.ProvedAt.Add(ProofLife)) }

// Strong says whether the browser was let in by two factors.
func (t Session) Strong() bool { return t.Means == ByCode || t.Means == ByPasskey }

// Renew gives a session another token: what somebody saw of the old one is worth nothing any
// more. It keeps what t says of means and proof. The token is empty when another request of
// the same browser was quicker.
func Renew(ctx context.Context, tx *db.Tx, t Session) (string, error) {
	token := sessionToken()
	n, err := New(tx).RenewSession(ctx, RenewSessionParams{StoreID: t.StoreID, SessionID: t.SessionID, TokenHash: t.TokenHash, TokenHash_2: hashKey(token),
		Means: t.Means, ProvedAt: t.ProvedAt})
	if err != nil || n == 0 {
		return "", err
	}
	return token, nil
}

// RenewAll makes each of somebody's browsers get another token with its next page.
func RenewAll(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) error {
	return New(tx).AskRenewal(ctx, AskRenewalParams{StoreID: store, StaffID: staff})
}

// Stale says whether it is time to note that the browser is still there.
func (t Session) Stale(now clock.Time) bool { return now.Sub(t.SeenAt) >= touchEvery }

// Touch notes that a browser is still there, and where.
func Touch(ctx context.Context, tx *db.Tx, t Session, address string) error {
	return New(tx).TouchSession(ctx, TouchSessionParams{StoreID: t.StoreID, SessionID: t.SessionID, SeenAt: tx.Now, Address: shortened(address, 64)})
}

// Sessions lists the browsers in which somebody is signed in, the newest first.
func Sessions(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) ([]Session, error) {
	all, err := New(tx).SessionsOf(ctx, SessionsOfParams{StoreID: store, StaffID: staff})
	live := all[:0]
	for _, t := range all {
		if t.Live(tx.Now) {
			live = append(live, t)
		}
	}
	return live, err
}

// EndSession signs one of somebody's browsers out; false when it is not in any more.
func EndSession(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, session string) (bool, error) {
	n, err := New(tx).DeleteSession(ctx, DeleteSessionParams{StoreID: store, StaffID: staff, SessionID: session})
	return n > 0, err
}

// EndSessions signs all of somebody's browsers out but one, and says how many; an empty
// name spares none.
func EndSessions(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, but string) (int64, error) {
	return New(tx).DeleteOtherSessions(ctx, DeleteOtherSessionsParams{StoreID: store, StaffID: staff, SessionID: but})
}

// sessionToken is 256 random bits, as a cookie carries them.
func sessionToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never returns an error since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// shortened is at most n bytes of what somebody else said, cut between characters.
func shortened(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
