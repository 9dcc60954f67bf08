// Package seal keeps secrets at rest and signs what people carry in links.
//
// One key of 32 bytes belongs to an installation. It never enters the database: it comes
// from the environment or from a file beside it (key.go). Two keys are derived from it, one
// that seals and one that signs. A sealed text is bound to its context (store, connector,
// name), so that nobody who can write to the database moves a secret to another place.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"doorstep/internal/db"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// prefix marks a sealed text and says how it was made.
const prefix = "sealed:1:"

// ErrBroken answers a sealed text that does not open: it was sealed with another key or for
// another place, or it was changed.
var ErrBroken = errors.New("secret: it was sealed with another key or for another place")

var text = base64.RawURLEncoding

// Box seals, opens, signs and verifies with one key. It is safe for parallel use.
type Box struct {
	aead   cipher.AEAD
	sign   []byte
	former []*Box // of keys that were in use before: they open and verify, and make nothing new
}

// Before is a box that seals and signs with b's key, and also opens and verifies what was made
// with former ones.
func (b *Box) Before(former ...*Box) *Box {
	return &Box{aead: b.aead, sign: b.sign, former: append(append([]*Box{}, b.former...), former...)}
}

// New is a box of a 32-byte key.
func New(key []byte) (*Box, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("key: it has %d bytes, not %d", len(key), KeySize)
	}
	inner, err := hkdf.Key(sha256.New, key, nil, "doorstep/seal/1", KeySize)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	sign, err := hkdf.Key(sha256.New, key, nil, "doorstep/sign/1", KeySize)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	block, err := aes.NewCipher(inner)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return &Box{aead: aead, sign: sign}, nil
}

// Seal encrypts plain (AES-256-GCM) for the place that context names. The same text seals
// differently each time.
func (b *Box) Seal(plain []byte, context ...string) string {
	nonce := make([]byte, b.aead.NonceSize())
	_, _ = rand.Read(nonce) // never returns an error since Go 1.24
	return prefix + text.EncodeToString(b.aead.Seal(nonce, nonce, plain, join(context)))
}

// Open is what was sealed for the same context; ErrBroken when it does not open.
func (b *Box) Open(sealed string, context ...string) ([]byte, error) {
	body, ok := strings.CutPrefix(sealed, prefix)
	raw, err := text.DecodeString(body)
	if !ok || err != nil || len(raw) < b.aead.NonceSize() {
		return nil, ErrBroken
	}
	n := b.aead.NonceSize()
	plain, err := b.aead.Open(nil, raw[:n], raw[n:], join(context))
	for i := 0; err != nil && i < len(b.former); i++ {
		plain, err = b.former[i].Open(sealed, context...)
	}
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// IsSealed says whether a text was made by Seal.
func IsSealed(s string) bool { return strings.HasPrefix(s, prefix) }

// Sign is a signature (HMAC-SHA256, 43 characters safe in a URL) of parts for one purpose:
// what is signed as an order's link is no signature of anything else.
func (b *Box) Sign(purpose string, parts ...string) string {
	mac := hmac.New(sha256.New, b.sign)
	mac.Write(join(append([]string{purpose}, parts...)))
	return text.EncodeToString(mac.Sum(nil))
}

// Signatures are those that Verify takes: of the key that is in use, then of former ones. For
// what is looked up by its signature.
func (b *Box) Signatures(purpose string, parts ...string) []string {
	list := []string{b.Sign(purpose, parts...)}
	for _, f := range b.former {
		list = append(list, f.Signatures(purpose, parts...)...)
	}
	return list
}

// Verify says whether Sign gave signature for the same purpose and parts, in constant time.
func (b *Box) Verify(signature, purpose string, parts ...string) bool {
	holds := hmac.Equal([]byte(signature), []byte(b.Sign(purpose, parts...)))
	for _, f := range b.former {
		holds = f.Verify(signature, purpose, parts...) || holds
	}
	return holds
}

// join writes parts so that different lists are different bytes: each after its length.
func join(parts []string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

// attached is where the box hangs on its database.
type attached struct{}

// Attach gives everybody who holds a transaction of the database this box: settings with a
// password in them are sealed in the same call that stores them.
func (b *Box) Attach(d *db.DB) { d.Attach(attached{}, b) }

// Of is the box of the transaction's database, nil when it has none.
func Of(tx *db.Tx) *Box {
	b, _ := tx.Attached(attached{}).(*Box)
	return b
}
