package storefront

import (
	"context"
	"database/sql"
	"errors"
	"net/http"

	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// failed shows what went wrong: words for the person, an id for who reads the log.
func (s *shop) failed(v *visit, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	name := ui.RequestID(v.ctx)
	switch {
	case errors.Is(err, errMissing), errors.Is(err, sql.ErrNoRows), errors.Is(err, report.ErrNone):
		s.sorry(v, http.StatusNotFound, sorryPage{Title: v.say("missing_title"), Icon: "search",
			Words: v.say("missing_words")})
	default:
		s.Log.Error("a page failed", "request", name, "path", v.r.URL.Path, "error", err)
		s.sorry(v, http.StatusInternalServerError, sorryPage{Title: v.say("failed_title"), Icon: "triangle-alert", ID: name,
			Words: v.say("failed_words")})
	}
}

// crashed is failed for a page that panicked.
func (s *shop) crashed(w http.ResponseWriter, r *http.Request) {
	v := &visit{w: w, r: r, ctx: r.Context(), now: s.Clock()}
	_ = s.enter(v) // what it could not read is left out
	s.sorry(v, http.StatusInternalServerError, sorryPage{Title: v.say("failed_title"), Icon: "triangle-alert", ID: ui.RequestID(v.ctx),
		Words: v.say("failed_words")})
}

// sorryPage is an error as people see it.
type sorryPage struct{ Title, Words, Icon, ID string }

func (s *shop) sorry(v *visit, status int, p sorryPage) {
	if v.page.Assets == nil { // the settings could not be read
		http.Error(v.w, p.Title+". "+p.Words+" "+p.ID, status)
		return
	}
	if v.partial() {
		v.w.Header().Set("HX-Retarget", "#news")
		v.w.Header().Set("HX-Reswap", "innerHTML")
		_ = v.show(status, ui.Toast(p.Title))
		return
	}
	v.about(p.Title, "", "")
	v.page.Robots = "noindex"
	if err := v.show(status, sorryView(v, p)); err != nil {
		http.Error(v.w, p.Title+". "+p.ID, status)
	}
}
