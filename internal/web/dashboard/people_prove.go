package dashboard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// proveForm asks somebody who is signed in to show once more who they are.
type proveForm struct {
	Action   string // where the form goes: what was wanted, or our own page
	Next     string
	Kept     []keptField // what was wanted, to be sent again
	Passkeys bool
	Site     *account.Site
	Error    string
}

// keptField is a value of a form that waits.
type keptField struct{ Name, Value string }

// provePassword is the field in which the password comes along with a form that waited.
const provePassword = "prove_password"

// askProof lets a dangerous form through when it brings the password along. Else it asks for
// it, and keeps what was typed meanwhile; passwords aside.
func (d *Dashboard) askProof(v *visit, r route) error {
	if v.wantsJSON() {
		return v.tellScript(http.StatusUnauthorized, scriptError{Error: "Please show first that it is you.", Lead: Prefix + "/account/prove?next=" + Prefix + "/account"})
	}
	if v.r.Method == http.MethodGet {
		return d.showProve(v, proveForm{Action: Prefix + "/account/prove", Next: v.r.URL.RequestURI()})
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	f := proveForm{Action: v.r.URL.RequestURI()}
	for name, values := range v.r.PostForm {
		for _, value := range values {
			if !strings.Contains(name, "password") {
				f.Kept = append(f.Kept, keptField{name, value})
			}
		}
	}
	slices.SortFunc(f.Kept, func(a, b keptField) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	if v.r.PostFormValue(provePassword) == "" {
		return d.showProve(v, f)
	}
	words, err := d.proves(v, v.r.PostFormValue(provePassword))
	if err != nil {
		return err
	}
	if words != "" {
		f.Error = words
		return d.showProve(v, f)
	}
	return r.page(v)
}

// proves checks the password of whoever is signed in, and gives the session another token
// when it is right; words say why it is not.
func (d *Dashboard) proves(v *visit, password string) (words string, err error) {
	if words, err = d.tried(v); err != nil || words != "" {
		return words, err
	}
	if err := d.password.Check(&v.staff, password); err != nil {
		if !errors.Is(err, account.ErrUnknown) {
			return "", err
		}
		return "This is not your password.", nil
	}
	token := ""
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = flow.Prove(ctx, tx, v.session)
		return err
	})
	if err != nil {
		return "", err
	}
	return "", d.proved(v, token)
}

// proved goes on with the session's new token.
func (d *Dashboard) proved(v *visit, token string) error {
	if token == "" {
		return nil // another request of this browser was quicker
	}
	d.setSession(v, token)
	return d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v.session, _, err = account.Resume(ctx, tx, token)
		return err
	})
}

func (d *Dashboard) showProve(v *visit, f proveForm) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		list, err := account.Passkeys(ctx, tx, v.store, v.staff.StaffID)
		f.Passkeys = len(list) > 0
		return err
	})
	if err != nil {
		return err
	}
	f.Site = v.site()
	at := frame{Title: "Is it you?", Scripts: passkeyScripts()}
	if f.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, proveView(v, at, f))
}

func (d *Dashboard) provePage(v *visit) error {
	return d.showProve(v, proveForm{Action: Prefix + "/account/prove", Next: localPath(v.query("next"), Prefix+"/account")})
}

// prove is the form of that page. Where a passkey has shown it already, no password is needed.
func (d *Dashboard) prove(v *visit) error {
	next := localPath(v.form("next"), Prefix+"/account")
	password := v.r.PostFormValue(provePassword)
	if password == "" && v.session.Fresh(v.now) {
		return v.lead(next)
	}
	words, err := d.proves(v, password)
	if err != nil {
		return err
	}
	if words != "" {
		return d.showProve(v, proveForm{Action: Prefix + "/account/prove", Next: next, Error: words})
	}
	return v.lead(next)
}

func (d *Dashboard) askProofByPasskey(v *visit) error {
	return d.ask(v, func(ctx context.Context, tx *db.Tx, site account.Site) (account.Question, error) {
		return account.AskProof(ctx, tx, site, v.staff)
	})
}

func (d *Dashboard) proveByPasskey(v *visit) error {
	token := ""
	_, err := d.answered(v, account.CeremonyProve, func(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, g given) (err error) {
		token, err = flow.ProveByPasskey(ctx, tx, site, c, g.Answer, v.session)
		return err
	})
	if err != nil {
		return d.refusePasskey(v, err)
	}
	if token != "" {
		d.setSession(v, token)
	}
	return v.tellScript(http.StatusOK, scriptLead{})
}

// askFactor leads somebody who lacks the second factor that the shop asks for to where one is
// set up.
func (d *Dashboard) askFactor(v *visit) error {
	if v.streams() || v.wantsJSON() {
		http.Error(v.w, "a second factor is needed", http.StatusUnauthorized)
		return nil
	}
	if v.r.Method == http.MethodPost {
		v.tell(ui.Warn, "That was not done: set up a second factor first.")
	}
	return v.lead(Prefix + "/account")
}
