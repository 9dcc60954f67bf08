package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// auth is the tokens that are let in, with their ends.
type auth struct {
	access  map[string]time.Time
	refresh map[string]time.Time
	codes   map[string]time.Time
	renewed int
}

// authorize is the consent page of a merchant who always agrees.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	back, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || back.Host == "" || query.Get("client_id") != s.o.AppKey || query.Get("response_type") != "code" {
		http.Error(w, "redirect_uri, client_id and response_type=code are needed", http.StatusBadRequest)
		return
	}
	answer := back.Query()
	answer.Set("code", s.Code())
	if state := query.Get("state"); state != "" {
		answer.Set("state", state)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// Code is an authorisation code as the consent page gives it; it lives for three minutes
// and works once.
func (s *Server) Code() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := fmt.Sprintf("3_%s_%06d", s.o.AppKey, s.count())
	s.auth.codes[code] = s.o.World.Now().Add(3 * time.Minute)
	return code
}

func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	params, bad := s.admit(r, "/auth/token/create")
	if bad != nil {
		s.refuseSystem(w, *bad)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.World.Now()
	until, ok := s.auth.codes[params["code"]]
	delete(s.auth.codes, params["code"])
	if !ok || now.After(until) {
		s.refuseSystem(w, failure{code: "InvalidCode", words: "Invalid authorization code"})
		return
	}
	s.hand(w, now.Add(s.o.RefreshFor))
}

func (s *Server) refreshToken(w http.ResponseWriter, r *http.Request) {
	params, bad := s.admit(r, "/auth/token/refresh")
	if bad != nil {
		s.refuseSystem(w, *bad)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.auth.refresh[params["refresh_token"]]
	if !ok || !s.o.World.Now().Before(until) {
		s.refuseSystem(w, failure{code: "IllegalRefreshToken", words: "The specified refresh token is invalid or expired"})
		return
	}
	delete(s.auth.refresh, params["refresh_token"])
	s.auth.renewed++
	s.hand(w, until) // a refresh does not move the end
}

// hand gives out a new pair.
func (s *Server) hand(w http.ResponseWriter, deadline time.Time) {
	now, n := s.o.World.Now(), s.count()
	access, refresh := fmt.Sprintf("access-%d-%d", s.o.Seed, n), fmt.Sprintf("refresh-%d-%d", s.o.Seed, n)
	s.auth.access[access], s.auth.refresh[refresh] = now.Add(s.o.AccessFor), deadline
	send(w, fields{
		"access_token": access, "refresh_token": refresh,
		"expires_in": int64(s.o.AccessFor.Seconds()), "refresh_expires_in": int64(deadline.Sub(now).Seconds()),
		"expire_time": now.Add(s.o.AccessFor).UnixMilli(), "refresh_token_valid_time": deadline.UnixMilli(),
		"user_id": "1861703697", "seller_id": "1861703697", "havana_id": "3000021188814", "user_nick": "kr1000005815atrae",
		"account": "merchant@example.com", "account_platform": "buyerApp", "locale": "zh_CN", "sp": "ae",
		"code": "0", "request_id": s.requestID(),
	})
}

// refuseSystem sends an error of a system call, which has no envelope.
func (s *Server) refuseSystem(w http.ResponseWriter, f failure) {
	send(w, fields{"type": "ISV", "code": f.code, "message": f.words, "request_id": s.requestID()})
}

// Consent is the pair of tokens that the merchant gets who connects the account anew.
func (s *Server) Consent() (access, refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, n := s.o.World.Now(), s.count()
	access, refresh = fmt.Sprintf("access-%d-%d", s.o.Seed, n), fmt.Sprintf("refresh-%d-%d", s.o.Seed, n)
	s.auth.access[access], s.auth.refresh[refresh] = now.Add(s.o.AccessFor), now.Add(s.o.RefreshFor)
	return access, refresh
}

// ExpireAccess ends all access tokens now.
func (s *Server) ExpireAccess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.auth.access)
}

// ExpireRefresh ends all refresh tokens now: the merchant must consent again.
func (s *Server) ExpireRefresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.auth.refresh)
}

// Renewals counts the refreshes that succeeded.
func (s *Server) Renewals() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.auth.renewed
}

// Tokens are all tokens that are let in: secrets, for tests that search for leaks.
func (s *Server) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, m := range []map[string]time.Time{s.auth.access, s.auth.refresh} {
		for token := range m {
			out = append(out, token)
		}
	}
	return out
}
