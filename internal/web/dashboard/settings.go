package dashboard

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// settingsForm is the page of settings, in groups, with a value that was refused.
type settingsForm struct {
	Groups       []settingGroup
	Base         baseAddress
	Field, Error string
}

type settingGroup struct {
	Name  string
	Rows  []settingRow
	Extra string // the beginning of keys that can be added: "tax.rate."
	Help  string
}

// settingRow is one setting with its value; Secret ones are never shown.
type settingRow struct {
	store.Known
	Value string
}

// groupsOf says in which group a setting stands, by how its key begins.
func groupsOf() []settingGroup {
	return []settingGroup{
		{Name: "Shop"}, {Name: "Orders and money"}, {Name: "Shipping and suppliers"},
		{Name: "Tax", Extra: "tax.rate.", Help: "Percent per country, such as tax.rate.DE."},
		{Name: "Exchange rates", Extra: "rate.", Help: "Such as rate.USD.EUR: what one US dollar is in euro."},
		{Name: "Mail"}, {Name: "How often, and when to doubt"},
	}
}

func groupOf(key string) string {
	first, _, _ := strings.Cut(key, ".")
	switch {
	case first == "brand" || key == "url" || key == "timezone" || key == "locale":
		return "Shop"
	case first == "tax":
		return "Tax"
	case first == "rate":
		return "Exchange rates"
	case first == "mail":
		return "Mail"
	case first == "shipping" || first == "sourcing" || first == "margin" || first == "supplier" || key == "hold" || key == "forwarding":
		return "Shipping and suppliers"
	case first == "report" || first == "offers" || first == "tracking" || first == "feed":
		return "How often, and when to doubt"
	}
	return "Orders and money"
}

func (d *Dashboard) settingsPage(v *visit) error { return d.showSettings(v, nil, "", "") }

// showSettings shows what is set; typed values are kept where one of them was refused.
func (d *Dashboard) showSettings(v *visit, typed map[string]string, field, wrong string) error {
	var given map[string]string
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		given, err = store.Given(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	for key, value := range typed {
		given[key] = value
	}
	p := settingsForm{Groups: groupsOf(), Base: d.address(v), Field: field, Error: wrong}
	add := func(r settingRow) {
		at := slices.IndexFunc(p.Groups, func(g settingGroup) bool { return g.Name == groupOf(r.Key) })
		p.Groups[at].Rows = append(p.Groups[at].Rows, r)
	}
	var more []string
	for _, k := range store.AllKnown() {
		if !v.mayChange(k.Key) {
			continue
		}
		if start, ok := strings.CutSuffix(k.Key, "*"); ok {
			for key := range given {
				if strings.HasPrefix(key, start) {
					more = append(more, key)
				}
			}
			continue
		}
		add(settingRow{k, given[k.Key]})
	}
	slices.Sort(more)
	for _, key := range more {
		add(settingRow{store.Known{Key: key}, given[key]})
	}
	at := frame{Title: "Settings", At: "settings"}
	if wrong != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, settingsView(v, at, p))
}

func (d *Dashboard) changeSettings(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	values := map[string]string{}
	for name := range v.r.PostForm {
		key, ok := strings.CutPrefix(name, "set:")
		if !ok || key == "mail.smtp_url" && v.form(name) == "" {
			continue // what is secret is not shown, so an empty field keeps it
		}
		values[key] = v.form(name)
	}
	if key := v.form("new_key"); key != "" {
		values[v.form("new_start")+key] = v.form("new_value")
	}
	maps.DeleteFunc(values, func(key, _ string) bool { return !v.mayChange(key) })
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
		}
		return d.showSettings(v, values, field, words)
	}
	v.tell(ui.Good, "The settings are stored.")
	return v.lead(Prefix + "/settings")
}
