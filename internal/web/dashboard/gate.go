package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/report"
	"doorstep/internal/store"
)

// sessionCookie carries the session's token.
const sessionCookie = "doorstep_admin"

// maxForm is how large a form may be.
const maxForm = 1 << 20

// gate lets a request through to its page when whoever asks may see it: it finds the
// session, sends strangers to the sign-in page, and refuses those whose role is too low.
func (d *Dashboard) gate(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, maxForm)
		v := &visit{w: w, r: req, mode: modeOf(req)}
		w.Header().Set("Cache-Control", "no-store")
		staffed, err := d.enter(v)
		switch {
		case err != nil:
			d.failed(v, err)
		case !staffed && !r.open:
			http.Redirect(w, req, Prefix+"/welcome", http.StatusSeeOther)
		case r.open:
			d.finish(v, r.page(v))
		case !v.known():
			d.askWho(v)
		case !v.can(r.need):
			d.refused(v, r.need)
		default:
			d.finish(v, r.page(v))
		}
	})
}

// enter reads everything that every page needs in one transaction: whose session it is, the
// store's settings, and what waits. It says whether the store has any staff at all.
func (d *Dashboard) enter(v *visit) (staffed bool, err error) {
	if v.store, err = d.store(v.r); err != nil {
		return false, err
	}
	token := ""
	if c, err := v.r.Cookie(sessionCookie); err == nil {
		token = c.Value
	}
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v.now = tx.Now
		if v.settings, err = store.LoadSettings(ctx, tx, v.store); err != nil {
			return err
		}
		session, staff, err := account.Resume(ctx, tx, token)
		if errors.Is(err, account.ErrSession) || err == nil && staff.StoreID != v.store {
			all, err := account.AllStaff(ctx, tx, v.store)
			staffed = len(all) > 0
			return err
		}
		if err != nil {
			return err
		}
		staffed, v.session, v.staff = true, session, staff
		v.waiting, err = report.CountWaiting(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return staffed, err
	}
	v.zone = zoneOf(v.settings)
	return staffed, d.touch(v)
}

// touch notes now and then that a browser is still there.
func (d *Dashboard) touch(v *visit) error {
	if !v.known() || !v.session.Stale(v.now) {
		return nil
	}
	return d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return account.Touch(ctx, tx, v.session, d.clientIP(v.r))
	})
}

// askWho leads to the sign-in page and from there back to what was asked for.
func (d *Dashboard) askWho(v *visit) {
	if strings.HasPrefix(v.r.Header.Get("Accept"), "text/event-stream") {
		http.Error(v.w, "signed out", http.StatusUnauthorized)
		return
	}
	to := Prefix + "/sign-in"
	if v.r.Method == http.MethodGet && v.r.URL.Path != Prefix {
		to += "?next=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// setSession gives the browser a session's token, or takes it away where it is empty.
func (d *Dashboard) setSession(v *visit, token string) {
	age := int(account.SessionLife.Seconds())
	if token == "" {
		age = -1
	}
	v.setCookie(sessionCookie, token, Prefix, age)
}

// secure says whether people reach us by https.
func (v *visit) secure() bool {
	return v.r.TLS != nil || strings.HasPrefix(v.settings.PublicURL, "https://") && strings.EqualFold(hostOf(v.settings.PublicURL), v.r.Host)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// localPath is an address of the dashboard that a form or a link named, or else the other
// one: nobody is led to another site.
func localPath(path, other string) string {
	inside := path == Prefix || strings.HasPrefix(path, Prefix+"/") || strings.HasPrefix(path, Prefix+"?")
	if !inside || strings.ContainsAny(path, "\\\r\n\t") || strings.Contains(path, "//") {
		return other
	}
	return path
}
