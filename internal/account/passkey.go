package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// The reasons why a passkey is not taken.
var (
	ErrPasskey     = errors.New("this passkey was not accepted")
	ErrPasskeyHere = errors.New("this passkey is known already")
	ErrSite        = errors.New("passkeys need an address with a name: https://shop.example, or http://localhost on one's own machine")
)

// Site is where passkeys are used: browsers give one only to the place it was made for.
type Site struct {
	ID     string // the domain: "shop.example"
	Origin string // "https://shop.example"
	Name   string // as devices show it
}

// SiteOf is the site of an address such as https://shop.example:8443; ErrSite where browsers
// have no passkeys: without a name, or without https anywhere but on one's own machine.
func SiteOf(address, name string) (Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || net.ParseIP(u.Hostname()) != nil {
		return Site{}, ErrSite
	}
	host := strings.ToLower(u.Hostname())
	own := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if u.Scheme != "https" && !own {
		return Site{}, ErrSite
	}
	return Site{ID: host, Origin: u.Scheme + "://" + strings.ToLower(u.Host), Name: name}, nil
}

func (s Site) open() (*webauthn.WebAuthn, error) {
	w, err := webauthn.New(&webauthn.Config{
		RPID: s.ID, RPDisplayName: s.Name, RPOrigins: []string{s.Origin}, AttestationPreference: protocol.PreferNoAttestation,
		// Password managers answer questions that nobody asked; we read none of the answers.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w: %w", s.ID, ErrSite, err)
	}
	return w, nil
}

// holder is somebody as the library sees them.
type holder struct {
	staff Staff
	keys  []webauthn.Credential
}

// WebAuthnID is what devices keep beside the key: the person's id.
func (h holder) WebAuthnID() []byte { return []byte(h.staff.StaffID) }

// WebAuthnName is what devices show to tell accounts apart.
func (h holder) WebAuthnName() string { return h.staff.Email }

// WebAuthnDisplayName is the person's name.
func (h holder) WebAuthnDisplayName() string { return h.staff.Name }

// WebAuthnCredentials are the person's passkeys for the site.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func holderOf(ctx context.Context, tx *db.Tx, site Site, s Staff) (holder, error) {
	h := holder{staff: s}
	list, err := Passkeys(ctx, tx, s.StoreID, s.StaffID)
	for _, p := range list {
		if p.RpID != site.ID {
			continue
		}
		c, err := p.credential()
		if err != nil {
			return h, err
		}
		h.keys = append(h.keys, c)
	}
	return h, err
}

func (p Passkey) credential() (c webauthn.Credential, err error) {
	name, err := base64.RawURLEncoding.DecodeString(p.PasskeyID)
	if err != nil {
		return c, fmt.Errorf("passkey %s: %w", p.PasskeyID, err)
	}
	key, err := base64.RawURLEncoding.DecodeString(p.PublicKey)
	if err != nil || p.SignCount < 0 || p.SignCount > math.MaxUint32 || p.Flags < 0 || p.Flags > math.MaxUint8 {
		return c, fmt.Errorf("passkey %s: its row is damaged", p.PasskeyID)
	}
	c = webauthn.Credential{ID: name, PublicKey: key, Flags: webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(p.Flags))}
	c.Authenticator.SignCount = uint32(p.SignCount)
	for word := range strings.FieldsSeq(p.Transports) {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(word))
	}
	return c, nil
}

// Passkeys lists somebody's passkeys, the oldest first.
func Passkeys(ctx context.Context, tx *db.Tx, store id.Store, staff id.Staff) ([]Passkey, error) {
	return New(tx).PasskeysOf(ctx, PasskeysOfParams{StoreID: store, StaffID: staff})
}

// Synced says whether the passkey is kept by a password manager and not by one device alone.
func (p Passkey) Synced() bool {
	return protocol.AuthenticatorFlags(p.Flags & math.MaxUint8).HasBackupState()
}

// Question is what a browser asks a passkey, as JSON, and the token for the answer.
type Question struct {
	Options json.RawMessage
	Token   string
}

