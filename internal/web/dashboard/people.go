package dashboard

import (
	"context"
	"errors"
	"net/http"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// accountForm is one's own page.
type accountForm struct {
	Sessions     []account.Session
	Field, Error string
}

func (d *Dashboard) accountPage(v *visit) error { return d.showAccount(v, accountForm{}) }

func (d *Dashboard) showAccount(v *visit, f accountForm) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		f.Sessions, err = account.Sessions(ctx, tx, v.store, v.staff.StaffID)
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if f.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	at := frame{Title: "Your account", Status: status}
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
	hash, err := account.HashPassword(v.r.PostFormValue("new"))
	if err != nil {
		field, words := fieldOf(err)
		if words == "" {
			return err
		}
		return d.showAccount(v, accountForm{Field: field, Error: words})
	}
	return d.do(v, Prefix+"/account", "Your password is changed; you are signed out everywhere else.", func(ctx context.Context, tx *db.Tx) error {
		return flow.NewPassword(ctx, tx, v.store, v.staff.StaffID, hash, v.session.SessionID, v.actor())
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

// staffForm is the page of people and keys, with a form that was refused.
type staffForm struct {
	Staff        []account.Staff
	Keys         []account.ApiKey
	Secret       string // of a key just made: shown once
	Name, Email  string
	Role         account.Role
	Field, Error string
}

func (f staffForm) wrong(field string) string {
	if f.Field == field {
		return f.Error
	}
	return ""
}

func (d *Dashboard) staffPage(v *visit) error { return d.showStaff(v, staffForm{}) }

func (d *Dashboard) showStaff(v *visit, f staffForm) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if f.Staff, err = account.AllStaff(ctx, tx, v.store); err != nil {
			return err
		}
		f.Keys, err = account.Keys(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Staff and keys", At: "staff"}
	if f.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, staffView(v, at, f))
}

func (d *Dashboard) addStaff(v *visit) error {
	f := staffForm{Name: v.form("name"), Email: v.form("email"), Role: account.Role(v.form("role"))}
	hash, err := account.HashPassword(v.r.PostFormValue("password"))
	if err == nil {
		err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.HireStaff(ctx, tx, v.store, f.Email, f.Name, f.Role, hash, v.actor())
			return err
		})
	}
	if err != nil {
		if f.Field, f.Error = fieldOf(err); f.Error == "" {
			return err
		}
		return d.showStaff(v, f)
	}
	v.tell(ui.Good, f.Name+" can sign in now.")
	return v.lead(Prefix + "/staff")
}

func (d *Dashboard) setRole(v *visit) error {
	return d.do(v, Prefix+"/staff", "The role is changed; it holds from their next page on.", func(ctx context.Context, tx *db.Tx) error {
		return flow.GiveRole(ctx, tx, v.store, id.Staff(v.path("staff")), account.Role(v.form("role")), v.actor())
	})
}

func (d *Dashboard) setAccess(v *visit) error {
	out := v.form("out") == "yes"
	done := "They can sign in again."
	if out {
		done = "They are signed out and cannot sign in any more."
	}
	return d.do(v, Prefix+"/staff", done, func(ctx context.Context, tx *db.Tx) error {
		return flow.ShutOut(ctx, tx, v.store, id.Staff(v.path("staff")), out, v.actor())
	})
}

func (d *Dashboard) signOutStaff(v *visit) error {
	return d.do(v, Prefix+"/staff", "They are signed out everywhere.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SignOutOthers(ctx, tx, v.store, id.Staff(v.path("staff")), "", v.actor())
	})
}

// addKey shows the new key's secret at once: it is told this once, so there is no leading
// back to a page that would have to remember it.
func (d *Dashboard) addKey(v *visit) error {
	var f staffForm
	err := d.once(v, func(ctx context.Context, tx *db.Tx) (err error) {
		_, f.Secret, err = flow.IssueKey(ctx, tx, v.store, v.form("key_name"), account.Role(v.form("key_role")), v.actor())
		return err
	})
	if err != nil {
		if f.Field, f.Error = fieldOf(err); f.Error == "" {
			return err
		}
		f.Field = "key_" + f.Field
	}
	return d.showStaff(v, f)
}

func (d *Dashboard) revokeKey(v *visit) error {
	return d.do(v, Prefix+"/staff", "The key does not work any more.", func(ctx context.Context, tx *db.Tx) error {
		return flow.EndKey(ctx, tx, v.store, id.Key(v.path("key")), v.actor())
	})
}
