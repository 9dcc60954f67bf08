package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

const (
	stepLength    = 30 * time.Second
	secretSize    = 20 // bytes, as RFC 4226 recommends
	recoveryCodes = 10
	recoveryLen   = 10 // characters of 5 bits; the hash is keyed, so that 50 bits are plenty
)

// The reasons why a second factor is not taken.
var (
	ErrCode      = errors.New("this code is wrong, too old, or was used already")
	ErrCodesHere = errors.New("an app is set up already")
)

// AppSecret is what an app is set up with: as an address for its QR code, and as text to type.
type AppSecret struct{ URL, Text string }

// BeginCodes makes a secret for somebody's app, sealed at rest. It does not count until
// ConfirmCodes; another one replaces it. ErrCodesHere when an app is set up.
func BeginCodes(ctx context.Context, tx *db.Tx, s Staff, shop string) (AppSecret, error) {
	have, err := codesOf(ctx, tx, s)
	if err != nil {
		return AppSecret{}, err
	}
	if have != nil && have.ConfirmedAt != 0 {
		return AppSecret{}, ErrCodesHere
	}
	box := seal.Of(tx)
	if box == nil {
		return AppSecret{}, errSealed
	}
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // never returns an error since Go 1.24
	app, err := appSecret(s, shop, secret)
	if err != nil {
		return app, err
	}
	return app, New(tx).PutCodes(ctx, PutCodesParams{StoreID: s.StoreID, StaffID: s.StaffID, Secret: box.Seal(secret, place(s)...), CreatedAt: tx.Now})
}

func appSecret(s Staff, shop string, secret []byte) (AppSecret, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer(shop), AccountName: s.Email, Secret: secret})
	if err != nil {
		return AppSecret{}, fmt.Errorf("codes: %w", err)
	}
	return AppSecret{URL: key.URL(), Text: key.Secret()}, nil
}

// PendingCodes is the secret of an app that has not been confirmed, to be shown again; nil
// when there is none.
func PendingCodes(ctx context.Context, tx *db.Tx, s Staff, shop string) (*AppSecret, error) {
	have, err := codesOf(ctx, tx, s)
	if err != nil || have == nil || have.ConfirmedAt != 0 {
		return nil, err
	}
	secret, err := have.open(tx, s)
	if err != nil {
		return nil, err
	}
	app, err := appSecret(s, shop, secret)
	return &app, err
}

// HasCodes says whether somebody's app is set up.
func HasCodes(ctx context.Context, tx *db.Tx, s Staff) (bool, error) {
	have, err := codesOf(ctx, tx, s)
	return have != nil && have.ConfirmedAt != 0, err
}

// ConfirmCodes takes the first code of a new app and gives the recovery codes, which are told
// once. Errors: ErrCode, ErrCodesHere.
func ConfirmCodes(ctx context.Context, tx *db.Tx, s Staff, code string) ([]string, error) {
	have, err := codesOf(ctx, tx, s)
	switch {
	case err != nil:
		return nil, err
	case have == nil:
		return nil, ErrCode
	case have.ConfirmedAt != 0:
		return nil, ErrCodesHere
	}
	if err := have.take(ctx, tx, s, code); err != nil {
		return nil, err
	}
	if _, err := New(tx).ConfirmCodes(ctx, ConfirmCodesParams{StoreID: s.StoreID, StaffID: s.StaffID, ConfirmedAt: tx.Now}); err != nil {
		return nil, err
	}
	return NewRecovery(ctx, tx, s)
}

// UseCode takes a code of somebody's app, or a recovery code, each once. It says whether it
// was a recovery code. ErrCode when it is neither, or was used.
func UseCode(ctx context.Context, tx *db.Tx, s Staff, code string) (recovery bool, err error) {
	have, err := codesOf(ctx, tx, s)
	if err != nil {
		return false, err
	}
	if have == nil || have.ConfirmedAt == 0 {
		return false, ErrCode
	}
	if plain := digits(code); len(plain) == otp.DigitsSix.Length() {
		return false, have.take(ctx, tx, s, plain)
	}
	hashes, err := recoveryHashes(tx, s, code)
	if err != nil {
		return true, err
	}
	for _, hash := range hashes {
		n, err := New(tx).TakeRecovery(ctx, TakeRecoveryParams{StoreID: s.StoreID, StaffID: s.StaffID, CodeHash: hash, UsedAt: tx.Now})
		if err != nil || n > 0 {
			return true, err
		}
	}
	return true, ErrCode
}

