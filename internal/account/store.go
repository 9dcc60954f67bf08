package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// AddStaff makes a member of staff with a password hash of HashPassword. Errors: ErrEmail,
// ErrName, ErrRole, ErrTaken.
func AddStaff(ctx context.Context, tx *db.Tx, store id.Store, email, name string, role Role, hash string) (Staff, error) {
	email, err := canonical(email)
	if err != nil {
		return Staff{}, err
	}
	if err := checkName(name); err != nil {
		return Staff{}, err
	}
	if !role.Valid() {
		return Staff{}, ErrRole
	}
	s := Staff{StoreID: store, StaffID: id.Staff(id.New("us", tx.Now.Std())), Email: email, Name: strings.TrimSpace(name), Role: role,
		PasswordHash: hash, CreatedAt: tx.Now}
	n, err := New(tx).InsertStaff(ctx, InsertStaffParams{StoreID: store, StaffID: s.StaffID, Email: s.Email, Name: s.Name, Role: role,
		PasswordHash: hash, CreatedAt: tx.Now})
	if err == nil && n == 0 {
		err = ErrTaken
	}
	return s, err
}

// GetStaff reads a member of staff; the error of one that is not there wraps sql.ErrNoRows.
func GetStaff(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) (Staff, error) {
	s, err := New(tx).GetStaff(ctx, GetStaffParams{StoreID: store, StaffID: staff})
	if err != nil {
		return s, fmt.Errorf("staff %s: %w", staff, err)
	}
	return s, nil
}

// StaffByEmail finds a member of staff to let in; nil when there is none.
func StaffByEmail(ctx context.Context, tx *db.Tx, store id.Store, email string) (*Staff, error) {
	email, err := canonical(email)
	if err != nil {
		return nil, nil // nobody has an address that is none
	}
	s, err := New(tx).StaffByEmail(ctx, StaffByEmailParams{StoreID: store, Email: email})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// AllStaff lists a store's staff by mail address.
func AllStaff(ctx context.Context, tx *db.Tx, store id.Store) ([]Staff, error) {
	return New(tx).AllStaff(ctx, store)
}

// SetRole gives somebody another role; ErrLastOwner when nobody could give it back.
func SetRole(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, role Role) error {
	if !role.Valid() {
		return ErrRole
	}
	return change(ctx, tx, store, staff, func(s *Staff) { s.Role = role })
}

// Disable shuts somebody out, or lets them in again; ErrLastOwner when nobody could undo it.
func Disable(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, disabled bool) error {
	return change(ctx, tx, store, staff, func(s *Staff) { s.Disabled = disabled })
}

// SetPassword replaces somebody's password by one hashed with HashPassword.
func SetPassword(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, hash string) error {
	return change(ctx, tx, store, staff, func(s *Staff) { s.PasswordHash = hash })
}

// change stores a changed member of staff, unless the store lost its last owner by it. The
// owners are locked first: two cannot shut each other out at once.
func change(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff, fn func(*Staff)) error {
	owners, err := New(tx).LockOwners(ctx, store)
	if err != nil {
		return err
	}
	s, err := GetStaff(ctx, tx, store, staff)
	if err != nil {
		return err
	}
	fn(&s)
	last := len(owners) == 1 && owners[0] == staff
	if last && (s.Role != Owner || s.Disabled) {
		return ErrLastOwner
	}
	_, err = New(tx).SaveStaff(ctx, SaveStaffParams{StoreID: store, StaffID: staff, Name: s.Name, Role: s.Role,
		PasswordHash: s.PasswordHash, Disabled: s.Disabled})
	return err
}

// AddKey makes an API key and its secret, which is told once and never stored.
func AddKey(ctx context.Context, tx *db.Tx, store id.Store, name string, role Role) (ApiKey, string, error) {
	if err := checkName(name); err != nil {
		return ApiKey{}, "", err
	}
	if !role.Valid() {
		return ApiKey{}, "", ErrRole
	}
	secret := KeyPrefix + id.Token()
	k := ApiKey{StoreID: store, KeyID: id.Key(id.New("ak", tx.Now.Std())), Name: strings.TrimSpace(name), Role: role,
		Hash: hashKey(secret), CreatedAt: tx.Now}
	err := New(tx).InsertKey(ctx, InsertKeyParams{StoreID: store, KeyID: k.KeyID, Name: k.Name, Role: role, Hash: k.Hash, CreatedAt: tx.Now})
	return k, secret, err
}

// Keys lists a store's API keys, revoked ones included, oldest first.
func Keys(ctx context.Context, tx *db.Tx, store id.Store) ([]ApiKey, error) {
	return New(tx).AllKeys(ctx, store)
}

// RevokeKey ends a key for good; false when it was revoked already or is not there.
func RevokeKey(ctx context.Context, tx *db.Tx, store id.Store, key id.Key) (bool, error) {
	n, err := New(tx).RevokeKey(ctx, RevokeKeyParams{StoreID: store, KeyID: key, RevokedAt: tx.Now})
	return n > 0, err
}

// Authenticate says whose secret it is, in whatever store; ErrKey when it is nobody's.
func Authenticate(ctx context.Context, tx *db.Tx, secret string) (Principal, error) {
	if !strings.HasPrefix(secret, KeyPrefix) {
		return Principal{}, ErrKey
	}
	k, err := New(tx).KeyByHash(ctx, hashKey(secret))
	if errors.Is(err, sql.ErrNoRows) || err == nil && k.RevokedAt != 0 {
		return Principal{}, ErrKey
	}
	if err != nil {
		return Principal{}, err
	}
	return Principal{Store: k.StoreID, Key: k.KeyID, Name: k.Name, Role: k.Role}, nil
}

// Principal is the member of staff as somebody who asks.
func (s Staff) Principal() Principal {
	return Principal{Store: s.StoreID, Staff: s.StaffID, Name: s.Name, Role: s.Role}
}
