package flow

import (
	"context"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// BeginCodes makes a secret for somebody's app; it counts from ConfirmCodes on.
func BeginCodes(ctx context.Context, tx *db.Tx, who account.Staff, shop string) (account.AppSecret, error) {
	app, err := account.BeginCodes(ctx, tx, who, shop)
	return app, inWords(err)
}

// ConfirmCodes takes the first code of somebody's new app and gives the recovery codes, which
// are told once. Their other browsers are signed out: they came in by less.
func ConfirmCodes(ctx context.Context, tx *db.Tx, who account.Staff, code, but string, actor Actor) ([]string, error) {
	list, err := account.ConfirmCodes(ctx, tx, who, code)
	if err != nil {
		return nil, inWords(err)
	}
	if err := signOutWhole(ctx, tx, who.StoreID, who.StaffID, but); err != nil {
		return nil, err
	}
	return list, person(ctx, tx, who.StoreID, "staff.second-factor-on", who.StaffID, actor, nil)
}

// NewRecoveryCodes replaces somebody's recovery codes; they are told once.
func NewRecoveryCodes(ctx context.Context, tx *db.Tx, who account.Staff, actor Actor) ([]string, error) {
	has, err := account.HasCodes(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if !has {
		return nil, refuse("not-possible", "Recovery codes stand in for an app: set one up first.")
	}
	list, err := account.NewRecovery(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	return list, person(ctx, tx, who.StoreID, "staff.recovery-renewed", who.StaffID, actor, nil)
}

// EndCodes takes somebody's app away.
func EndCodes(ctx context.Context, tx *db.Tx, who account.Staff, actor Actor) error {
	had, err := account.EndCodes(ctx, tx, who)
	if err != nil {
		return err
	}
	if !had {
		return refuse("not-possible", "No app is set up.")
	}
	return person(ctx, tx, who.StoreID, "staff.second-factor-off", who.StaffID, actor, nil)
}

// ForgetFactors takes the app, the recovery codes and the passkeys of somebody who has lost
// them, and signs them out everywhere. The password stays.
func ForgetFactors(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, actor Actor) error {
	staff, err := account.GetStaff(ctx, tx, s, who)
	if err != nil {
		return err
	}
	app, err := account.EndCodes(ctx, tx, staff)
	if err != nil {
		return err
	}
	keys, err := account.EndPasskeys(ctx, tx, staff)
	if err != nil {
		return err
	}
	if !app && keys == 0 {
		return refuse("not-possible", "%s has no second factor.", staff.Name)
	}
	if err := signOutWhole(ctx, tx, s, who, ""); err != nil {
		return err
	}
	return person(ctx, tx, s, "staff.second-factor-off", who, actor, data{"passkeys": keys})
}

// NewPasskey stores the passkey that a device made; the ceremony was taken before
// (account.TakeCeremony, in a transaction of its own).
func NewPasskey(ctx context.Context, tx *db.Tx, site account.Site, who account.Staff, c account.Ceremony, name string, answer []byte, actor Actor) (account.Passkey, error) {
	key, err := account.AddPasskey(ctx, tx, site, who, c, name, answer)
	if err != nil {
		return key, err
	}
	return key, person(ctx, tx, who.StoreID, "staff.passkey-added", who.StaffID, actor, data{"name": key.Name})
}

// NamePasskey gives one of somebody's passkeys another name.
func NamePasskey(ctx context.Context, tx *db.Tx, who account.Staff, passkey, name string) error {
	done, err := account.RenamePasskey(ctx, tx, who, passkey, name)
	if err == nil && !done {
		err = refuse("not-found", "This passkey is not there any more.")
	}
	return inWords(err)
}

// EndPasskey takes one of somebody's passkeys away.
func EndPasskey(ctx context.Context, tx *db.Tx, who account.Staff, passkey string, actor Actor) error {
	done, err := account.EndPasskey(ctx, tx, who, passkey)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-found", "This passkey is not there any more.")
	}
	return person(ctx, tx, who.StoreID, "staff.passkey-removed", who.StaffID, actor, nil)
}
