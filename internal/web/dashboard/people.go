package dashboard

import (
	"context"
	"errors"
	"net/http"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// accountForm is one's own page.
type accountForm struct {
	Sessions     []account.Session
	Codes        bool  // an app is set up
	Recovery     int64 // codes that are left
	Passkeys     []account.Passkey
	Site         *account.Site
	Weak         bool // the shop asks for a second factor, and this browser came in by one
	Field, Error string
}

func (d *Dashboard) accountPage(v *visit) error { return d.showAccount(v, accountForm{}) }

func (d *Dashboard) showAccount(v *visit, f accountForm) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if f.Sessions, err = account.Sessions(ctx, tx, v.store, v.staff.StaffID); err != nil {
			return err
		}
		if f.Codes, err = account.HasCodes(ctx, tx, v.staff); err != nil {
			return err
		}
		if f.Recovery, err = account.RecoveryLeft(ctx, tx, v.staff); err != nil {
			return err
		}
		f.Passkeys, err = account.Passkeys(ctx, tx, v.store, v.staff.StaffID)
		return err
	})
	if err != nil {
		return err
	}
	f.Site, f.Weak = v.site(), v.settings.SecondFactor && !v.session.Strong()
	status := http.StatusOK
	if f.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	at := frame{Title: "Your account", Status: status, Scripts: passkeyScripts()}
	return d.show(v, at, accountView(v, at, f))
}

// changePassword asks for the old one: an unlocked screen is not enough. Wrong ones count as
// tries to sign in.
func (d *Dashboard) changePassword(v *visit) error {
	wait, err := d.tried(v)
	if err != nil {
		return err
	}
	if wait != "" {
		return d.showAccount(v, accountForm{Field: "old", Error: wait})
	}
	if err := d.password.Check(&v.staff, v.r.PostFormValue("old")); err != nil {
		if !errors.Is(err, account.ErrUnknown) {
			return err
		}
		return d.showAccount(v, accountForm{Field: "old", Error: "This is not your present password."})
	}
	hash, err := d.password.Hash(v.r.PostFormValue("new"))
	if err != nil {
		field, words := fieldOf(err)
		if words == "" {
			return err
		}
		return d.showAccount(v, accountForm{Field: field, Error: words})
	}
	return d.renewing(v, "Your password is changed; you are signed out everywhere else.", func(ctx context.Context, tx *db.Tx) error {
		return flow.NewPassword(ctx, tx, v.store, v.staff.StaffID, hash, v.session.SessionID, v.actor())
	})
}

// renewing is do for what changes how somebody comes in: this browser gets another token.
func (d *Dashboard) renewing(v *visit, done string, fn func(ctx context.Context, tx *db.Tx) error) error {
	return d.do(v, Prefix+"/account", done, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		v.renewed, err = flow.Prove(ctx, tx, v.session)
		return err
	})
}

// tried counts a try for somebody who is signed in; words when there were too many.
func (d *Dashboard) tried(v *visit) (words string, err error) {
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		wait, err := account.Try(ctx, tx, v.store, v.staff.Email, d.clientIP(v.r))
		words = ""
		if wait > 0 {
			words = "Too many tries. Please wait " + span(wait) + "."
		}
		return err
	})
	return words, err
}

func (d *Dashboard) endSession(v *visit) error {
	return d.do(v, Prefix+"/account", "That browser is signed out.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SignOut(ctx, tx, v.store, v.staff.StaffID, v.path("session"), v.actor())
	})
}

func (d *Dashboard) endOthers(v *visit) error {
	return d.do(v, Prefix+"/account", "You are signed out everywhere else.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SignOutOthers(ctx, tx, v.store, v.staff.StaffID, v.session.SessionID, v.actor())
	})
}
