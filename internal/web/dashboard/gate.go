package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/billing"
	"doorstep/internal/db"
	"doorstep/internal/photo"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/internal/web/upload"
)

// sessionCookie carries the session's token. On https its name says that only this very host
// may set it (__Host-), so that no neighbour's subdomain plants one.
const (
	sessionCookie = "doorstep_admin"
	hostCookie    = "__Host-" + sessionCookie
)

// maxForm is how large a form may be.
const maxForm = 1 << 20

// mustProve are the acts for which somebody who is signed in shows once more who they are, if
// that was not a moment ago: an open screen is not enough to make keys or people.
func mustProve() []string {
	return []string{
		"POST /keys", "POST /staff", "POST /staff/second-factor", "POST /staff/{staff}/role", "POST /staff/{staff}/access",
		"GET /staff/{staff}/password", "POST /staff/{staff}/password", "POST /staff/{staff}/invite", "POST /staff/{staff}/factors",
		"GET /customers/{customer}/export", "GET /customers/{customer}/erase", "POST /customers/{customer}/erase",
		"POST /account/codes", "POST /account/recovery", "POST /account/passkeys/ask", "POST /account/passkeys", "POST /account/passkeys/{passkey}/remove",
	}
}

func (r route) dangerous() bool { return slices.Contains(mustProve(), r.method+" "+r.path) }

// aside says whether the route is open to somebody who lacks the second factor that the shop
// asks for: where one is set up, and the way out.
func (r route) aside() bool {
	return strings.HasPrefix(r.path, "/account") || r.path == "/sign-out"
}

// mayChange says whether whoever asks may change a setting. Where mails go and where their
// links lead is for owners: who turns them aside can choose an owner's password. Who must have
// a second factor is on the page of people.
func (v *visit) mayChange(key string) bool {
	key = strings.TrimSpace(key)
	if strings.HasPrefix(key, "staff.") {
		return false
	}
	return v.can(account.Owner) || key != "url" && !strings.HasPrefix(key, "mail.")
}

// formLimit is how large a form of this route may be: files may be larger.
func (r route) formLimit() int64 {
	if r.path == labelPath {
		return photo.MostBytes + maxForm
	}
	if r.path == importUploadPath {
		return maxUpload
	}
	if r.path == statementCheckPath || r.path == "/statements" {
		return 2 * billing.MostBytes // the file comes again as text
	}
	switch r.path {
	case picturesUploadPath:
		return upload.MostForm
	case logoUploadPath:
		return upload.MostLogo
	}
	return maxForm
}

// gate lets a request through to its page when whoever asks may see it: it finds the
// session, sends strangers to the sign-in page, and refuses those whose role is too low.
func (d *Dashboard) gate(r route) http.Handler {
	dangerous := r.dangerous()
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost && !sameOrigin(req) {
			http.Error(w, "This form did not say where it came from. Please open the dashboard itself and try again.", http.StatusForbidden)
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, r.formLimit())
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
		case v.settings.SecondFactor && !v.session.Strong() && !r.aside():
			d.finish(v, d.askFactor(v))
		case dangerous && !v.session.Fresh(v.now):
			d.finish(v, d.askProof(v, r))
		default:
			d.finish(v, r.page(v))
		}
	})
}

// sameOrigin says whether a form names the place that it comes from: every browser does. The
// guard compares it; what names none is no browser, and has the API.
func sameOrigin(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
}

// enter reads everything that every page needs in one transaction: whose session it is, the
// store's settings, and what waits. It says whether the store has any staff at all.
func (d *Dashboard) enter(v *visit) (staffed bool, err error) {
	if v.store, err = d.store(v.r); err != nil {
		return false, err
	}
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		v.now = tx.Now
		if v.settings, err = store.LoadSettings(ctx, tx, v.store); err != nil {
			return err
		}
		session, staff, err := account.Resume(ctx, tx, v.cookie(v.sessionCookie()))
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

// touch notes now and then that a browser is still there, and gives it another token where
// its rights have changed.
func (d *Dashboard) touch(v *visit) error {
	renew := v.session.Renew && v.r.Method == http.MethodGet && v.r.Header.Get("X-Live") == "" && !v.streams()
	if !v.known() || !v.session.Stale(v.now) && !renew {
		return nil
	}
	token := ""
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if renew {
			if token, err = account.Renew(ctx, tx, v.session); err != nil {
				return err
			}
		}
		return account.Touch(ctx, tx, v.session, d.clientIP(v.r))
	})
	if err == nil && token != "" {
		d.setSession(v, token)
	}
	return err
}

func (v *visit) streams() bool {
	return strings.HasPrefix(v.r.Header.Get("Accept"), "text/event-stream")
}

// askWho leads to the sign-in page and from there back to what was asked for.
func (d *Dashboard) askWho(v *visit) {
	if v.streams() || v.wantsJSON() {
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
	v.setCookie(v.sessionCookie(), token, v.sessionPath(), age)
}

func (v *visit) sessionCookie() string {
	if v.secure() {
		return hostCookie
	}
	return sessionCookie
}

// sessionPath is where the cookie goes: a name with __Host- demands the whole host.
func (v *visit) sessionPath() string {
	if v.secure() {
		return "/"
	}
	return Prefix
}

// cookie is the value of a cookie; empty when there is none.
func (v *visit) cookie(name string) string {
	c, err := v.r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
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
	if !inside || !ui.OwnPath(path) {
		return other
	}
	return path
}
