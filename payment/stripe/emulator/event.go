package emulator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"doorstep/connector/emulator"
)

// kept is how many sent messages are remembered for Sent.
const kept = 2000

// emit tells the subscriber what happened; s.mu is held.
func (s *Server) emit(kind string, o object) {
	now := s.o.World.Now()
	body, err := json.MarshalIndent(object{
		"id": newName("evt"), "object": "event", "type": kind, "api_version": Version, "created": now.Unix(),
		"livemode": false, "pending_webhooks": 1, "request": object{"id": nil, "idempotency_key": nil},
		"data": object{"object": o},
	}, "", "  ")
	if err != nil {
		panic(err) // only maps of plain values come here
	}
	hook := emulator.Hook{URL: s.target, Body: body, Header: http.Header{
		"Content-Type":     {"application/json; charset=utf-8"},
		"User-Agent":       {"Stripe/1.0 (+https://stripe.com/docs/webhooks)"},
		"Stripe-Signature": {Sign(s.o.WebhookSecret, now, body)},
	}}
	if len(s.sent) == kept {
		s.sent = append(s.sent[:0], s.sent[1:]...)
	}
	s.sent = append(s.sent, hook)
	if s.o.Hooks != nil && s.target != "" {
		s.o.Hooks.Send(context.Background(), hook)
	}
}

// Sign is the Stripe-Signature header of a body: hex of HMAC-SHA256 over "t.body".
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Sent are the messages so far, oldest first, at most the last 2,000.
func (s *Server) Sent() []emulator.Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]emulator.Hook(nil), s.sent...)
}
