package flow

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// InviteStaff makes an account without a password and sends its owner a link to choose one.
func InviteStaff(ctx context.Context, tx *db.Tx, s id.Store, email, name string, role account.Role, actor Actor) (account.Staff, error) {
	made, err := account.AddStaff(ctx, tx, s, email, name, role, "")
	if err != nil {
		return made, inWords(err)
	}
	if err := person(ctx, tx, s, "staff.added", made.StaffID, actor, data{"email": made.Email, "role": role}); err != nil {
		return made, err
	}
	return made, invite(ctx, tx, made, actor)
}

// InviteAgain sends somebody who has chosen no password yet another link; the one before it
// does not work any more.
func InviteAgain(ctx context.Context, tx *db.Tx, s id.Store, who id.Staff, actor Actor) error {
	staff, err := account.GetStaff(ctx, tx, s, who)
	if err != nil {
		return err
	}
	if staff.PasswordHash != "" || staff.Disabled {
		return refuse("not-possible", "Only who was invited and has no password yet can be invited again.")
	}
	return invite(ctx, tx, staff, actor)
}

func invite(ctx context.Context, tx *db.Tx, staff account.Staff, actor Actor) error {
	link, err := account.MakeLink(ctx, tx, staff, account.Invitation)
	if err != nil {
		return err
	}
	return person(ctx, tx, staff.StoreID, "staff.invited", staff.StaffID, actor, data{"link": link.LinkID, "email": staff.Email})
}

// AskReset sends somebody a link to choose another password, if there is somebody of that
// address; whoever asks is told the same in any case. wait says that there were too many
// wishes, which is counted for addresses that nobody has as well.
func AskReset(ctx context.Context, tx *db.Tx, s id.Store, email, address string) (wait time.Duration, err error) {
	if wait, err = account.TryReset(ctx, tx, s, email, address); err != nil || wait > 0 {
		return wait, err
	}
	who, err := account.StaffByEmail(ctx, tx, s, email)
	if err != nil || who == nil || who.Disabled {
		return 0, err
	}
	kind := account.Reset
	if who.PasswordHash == "" {
		kind = account.Invitation
	}
	link, err := account.MakeLink(ctx, tx, *who, kind)
	if err != nil {
		return 0, err
	}
	said := map[string]string{account.Reset: "staff.reset-asked", account.Invitation: "staff.invited"}[kind]
	return 0, person(ctx, tx, s, said, who.StaffID, System, data{"link": link.LinkID, "address": address})
}

// PasswordByLink sets the password, hashed by account.HashPassword, of whoever a link was
// sent to. The link works once; all sessions end. A *Refusal when the link does not open.
func PasswordByLink(ctx context.Context, tx *db.Tx, s id.Store, token, hash string) (account.Staff, error) {
	_, who, err := account.FollowLink(ctx, tx, s, token)
	if err != nil {
		return who, inWords(err)
	}
	n, err := account.UseLinks(ctx, tx, s, who.StaffID)
	if err != nil {
		return who, err
	}
	if n == 0 {
		return who, inWords(account.ErrLink)
	}
	if err := account.Forgive(ctx, tx, s, who.Email); err != nil {
		return who, err
	}
	return who, NewPassword(ctx, tx, s, who.StaffID, hash, "", Actor(who.Principal().Actor()))
}

// StaffLinkToken is what the mail of a link carries.
func StaffLinkToken(box *seal.Box, l account.StaffLink) string { return account.LinkToken(box, l) }

// tellStaff queues a mail to a member of staff. The key makes the same news told once.
func tellStaff(ctx context.Context, tx *db.Tx, e event.Event, kind string, about About) error {
	about.Staff = id.Staff(e.Subject)
	who, err := account.GetStaff(ctx, tx, e.StoreID, about.Staff)
	if err != nil {
		return err
	}
	return queueMail(ctx, tx, Mail{StoreID: e.StoreID, MailKey: kind + "/" + string(e.EventID), Kind: kind, Recipient: who.Email}, about)
}

func tellInvited(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellStaff(ctx, tx, e, MailInvited, About{Link: linkOf(e)})
}

func tellReset(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellStaff(ctx, tx, e, MailReset, About{Link: linkOf(e)})
}

// tellSecurity says what happened to an account, where the store has a way to say it: news of
// this kind does not wait for a mail server that may come one day.
func tellSecurity(ctx context.Context, tx *db.Tx, e event.Event) error {
	set, err := store.LoadSettings(ctx, tx, e.StoreID)
	if err != nil || set.SMTP == "" {
		return err
	}
	return tellStaff(ctx, tx, e, MailSecurity, About{What: e.Kind})
}

// linkOf is the name of the link that an event carries.
func linkOf(e event.Event) string {
	var carried struct {
		Link string `json:"link"`
	}
	_ = json.Unmarshal([]byte(e.Data), &carried) // we wrote it; without a link nothing is sent
	return carried.Link
}

// staffCall is what a mail to a member of staff is written from; nil when its link is used or
// too old by now, so that it would lead nowhere.
func staffCall(ctx context.Context, tx *db.Tx, m Mail, about About) (*MailCall, error) {
	who, err := account.GetStaff(ctx, tx, m.StoreID, about.Staff)
	if err != nil {
		return nil, err
	}
	call := &MailCall{Mail: m, Staff: &who, What: about.What}
	if about.Connector != "" {
		c, err := store.GetConnector(ctx, tx, m.StoreID, about.Connector)
		call.Stopped = &Stopped{Connector: c, Ends: about.Ends}
		return call, err
	}
	if m.Kind == MailStaffClaim {
		if call.Waiting, err = claimsWaiting(ctx, tx, m.StoreID, about.Since); err != nil || len(call.Waiting) > 0 {
			return call, err
		}
		return nil, markMail(ctx, tx, m, "failed", "somebody has seen to it already")
	}
	if about.Link == "" {
		return call, nil
	}
	link, err := account.GetLink(ctx, tx, m.StoreID, about.Link)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !link.Holds(tx.Now) {
		return nil, markMail(ctx, tx, m, "failed", "its link does not work any more")
	}
	call.Link = &link
	return call, err
}
