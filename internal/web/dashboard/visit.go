package dashboard

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// visit is one request, and all that its page needs to know of who asks.
type visit struct {
	w        http.ResponseWriter
	r        *http.Request
	store    id.Store
	settings store.Settings
	zone     *time.Location
	now      clock.Time
	session  account.Session
	staff    account.Staff // empty: nobody is signed in
	waiting  report.Waiting
	mode     string // light, dark or auto
	renewed  string // the session's new token, where a command gave it one
	undo     undo   // what brings back what the command changed; empty: nothing does
}

func (v *visit) known() bool { return v.staff.StaffID != "" }

// can says whether whoever asks may do what a role may; pages leave out what they may not.
func (v *visit) can(need account.Role) bool { return v.staff.Role.Covers(need) }

func (v *visit) actor() flow.Actor { return flow.Actor(v.staff.Principal().Actor()) }

// form is a value that was sent, without spaces around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// query is a value of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// path is a part of the address by its name in the table of routes.
func (v *visit) path(name string) string { return v.r.PathValue(name) }

// frame is what the page says of itself to the layout.
type frame struct {
	Title   string
	At      string   // the entry of the menu that is lit
	Live    bool     // parts of it follow events
	Refresh int      // seconds, for live pages without scripts
	Bare    bool     // no menu: nobody is signed in
	Back    string   // address of the page above this one
	Status  int      // 200 when 0
	Frames  bool     // it frames pages of ours
	Scripts []string // further files of ours
}

// show answers with a page.
func (d *Dashboard) show(v *visit, f frame, body templ.Component) error {
	theme := ui.NewTheme(v.settings.Brand.Colour)
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	policy := ui.Policy(false, theme.Hash)
	if f.Frames {
		policy += "; frame-src 'self'"
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	page := ui.Page{Assets: d.assets, Theme: theme, Mode: v.mode, Locale: "en", Title: f.Title + " · " + v.settings.Brand.Name, Robots: "noindex", Refresh: f.Refresh,
		Icon: d.assets.URL("desk.svg"), Scripts: f.Scripts}
	news := v.takeNews()
	var out bytes.Buffer // whole or not at all
	if err := layout(v, f, page, news).Render(templ.WithChildren(v.r.Context(), body), &out); err != nil {
		return err
	}
	if f.Status != 0 {
		v.w.WriteHeader(f.Status)
	}
	_, _ = v.w.Write(out.Bytes()) // the browser may be gone
	return nil
}

// setCookie sets a cookie for so many seconds; -1 forgets it. No script needs to read one.
func (v *visit) setCookie(name, value, path string, age int) {
	//nolint:gosec // Secure follows the address: on a machine of one's own there is no HTTPS
	http.SetCookie(v.w, &http.Cookie{Name: name, Value: value, Path: path, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure()})
}

// lead sends the browser on after a form.
func (v *visit) lead(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// --- commands

// once runs a form's command in one transaction, and only the first time that the form
// comes.
func (d *Dashboard) once(v *visit, fn func(ctx context.Context, tx *db.Tx) error) error {
	key := v.form("key")
	if key == "" {
		return &flow.Refusal{Code: "form", Words: "The form did not arrive whole. Please load the page again."}
	}
	return d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		first, err := account.Once(ctx, tx, v.store, v.staff.StaffID, key)
		if err != nil || !first {
			return err
		}
		return fn(ctx, tx)
	})
}

// do runs a form's command and leads back, with a word about what came of it.
func (d *Dashboard) do(v *visit, back, done string, fn func(ctx context.Context, tx *db.Tx) error) error {
	if err := d.once(v, fn); err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		v.tell(ui.Bad, words)
	} else {
		d.renew(v)
		v.tellUndo(ui.Good, done, v.undo)
	}
	return v.lead(localPath(v.form("back"), back))
}

// renew gives the browser the token that a command made, if it made one.
func (d *Dashboard) renew(v *visit) {
	if v.renewed != "" {
		d.setSession(v, v.renewed)
	}
}

// refusal is why a command was not done, in words for people; ok is false for an error that
// they must not see.
func refusal(err error) (words string, ok bool) {
	if r, ok := errors.AsType[*flow.Refusal](err); ok {
		return sentence(r.Words), true
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, store.ErrUnknown) {
		return "There is no such thing here any more.", true
	}
	return "", false
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

// --- what goes wrong

// finish turns a handler's error into a page.
func (d *Dashboard) finish(v *visit, err error) {
	if err != nil {
		d.failed(v, err)
	}
}

func (d *Dashboard) failed(v *visit, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody is there any more
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, store.ErrUnknown) {
		d.wrong(v, trouble{Title: "Nothing is here", Words: "It may have been removed, or the address has a mistake.", Status: http.StatusNotFound})
		return
	}
	if words, ok := refusal(err); ok {
		d.wrong(v, trouble{Title: "That is not possible", Words: words, Status: http.StatusUnprocessableEntity})
		return
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		d.wrong(v, trouble{Title: "That is too much", Words: "The form is larger than 1 MB.", Status: http.StatusRequestEntityTooLarge})
		return
	}
	name := ui.RequestID(v.r.Context())
	d.log.ErrorContext(v.r.Context(), "dashboard failed", "request", name, "path", v.r.URL.Path, "error", err)
	d.wrong(v, trouble{Title: "Something went wrong here", Words: "It was noted. Please try again; if it stays so, tell us this number.", ID: name,
		Status: http.StatusInternalServerError})
}

// trouble is the page of something that went wrong.
type trouble struct {
	Title, Words, ID string
	Status           int
}

func (d *Dashboard) wrong(v *visit, t trouble) {
	if v.zone == nil {
		v.zone = time.UTC
	}
	if err := d.show(v, frame{Title: t.Title, Bare: !v.known(), Status: t.Status}, troublePage(t)); err != nil {
		d.log.Error("error page failed", "error", err)
	}
}

func (d *Dashboard) nowhere(*visit) error { return sql.ErrNoRows }

func (d *Dashboard) refused(v *visit, need account.Role) {
	d.wrong(v, trouble{Title: "This is not for your role", Status: http.StatusForbidden,
		Words: "It needs the role " + string(need) + "; yours is " + string(v.staff.Role) + ". An owner can change that under Staff."})
}

// crashed is the page of a panic; the guard has written it to the log.
func (d *Dashboard) crashed(w http.ResponseWriter, r *http.Request) {
	v := &visit{w: w, r: r, mode: modeOf(r), zone: time.UTC}
	d.wrong(v, trouble{Title: "Something went wrong here", Words: "It was noted. Please try again; if it stays so, tell us this number.",
		ID: ui.RequestID(r.Context()), Status: http.StatusInternalServerError})
}

// --- light and dark

func modeOf(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return "auto"
}

// changeMode remembers whether pages are light or dark.
func (d *Dashboard) changeMode(v *visit) error {
	mode := v.form("theme")
	if mode != "light" && mode != "dark" {
		mode = "auto"
	}
	v.setCookie("theme", mode, "/", 365*24*3600)
	return v.lead(localPath(v.form("back"), Prefix))
}

// with is the address of a page with one value of its query changed; an empty one is taken
// out. Paging starts anew.
func (v *visit) with(name, value string) string {
	q := url.Values{}
	for k, all := range v.r.URL.Query() {
		if k != "after" && len(all) > 0 {
			q.Set(k, all[0])
		}
	}
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return v.r.URL.Path
	}
	return v.r.URL.Path + "?" + q.Encode()
}

func asRefusal(err error) (*flow.Refusal, bool) { return errors.AsType[*flow.Refusal](err) }
