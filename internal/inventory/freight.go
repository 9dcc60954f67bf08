package inventory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"doorstep/money"
)

// Freight is a row of a supplier's freight table (suppliers.freight, a JSON list): what a
// parcel to some countries costs, whatever is in it.
type Freight struct {
	Countries []string       `json:"countries"` // ISO 3166 alpha-2; "*" is all that no other row of the service names
	Service   string         `json:"service"`
	Name      string         `json:"name"`
	Cost      string         `json:"cost"` // decimal: "4.90"
	Currency  money.Currency `json:"currency"`
	MinDays   int            `json:"min_days"`
	MaxDays   int            `json:"max_days"`
}

// ParseFreight reads a freight table and checks its rows; none for an empty text.
func ParseFreight(text string) ([]Freight, error) {
	var rows []Freight
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("freight table: %w", err)
	}
	for i, r := range rows {
		cost, err := money.Parse(r.Cost, r.Currency)
		switch {
		case len(r.Countries) == 0:
			return nil, fmt.Errorf("freight table, row %d: it names no country; \"*\" is all", i+1)
		case !r.Currency.Valid() || err != nil || cost.Minor < 0:
			return nil, fmt.Errorf("freight table, row %d: %q %s is no price", i+1, r.Cost, r.Currency)
		case r.MinDays < 0 || r.MaxDays < r.MinDays:
			return nil, fmt.Errorf("freight table, row %d: %d to %d days is no time", i+1, r.MinDays, r.MaxDays)
		}
	}
	return rows, nil
}

// FreightTo are the rows of a table that hold for a country, one for each service. A row that
// names the country comes before one for all.
func FreightTo(rows []Freight, country string) (list []Freight) {
	best := map[string]Freight{}
	for _, r := range rows {
		_, known := best[r.Service]
		if slices.Contains(r.Countries, country) || !known && slices.Contains(r.Countries, "*") {
			best[r.Service] = r
		}
	}
	for _, service := range slices.Sorted(maps.Keys(best)) {
		list = append(list, best[service])
	}
	return list
}
