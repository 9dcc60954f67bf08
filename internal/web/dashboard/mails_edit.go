package dashboard

import (
	"context"
	"net/http"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	"doorstep/internal/outside"
	"doorstep/internal/web/ui"
	"doorstep/internal/words"
)

// mailPage is one kind of mail: its texts and how it looks.
type mailPage struct {
	mailKind
	Ask   mailAsk
	Langs []ui.Choice
	Texts []ownText
	Drawn outside.MailDrawn
	Wrong int // texts that are not used
}

func (d *Dashboard) mailPage(v *visit) error {
	a, err := mailAskOf(v)
	if err != nil {
		return err
	}
	return d.showMail(v, a, nil)
}

// showMail shows a kind of mail; typed texts are kept where some of them were refused.
func (d *Dashboard) showMail(v *visit, a mailAsk, typed map[string]words.Forms) error {
	kind, _ := mailKindOf(a.Kind)
	p := mailPage{mailKind: kind, Ask: a, Langs: languageChoices()}
	stored := map[string]string{}
	var shown id.Order
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		clear(stored)
		list, err := flow.MailTexts(ctx, tx, v.store, a.Lang)
		for _, t := range list {
			stored[t.TextKey] = t.Forms
		}
		if err != nil {
			return err
		}
		shown, err = orderToShow(ctx, tx, v.store, a)
		return err
	})
	if err != nil {
		return err
	}
	p.Texts = textsOf(a, stored, typed)
	for _, t := range p.Texts {
		if t.Error != "" {
			p.Wrong++
		}
	}
	if p.Drawn, err = d.outside.DrawMail(v.r.Context(), v.store, outside.MailDraft{Kind: a.Kind, Order: shown, Language: a.Lang}); err != nil {
		return err
	}
	at := frame{Title: kind.Name, At: "mails", Back: Prefix + "/mails", Frames: true}
	if typed != nil {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, mailView(v, at, p))
}

// textsOf puts what is stored, or was just typed, beside the built-in texts.
func textsOf(a mailAsk, stored map[string]string, typed map[string]words.Forms) []ownText {
	var out []ownText
	for _, t := range mail.TextsOf(outside.DrawnKind(a.Kind), a.Lang) {
		one := ownText{Slot: t.Slot, Shared: t.Shared}
		said := t.BuiltIn
		if text, own := stored[t.Key]; own {
			forms, err := mail.ReadText(t.Key, a.Lang, text)
			one.Own, said = true, forms
			if err != nil {
				one.Error = notUsed(err)
			}
		}
		if forms, given := typed[t.Key]; given {
			said = forms
			if err := mail.CheckText(t.Key, a.Lang, forms); err != nil && !same(forms, t.BuiltIn) {
				one.Error = sentence(err.Error())
			}
		}
		out = append(out, one.saying(said))
	}
	return out
}

// typedTexts are the texts of a form: those that differ from the built-in ones, and all.
func typedTexts(v *visit, a mailAsk) (own, all map[string]words.Forms) {
	var slots []words.Slot
	for _, t := range mail.TextsOf(outside.DrawnKind(a.Kind), a.Lang) {
		slots = append(slots, t.Slot)
	}
	return typedForms(v, slots)
}

// saveMail stores the texts of a kind in one language.
func (d *Dashboard) saveMail(v *visit) error {
	a, err := mailAskOf(v)
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	own, all := typedTexts(v, a)
	change := map[string]string{}
	for key := range all {
		change[key] = "" // as the built-in text: nothing is stored
	}
	for key, forms := range own {
		if err := mail.CheckText(key, a.Lang, forms); err != nil {
			return d.showMail(v, a, all)
		}
		if change[key], err = mail.WriteText(forms); err != nil {
			return err
		}
	}
	v.tell(ui.Good, "Stored. The next mail of this kind says so.")
	return d.changeTexts(v, a, change)
}

// resetMail brings the built-in text back: of one key, or of all that the kind says.
func (d *Dashboard) resetMail(v *visit) error {
	a, err := mailAskOf(v)
	if err != nil {
		return err
	}
	change := map[string]string{}
	for _, t := range mail.TextsOf(outside.DrawnKind(a.Kind), a.Lang) {
		if key := v.form("reset"); key == t.Key || key == "all" && !t.Shared {
			change[t.Key] = ""
		}
	}
	v.tell(ui.Good, "The built-in text is back.")
	return d.changeTexts(v, a, change)
}

func (d *Dashboard) changeTexts(v *visit, a mailAsk, change map[string]string) error {
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeMailTexts(ctx, tx, v.store, a.Lang, change, v.actor())
	})
	if err != nil {
		return err
	}
	return v.lead(a.url() + a.with("", ""))
}
