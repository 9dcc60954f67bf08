package flow

import (
	"context"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// WelcomeToken opens the first page of a store that nobody owns yet. It follows from the
// installation's key: every node prints the same, and none is stored.
func WelcomeToken(box *seal.Box, s id.Store) string { return box.Sign("welcome", string(s)) }

// WelcomeTokenOpens says whether a token is the store's, in constant time.
func WelcomeTokenOpens(box *seal.Box, token string, s id.Store) bool {
	return box.Verify(token, "welcome", string(s))
}

// SignIn lets a browser in for somebody whose password was checked; the token is told once.
func SignIn(ctx context.Context, tx *db.Tx, who account.Staff, agent, address string) (string, error) {
	return SignInBy(ctx, tx, who, account.ByPassword, agent, address)
}

// SignInBy is SignIn by other means: account.ByCode or account.ByPasskey.
func SignInBy(ctx context.Context, tx *db.Tx, who account.Staff, means, agent, address string) (string, error) {
	if err := account.Forgive(ctx, tx, who.StoreID, who.Email); err != nil {
		return "", err
	}
	session, token, err := account.StartSession(ctx, tx, who, means, agent, address)
	if err != nil {
		return "", err
	}
	return token, person(ctx, tx, who.StoreID, "staff.signed-in", who.StaffID, Actor(who.Principal().Actor()),
		data{"session": session.SessionID, "address": address, "means": means})
}

// SignInWithCode ends a sign-in whose password was right: a code of the app, or a recovery
// code, is the second factor. A *Refusal when the code is wrong, or it took too long.
func SignInWithCode(ctx context.Context, tx *db.Tx, s id.Store, step, code, agent, address string) (string, error) {
	c, err := account.SeeCeremony(ctx, tx, s, account.CeremonySecond, step)
	if err != nil {
		return "", inWords(err)
	}
	who, err := account.GetStaff(ctx, tx, s, c.StaffID)
	if err != nil {
		return "", err
	}
	if who.Disabled {
		return "", inWords(account.ErrCeremony)
	}
	recovery, err := account.UseCode(ctx, tx, who, code)
	if err != nil {
		return "", inWords(err)
	}
	if _, err := account.TakeCeremony(ctx, tx, s, account.CeremonySecond, step); err != nil {
		return "", inWords(err)
	}
	if err := account.ForgiveSecond(ctx, tx, s, who.StaffID); err != nil {
		return "", err
	}
	if recovery {
		left, err := account.RecoveryLeft(ctx, tx, who)
		if err != nil {
			return "", err
		}
		if err := person(ctx, tx, s, "staff.recovery-used", who.StaffID, Actor(who.Principal().Actor()), data{"number": left}); err != nil {
			return "", err
		}
	}
	return SignInBy(ctx, tx, who, account.ByCode, agent, address)
}

// SignInWithPasskey lets in whoever's passkey answered the question of a ceremony that was
// taken (account.TakeCeremony, in a transaction of its own). A *Refusal when it does not fit.
func SignInWithPasskey(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, answer []byte, agent, address string) (string, error) {
	who, key, err := account.AnswerPasskey(ctx, tx, site, c, answer)
	if err != nil {
		return "", err
	}
	if err := doubt(ctx, tx, who, key); err != nil {
		return "", err
	}
	return SignInBy(ctx, tx, who, account.ByPasskey, agent, address)
}

// Prove notes that whoever sits at a browser has just shown who they are. The session gets
// another token, which is told once.
func Prove(ctx context.Context, tx *db.Tx, session account.Session) (string, error) {
	session.ProvedAt = tx.Now
	return account.Renew(ctx, tx, session)
}

// ProveByPasskey is Prove by the answer of a passkey; the browser then counts as let in by it.
func ProveByPasskey(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, answer []byte, session account.Session) (string, error) {
	who, key, err := account.AnswerPasskey(ctx, tx, site, c, answer)
	if err != nil {
		return "", err
	}
	if err := doubt(ctx, tx, who, key); err != nil {
		return "", err
	}
	session.Means = account.ByPasskey
	return Prove(ctx, tx, session)
}

// doubt notes that a passkey's count went backwards: somebody may have a copy of it.
func doubt(ctx context.Context, tx *db.Tx, who account.Staff, key account.Passkey) error {
	if key.DoubtedAt != tx.Now {
		return nil
	}
	return person(ctx, tx, who.StoreID, "staff.passkey-doubted", who.StaffID, System, data{"name": key.Name})
}

// signOutWhole ends somebody's sessions but one, and all that leads to new ones: links that
// were sent, and what was begun at the door.
func signOutWhole(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, but string) error {
	if _, err := account.UseLinks(ctx, tx, s, who); err != nil {
		return err
	}
	if err := account.EndCeremonies(ctx, tx, s, who); err != nil {
		return err
	}
	_, err := account.EndSessions(ctx, tx, s, who, but)
	return err
}