func begun(ctx context.Context, tx *db.Tx, store id.Store, kind string, staff id.Staff, options any, session *webauthn.SessionData) (q Question, err error) {
	if q.Options, err = json.Marshal(options); err != nil {
		return q, fmt.Errorf("passkey: %w", err)
	}
	kept, err := json.Marshal(session)
	if err != nil {
		return q, fmt.Errorf("passkey: %w", err)
	}
	q.Token, err = BeginCeremony(ctx, tx, store, kind, staff, string(kept))
	return q, err
}

// AskPasskey asks for any passkey that the device has for the site: nobody says who they are.
func AskPasskey(ctx context.Context, tx *db.Tx, site Site, store id.Store) (Question, error) {
	w, err := site.open()
	if err != nil {
		return Question{}, err
	}
	options, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Question{}, fmt.Errorf("passkey: %w", err)
	}
	return begun(ctx, tx, store, CeremonyEnter, "", options, session)
}

// AskProof asks for a passkey of somebody who is known already.
func AskProof(ctx context.Context, tx *db.Tx, site Site, s Staff) (Question, error) {
	w, err := site.open()
	if err != nil {
		return Question{}, err
	}
	h, err := holderOf(ctx, tx, site, s)
	if err != nil {
		return Question{}, err
	}
	if len(h.keys) == 0 {
		return Question{}, ErrPasskey
	}
	options, session, err := w.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Question{}, fmt.Errorf("passkey: %w", err)
	}
	return begun(ctx, tx, s.StoreID, CeremonyProve, s.StaffID, options, session)
}

