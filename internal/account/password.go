package account

import (
	"encoding/base64"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// cost is what hashing a password takes: 19 MiB, two passes, one thread (OWASP's second
// choice of argon2id parameters, so that a burst of sign-ins does not exhaust the memory).
func cost() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword is what is stored of a password. It takes about 20 ms: do it before the
// transaction, and behind a door by Gate.Hash. ErrPassword when it is too short or too long.
func HashPassword(password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	hash, err := argon2id.CreateHash(password, cost())
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return hash, nil
}

// Gate lets people in by password. It hashes only so many at once, so that a flood of
// sign-ins cannot exhaust the memory, and takes as long for an address that nobody has.
type Gate struct {
	turns chan struct{}
	dummy string
}

// NewGate makes a gate.
func NewGate() *Gate {
	return &Gate{turns: make(chan struct{}, max(2, runtime.NumCPU())), dummy: nobodys(cost())}
}

// nobodys is a hash in argon2id's usual form that no password has: it is there to be compared
// with, at the same cost. One that was computed would take 19 MiB and a moment at every start.
func nobodys(p *argon2id.Params) string {
	empty := func(n uint32) string { return base64.RawStdEncoding.EncodeToString(make([]byte, n)) }
	const version = 19 // of argon2, 1.3
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", version, p.Memory, p.Iterations, p.Parallelism,
		empty(p.SaltLength), empty(p.KeyLength))
}

// Hash is HashPassword in a turn of the gate.
func (g *Gate) Hash(password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err // nobody waits for that
	}
	g.turns <- struct{}{}
	defer func() { <-g.turns }()
	return HashPassword(password)
}

// Check says whether the password is that of the member of staff; nil is somebody unknown.
// Disabled people are as unknown as any, and so is who was invited and has none yet.
func (g *Gate) Check(s *Staff, password string) error {
	g.turns <- struct{}{}
	defer func() { <-g.turns }()
	hash, has := g.dummy, false
	if s != nil && s.PasswordHash != "" {
		hash, has = s.PasswordHash, true
	}
	if len(password) > maxPassword {
		return ErrUnknown
	}
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil || !same || !has || s.Disabled {
		return ErrUnknown
	}
	return nil
}
