package flow

import (
	"context"
	"errors"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// MailSignIn is the mail with the code by which a customer signs in.
const MailSignIn = "sign-in"

// AskCode mails somebody a code to sign in to the shop with, whether or not anybody has bought
// with that address: nobody learns which. It answers the code's name. Errors for the customer
// are *TooSoon and account.ErrEmail.
func AskCode(ctx context.Context, tx *db.Tx, s id.Store, email, locale, from string) (string, error) {
	code, wait, err := account.MakeCode(ctx, tx, s, email, locale, from)
	if err != nil || wait > 0 {
		return "", orSoon(err, account.Guess{Wait: wait})
	}
	return code.CodeID, queueMail(ctx, tx, Mail{StoreID: s, MailKey: MailSignIn + "/" + code.CodeID, Kind: MailSignIn, Recipient: code.Email}, About{Code: code.CodeID})
}

// TooSoon says that something was tried too often: it can be again after Wait.
type TooSoon struct{ account.Guess }

// Error is for the log.
func (*TooSoon) Error() string { return "customer: tried too often" }

func orSoon(err error, g account.Guess) error {
	if err == nil && g.Wait > 0 {
		return &TooSoon{g}
	}
	return err
}

// EnterCode signs a customer in by the digits of a code; the token of the browser is told
// once, and is empty when the digits were wrong: what came of them is in the guess.
func EnterCode(ctx context.Context, tx *db.Tx, s id.Store, code, digits, agent, from string) (token string, g account.Guess, err error) {
	if g, err = account.TryCode(ctx, tx, s, code, digits, from); err != nil || !g.Right {
		return "", g, err
	}
	token, err = letCustomer(ctx, tx, g.Code, agent)
	return token, g, err
}

// FollowCode signs a customer in by the link of a code's mail; account.ErrDead when it does
// not open.
func FollowCode(ctx context.Context, tx *db.Tx, s id.Store, code, key, agent string) (token string, err error) {
	c, err := account.FollowCode(ctx, tx, s, code, key)
	if err != nil {
		return "", err
	}
	return letCustomer(ctx, tx, c, agent)
}

func letCustomer(ctx context.Context, tx *db.Tx, c account.CustomerCode, agent string) (string, error) {
	who, err := account.PutCustomer(ctx, tx, c.StoreID, c.Email, c.Locale)
	if err != nil {
		return "", err
	}
	return account.StartCustomer(ctx, tx, who, agent)
}

// SignOutCustomer ends one of a customer's sessions, or all where the name is empty.
func SignOutCustomer(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, session string) error {
	_, err := account.EndCustomer(ctx, tx, s, who, session)
	return err
}

// SeeCustomer notes that a customer's browser is still there.
func SeeCustomer(ctx context.Context, tx *db.Tx, session account.CustomerSession) error {
	return account.TouchCustomer(ctx, tx, session)
}

// CustomerSpeaks remembers a customer's language.
func CustomerSpeaks(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, locale string) error {
	return account.SetCustomerLocale(ctx, tx, s, who, locale)
}

// KeepAddress stores an address of a customer's, under a name or as a new one. Errors for the
// customer are *Invalid and *Refusal.
func KeepAddress(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, name string, to address.Address) error {
	to = address.Clean(to)
	if p := address.Check(to); len(p) > 0 {
		return &Invalid{Problems: p}
	}
	err := account.PutAddress(ctx, tx, s, who, name, to)
	if errors.Is(err, account.ErrAddresses) {
		return &Refusal{Code: "addresses-full", Words: err.Error()}
	}
	return err
}

// PreferAddress makes an address the one that is filled in at checkout.
func PreferAddress(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, name string) error {
	return account.DefaultAddress(ctx, tx, s, who, name)
}

// ForgetAddress drops an address of a customer's.
func ForgetAddress(ctx context.Context, tx *db.Tx, s id.Store, who id.Customer, name string) error {
	return account.DropAddress(ctx, tx, s, who, name)
}

// codeCall is what the mail with a code is written from; nil when the code is used or too old
// by now.
func codeCall(ctx context.Context, tx *db.Tx, m Mail, about About) (*MailCall, error) {
	code, err := account.GetCode(ctx, tx, m.StoreID, about.Code)
	if err != nil {
		return nil, err
	}
	if !code.Holds(tx.Now) {
		return nil, markMail(ctx, tx, m, "failed", "its code does not work any more")
	}
	return &MailCall{Mail: m, Code: &code}, nil
}
