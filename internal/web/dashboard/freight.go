package dashboard

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// freightRow is a row of a freight table as its form shows it.
type freightRow struct {
	Countries, Name, Cost, Currency, Min, Max string
	Service                                   string
}

// freightRows are the rows of a table, and an empty one to add another. ok is false for a
// text that is no table.
func freightRows(text, currency string) (rows []freightRow, ok bool) {
	list, err := outside.ParseFreight(text)
	for _, f := range list {
		rows = append(rows, freightRow{Countries: strings.Join(f.Countries, ", "), Name: f.Name, Service: f.Service, Cost: f.Cost,
			Currency: string(f.Currency), Min: strconv.Itoa(f.MinDays), Max: strconv.Itoa(f.MaxDays)})
	}
	return append(rows, freightRow{Currency: currency}), err == nil
}

// freightTyped are the rows of a form as they were typed.
func freightTyped(v *visit) (rows []freightRow) {
	form := v.r.PostForm
	at := func(name string, i int) string {
		if all := form[name]; i < len(all) {
			return strings.TrimSpace(all[i])
		}
		return ""
	}
	for i := range form["fr_cost"] {
		rows = append(rows, freightRow{Countries: at("fr_countries", i), Name: at("fr_name", i), Service: at("fr_service", i), Cost: at("fr_cost", i),
			Currency: at("fr_currency", i), Min: at("fr_min", i), Max: at("fr_max", i)})
	}
	return rows
}

// freightForm is the table of a form: rows without a cost are left out. bad says what is wrong.
func freightForm(v *visit) (text, bad string) {
	var rows []outside.Freight
	for i, typed := range freightTyped(v) {
		if typed.Cost == "" {
			continue
		}
		row, bad := readFreight(typed, i+1)
		if bad != "" {
			return "", bad
		}
		rows = append(rows, row)
	}
	return freightText(rows)
}

func freightText(rows []outside.Freight) (text, bad string) {
	if len(rows) == 0 {
		return "", ""
	}
	out, err := json.MarshalIndent(rows, "", "  ")
	if err == nil {
		_, err = outside.ParseFreight(string(out))
	}
	if err != nil {
		return "", sentence(err.Error())
	}
	return string(out), ""
}

func readFreight(r freightRow, n int) (f outside.Freight, bad string) {
	row := "Row " + strconv.Itoa(n) + ": "
	days := func(text string) int {
		days, err := strconv.Atoi(text)
		if err != nil || days < 0 || days > 365 {
			bad = row + "the days are whole numbers."
		}
		return days
	}
	f = outside.Freight{Service: r.Service, Name: r.Name, Cost: strings.ReplaceAll(r.Cost, ",", "."), Currency: money.Currency(strings.ToUpper(r.Currency)),
		MinDays: days(r.Min), MaxDays: days(r.Max)}
	f.Countries = strings.FieldsFunc(strings.ToUpper(r.Countries), func(c rune) bool { return c == ',' || c == ' ' || c == ';' })
	if len(f.Countries) == 0 {
		f.Countries = []string{"*"}
	}
	for _, c := range f.Countries {
		if c != "*" && len(c) != 2 {
			bad = row + c + " is no country code of two letters; * is everywhere."
		}
	}
	if f.Name == "" {
		f.Name = "Standard"
	}
	if f.Service == "" {
		f.Service = strings.ToUpper(strings.Join(strings.Fields(f.Name), "-"))
	}
	return f, bad
}

// startFreight gives every supplier of whom nobody knows what shipping costs one simple row.
func (d *Dashboard) startFreight(v *visit) error {
	row, bad := readFreight(freightRow{Cost: v.form("cost"), Currency: string(v.settings.Currency), Min: v.form("min"), Max: v.form("max")}, 1)
	text := ""
	if bad == "" {
		text, bad = freightText([]outside.Freight{row})
	}
	if bad != "" {
		v.tell(ui.Bad, strings.TrimPrefix(bad, "Row 1: "))
		return v.lead(Prefix + "/start/order")
	}
	return d.giveFreight(v, text, "Shipping has a price now.")
}

// startRates stores the exchange rates of suppliers' money.
func (d *Dashboard) startRates(v *visit) error {
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, c := range p.Rates {
		if value := strings.ReplaceAll(v.form("rate."+string(c)), ",", "."); value != "" {
			values["rate."+string(c)+"."+string(v.settings.Currency)] = value
		}
	}
	return d.do(v, Prefix+"/start/order", "The rates are stored.", func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeSettings(ctx, tx, v.store, values, v.actor())
	})
}

// sampleWorld gives the sample shop's suppliers a price of shipping and their money a rate,
// where nobody said one: so that something can be sold at once.
func (d *Dashboard) sampleWorld(v *visit) error {
	table, _ := freightText([]outside.Freight{{Countries: []string{"*"}, Service: "POST", Name: "Post", Cost: "4.90", Currency: "EUR", MinDays: 3, MaxDays: 7}})
	names, err := d.outside.WithoutFreight(v.r.Context(), v.store)
	if err != nil {
		return err
	}
	rates := map[string]string{}
	for c, rate := range map[money.Currency]string{"USD": "0.90", "CNY": "0.13", "GBP": "1.15"} {
		if _, err := v.settings.Rate(c, v.settings.Currency); err != nil {
			rates["rate."+string(c)+".EUR"] = rate
		}
	}
	return d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := flow.ChangeSettings(ctx, tx, v.store, rates, v.actor()); err != nil {
			return err
		}
		return setFreight(ctx, tx, v, names, table)
	})
}

// giveFreight gives a table to the suppliers that have none, and leads back.
func (d *Dashboard) giveFreight(v *visit, text, done string) error {
	names, err := d.outside.WithoutFreight(v.r.Context(), v.store)
	if err != nil {
		return err
	}
	return d.do(v, Prefix+"/start/order", done, func(ctx context.Context, tx *db.Tx) error {
		return setFreight(ctx, tx, v, names, text)
	})
}

func setFreight(ctx context.Context, tx *db.Tx, v *visit, names []string, text string) error {
	all, err := inventory.Suppliers(ctx, tx, v.store)
	for _, s := range all {
		if err != nil {
			return err
		}
		if slices.Contains(names, s.Name) {
			err = flow.ChangeTerms(ctx, tx, v.store, s.SupplierID, flow.Terms{Name: s.Name, Automatic: s.Automatic, Priority: s.Priority,
				HandlingDays: s.HandlingDays, ShipTo: s.ShipTo, Freight: text, MaxAgeSeconds: s.MaxAgeSeconds}, v.actor())
		}
	}
	return err
}
