package dashboard

import (
	"context"
	"errors"
	"net/http"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// forgotForm is the page of who has forgotten the password.
type forgotForm struct {
	Email, Error string
	Sent         bool
}

// mails says whether links can be sent: there is a mail server, and an address to lead to.
// Where we are is not taken from the request: its sender would choose where the link leads.
func (v *visit) mails() bool { return v.settings.SMTP != "" && v.settings.PublicURL != "" }

func (d *Dashboard) forgotPage(v *visit) error {
	return d.showForgot(v, forgotForm{}, http.StatusOK)
}

func (d *Dashboard) showForgot(v *visit, f forgotForm, status int) error {
	return d.show(v, frame{Title: "New password", Bare: true, Status: status}, forgotView(v, f))
}

// forgot sends a link, and says the same whether anybody has the address or not.
func (d *Dashboard) forgot(v *visit) error {
	f := forgotForm{Email: v.form("email")}
	if !v.mails() {
		return d.showForgot(v, f, http.StatusOK)
	}
	if f.Email == "" {
		f.Error = "Please type your mail address."
		return d.showForgot(v, f, http.StatusUnprocessableEntity)
	}
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return flow.AskReset(ctx, tx, v.store, f.Email, d.clientIP(v.r))
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		f.Error = v.tooMany(wait)
		return d.showForgot(v, f, http.StatusTooManyRequests)
	}
	f.Sent = true
	return d.showForgot(v, f, http.StatusOK)
}

// chooseForm is the page that a link in a mail leads to.
type chooseForm struct {
	Token, Error string
	Name, Email  string // whose link it is
	New          bool   // an invitation
}

// choosePage shows the form only: mail programs that look at links use nothing up.
func (d *Dashboard) choosePage(v *visit) error {
	f := chooseForm{Token: v.query("token")}
	if open, err := d.follow(v, &f); err != nil || !open {
		return err
	}
	return d.showChoose(v, f, http.StatusOK)
}

// follow counts a try at a link and fills in whose it is. Where it does not open, or was tried too
// often, it says so and is false.
func (d *Dashboard) follow(v *visit, f *chooseForm) (open bool, err error) {
	v.w.Header().Set("X-Robots-Tag", "noindex")
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return account.TryDoor(ctx, tx, v.store, "link", d.clientIP(v.r))
	})
	if err != nil {
		return false, err
	}
	if wait > 0 {
		return false, d.show(v, frame{Title: "New password", Bare: true, Status: http.StatusTooManyRequests}, linkGoneView(v, v.tooMany(wait)))
	}
	var link account.StaffLink
	var who account.Staff
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		link, who, err = account.FollowLink(ctx, tx, v.store, f.Token)
		return err
	})
	if errors.Is(err, account.ErrLink) {
		return false, d.show(v, frame{Title: "New password", Bare: true, Status: http.StatusGone}, linkGoneView(v, sentence(account.ErrLink.Error())))
	}
	f.Name, f.Email, f.New = who.Name, who.Email, link.Kind == account.Invitation
	return err == nil, err
}

func (d *Dashboard) showChoose(v *visit, f chooseForm, status int) error {
	title := "New password"
	if f.New {
		title = "Welcome"
	}
	return d.show(v, frame{Title: title, Bare: true, Status: status}, chooseView(v, f))
}

// choose sets the password and leads to the door: a second factor, where there is one, is
// asked there as always. Hashing takes its time and memory, so it is for links that open.
func (d *Dashboard) choose(v *visit) error {
	f := chooseForm{Token: v.form("token")}
	if open, err := d.follow(v, &f); err != nil || !open {
		return err
	}
	hash, err := d.password.Hash(v.r.PostFormValue("password"))
	if err == nil {
		err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.PasswordByLink(ctx, tx, v.store, f.Token, hash)
			return err
		})
	}
	if err != nil {
		_, words := fieldOf(err)
		if words == "" {
			return err
		}
		f.Error = words
		return d.showChoose(v, f, http.StatusUnprocessableEntity)
	}
	d.setSession(v, "") // whoever was signed in here is not any more
	v.tell(ui.Good, "Your password is set. Please sign in with it.")
	return v.lead(Prefix + "/sign-in")
}