// NewRecovery replaces somebody's recovery codes; they are told once and stored as hashes.
func NewRecovery(ctx context.Context, tx *db.Tx, s Staff) ([]string, error) {
	q := New(tx)
	if err := q.DeleteRecovery(ctx, DeleteRecoveryParams{StoreID: s.StoreID, StaffID: s.StaffID}); err != nil {
		return nil, err
	}
	var list []string
	for range recoveryCodes {
		code := id.Token()[:recoveryLen]
		hashes, err := recoveryHashes(tx, s, code)
		if err != nil {
			return nil, err
		}
		if err := q.InsertRecovery(ctx, InsertRecoveryParams{StoreID: s.StoreID, StaffID: s.StaffID, CodeHash: hashes[0]}); err != nil {
			return nil, err
		}
		list = append(list, code[:recoveryLen/2]+"-"+code[recoveryLen/2:])
	}
	return list, nil
}

// RecoveryLeft is how many recovery codes somebody has not used.
func RecoveryLeft(ctx context.Context, tx *db.Tx, s Staff) (int64, error) {
	return New(tx).CountRecovery(ctx, CountRecoveryParams{StoreID: s.StoreID, StaffID: s.StaffID})
}

// EndCodes takes somebody's app and recovery codes away; false when there were none.
func EndCodes(ctx context.Context, tx *db.Tx, s Staff) (bool, error) {
	q := New(tx)
	if err := q.DeleteRecovery(ctx, DeleteRecoveryParams{StoreID: s.StoreID, StaffID: s.StaffID}); err != nil {
		return false, err
	}
	n, err := q.DeleteCodes(ctx, DeleteCodesParams{StoreID: s.StoreID, StaffID: s.StaffID})
	return n > 0, err
}

// Factors says how somebody can prove who they are besides the password.
type Factors struct {
	Codes    bool  // an app is set up
	Passkeys int64 // how many
}

// AllFactors is what each of a store's staff has; who has nothing is not in it.
func AllFactors(ctx context.Context, tx *db.Tx, store id.Store) (map[id.Staff]Factors, error) {
	by := map[id.Staff]Factors{}
	with, err := New(tx).WithCodes(ctx, store)
	if err != nil {
		return nil, err
	}
	for _, s := range with {
		by[s] = Factors{Codes: true}
	}
	keys, err := New(tx).CountPasskeys(ctx, store)
	for _, k := range keys {
		f := by[k.StaffID]
		f.Passkeys = k.N
		by[k.StaffID] = f
	}
	return by, err
}

func codesOf(ctx context.Context, tx *db.Tx, s Staff) (*StaffCode, error) {
	c, err := New(tx).GetCodes(ctx, GetCodesParams{StoreID: s.StoreID, StaffID: s.StaffID})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // having none is no error
	}
	return &c, err
}

// take accepts the code of now, or of the step before or after it (RFC 6238 5.2), if no code
// of that step or a later one was taken before.
func (c StaffCode) take(ctx context.Context, tx *db.Tx, s Staff, code string) error {
	secret, err := c.open(tx, s)
	if err != nil {
		return err
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	now, taken := stepOf(tx.Now), int64(0)
	for step := now - 1; step <= now+1; step++ {
		want, err := hotp.GenerateCodeCustom(text, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return fmt.Errorf("codes: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(digits(code))) == 1 {
			taken = step
		}
	}
	if taken == 0 {
		return ErrCode
	}
	n, err := New(tx).TakeStep(ctx, TakeStepParams{StoreID: s.StoreID, StaffID: s.StaffID, Step: taken})
	if err == nil && n == 0 {
		err = ErrCode
	}
	return err
}

func (c StaffCode) open(tx *db.Tx, s Staff) ([]byte, error) {
	box := seal.Of(tx)
	if box == nil {
		return nil, errSealed
	}
	secret, err := box.Open(c.Secret, place(s)...)
	if err != nil {
		return nil, fmt.Errorf("codes of %s: %w", s.StaffID, err)
	}
	return secret, nil
}

func stepOf(now clock.Time) int64 { return now.Std().Unix() / int64(stepLength/time.Second) }

func place(s Staff) []string { return []string{"staff-codes", string(s.StoreID), string(s.StaffID)} }

// recoveryHashes is what is stored of a recovery code, and what was by former keys. It is
// keyed: who has only the database cannot try all codes.
func recoveryHashes(tx *db.Tx, s Staff, code string) ([]string, error) {
	box := seal.Of(tx)
	if box == nil {
		return nil, errSealed
	}
	plain := strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(strings.TrimSpace(code)))
	return box.Signatures("recovery-code", string(s.StoreID), string(s.StaffID), plain), nil
}

// digits is a code without the spaces that apps show and people type.
func digits(code string) string { return strings.ReplaceAll(strings.TrimSpace(code), " ", "") }

// issuer is a shop's name as apps take it: a colon would end it.
func issuer(shop string) string {
	if shop = strings.TrimSpace(strings.ReplaceAll(shop, ":", " ")); shop != "" {
		return shop
	}
	return "Doorstep"
}