// AnswerPasskey says whose passkey answered the question of a ceremony that was taken, and
// notes its use. ErrPasskey, with the cause for the log, when it is nobody's or does not fit.
func AnswerPasskey(ctx context.Context, tx *db.Tx, site Site, c Ceremony, answer []byte) (Staff, Passkey, error) {
	w, err := site.open()
	if err != nil {
		return Staff{}, Passkey{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(c.Data), &session); err != nil {
		return Staff{}, Passkey{}, fmt.Errorf("ceremony: %w", err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Staff{}, Passkey{}, refused(err)
	}
	row, h, err := presented(ctx, tx, site, c, parsed.RawID)
	if err != nil {
		return Staff{}, Passkey{}, err
	}
	var used *webauthn.Credential
	if c.Kind == CeremonyEnter {
		whose := func(_, handle []byte) (webauthn.User, error) {
			if id.Staff(handle) != h.staff.StaffID {
				return nil, ErrPasskey
			}
			return h, nil
		}
		_, used, err = w.ValidatePasskeyLogin(whose, session, parsed)
	} else {
		used, err = w.ValidateLogin(h, session, parsed)
	}
	if err != nil {
		return Staff{}, Passkey{}, refused(err)
	}
	row.UsedAt, row.Flags, row.SignCount = tx.Now, int64(used.Flags.ProtocolValue()), int64(parsed.Response.AuthenticatorData.Counter)
	if used.Authenticator.CloneWarning {
		row.DoubtedAt = tx.Now // there may be a copy; the highest count stays
		row.SignCount = int64(used.Authenticator.SignCount)
	}
	return h.staff, row, New(tx).UsePasskey(ctx, UsePasskeyParams{StoreID: row.StoreID, PasskeyID: row.PasskeyID, SignCount: row.SignCount,
		Flags: row.Flags, UsedAt: row.UsedAt, DoubtedAt: row.DoubtedAt})
}

// presented is the row of a passkey and whose it is.
func presented(ctx context.Context, tx *db.Tx, site Site, c Ceremony, rawID []byte) (Passkey, holder, error) {
	row, err := New(tx).GetPasskey(ctx, GetPasskeyParams{StoreID: c.StoreID, PasskeyID: base64.RawURLEncoding.EncodeToString(rawID)})
	if errors.Is(err, sql.ErrNoRows) || err == nil && (row.RpID != site.ID || c.StaffID != "" && row.StaffID != c.StaffID) {
		return row, holder{}, ErrPasskey
	}
	if err != nil {
		return row, holder{}, err
	}
	staff, err := GetStaff(ctx, tx, c.StoreID, row.StaffID)
	if err != nil {
		return row, holder{}, err
	}
	if staff.Disabled {
		return row, holder{}, ErrPasskey
	}
	h, err := holderOf(ctx, tx, site, staff)
	return row, h, err
}

// AskNewPasskey asks a device to make a passkey for somebody.
func AskNewPasskey(ctx context.Context, tx *db.Tx, site Site, s Staff) (Question, error) {
	w, err := site.open()
	if err != nil {
		return Question{}, err
	}
	h, err := holderOf(ctx, tx, site, s)
	if err != nil {
		return Question{}, err
	}
	options, session, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return Question{}, fmt.Errorf("passkey: %w", err)
	}
	return begun(ctx, tx, s.StoreID, CeremonyEnrol, s.StaffID, options, session)
}

// AddPasskey stores what a device answered to AskNewPasskey. Errors: ErrName, ErrPasskey,
// ErrPasskeyHere.
func AddPasskey(ctx context.Context, tx *db.Tx, site Site, s Staff, c Ceremony, name string, answer []byte) (Passkey, error) {
	if err := checkName(name); err != nil {
		return Passkey{}, err
	}
	w, err := site.open()
	if err != nil {
		return Passkey{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(c.Data), &session); err != nil {
		return Passkey{}, fmt.Errorf("ceremony: %w", err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, refused(err)
	}
	made, err := w.CreateCredential(holder{staff: s}, session, parsed)
	if err != nil {
		return Passkey{}, refused(err)
	}
	var ways []string
	for _, t := range made.Transport {
		ways = append(ways, string(t))
	}
	p := Passkey{StoreID: s.StoreID, PasskeyID: base64.RawURLEncoding.EncodeToString(made.ID), StaffID: s.StaffID, Name: strings.TrimSpace(name),
		RpID: site.ID, PublicKey: base64.RawURLEncoding.EncodeToString(made.PublicKey), SignCount: int64(made.Authenticator.SignCount),
		Flags: int64(made.Flags.ProtocolValue()), Transports: shortened(strings.Join(ways, " "), 100), Model: hex.EncodeToString(made.Authenticator.AAGUID), CreatedAt: tx.Now}
	n, err := New(tx).InsertPasskey(ctx, InsertPasskeyParams{StoreID: p.StoreID, PasskeyID: p.PasskeyID, StaffID: p.StaffID, Name: p.Name, RpID: p.RpID,
		PublicKey: p.PublicKey, SignCount: p.SignCount, Flags: p.Flags, Transports: p.Transports, Model: p.Model, CreatedAt: p.CreatedAt})
	if err == nil && n == 0 {
		err = ErrPasskeyHere
	}
	return p, err
}

// RenamePasskey gives one of somebody's passkeys another name; false when it is not there.
func RenamePasskey(ctx context.Context, tx *db.Tx, s Staff, passkey, name string) (bool, error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	n, err := New(tx).NamePasskey(ctx, NamePasskeyParams{StoreID: s.StoreID, StaffID: s.StaffID, PasskeyID: passkey, Name: strings.TrimSpace(name)})
	return n > 0, err
}

// EndPasskey takes one of somebody's passkeys away; false when it is not there.
func EndPasskey(ctx context.Context, tx *db.Tx, s Staff, passkey string) (bool, error) {
	n, err := New(tx).DeletePasskey(ctx, DeletePasskeyParams{StoreID: s.StoreID, StaffID: s.StaffID, PasskeyID: passkey})
	return n > 0, err
}

// EndPasskeys takes all of somebody's passkeys away, and says how many there were.
func EndPasskeys(ctx context.Context, tx *db.Tx, s Staff) (int64, error) {
	return New(tx).DeletePasskeysOf(ctx, DeletePasskeysOfParams{StoreID: s.StoreID, StaffID: s.StaffID})
}

// refused keeps the library's reason for the log.
func refused(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		return fmt.Errorf("%w: %s (%s)", ErrPasskey, e.Details, e.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrPasskey, err)
}
