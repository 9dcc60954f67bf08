package storefront

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// customerCookie carries the token of a customer's session.
const customerCookie = "account"

// findCustomer reads who is signed in, if anybody.
func (s *shop) findCustomer(ctx context.Context, tx *db.Tx, v *visit) error {
	c, err := v.r.Cookie(customerCookie)
	if err != nil {
		return nil
	}
	v.session, v.customer, err = account.ResumeCustomer(ctx, tx, v.store, c.Value)
	if errors.Is(err, account.ErrSession) {
		return nil
	}
	return err
}

// signedIn says whether the visit is a customer's.
func (v *visit) signedIn() bool { return v.customer.CustomerID != "" }

// noteVisit remembers now and then that a customer's browser is still there.
func (s *shop) noteVisit(v *visit) error {
	if !v.signedIn() || !v.session.Stale(clock.Of(v.now)) {
		return nil
	}
	return s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error { return flow.SeeCustomer(ctx, tx, v.session) })
}

// signPage is the page that asks for a mail address.
type signPage struct {
	Email, Problem, Back string
}

// codePage is the page that asks for a code, or for one click after the mail's link.
type codePage struct {
	ID, Key, Email, Back string
	Problem              string
	Dead                 bool
}

// from is where a request comes from, for counting tries.
func (s *shop) from(r *http.Request) string {
	if s.ClientIP != nil {
		return s.ClientIP(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// backTo is where a sign-in leads, if it stays here.
func backTo(path string) string {
	if !ui.OwnPath(path) {
		return "/account"
	}
	return path
}

// quiet keeps a page out of search engines and its address out of other sites' logs.
func (v *visit) quiet(title string) {
	v.about(title, "", "")
	v.page.Robots = "noindex"
	v.w.Header().Set("Referrer-Policy", "no-referrer")
}

// signIn shows where to type the mail address.
func (s *shop) signIn(v *visit) error {
	back := backTo(v.r.URL.Query().Get("back"))
	if v.signedIn() {
		return v.leave(back)
	}
	v.quiet(v.say("sign_in"))
	return v.show(http.StatusOK, signView(v, signPage{Back: back}))
}

// askCode mails a code. The answer is the same for every address.
func (s *shop) askCode(v *visit) error {
	p := signPage{Email: strings.TrimSpace(v.r.PostFormValue("email")), Back: backTo(v.r.PostFormValue("back"))}
	var code string
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		code, err = flow.AskCode(ctx, tx, v.store, p.Email, v.locale, s.from(v.r))
		return err
	})
	status := http.StatusUnprocessableEntity
	var soon *flow.TooSoon
	switch {
	case errors.Is(err, account.ErrEmail):
		p.Problem = ended(v.say("problem_email", "value", p.Email))
	case errors.As(err, &soon):
		p.Problem, status = v.waitWords(soon.Wait), http.StatusTooManyRequests
	case err != nil:
		return err
	default:
		return v.leave("/account/code?" + url.Values{"id": {code}, "back": {p.Back}}.Encode())
	}
	v.quiet(v.say("sign_in"))
	return v.show(status, signView(v, p))
}

func (v *visit) waitWords(wait time.Duration) string {
	return v.count("sign_in_wait", int64((wait+time.Minute-1)/time.Minute))
}

// code asks for the digits, or for a click where the mail's link was followed. Nothing happens
// by looking at the page: mail scanners follow links too.
func (s *shop) code(v *visit) error {
	q := v.r.URL.Query()
	p := codePage{ID: q.Get("id"), Key: q.Get("key"), Back: backTo(q.Get("back"))}
	if v.signedIn() && p.Key == "" {
		return v.leave(p.Back)
	}
	return s.showCode(v, http.StatusOK, p)
}

func (s *shop) showCode(v *visit, status int, p codePage) error {
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := account.GetCode(ctx, tx, v.store, p.ID)
		if errors.Is(err, sql.ErrNoRows) {
			p.Dead = true
			return nil
		}
		if p.Key != "" && !account.CodeOpens(s.Seal, v.store, p.ID, p.Key) {
			p.Key = ""
		}
		p.Email, p.Dead = c.Email, p.Dead || c.UsedAt != 0 || !tx.Now.Before(c.EndsAt) || p.Key == "" && !c.Holds(tx.Now)
		return err
	})
	if err != nil {
		return err
	}
	v.quiet(v.say("code_title"))
	return v.show(status, codeView(v, p))
}

// enterCode signs a customer in by digits or by the key of a link.
func (s *shop) enterCode(v *visit) error {
	p := codePage{ID: v.r.PostFormValue("id"), Key: v.r.PostFormValue("key"), Back: backTo(v.r.PostFormValue("back"))}
	digits := strings.Join(strings.Fields(v.r.PostFormValue("code")), "")
	var token string
	var guess account.Guess
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Key != "" {
			token, err = flow.FollowCode(ctx, tx, v.store, p.ID, p.Key, v.r.UserAgent())
			return err
		}
		token, guess, err = flow.EnterCode(ctx, tx, v.store, p.ID, digits, v.r.UserAgent(), s.from(v.r))
		return err
	})
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, account.ErrDead):
		p.Dead = true
	case err != nil:
		return err
	case guess.Wait > 0:
		p.Problem, status = v.waitWords(guess.Wait), http.StatusTooManyRequests
	case token == "" && !guess.Dead:
		p.Problem = ended(v.say("code_wrong"))
	case token == "":
		p.Dead = true
	default:
		v.setCookie(customerCookie, token, int(account.CustomerLife.Seconds()))
		return v.leave(p.Back)
	}
	return s.showCode(v, status, p)
}

// signOut ends this browser's session, a named one, or all.
func (s *shop) signOut(v *visit) error {
	if !v.signedIn() {
		return v.leave("/account/sign-in")
	}
	session, here := v.r.PostFormValue("session"), false
	switch {
	case v.r.PostFormValue("all") == "yes":
		session, here = "", true
	case session == "" || session == v.session.SessionID:
		session, here = v.session.SessionID, true
	}
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.SignOutCustomer(ctx, tx, v.store, v.customer.CustomerID, session)
	})
	if err != nil {
		return err
	}
	if !here {
		return v.leave("/account")
	}
	v.setCookie(customerCookie, "", -1)
	return v.leave("/")
}
