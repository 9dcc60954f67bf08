package seventeentrack

import (
	"context"
	"strings"

	"doorstep/carrier"
	"doorstep/carrier/number"
)

// Register tells 17TRACK which parcels to follow. Which carrier it is, 17TRACK detects
// itself: it knows more formats than we do. A number that it cannot place, or whose
// carrier asks for the postcode, is registered a second time with what it lacked.
func (c *client) Register(ctx context.Context, parcels []carrier.Parcel) (map[string]error, error) {
	refused := map[string]error{}
	lacking, err := c.register(ctx, c.items(parcels), refused)
	if err != nil {
		return nil, err
	}
	var second []item
	for _, p := range parcels {
		code, refusedForLack := lacking[p.Number]
		if !refusedForLack {
			continue
		}
		delete(lacking, p.Number) // a parcel given twice is helped once
		it := item{Number: p.Number, Order: p.Order, Lang: c.lang}
		if it.help(p, code) {
			second = append(second, it)
			delete(refused, p.Number)
		}
	}
	if len(second) == 0 {
		return refused, nil
	}
	if _, err := c.register(ctx, second, refused); err != nil {
		return nil, err
	}
	return refused, nil
}

// help adds what 17TRACK asked for, if we know it.
func (it *item) help(p carrier.Parcel, code int) bool {
	if code == codePostcode {
		it.Param = p.Postcode
		return it.Param != ""
	}
	named, _ := number.Best(p.Number, p.Carrier)
	it.Carrier = named.SeventeenTrack
	return it.Carrier != 0
}

// register makes one call, notes refusals, and returns those that knowing more may
// heal, with their codes.
func (c *client) register(ctx context.Context, items []item, refused map[string]error) (map[string]int, error) {
	if len(items) == 0 {
		return nil, nil
	}
	env, err := c.post(ctx, "register", items)
	if err != nil {
		return nil, err
	}
	given := map[string]string{}
	for _, it := range items {
		given[fold(it.Number)] = it.Number
	}
	lacking := map[string]int{}
	for _, r := range env.Data.Rejected {
		name, ours := given[fold(r.Number)]
		if !ours || r.Error.Code == codeRegistered {
			continue
		}
		if r.Error.Code == codePostcode || r.Error.Code == codeUndetected {
			lacking[name] = r.Error.Code
		}
		refused[name] = failure(r.Error, nil)
	}
	return lacking, nil
}

// items are the parcels as a request, each number once.
func (c *client) items(parcels []carrier.Parcel) []item {
	seen := map[string]bool{}
	var out []item
	for _, p := range parcels {
		if seen[fold(p.Number)] {
			continue
		}
		seen[fold(p.Number)] = true
		out = append(out, item{Number: p.Number, Order: p.Order, Lang: c.lang})
	}
	return out
}

// fold makes numbers comparable: 17TRACK answers in upper case.
func fold(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }
