package dashboard

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/internal/words"
)

// settingsForm is a page of settings, with a value that was refused.
type settingsForm struct {
	Sections     []settingSection
	At           settingSection
	Policies     []policyForm
	Texts        []textGroup            // the shop's sentences
	Typed        map[string]words.Forms // of them, where some were refused
	Wrong        int                    // of them, that are not used
	Lang         string                 // that policies or texts are written in; empty: for all languages
	Written      map[string]int         // how many are, by language
	Flat         string                 // the price of shipping that is always the same
	Base         baseAddress
	Connectors   []report.Connector // of payments
	Field, Error string
}

func (d *Dashboard) settingsPage(v *visit) error {
	at := v.path("section")
	if at == "" {
		at = "shop"
	}
	return d.showSettings(v, at, nil, "", "")
}

// showSettings shows what is set; typed values are kept where one of them was refused.
func (d *Dashboard) showSettings(v *visit, section string, typed map[string]string, field, wrong string) error {
	return d.showSection(v, section, typed, settingsForm{Field: field, Error: wrong})
}

// showSection shows a section of the settings; p says what came of a form.
func (d *Dashboard) showSection(v *visit, section string, typed map[string]string, p settingsForm) error {
	var given map[string]string
	p.Sections, p.Base = sections(), d.address(v)
	i := slices.IndexFunc(p.Sections, func(s settingSection) bool { return s.Key == section })
	if i < 0 {
		return store.ErrUnknown
	}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if given, err = store.Given(ctx, tx, v.store); err != nil || section != "checkout" {
			return err
		}
		p.Connectors, err = report.Connectors(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	for key, value := range typed {
		given[key] = value
	}
	p.At = filled(v, p.Sections[i], given)
	if rule, sum, flat := strings.Cut(given["shipping.price"], ":"); flat {
		given["shipping.price"], p.Flat = rule, sum
		p.At = filled(v, p.Sections[i], given)
	}
	switch section {
	case "policies":
		p.Lang, p.Written = wordsLanguage(v.wordsIn()), policiesWritten(given)
		p.Policies = policyForms(v, given, p.Lang, v.query("template"))
	case "texts":
		p.Lang, p.Written = shopTextsLanguage(v, v.wordsIn()), textsWritten(given)
		p.Texts, p.Wrong = shopTexts(v.settings, p.Lang, given, p.Typed)
	}
	at := frame{Title: "Settings", At: "settings", Scripts: []string{"settings.js"}}
	if p.Error != "" || p.Typed != nil {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, settingsView(v, at, p))
}

func (d *Dashboard) changeSettings(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	values := settingsTyped(v)
	maps.DeleteFunc(values, func(key, _ string) bool { return !v.mayChange(key) })
	section := v.form("section")
	if section == "" {
		section = "shop"
		for key := range values {
			section = sectionOf(key)
		}
	}
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeSettings(ctx, tx, v.store, values, v.actor())
	})
	if err != nil {
		field, words := fieldOf(err)
		if words == "" {
			return err
		}
		if r, ok := asRefusal(err); ok {
			field = r.Field
			words = sentence(strings.TrimPrefix(r.Words, field+": "))
		}
		if field != "" {
			section = sectionOf(field)
		}
		return d.showSettings(v, section, values, field, words)
	}
	v.tell(ui.Good, "The settings are stored.")
	return v.lead(inWords(settingsAt(section), wordsLanguage(v.wordsIn())))
}

// wordsIn is the language that the page, or the form, is about.
func (v *visit) wordsIn() string {
	if v.r.Method == http.MethodPost {
		return v.form("lang")
	}
	return v.query("lang")
}

// inWords is the address of a page of settings in a language.
func inWords(at, lang string) string {
	if lang == "" {
		return at
	}
	return at + "?lang=" + lang
}

// settingsTyped is what a form says, by key.
func settingsTyped(v *visit) map[string]string {
	values := map[string]string{}
	for name := range v.r.PostForm {
		key, ok := strings.CutPrefix(name, "set:")
		if !ok || key == "mail.smtp_url" && v.form(name) == "" {
			continue // what is secret is not shown, so an empty field keeps it
		}
		values[key] = strings.ReplaceAll(v.form(name), "\r\n", "\n")
	}
	if values["shipping.price"] == store.ShippingFlat {
		values["shipping.price"] = store.ShippingFlat + ":" + strings.ReplaceAll(v.form("flat_price"), ",", ".")
	}
	if key := strings.ToUpper(v.form("new_key")); key != "" {
		start := v.form("new_start")
		if start == "rate." && !strings.Contains(key, ".") {
			key += "." + string(v.settings.Currency)
		}
		switch start {
		case "staff.":
			key = strings.ToLower(key)
		case "claim.days.":
			kind, country, _ := strings.Cut(key, ".")
			key = strings.TrimSuffix(strings.ToLower(kind)+"."+country, ".")
		}
		values[start+key] = v.form("new_value")
	}
	return values
}

// settingsAt is the address of a section.
func settingsAt(section string) string {
	if section == "shop" {
		return Prefix + "/settings"
	}
	return Prefix + "/settings/" + section
}
