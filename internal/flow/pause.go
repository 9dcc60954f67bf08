package flow

import (
	"context"
	"fmt"
	"math/big"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
	"doorstep/money"
)

// pricesAtOnce is how many cheapest offers are read at a time.
const pricesAtOnce = 1000

// PriceChange is a variant that is to be paused because it would be sold below the guard, or
// (with no reason) to be sold again.
type PriceChange struct {
	Variant id.Variant
	Reason  string
}

// FindPriceChanges compares the cheapest offer of variants with their price, without freight,
// after a known variant. Next is empty at the end. It changes nothing: tell SetPriceChange.
func FindPriceChanges(ctx context.Context, tx *db.Tx, s id.Store, after id.Variant) (list []PriceChange, next id.Variant, err error) {
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return nil, "", err
	}
	rows, err := inventory.CheapestOffers(ctx, tx, s, after, pricesAtOnce)
	if err != nil || len(rows) == 0 {
		return nil, "", err
	}
	if len(rows) == pricesAtOnce { // the last variant may go on behind the page
		last := rows[len(rows)-1].VariantID
		for len(rows) > 1 && rows[len(rows)-1].VariantID == last {
			rows = rows[:len(rows)-1]
		}
		next = rows[len(rows)-1].VariantID
	}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].VariantID == rows[0].VariantID {
			n++
		}
		change, differs, err := judgePrice(ctx, tx, s, rows[:n], set)
		if err != nil {
			return nil, "", err
		}
		if differs {
			list = append(list, change)
		}
		rows = rows[n:]
	}
	return list, next, nil
}

// judgePrice says whether one variant's pause must change; offers whose currency has no rate
// do not count, because nothing is bought from them.
func judgePrice(ctx context.Context, tx *db.Tx, s id.Store, rows []inventory.Cheapest, set store.Settings) (PriceChange, bool, error) {
	change := PriceChange{Variant: rows[0].VariantID}
	best, known := int64(0), false
	for _, r := range rows {
		rate, err := set.Rate(r.CostCurrency, r.Currency)
		if err != nil {
			continue
		}
		here, err := rate.Convert(money.New(r.CostMinor, r.CostCurrency))
		if err != nil {
			return change, false, err
		}
		if !known || here.Minor < best {
			best, known = here.Minor, true
		}
	}
	net := netPrice(rows[0].PriceMinor, set)
	if known && net > 0 && margin(net, best) < set.MarginMinPercent {
		change.Reason = fmt.Sprintf("Its cheapest offer costs %s and it brings %s: a margin of %s, below the %s that is set.",
			money.New(best, rows[0].Currency), money.New(net, rows[0].Currency), percent(margin(net, best)), percent(set.MarginMinPercent))
	}
	pause, paused, err := inventory.PauseOf(ctx, tx, s, change.Variant)
	switch {
	case err != nil || paused && pause.Code != inventory.PausedByCost || !known:
		return change, false, err
	case change.Reason == "":
		return change, paused, nil
	}
	return change, !paused, nil
}

// netPrice is a price without the tax that it contains.
func netPrice(price int64, set store.Settings) int64 {
	if !set.TaxIncluded {
		return price
	}
	num, den := set.Tax("")
	n := new(big.Int).Mul(big.NewInt(price), big.NewInt(den))
	return n.Quo(n, big.NewInt(den+num)).Int64()
}

// SetPriceChange pauses a variant, or lets it be sold again, as FindPriceChanges found.
func SetPriceChange(ctx context.Context, tx *db.Tx, s id.Store, c PriceChange) error {
	if c.Reason != "" {
		return pauseVariant(ctx, tx, s, c.Variant, inventory.PausedByCost, c.Reason, System)
	}
	pause, paused, err := inventory.PauseOf(ctx, tx, s, c.Variant)
	if err != nil || !paused || pause.Code != inventory.PausedByCost {
		return err
	}
	return ResumeVariant(ctx, tx, s, c.Variant, System)
}

// PauseVariant keeps a variant from being sold until a person resumes it.
func PauseVariant(ctx context.Context, tx *db.Tx, s id.Store, v id.Variant, reason string, actor Actor) error {
	return pauseVariant(ctx, tx, s, v, inventory.PausedByPerson, orElse(reason, "paused by hand"), actor)
}

func pauseVariant(ctx context.Context, tx *db.Tx, s id.Store, v id.Variant, code, reason string, actor Actor) error {
	done, err := inventory.StopSelling(ctx, tx, s, v, code, reason)
	if err != nil || !done {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "variant.paused", Subject: string(v), Actor: string(actor), Data: data{"code": code, "reason": reason}})
}

// ResumeVariant lets a paused variant be sold again; one that is not paused stays as it is.
func ResumeVariant(ctx context.Context, tx *db.Tx, s id.Store, v id.Variant, actor Actor) error {
	done, err := inventory.SellAgain(ctx, tx, s, v)
	if err != nil || !done {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "variant.resumed", Subject: string(v), Actor: string(actor)})
}
