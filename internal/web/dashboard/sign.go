package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// signInForm is the page at the door.
type signInForm struct {
	Email, Next, Error string
	Site               *account.Site // where passkeys are for; nil: this address can have none
}

func (d *Dashboard) signInPage(v *visit) error {
	if v.known() {
		return v.lead(localPath(v.query("next"), Prefix))
	}
	return d.showSignIn(v, signInForm{Next: localPath(v.query("next"), "")}, http.StatusOK)
}

func (d *Dashboard) showSignIn(v *visit, f signInForm, status int) error {
	f.Site = v.site()
	return d.show(v, frame{Title: "Sign in", Bare: true, Status: status, Scripts: passkeyScripts()}, signInView(v, f))
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
		f.Error = v.tooMany(wait)
		return d.showSignIn(v, f, http.StatusTooManyRequests)
	}
	if err := d.password.Check(who, v.r.PostFormValue("password")); err != nil {
		if !errors.Is(err, account.ErrUnknown) {
			return err
		}
		f.Error = sentence(account.ErrUnknown.Error())
		return d.showSignIn(v, f, http.StatusUnprocessableEntity)
	}
	has, err := d.factorsOf(v, *who)
	if err != nil {
		return err
	}
	if has.Codes || has.Passkeys > 0 && v.settings.SecondFactor {
		return d.askSecond(v, *who, f.Next)
	}
	if err := d.let(v, *who); err != nil {
		return err
	}
	return v.lead(localPath(f.Next, Prefix))
}

func (d *Dashboard) factorsOf(v *visit, who account.Staff) (has account.Factors, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, err := account.AllFactors(ctx, tx, v.store)
		has = all[who.StaffID]
		return err
	})
	return has, err
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

// --- the second factor

// stepCookie carries the token of what was begun at the door.
const stepCookie = "doorstep_step"

func (v *visit) setStep(token string) {
	age := int(account.CeremonyLife.Seconds())
	if token == "" {
		age = -1
	}
	v.setCookie(stepCookie, token, Prefix, age)
}

// codeForm is the page between the password and the dashboard.
type codeForm struct {
	Next, Error string
	Has         account.Factors
	Site        *account.Site
}

// askSecond notes that the password was right, and leads to the page that asks for more.
func (d *Dashboard) askSecond(v *visit, who account.Staff, next string) error {
	var token string
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = account.BeginCeremony(ctx, tx, v.store, account.CeremonySecond, who.StaffID, "")
		return err
	})
	if err != nil {
		return err
	}
	v.setStep(token)
	to := Prefix + "/sign-in/code"
	if next != "" {
		to += "?next=" + url.QueryEscape(next)
	}
	return v.lead(to)
}

// codePage is there only for whoever gave the right password a moment ago.
func (d *Dashboard) codePage(v *visit) error {
	if v.known() {
		return v.lead(localPath(v.query("next"), Prefix))
	}
	return d.showCode(v, codeForm{Next: localPath(v.query("next"), "")}, http.StatusOK)
}

func (d *Dashboard) showCode(v *visit, f codeForm, status int) error {
	who, err := d.half(v)
	if errors.Is(err, account.ErrCeremony) {
		v.tell(ui.Warn, "That took too long. Please sign in again.")
		return v.lead(Prefix + "/sign-in")
	}
	if err != nil {
		return err
	}
	if f.Has, err = d.factorsOf(v, account.Staff{StaffID: who}); err != nil {
		return err
	}
	f.Site = v.site()
	return d.show(v, frame{Title: "Second step", Bare: true, Status: status, Scripts: passkeyScripts()}, codeView(v, f))
}

// half is who gave the right password in this browser and nothing more yet.
func (d *Dashboard) half(v *visit) (who id.Staff, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		c, err := account.SeeCeremony(ctx, tx, v.store, account.CeremonySecond, v.cookie(stepCookie))
		who = c.StaffID
		return err
	})
	return who, err
}

// giveCode counts the try in a transaction of its own, so that it counts when it fails.
func (d *Dashboard) giveCode(v *visit) error {
	f := codeForm{Next: localPath(v.form("next"), "")}
	who, err := d.half(v)
	if errors.Is(err, account.ErrCeremony) {
		return d.showCode(v, f, http.StatusOK)
	}
	if err != nil {
		return err
	}
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return account.TrySecond(ctx, tx, v.store, who)
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		f.Error = v.tooMany(wait)
		return d.showCode(v, f, http.StatusTooManyRequests)
	}
	var token string
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = flow.SignInWithCode(ctx, tx, v.store, v.cookie(stepCookie), v.form("code"), v.r.UserAgent(), d.clientIP(v.r))
		return err
	})
	if err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		f.Error = words
		return d.showCode(v, f, http.StatusUnprocessableEntity)
	}
	v.setStep("")
	d.setSession(v, token)
	return v.lead(localPath(f.Next, Prefix))
}

// waits counts a try and says how long to wait, where there were too many.
func (d *Dashboard) waits(v *visit, count func(ctx context.Context, tx *db.Tx) (time.Duration, error)) (wait time.Duration, err error) {
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		wait, err = count(ctx, tx)
		return err
	})
	return wait, err
}

// tooMany says so, in the header and in words.
func (v *visit) tooMany(wait time.Duration) string {
	v.w.Header().Set("Retry-After", fmt.Sprint(int64(wait.Seconds())+1))
	return "Too many tries. Please wait " + span(wait+time.Minute) + ", then try again."
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
