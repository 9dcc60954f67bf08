package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// What a link in a mail is for, and how long it holds.
const (
	Invitation     = "invitation"
	Reset          = "reset"
	InvitationLife = 72 * time.Hour
	ResetLife      = 30 * time.Minute
)

// The reasons why a link does not open.
var (
	ErrLink   = errors.New("this link does not work any more: it was used, is too old, or a newer one was sent")
	errSealed = errors.New("the key that seals secrets is not there")
)

// MakeLink makes the one link by which somebody may choose a password; those before it do not
// work any more. Its token is not stored: LinkToken makes it again when the mail is written.
func MakeLink(ctx context.Context, tx *db.Tx, s Staff, kind string) (StaffLink, error) {
	q := New(tx)
	if _, err := q.DeleteLinksOf(ctx, DeleteLinksOfParams{StoreID: s.StoreID, StaffID: s.StaffID}); err != nil {
		return StaffLink{}, err
	}
	if err := q.DeleteOldLinks(ctx, DeleteOldLinksParams{StoreID: s.StoreID, EndsAt: tx.Now}); err != nil {
		return StaffLink{}, err
	}
	box := seal.Of(tx)
	if box == nil {
		return StaffLink{}, errSealed
	}
	life := ResetLife
	if kind == Invitation {
		life = InvitationLife
	}
	l := StaffLink{StoreID: s.StoreID, LinkID: id.New("sl", tx.Now.Std()), StaffID: s.StaffID, Kind: kind, CreatedAt: tx.Now, EndsAt: tx.Now.Add(life)}
	l.TokenHash = hashKey(LinkToken(box, l))
	return l, q.InsertLink(ctx, InsertLinkParams(l))
}

// LinkToken is what opens a link. It follows from the installation's key, so that no copy of
// it waits in the database for its mail to leave.
func LinkToken(box *seal.Box, l StaffLink) string {
	return box.Sign("staff-link", string(l.StoreID), l.LinkID)
}

// GetLink reads a link by its name; the error wraps sql.ErrNoRows when it was used or replaced.
func GetLink(ctx context.Context, tx *db.Tx, store id.Store, link string) (StaffLink, error) {
	return New(tx).GetLink(ctx, GetLinkParams{StoreID: store, LinkID: link})
}

// Holds says whether the link still opens.
func (l StaffLink) Holds(now clock.Time) bool { return now.Before(l.EndsAt) }

// FollowLink says whose link a token is; ErrLink when it is nobody's, or too old, or the
// person is shut out. It stays good until UseLink.
func FollowLink(ctx context.Context, tx *db.Tx, store id.Store, token string) (StaffLink, Staff, error) {
	if token == "" {
		return StaffLink{}, Staff{}, ErrLink
	}
	row, err := New(tx).LinkByToken(ctx, LinkByTokenParams{StoreID: store, TokenHash: hashKey(token)})
	if errors.Is(err, sql.ErrNoRows) || err == nil && (!row.StaffLink.Holds(tx.Now) || row.Staff.Disabled) {
		return StaffLink{}, Staff{}, ErrLink
	}
	return row.StaffLink, row.Staff, err
}

// UseLinks ends all links of somebody, because one was used or a password was set otherwise.
// It says how many there were: of two who use the same one at once, one hears 0.
func UseLinks(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) (int64, error) {
	return New(tx).DeleteLinksOf(ctx, DeleteLinksOfParams{StoreID: store, StaffID: staff})
}

// Invitations are the links that were sent to new people and not used, by whom they are for.
func Invitations(ctx context.Context, tx *db.Tx, store id.Store) (map[id.Staff]StaffLink, error) {
	list, err := New(tx).Invitations(ctx, store)
	by := map[id.Staff]StaffLink{}
	for _, l := range list {
		by[l.StaffID] = l
	}
	return by, err
}
