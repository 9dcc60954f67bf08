package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// passkeyScripts are the files of pages that speak with passkeys.
func passkeyScripts() []string { return []string{"passkey.js"} }

// site is where passkeys are for: the shop's public address, or else the one in the browser;
// nil where browsers have none, as for an address of figures.
func (v *visit) site() *account.Site {
	scheme := "http://"
	if v.secure() {
		scheme = "https://"
	}
	for _, address := range []string{v.settings.PublicURL, scheme + v.r.Host} {
		if s, err := account.SiteOf(address, v.settings.Brand.Name); err == nil {
			return &s
		}
	}
	return nil
}

// wantsJSON says whether a script asks.
func (v *visit) wantsJSON() bool {
	return strings.HasPrefix(v.r.Header.Get("Content-Type"), "application/json")
}

// tellScript answers a script. It is one of ours: what is wrong stands in Error, for people.
func (v *visit) tellScript(status int, answer any) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(status)
	return json.NewEncoder(v.w).Encode(answer)
}

type scriptError struct {
	Error string `json:"error"`
	Lead  string `json:"lead,omitempty"` // where to go instead
}

type scriptLead struct {
	Lead string `json:"lead"`
}

// given is what a script sends with a passkey's answer.
type given struct {
	Answer json.RawMessage `json:"answer"`
	Name   string          `json:"name"`
	Next   string          `json:"next"`
}

func (v *visit) given() (g given, err error) {
	body, err := io.ReadAll(v.r.Body)
	if err != nil {
		return g, err
	}
	if err := json.Unmarshal(body, &g); err != nil {
		return g, &flow.Refusal{Code: "form", Words: "The form did not arrive whole. Please load the page again."}
	}
	return g, nil
}

// ask sends a question for a passkey to the script, and its token to the cookie.
func (d *Dashboard) ask(v *visit, question func(ctx context.Context, tx *db.Tx, site account.Site) (account.Question, error)) error {
	site := v.site()
	if site == nil {
		return v.tellScript(http.StatusUnprocessableEntity, scriptError{Error: sentence(account.ErrSite.Error())})
	}
	var q account.Question
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = question(ctx, tx, *site)
		return err
	})
	if err != nil {
		return d.refusePasskey(v, err)
	}
	v.setStep(q.Token)
	return v.tellScript(http.StatusOK, q.Options)
}

// answered takes the ceremony that the cookie names, so that its answer counts once, and lets
// fn look at the answer.
func (d *Dashboard) answered(v *visit, kind string, fn func(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, g given) error) (given, error) {
	v.setStep("")
	g, err := v.given()
	if err != nil {
		return g, err
	}
	var c account.Ceremony
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = account.TakeCeremony(ctx, tx, v.store, kind, v.cookie(stepCookie))
		return err
	})
	if err != nil {
		return g, err
	}
	site := v.site()
	if site == nil {
		return g, account.ErrSite
	}
	if kind != account.CeremonyEnter && c.StaffID != v.staff.StaffID {
		return g, account.ErrCeremony
	}
	return g, d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, *site, c, g) })
}

// refusePasskey says why in words; the cause of a refusal stands in the log.
func (d *Dashboard) refusePasskey(v *visit, err error) error {
	for _, known := range []error{account.ErrPasskey, account.ErrPasskeyHere, account.ErrCeremony, account.ErrSite, account.ErrName} {
		if errors.Is(err, known) {
			d.log.InfoContext(v.r.Context(), "passkey refused", "error", err)
			return v.tellScript(http.StatusUnprocessableEntity, scriptError{Error: sentence(known.Error())})
		}
	}
	if words, ok := refusal(err); ok {
		return v.tellScript(http.StatusUnprocessableEntity, scriptError{Error: words})
	}
	return err
}

// askPasskey begins a sign-in: nobody says who they are.
func (d *Dashboard) askPasskey(v *visit) error {
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return account.TryDoor(ctx, tx, v.store, "passkey", d.clientIP(v.r))
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		return v.tellScript(http.StatusTooManyRequests, scriptError{Error: v.tooMany(wait)})
	}
	return d.ask(v, func(ctx context.Context, tx *db.Tx, site account.Site) (account.Question, error) {
		return account.AskPasskey(ctx, tx, site, v.store)
	})
}

// enterByPasskey lets in whoever's passkey answered.
func (d *Dashboard) enterByPasskey(v *visit) error {
	var token string
	g, err := d.answered(v, account.CeremonyEnter, func(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, g given) (err error) {
		token, err = flow.SignInWithPasskey(ctx, tx, site, c, g.Answer, v.r.UserAgent(), d.clientIP(v.r))
		return err
	})
	if err != nil {
		return d.refusePasskey(v, err)
	}
	d.setSession(v, token)
	return v.tellScript(http.StatusOK, scriptLead{localPath(g.Next, Prefix)})
}
