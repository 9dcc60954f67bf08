package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// signInForm is the page at the door.
type signInForm struct {
	Email, Next, Error string
}

func (d *Dashboard) signInPage(v *visit) error {
	if v.known() {
		return v.lead(localPath(v.query("next"), Prefix))
	}
	return d.showSignIn(v, signInForm{Next: localPath(v.query("next"), "")}, http.StatusOK)
}

func (d *Dashboard) showSignIn(v *visit, f signInForm, status int) error {
	return d.show(v, frame{Title: "Sign in", Bare: true, Status: status}, signInView(v, f))
}

// signIn counts the try, then compares the password outside of any transaction: that takes
// its time.
func (d *Dashboard) signIn(v *visit) error {
	f := signInForm{Email: v.form("email"), Next: localPath(v.form("next"), "")}
	var wait time.Duration
	var who *account.Staff
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if wait, err = account.Try(ctx, tx, v.store, f.Email, d.clientIP(v.r)); err != nil {
			return err
		}
		who, err = account.StaffByEmail(ctx, tx, v.store, f.Email)
		return err
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		v.w.Header().Set("Retry-After", fmt.Sprint(int64(wait.Seconds())+1))
		f.Error = "Too many tries. Please wait " + span(wait+time.Minute) + ", then try again."
		return d.showSignIn(v, f, http.StatusTooManyRequests)
	}
	if err := d.password.Check(who, v.r.PostFormValue("password")); err != nil {
		if !errors.Is(err, account.ErrUnknown) {
			return err
		}
		f.Error = sentence(account.ErrUnknown.Error())
		return d.showSignIn(v, f, http.StatusUnprocessableEntity)
	}
	if err := d.let(v, *who); err != nil {
		return err
	}
	return v.lead(localPath(f.Next, Prefix))
}

// let opens a session for somebody whose password was checked.
func (d *Dashboard) let(v *visit, who account.Staff) error {
	var token string
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = flow.SignIn(ctx, tx, who, v.r.UserAgent(), d.clientIP(v.r))
		return err
	})
	if err != nil {
		return err
	}
	d.setSession(v, token)
	return nil
}

func (d *Dashboard) signOut(v *visit) error {
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return flow.SignOut(ctx, tx, v.store, v.staff.StaffID, v.session.SessionID, v.actor())
	})
	if err != nil {
		return err
	}
	d.setSession(v, "")
	return v.lead(Prefix + "/sign-in")
}

// welcomeForm is the first page of all: a store's name and its first account.
type welcomeForm struct {
	Store, Name, Email, Zone string
	Field, Error             string // what is wrong, and where
}

// settled says whether the store has its first account; then the welcome is over.
func (d *Dashboard) settled(v *visit) (is bool, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := account.AllStaff(ctx, tx, v.store)
		is = len(all) > 0
		return err
	})
	return is, err
}

func (d *Dashboard) welcomePage(v *visit) error {
	if is, err := d.settled(v); err != nil || is {
		if err != nil {
			return err
		}
		return v.lead(Prefix)
	}
	name := v.settings.Brand.Name
	if name == "My store" {
		name = ""
	}
	return d.show(v, frame{Title: "Welcome", Bare: true}, welcomeView(v, welcomeForm{Store: name}))
}

func (d *Dashboard) welcome(v *visit) error {
	if is, err := d.settled(v); err != nil || is {
		if err != nil {
			return err
		}
		return v.lead(Prefix + "/sign-in")
	}
	f := welcomeForm{Store: v.form("store"), Name: v.form("name"), Email: v.form("email"), Zone: v.form("zone")}
	hash, err := account.HashPassword(v.r.PostFormValue("password"))
	var who account.Staff
	if err == nil {
		err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			if who, err = flow.FirstOwner(ctx, tx, v.store, f.Email, f.Name, hash); err != nil {
				return err
			}
			return flow.ChangeSettings(ctx, tx, v.store, f.settings(v), flow.Actor(who.Principal().Actor()))
		})
	}
	if err != nil {
		if f.Field, f.Error = fieldOf(err); f.Error == "" {
			return err
		}
		return d.show(v, frame{Title: "Welcome", Bare: true, Status: http.StatusUnprocessableEntity}, welcomeView(v, f))
	}
	if err := d.let(v, who); err != nil {
		return err
	}
	v.tell(ui.Good, "Welcome. Everything else can be set up from here, in any order.")
	return v.lead(Prefix)
}

// settings are what the first page knows besides the account. A time zone that this machine
// does not know is left out.
func (f welcomeForm) settings(v *visit) map[string]string {
	all := map[string]string{"brand.name": f.Store}
	if _, err := time.LoadLocation(f.Zone); err == nil && f.Zone != "" && f.Zone != "Local" {
		all["timezone"] = f.Zone
	}
	if v.settings.Brand.Email == "" {
		all["brand.email"] = strings.ToLower(f.Email)
	}
	return all
}

// fieldOf is which field a command refused, and why; no words for an error that people must
// not see.
func fieldOf(err error) (field, words string) {
	if errors.Is(err, account.ErrPassword) {
		return "password", sentence(account.ErrPassword.Error())
	}
	r, ok := errors.AsType[*flow.Refusal](err)
	if !ok {
		return "", ""
	}
	if strings.HasPrefix(r.Field, "brand.name") {
		return "store", sentence(r.Words)
	}
	return r.Field, sentence(r.Words)
}
