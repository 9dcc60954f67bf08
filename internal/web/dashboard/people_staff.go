package dashboard

import (
	"context"
	"net/http"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// staffForm is the page of people and keys, with a form that was refused.
type staffForm struct {
	Staff        []account.Staff
	Keys         []account.ApiKey
	Factors      map[id.Staff]account.Factors
	Invited      map[id.Staff]account.StaffLink
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
		if f.Factors, err = account.AllFactors(ctx, tx, v.store); err != nil {
			return err
		}
		if f.Invited, err = account.Invitations(ctx, tx, v.store); err != nil {
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

// addStaff makes an account: with a password that is told in person, or without one, and then
// a mail brings the link to choose one.
func (d *Dashboard) addStaff(v *visit) error {
	f := staffForm{Name: v.form("name"), Email: v.form("email"), Role: account.Role(v.form("role"))}
	password, done := v.r.PostFormValue("password"), f.Name+" can sign in now."
	var err error
	if password == "" {
		done, err = f.Name+" gets a mail with a link to choose a password.", d.invite(v, f)
	} else {
		err = d.hire(v, f, password)
	}
	if err != nil {
		if f.Field, f.Error = fieldOf(err); f.Error == "" {
			return err
		}
		return d.showStaff(v, f)
	}
	v.tell(ui.Good, done)
	return v.lead(Prefix + "/staff")
}

func (d *Dashboard) hire(v *visit, f staffForm, password string) error {
	hash, err := d.password.Hash(password)
	if err != nil {
		return err
	}
	return d.once(v, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.HireStaff(ctx, tx, v.store, f.Email, f.Name, f.Role, hash, v.actor())
		return err
	})
}

func (d *Dashboard) invite(v *visit, f staffForm) error {
	if !v.mails() {
		return &flow.Refusal{Code: "invalid", Field: "password", Words: noMails}
	}
	return d.once(v, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.InviteStaff(ctx, tx, v.store, f.Email, f.Name, f.Role, v.actor())
		return err
	})
}

const noMails = "An invitation needs a mail server and the shop's own address (both under Settings). Until then, choose a first password here."

func (d *Dashboard) inviteAgain(v *visit) error {
	return d.do(v, Prefix+"/staff", "A new link is on its way; the one before does not work any more.", func(ctx context.Context, tx *db.Tx) error {
		if !v.mails() {
			return &flow.Refusal{Code: "not-possible", Words: noMails}
		}
		return flow.InviteAgain(ctx, tx, v.store, id.Staff(v.path("staff")), v.actor())
	})
}

// passwordForm is the page on which an owner sets somebody's password.
type passwordForm struct {
	Who   account.Staff
	Error string
}

func (d *Dashboard) staffPasswordPage(v *visit) error { return d.showStaffPassword(v, "") }

func (d *Dashboard) showStaffPassword(v *visit, wrong string) error {
	f := passwordForm{Error: wrong}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		f.Who, err = account.GetStaff(ctx, tx, v.store, id.Staff(v.path("staff")))
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "New password for " + f.Who.Name, At: "staff", Back: Prefix + "/staff"}
	if wrong != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, staffPasswordView(v, at, f))
}

// setStaffPassword is for who has forgotten it and gets no mail. One's own is changed under
// one's own account, which asks for the old one.
func (d *Dashboard) setStaffPassword(v *visit) error {
	who := id.Staff(v.path("staff"))
	if who == v.staff.StaffID {
		return v.lead(Prefix + "/account")
	}
	hash, err := d.password.Hash(v.r.PostFormValue("password"))
	if err != nil {
		_, words := fieldOf(err)
		if words == "" {
			return err
		}
		return d.showStaffPassword(v, words)
	}
	return d.do(v, Prefix+"/staff", "The new password is set. They are signed out everywhere.", func(ctx context.Context, tx *db.Tx) error {
		return flow.NewPassword(ctx, tx, v.store, who, hash, "", v.actor())
	})
}

// forgetFactors is for who has lost the telephone.
func (d *Dashboard) forgetFactors(v *visit) error {
	return d.do(v, Prefix+"/staff", "Their app and passkeys are taken away. They sign in with the password alone.", func(ctx context.Context, tx *db.Tx) error {
		return flow.ForgetFactors(ctx, tx, v.store, id.Staff(v.path("staff")), v.actor())
	})
}

func (d *Dashboard) requireSecond(v *visit) error {
	value, done := "optional", "A second factor is up to everybody."
	if v.form("required") == "yes" {
		value, done = "required", "Everybody needs a second factor now. Who has none is asked to set one up with the next page."
	}
	return d.do(v, Prefix+"/staff", done, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeSettings(ctx, tx, v.store, map[string]string{"staff.second_factor": value}, v.actor())
	})
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
