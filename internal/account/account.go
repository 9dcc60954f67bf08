package account

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"doorstep/internal/id"
)

// Role is what somebody may do.
type Role string

// The roles, the highest first.
const (
	Owner   Role = "owner"   // everything: people, keys, connectors
	Manager Role = "manager" // money and goods: refunds, purchases, feeds, settings
	Support Role = "support" // customers: cancel an order, enter what somebody told by telephone
	Reader  Role = "reader"  // look, change nothing
)

var ranks = []Role{Reader, Support, Manager, Owner}

// Roles lists the roles, the lowest first.
func Roles() []Role { return slices.Clone(ranks) }

// Valid says whether there is such a role.
func (r Role) Valid() bool { return slices.Contains(ranks, r) }

// Covers says whether whoever has r may do what need may. An unknown role covers nothing
// and is covered by nothing.
func (r Role) Covers(need Role) bool {
	have, want := slices.Index(ranks, r), slices.Index(ranks, need)
	return have >= 0 && want >= 0 && have >= want
}

// Principal is who asks: a member of staff or a program with a key.
type Principal struct {
	Store id.Store
	Staff id.Staff // empty for a program
	Key   id.Key   // empty for a person
	Name  string
	Role  Role
}

// Actor is how events name the principal: "staff:us_…" or "key:ak_…".
func (p Principal) Actor() string {
	if p.Staff != "" {
		return "staff:" + string(p.Staff)
	}
	return "key:" + string(p.Key)
}

// The reasons why somebody is not let in, or an account cannot be.
var (
	ErrUnknown   = errors.New("the mail address or the password is wrong") // which one is not told
	ErrKey       = errors.New("the API key is unknown or revoked")
	ErrTaken     = errors.New("somebody with this mail address is there already")
	ErrRole      = errors.New("a role is one of owner, manager, support and reader")
	ErrEmail     = errors.New("this is no mail address")
	ErrName      = errors.New("a name has 1 to 100 characters")
	ErrPassword  = fmt.Errorf("a password has at least %d characters and at most %d bytes", minPassword, maxPassword)
	ErrLastOwner = errors.New("this is the last owner who can sign in: make somebody else one first")
)

const (
	minPassword = 10
	maxPassword = 1024 // more is no safer and costs time
	// KeyPrefix begins every API key, so that people and secret scanners recognise one.
	KeyPrefix = "dsk_"
)

func checkPassword(s string) error {
	if utf8.RuneCountInString(s) < minPassword || len(s) > maxPassword {
		return ErrPassword
	}
	return nil
}

func checkName(s string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(s)); n < 1 || n > 100 {
		return ErrName
	}
	return nil
}

// canonical is a mail address as it is compared.
func canonical(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 {
		return "", ErrEmail
	}
	return email, nil
}

// hashKey is what is stored of a key's secret: 160 random bits need no salt.
func hashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
