package dashboard

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// codesForm is the page on which an app is set up.
type codesForm struct {
	Picture string // data: address of the QR code
	Secret  string // the same to type, in groups of four
	Error   string
}

// beginCodes makes a secret and leads to the page that shows it.
func (d *Dashboard) beginCodes(v *visit) error {
	err := d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.BeginCodes(ctx, tx, v.staff, v.settings.Brand.Name)
		return err
	})
	if words, ok := refusal(err); ok {
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/account")
	}
	if err != nil {
		return err
	}
	return v.lead(Prefix + "/account/codes")
}

func (d *Dashboard) codesPage(v *visit) error { return d.showCodes(v, "") }

func (d *Dashboard) showCodes(v *visit, wrong string) error {
	var app *account.AppSecret
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		app, err = account.PendingCodes(ctx, tx, v.staff, v.settings.Brand.Name)
		return err
	})
	if err != nil {
		return err
	}
	if app == nil {
		return v.lead(Prefix + "/account")
	}
	f := codesForm{Secret: inFours(app.Text), Error: wrong}
	if f.Picture, err = qrPicture(app.URL); err != nil {
		return err
	}
	at := frame{Title: "Set up an app", Back: Prefix + "/account"}
	if wrong != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, codesView(v, at, f))
}

// confirmCodes shows the recovery codes at once: they are told this once.
func (d *Dashboard) confirmCodes(v *visit) error {
	wait, err := d.waits(v, func(ctx context.Context, tx *db.Tx) (time.Duration, error) {
		return account.TrySecond(ctx, tx, v.store, v.staff.StaffID)
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		return d.showCodes(v, v.tooMany(wait))
	}
	var list []string
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if list, err = flow.ConfirmCodes(ctx, tx, v.staff, v.form("code"), v.session.SessionID, v.actor()); err != nil {
			return err
		}
		session := v.session
		session.Means = account.ByCode
		v.renewed, err = flow.Prove(ctx, tx, session)
		return err
	})
	if words, ok := refusal(err); ok {
		return d.showCodes(v, words)
	}
	if err != nil {
		return err
	}
	d.renew(v)
	return d.showRecovery(v, list)
}

func (d *Dashboard) showRecovery(v *visit, list []string) error {
	at := frame{Title: "Recovery codes", Back: Prefix + "/account"}
	return d.show(v, at, recoveryView(v, at, list))
}

func (d *Dashboard) newRecovery(v *visit) error {
	var list []string
	err := d.once(v, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = flow.NewRecoveryCodes(ctx, tx, v.staff, v.actor())
		return err
	})
	if words, ok := refusal(err); ok {
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/account")
	}
	if err != nil {
		return err
	}
	if len(list) == 0 { // a double click: they were shown to the first
		return v.lead(Prefix + "/account")
	}
	return d.showRecovery(v, list)
}

// endCodes asks for the password in any case.
func (d *Dashboard) endCodes(v *visit) error {
	wait, err := d.tried(v)
	if err != nil {
		return err
	}
	if wait != "" {
		return d.showAccount(v, accountForm{Field: "off", Error: wait})
	}
	if err := d.password.Check(&v.staff, v.r.PostFormValue("off")); err != nil {
		if !errors.Is(err, account.ErrUnknown) {
			return err
		}
		return d.showAccount(v, accountForm{Field: "off", Error: "This is not your password."})
	}
	return d.renewing(v, "The app is not asked for any more.", func(ctx context.Context, tx *db.Tx) error {
		return flow.EndCodes(ctx, tx, v.staff, v.actor())
	})
}

// qrPicture is a text as a QR code: a PNG in a data: address, so that the secret has none of
// its own.
func qrPicture(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("qr code: %w", err)
	}
	side := code.Bounds().Dx() * 5
	large, err := barcode.Scale(code, side, side)
	if err != nil {
		return "", fmt.Errorf("qr code: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, large); err != nil {
		return "", fmt.Errorf("qr code: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

// --- passkeys

func (d *Dashboard) askNewPasskey(v *visit) error {
	return d.ask(v, func(ctx context.Context, tx *db.Tx, site account.Site) (account.Question, error) {
		return account.AskNewPasskey(ctx, tx, site, v.staff)
	})
}

// addPasskey stores it; whoever had come in by less counts as having shown two factors.
func (d *Dashboard) addPasskey(v *visit) error {
	_, err := d.answered(v, account.CeremonyEnrol, func(ctx context.Context, tx *db.Tx, site account.Site, c account.Ceremony, g given) (err error) {
		if _, err = flow.NewPasskey(ctx, tx, site, v.staff, c, nameOr(g.Name, device(v.r.UserAgent())), g.Answer, v.actor()); err != nil {
			return err
		}
		session := v.session
		if !session.Strong() {
			session.Means = account.ByPasskey
		}
		v.renewed, err = account.Renew(ctx, tx, session)
		return err
	})
	if err != nil {
		return d.refusePasskey(v, err)
	}
	d.renew(v)
	v.tell(ui.Good, "The passkey is added. It signs you in without a password.")
	return v.tellScript(http.StatusOK, scriptLead{Prefix + "/account"})
}

func nameOr(name, other string) string {
	if strings.TrimSpace(name) == "" {
		return other
	}
	return name
}

func (d *Dashboard) namePasskey(v *visit) error {
	return d.do(v, Prefix+"/account", "The passkey has its new name.", func(ctx context.Context, tx *db.Tx) error {
		return flow.NamePasskey(ctx, tx, v.staff, v.path("passkey"), v.form("name"))
	})
}

func (d *Dashboard) endPasskey(v *visit) error {
	return d.renewing(v, "The passkey does not work here any more. Remove it from the device too.", func(ctx context.Context, tx *db.Tx) error {
		return flow.EndPasskey(ctx, tx, v.staff, v.path("passkey"), v.actor())
	})
}
