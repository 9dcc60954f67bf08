package aliexpress

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// Quote asks for freight, article by article, and adds up the services that carry all of
// them: the sum is never too low, since stores may charge a parcel once.
func (c *Conn) Quote(ctx context.Context, p supplier.Parcelled) ([]supplier.Quote, error) {
	if len(p.Lines) == 0 {
		return nil, fmt.Errorf("quote: no lines")
	}
	wanted := p.Wanted
	if wanted == "" {
		wanted = c.currency
	}
	ways := make([][]supplier.Quote, len(p.Lines))
	err := each(len(ways), func(i int) error {
		var err error
		ways[i], err = c.freight(ctx, p.Lines[i], p.To.Country, p.From, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := ways[0]
	for _, more := range ways[1:] {
		all = both(all, more)
	}
	slices.SortFunc(all, func(a, b supplier.Quote) int {
		return cmp.Or(cmp.Compare(a.Cost.Minor, b.Cost.Minor), cmp.Compare(a.Service, b.Service))
	})
	return all, nil
}

// both is the services that are in a and b, at the cost of both and the longer time.
func both(a, b []supplier.Quote) []supplier.Quote {
	var out []supplier.Quote
	for _, one := range a {
		i := slices.IndexFunc(b, func(q supplier.Quote) bool { return q.Service == one.Service })
		if i < 0 {
			continue
		}
		sum, err := one.Cost.Add(b[i].Cost)
		if err != nil {
			continue // quoted in another currency: cannot be added up
		}
		one.Cost, one.Tracked = sum, one.Tracked && b[i].Tracked
		one.MinDays, one.MaxDays = max(one.MinDays, b[i].MinDays), max(one.MaxDays, b[i].MaxDays)
		out = append(out, one)
	}
	return out
}

// freight is the ways to ship one article.
func (c *Conn) freight(ctx context.Context, line supplier.Line, to, from string, wanted money.Currency) ([]supplier.Quote, error) {
	id, attr, err := split(line.SKU)
	if err != nil {
		return nil, err
	}
	a, err := c.known(ctx, id, to)
	if err != nil {
		return nil, err
	}
	v, ok := a.variant(attr)
	if !ok {
		return nil, fmt.Errorf("%s: %w", line.SKU, errGone)
	}
	query, err := json.Marshal(map[string]string{
		"quantity": strconv.FormatInt(line.Quantity, 10), "shipToCountry": theirCountry(to),
		"productId": id, "selectedSkuId": v.id, "language": c.language, "locale": c.language, "currency": string(wanted),
	})
	if err != nil {
		return nil, fmt.Errorf("quote: %w", err)
	}
	body, raw, err := c.call(ctx, methodFreight, map[string]string{"queryDeliveryReq": string(query)})
	if err != nil {
		return nil, err
	}
	return quotesOf(body, raw, from, wanted)
}

func quotesOf(body node, raw []byte, from string, wanted money.Currency) ([]supplier.Quote, error) {
	result := body.get("result")
	if !result.there() {
		result = body
	}
	code, words := result.get("code").text(), result.get("msg").text()
	if code == "505" || strings.Contains(words, "DELIVERY_NOT_AVAILABLE") || strings.Contains(words, "DELIVERY_INFO_EMPTY") {
		return nil, &connector.Rejected{Code: code, Words: words, Cause: connector.CauseShipping, Raw: raw}
	}
	options := result.get("delivery_options").list()
	if len(options) == 0 || code != "" && code != "200" && !result.get("success").yes() {
		return nil, &connector.Uncertain{Err: fmt.Errorf("quote: no ways to ship in the answer: %s %s", code, words)}
	}
	var out []supplier.Quote
	for _, o := range options {
		q, country, err := quoteOf(o, wanted)
		if err != nil {
			return nil, &connector.Uncertain{Err: err}
		}
		if from == "" || country == "" || country == from {
			out = append(out, q)
		}
	}
	return out, nil
}

func quoteOf(o node, wanted money.Currency) (supplier.Quote, string, error) {
	q := supplier.Quote{Service: o.get("code").text(), Name: o.get("company").text(), Tracked: o.get("tracking").yes()}
	if q.Service == "" {
		return q, "", fmt.Errorf("quote: an option without code")
	}
	if q.Name == "" {
		q.Name = q.Service
	}
	least, _ := o.get("min_delivery_days").whole()
	most, ok := o.get("max_delivery_days", "guaranteed_delivery_days").whole()
	if !ok || most < least {
		most = least
	}
	q.MinDays, q.MaxDays = int(least), int(most)
	currency := money.Currency(o.get("shipping_fee_currency").text())
	if currency == "" {
		currency = wanted
	}
	var err error
	q.Cost, err = fee(o, currency)
	return q, ourCountry(o.get("ship_from_country").text()), err
}

// fee reads shipping_fee_cent, which holds whole units ("13.57") in spite of its name. In
// case it ever does hold cents, the formatted price beside it gives it away: the same
// digits, with a separator before the last ones.
func fee(o node, currency money.Currency) (money.Amount, error) {
	text := o.get("shipping_fee_cent").text()
	if text == "" && o.get("free_shipping").yes() {
		return money.Zero(currency), nil
	}
	if !strings.Contains(text, ".") && text != "0" && currency.Digits() > 0 {
		shown := strings.TrimFunc(o.get("shipping_fee_format").text(), func(r rune) bool { return r < '0' || r > '9' })
		i := strings.LastIndexAny(shown, ".,")
		if i >= 0 && len(shown)-i-1 == currency.Digits() && strings.TrimLeft(onlyDigits(shown), "0") == text {
			cents, err := money.Parse(text, "JPY") // any currency without decimals: a whole number
			return money.New(cents.Minor, currency), err
		}
	}
	a, err := money.Parse(text, currency)
	if err == nil && a.Minor < 0 {
		err = fmt.Errorf("%s is below zero", a)
	}
	if err != nil {
		return a, fmt.Errorf("quote: shipping_fee_cent: %w", err)
	}
	return a, nil
}
