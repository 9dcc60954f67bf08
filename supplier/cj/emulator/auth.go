package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"time"
)

const (
	accessLife  = 15 * 24 * time.Hour
	refreshLife = 180 * 24 * time.Hour
	tokenCache  = 24 * time.Hour // repeated calls within it give the same tokens
)

type tokens struct {
	access, refresh   string
	created           time.Time
	accessEnds        time.Time
	refreshEnds       time.Time
	asked             time.Time
	old               []string
	granted, refreshs int
}

// meter counts points and calls.
type meter struct {
	day    string
	used   int64
	second int64
	calls  int
}

func (m *meter) info(total int64) map[string]int64 {
	return map[string]int64{"usedToday": m.used, "remaining": max(0, total-m.used), "total": total}
}

// admit checks token, rate and points, in CJ's order.
func (s *Server) admit(r *http.Request, found route) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.World.Now()
	if f := s.rate(now, found.points); f != nil {
		return nil, f
	}
	if found.open {
		return nil, nil
	}
	token := r.Header.Get("CJ-Access-Token")
	switch {
	case token == "":
		return nil, &failure{401, 1600002, "CJ-Access-Token is empty", nil}
	case token != s.tokens.access, !now.Before(s.tokens.accessEnds):
		return nil, &failure{401, 1600001, "Invalid API key or access token", nil}
	}
	return nil, nil
}

func (s *Server) rate(now time.Time, points int64) *failure {
	if day := now.UTC().Format(time.DateOnly); day != s.meter.day {
		s.meter.day, s.meter.used = day, 0
	}
	if second := now.Unix(); second != s.meter.second {
		s.meter.second, s.meter.calls = second, 0
	}
	s.meter.calls++
	if s.o.QPS > 0 && s.meter.calls > s.o.QPS {
		return &failure{429, 1600200, "Too Many Requests, QPS limit", nil}
	}
	if s.meter.used+points > s.o.Points {
		return &failure{429, 16900500, "Insufficient points", nil}
	}
	s.meter.used += points
	return nil
}

func (s *Server) getAccessToken(c call) (any, *failure) {
	var in struct {
		APIKey string `json:"apiKey"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.APIKey != s.o.APIKey {
		return nil, &failure{401, 1600001, "Invalid API key or access token", nil}
	}
	if !s.tokens.asked.IsZero() && c.now.Sub(s.tokens.asked) < s.o.TokenEvery {
		return nil, &failure{429, 1600200, "Too Many Requests, please try again later", nil}
	}
	s.tokens.asked = c.now
	s.tokens.granted++
	return s.issue(c.now), nil
}

func (s *Server) refreshAccessToken(c call) (any, *failure) {
	var in struct {
		RefreshToken string `json:"refreshToken"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.RefreshToken == "" || in.RefreshToken != s.tokens.refresh || !c.now.Before(s.tokens.refreshEnds) {
		return nil, &failure{401, 1600003, "Invalid refresh token", nil}
	}
	s.tokens.refreshs++
	return s.issue(c.now), nil
}

// issue gives the account's tokens: those of the last 24 hours again, else new ones.
func (s *Server) issue(now time.Time) map[string]any {
	t := &s.tokens
	if t.access == "" || now.Sub(t.created) >= tokenCache {
		t.old = append(t.old, t.access, t.refresh)
		t.access, t.refresh, t.created = randomHex(), randomHex(), now
		t.accessEnds, t.refreshEnds = now.Add(accessLife), now.Add(refreshLife)
	}
	shanghai := time.FixedZone("", 8*3600)
	return map[string]any{
		"openId": s.o.OpenID, "accessToken": t.access, "refreshToken": t.refresh,
		"accessTokenExpiryDate":  t.accessEnds.In(shanghai).Format(time.RFC3339),
		"refreshTokenExpiryDate": t.refreshEnds.In(shanghai).Format(time.RFC3339),
		"createDate":             t.created.In(shanghai).Format(time.RFC3339),
	}
}

func (s *Server) logout(call) (any, *failure) {
	s.Revoke(true)
	return true, nil
}

// Revoke makes the access token invalid, and the refresh token too if both.
func (s *Server) Revoke(both bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.old = append(s.tokens.old, s.tokens.access)
	s.tokens.access, s.tokens.created = "", time.Time{}
	if both {
		s.tokens.old = append(s.tokens.old, s.tokens.refresh)
		s.tokens.refresh = ""
	}
}

// Tokens are all tokens ever handed out, for a search of where they must not be.
func (s *Server) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{s.tokens.access, s.tokens.refresh}, s.tokens.old...)
}

// Grants says how often tokens were given for the key and for a refresh token.
func (s *Server) Grants() (byKey, byRefresh int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.granted, s.tokens.refreshs
}

func randomHex() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	sum := sha256.Sum256(b[:])
	return hex.EncodeToString(sum[:16])
}

func readBody(r *http.Request) ([]byte, error) { return io.ReadAll(io.LimitReader(r.Body, 1<<20)) }
