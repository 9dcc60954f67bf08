package dashboard

import (
	"context"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/legal"
	"doorstep/internal/store"
	"doorstep/internal/web/storefront"
	"doorstep/internal/web/ui"
	"doorstep/internal/words"
)

// Sentences of the shop are settings, text.LANGUAGE.NAME; what may stand in each is known to
// the storefront. They are edited as those of mails are.

// textsURL is where they are edited.
const textsURL = Prefix + "/settings/texts"

// textGroup is a place of the shop with its sentences.
type textGroup struct {
	Name, Words string
	Texts       []ownText
}

// shopTextsLanguage is the language that sentences are edited in: the one asked for, else the
// shop's own.
func shopTextsLanguage(v *visit, asked string) string {
	if lang := wordsLanguage(asked); lang != "" {
		return lang
	}
	return legal.Language(v.settings.Locale)
}

// shopTexts puts what is stored, or was just typed, beside the built-in sentences.
func shopTexts(set store.Settings, lang string, given map[string]string, typed map[string]words.Forms) (list []textGroup, wrong int) {
	for _, g := range storefront.Texts(set, lang) {
		group := textGroup{Name: g.Name, Words: g.Words}
		for _, slot := range g.Texts {
			one := ownText{Slot: slot, Blank: true}
			said := words.Forms{}
			if text, own := given[textKey(lang, slot.Key)]; own {
				one.Own, said = true, words.Forms{"other": text}
				if err := slot.Check(said); err != nil {
					one.Error = notUsed(err)
				}
			}
			if forms, given := typed[slot.Key]; given {
				said, one.Error = forms, ""
				if err := slot.Check(forms); err != nil && forms["other"] != "" {
					one.Error = sentence(err.Error())
				}
			}
			if one.Error != "" {
				wrong++
			}
			group.Texts = append(group.Texts, one.saying(said))
		}
		list = append(list, group)
	}
	return list, wrong
}

func textKey(lang, key string) string { return "text." + lang + "." + key }

// textsWritten says how many sentences are the merchant's, by language.
func textsWritten(given map[string]string) map[string]int {
	n := map[string]int{}
	for key := range given {
		if rest, ok := strings.CutPrefix(key, "text."); ok {
			lang, _, _ := strings.Cut(rest, ".")
			n[lang]++
		}
	}
	return n
}

func shopSlots(set store.Settings, lang string) (list []words.Slot) {
	for _, g := range storefront.Texts(set, lang) {
		list = append(list, g.Texts...)
	}
	return list
}

// saveShopTexts stores the sentences of a form, all or none.
func (d *Dashboard) saveShopTexts(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	lang := shopTextsLanguage(v, v.form("lang"))
	own, all := typedForms(v, shopSlots(v.settings, lang))
	change := map[string]string{}
	for key := range all {
		change[textKey(lang, key)] = "" // as the built-in text: nothing is stored
	}
	for _, slot := range shopSlots(v.settings, lang) {
		forms, differs := own[slot.Key]
		if !differs || forms["other"] == "" {
			continue
		}
		if err := slot.Check(forms); err != nil {
			return d.showSection(v, "texts", nil, settingsForm{Typed: all})
		}
		change[textKey(lang, slot.Key)] = forms["other"]
	}
	return d.changeShopTexts(v, lang, change, "Stored. The shop says so from now on.")
}

// resetShopTexts brings a built-in sentence back, or all of a language.
func (d *Dashboard) resetShopTexts(v *visit) error {
	lang, change := shopTextsLanguage(v, v.form("lang")), map[string]string{}
	for _, slot := range shopSlots(v.settings, lang) {
		if key := v.form("reset"); key == slot.Key || key == "all" {
			change[textKey(lang, slot.Key)] = ""
		}
	}
	return d.changeShopTexts(v, lang, change, "The built-in words are back.")
}

func (d *Dashboard) changeShopTexts(v *visit, lang string, change map[string]string, done string) error {
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeSettings(ctx, tx, v.store, change, v.actor())
	})
	if err != nil {
		return err
	}
	v.tell(ui.Good, done)
	return v.lead(inWords(textsURL, lang))
}
