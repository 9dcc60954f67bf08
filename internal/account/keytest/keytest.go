// Package keytest is a device with passkeys made of software, for tests: it answers the
// questions of a site as a browser with an authenticator would (WebAuthn level 3, ES256,
// attestation "none"), and can be told to misbehave.
package keytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// ErrNone answers a question for which the device has no key.
var ErrNone = errors.New("device: no passkey for this site")

// The bits of authenticator data (WebAuthn 6.1).
const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

// Device holds passkeys. Its fields may be changed between questions.
type Device struct {
	Origin   string // of the page that asks: "http://localhost:8080"
	Verified bool   // the person showed a finger, a face or a number
	Count    uint32 // of signatures; the device raises it with each one
	keys     []*key
}

type key struct {
	site, name string
	user       []byte
	private    *ecdsa.PrivateKey
}

// New is a device in front of a page, whose person lets themselves be verified.
func New(origin string) *Device { return &Device{Origin: origin, Verified: true} }

// Copy is a second device with the same keys, as nobody should have.
func (d *Device) Copy() *Device {
	c := *d
	return &c
}

var text = base64.RawURLEncoding

type question struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		AllowCredentials []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
	} `json:"publicKey"`
}

// Create makes a passkey for the options of a registration and gives the answer, both as JSON.
func (d *Device) Create(options []byte) ([]byte, error) {
	var q question
	if err := json.Unmarshal(options, &q); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	user, err := text.DecodeString(q.PublicKey.User.ID)
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	name := make([]byte, 20)
	_, _ = rand.Read(name) // never returns an error since Go 1.24
	k := &key{site: q.PublicKey.RP.ID, name: text.EncodeToString(name), user: user, private: private}
	public, err := cose(private)
	if err != nil {
		return nil, err
	}
	data := d.data(k.site, attested)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(name)))
	data = append(append(data, name...), public...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	d.keys = append(d.keys, k)
	return d.answer(k, map[string]any{
		"clientDataJSON": text.EncodeToString(d.client("webauthn.create", q.PublicKey.Challenge)), "attestationObject": text.EncodeToString(object),
		"transports": []string{"internal"},
	})
}

// Get signs the options of a sign-in with the newest passkey that fits.
func (d *Device) Get(options []byte) ([]byte, error) {
	var q question
	if err := json.Unmarshal(options, &q); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	k := d.find(q)
	if k == nil {
		return nil, ErrNone
	}
	d.Count++
	data, client := d.data(k.site, 0), d.client("webauthn.get", q.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, signed[:])
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	return d.answer(k, map[string]any{
		"clientDataJSON": text.EncodeToString(client), "authenticatorData": text.EncodeToString(data),
		"signature": text.EncodeToString(signature), "userHandle": text.EncodeToString(k.user),
	})
}

func (d *Device) find(q question) (found *key) {
	for _, k := range d.keys {
		allowed := len(q.PublicKey.AllowCredentials) == 0
		for _, a := range q.PublicKey.AllowCredentials {
			allowed = allowed || a.ID == k.name
		}
		if k.site == q.PublicKey.RPID && allowed {
			found = k
		}
	}
	return found
}

// data is the beginning of authenticator data.
func (d *Device) data(site string, flags byte) []byte {
	hash := sha256.Sum256([]byte(site))
	flags |= present
	if d.Verified {
		flags |= verified
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.Count)
}

func (d *Device) client(kind, challenge string) []byte {
	out, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false}) // strings always can be
	return out
}

func (d *Device) answer(k *key, response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id": k.name, "rawId": k.name, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{},
		"response": response,
	})
}

// cose is a public key as RFC 9053 writes it: EC2, ES256, P-256.
func cose(private *ecdsa.PrivateKey) ([]byte, error) {
	point, err := private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	out, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	return out, nil
}
