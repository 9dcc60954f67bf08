package seventeentrack

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"doorstep/carrier"
	"doorstep/connector"
)

// Receive reads a message of 17TRACK. Its key is the hash of the body: a message that
// brings an older scan late has the same newest event as the one before, and must still
// be read.
func (c *client) Receive(header http.Header, body []byte) ([]carrier.Track, string, error) {
	if !genuine(header.Get("sign"), body, c.key) {
		return nil, "", connector.ErrForged
	}
	sum := sha256.Sum256(body)
	key := hex.EncodeToString(sum[:])
	var message struct {
		Event string          `json:"event"`
		Data  json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return nil, key, fmt.Errorf("17TRACK's message is malformed: %w", err)
	}
	if message.Event != "TRACKING_UPDATED" && message.Event != "TRACKING_STOPPED" {
		return nil, key, connector.ErrIgnored
	}
	var p parcel
	if err := json.Unmarshal(message.Data, &p); err != nil {
		return nil, key, fmt.Errorf("17TRACK's message is malformed: %w", err)
	}
	if p.Number == "" {
		return nil, key, errors.New("17TRACK's message is malformed: it names no number")
	}
	t := p.track(message.Data)
	t.Stopped = t.Stopped || message.Event == "TRACKING_STOPPED"
	return []carrier.Track{t}, key, nil
}

// genuine compares the signature: hex of SHA-256 over body, slash and key.
func genuine(given string, body []byte, key string) bool {
	h := sha256.New()
	h.Write(body)
	h.Write([]byte("/" + key))
	want := hex.EncodeToString(h.Sum(nil))
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(given)), []byte(want)) == 1
}
