package flow

import (
	"context"
	"errors"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// SignOut ends one of somebody's sessions, by themselves or by an owner.
func SignOut(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, session string, actor Actor) error {
	done, err := account.EndSession(ctx, tx, s, who, session)
	if err != nil || !done {
		return err
	}
	return person(ctx, tx, s, "staff.signed-out", who, actor, data{"session": session})
}

// SignOutOthers ends all of somebody's sessions but one; an empty name spares none.
func SignOutOthers(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, but string, actor Actor) error {
	n, err := account.EndSessions(ctx, tx, s, who, but)
	if err != nil || n == 0 {
		return err
	}
	return person(ctx, tx, s, "staff.signed-out", who, actor, data{"sessions": n})
}

// FirstOwner makes the first member of staff of a store; refused as soon as there is one.
// The password hash is of account.HashPassword.
func FirstOwner(ctx context.Context, tx *db.Tx, s id.Store, email, name, hash string) (account.Staff, error) {
	// The counter is a lock: two who begin at once must not both become owner.
	if _, err := store.Next(ctx, tx, s, "first-owner", 1); err != nil {
		return account.Staff{}, err
	}
	all, err := account.AllStaff(ctx, tx, s)
	if err != nil {
		return account.Staff{}, err
	}
	if len(all) > 0 {
		return account.Staff{}, refuse("not-possible", "This store has its first account already: sign in with it.")
	}
	return HireStaff(ctx, tx, s, email, name, account.Owner, hash, System)
}

// HireStaff makes an account with a password hash of account.HashPassword.
func HireStaff(ctx context.Context, tx *db.Tx, s id.Store, email, name string, role account.Role, hash string, actor Actor) (account.Staff, error) {
	made, err := account.AddStaff(ctx, tx, s, email, name, role, hash)
	if err != nil {
		return made, inWords(err)
	}
	return made, person(ctx, tx, s, "staff.added", made.StaffID, actor, data{"email": made.Email, "role": role})
}

// GiveRole gives somebody another role; it holds from their next page on.
func GiveRole(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, role account.Role, actor Actor) error {
	if err := account.SetRole(ctx, tx, s, who, role); err != nil {
		return inWords(err)
	}
	if err := account.RenewAll(ctx, tx, s, who); err != nil {
		return err
	}
	return person(ctx, tx, s, "staff.role-changed", who, actor, data{"role": role})
}

// ShutOut keeps somebody from signing in and ends their sessions, or lets them in again.
func ShutOut(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, out bool, actor Actor) error {
	if err := account.Disable(ctx, tx, s, who, out); err != nil {
		return inWords(err)
	}
	if !out {
		return person(ctx, tx, s, "staff.let-in", who, actor, nil)
	}
	if err := signOutWhole(ctx, tx, s, who, ""); err != nil {
		return err
	}
	return person(ctx, tx, s, "staff.shut-out", who, actor, nil)
}

// NewPassword replaces a password by one hashed with account.HashPassword, signs out every
// browser but the named one, ends the links that were sent, and tells the person.
func NewPassword(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, hash, but string, actor Actor) error {
	if err := account.SetPassword(ctx, tx, s, who, hash); err != nil {
		return inWords(err)
	}
	if err := signOutWhole(ctx, tx, s, who, but); err != nil {
		return err
	}
	return person(ctx, tx, s, "staff.password-changed", who, actor, nil)
}

// IssueKey makes an API key; its secret is told once.
func IssueKey(ctx context.Context, tx *db.Tx, s id.Store, name string, role account.Role, actor Actor) (account.ApiKey, string, error) {
	key, secret, err := account.AddKey(ctx, tx, s, name, role)
	if err != nil {
		return key, "", inWords(err)
	}
	return key, secret, Record(ctx, tx, event.Fact{Store: s, Kind: "key.issued", Subject: string(key.KeyID), Actor: string(actor),
		Data: data{"name": key.Name, "role": role}})
}

// EndKey ends an API key for good.
func EndKey(ctx context.Context, tx *db.Tx, s id.Store, key id.Key, actor Actor) error {
	done, err := account.RevokeKey(ctx, tx, s, key)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-found", "There is no such key that still works.")
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "key.revoked", Subject: string(key), Actor: string(actor)})
}

func person(ctx context.Context, tx *db.Tx, s id.Store, kind string, who id.Staff, actor Actor, what any) error {
	return Record(ctx, tx, event.Fact{Store: s, Kind: kind, Subject: string(who), Actor: string(actor), Data: what})
}

// inWords makes a refusal of what package account says no to.
func inWords(err error) error {
	for field, known := range map[string]error{
		"email": account.ErrEmail, "name": account.ErrName, "role": account.ErrRole, "password": account.ErrPassword, "code": account.ErrCode,
	} {
		if errors.Is(err, known) {
			return &Refusal{Code: "invalid", Field: field, Words: known.Error()}
		}
	}
	for code, known := range map[string]error{
		"link": account.ErrLink, "ceremony": account.ErrCeremony, "not-possible": account.ErrCodesHere, "taken": account.ErrPasskeyHere, "site": account.ErrSite,
	} {
		if errors.Is(err, known) {
			return &Refusal{Code: code, Words: known.Error()}
		}
	}
	switch {
	case errors.Is(err, account.ErrPasskey):
		return &Refusal{Code: "passkey", Words: account.ErrPasskey.Error()}
	case errors.Is(err, account.ErrTaken):
		return &Refusal{Code: "taken", Field: "email", Words: account.ErrTaken.Error()}
	case errors.Is(err, account.ErrLastOwner):
		return &Refusal{Code: "last-owner", Words: account.ErrLastOwner.Error()}
	}
	return err
}
