package dashboard

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// confirmExchange notes that the money of a difference has come by hand.
func (d *Dashboard) confirmExchange(v *visit) error {
	return d.onClaim(v, "Noted; the other article is ordered.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.ConfirmExchange(ctx, tx, v.store, c, v.actor())
	})
}

// endExchange ends an exchange that waits for the customer's money.
func (d *Dashboard) endExchange(v *visit) error {
	return d.onClaim(v, "Ended; the customer is told.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.GiveUpExchange(ctx, tx, v.store, c, v.actor())
	})
}

// variantOf is the variant of an SKU that somebody typed; empty for none.
func variantOf(ctx context.Context, tx *db.Tx, v *visit, sku string) (id.Variant, error) {
	if sku = strings.TrimSpace(sku); sku == "" {
		return "", nil
	}
	list, err := catalog.BySKU(ctx, tx, v.store, sku)
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", &flow.Refusal{Code: "variant", Field: "sku", Words: "No article has that SKU, or several have it."}
	}
	return list[0].VariantID, nil
}

// exchangeStates say how an exchange stands.
var exchangeStates = map[claim.ExchangeState]string{
	claim.ExchangeHeld:    "It is put by. It is ordered when the goods have come back as they should.",
	claim.ExchangeWaiting: "It is put by. It is ordered when the customer has paid the difference.",
	claim.ExchangeDone:    "It is ordered: the order's page shows its purchase and its parcel.",
	claim.ExchangeLapsed:  "It came to nothing, and the article is free again.",
}

func exchangeTone(s claim.ExchangeState) ui.Tone {
	switch s {
	case claim.ExchangeDone:
		return ui.Good
	case claim.ExchangeWaiting:
		return ui.Warn
	case claim.ExchangeLapsed:
		return ui.Plain
	}
	return ui.Note
}

// exchangeSums are how an exchange's difference comes about.
func exchangeSums(x claim.Exchange) []ui.SumLine {
	name, more := "The customer pays", x.Difference()
	if more.Minor < 0 {
		name, more = "The customer gets back", money.New(-more.Minor, more.Currency)
	}
	return []ui.SumLine{{Name: counted(x.Quantity, "unit") + " of " + x.Name(), Value: price(money.New(x.PriceMinor, x.Currency))},
		{Name: "What they have stands for", Value: price(money.New(x.WorthMinor, x.Currency))}, {Name: name, Value: price(more), Total: true}}
}

// byHandWaits says whether a payment of the difference waits for a person.
func byHandWaits(p claimDoc) bool {
	open := p.Exchange.State == claim.ExchangeWaiting || p.Exchange.State == claim.ExchangeLapsed // a transfer may be long on its way
	return open && slices.ContainsFunc(p.Payments, func(x ledger.Payment) bool { return x.Manual && x.State != ledger.PaymentCaptured })
}
