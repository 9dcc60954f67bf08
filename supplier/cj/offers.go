package cj

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// perPage is how many variants a page of offers reads: each costs one or two calls of ten
// points, and a new account may make one call a second.
const perPage = 10

// errGone says that CJ positively no longer sells a variant.
var errGone = errors.New("no longer sold")

// variant is what CJ says of an article. Inventories come when it honours the feature that
// asks for them, which saves the second call.
type variant struct {
	VID         text         `json:"vid"`
	Name        text         `json:"variantNameEn"`
	SKU         text         `json:"variantSku"`
	Price       text         `json:"variantSellPrice"`
	Inventories lines[stock] `json:"inventories"`
}

// stock is what lies in one warehouse.
type stock struct {
	Country text `json:"countryCode"`
	Total   text `json:"totalInventoryNum"`
	Sum     text `json:"totalInventory"` // the same in other answers
	Old     text `json:"storageNum"`     // the same before 2025
}

// Offers reads the variants that are asked for, ten to a page, in the order of their
// SKUs, which are CJ's vid. The cursor is the last SKU of the page before.
func (c *conn) Offers(ctx context.Context, ask supplier.Ask) (supplier.Page, error) {
	skus := slices.Clone(ask.SKUs)
	slices.Sort(skus)
	skus = slices.Compact(skus)
	from, _ := slices.BinarySearch(skus, ask.Cursor)
	for from < len(skus) && skus[from] <= ask.Cursor {
		from++
	}
	part := skus[from:min(from+perPage, len(skus))]
	page := supplier.Page{AsOf: c.now().UTC()}
	for _, sku := range part {
		offer, err := c.offer(ctx, sku)
		switch {
		case errors.Is(err, errGone):
			page.Gone = append(page.Gone, sku)
		case err != nil:
			return supplier.Page{}, fmt.Errorf("variant %s: %w", sku, err)
		default:
			page.Offers = append(page.Offers, offer)
		}
	}
	if from+len(part) < len(skus) {
		page.Next = part[len(part)-1]
	}
	return page, nil
}

func (c *conn) offer(ctx context.Context, sku string) (supplier.Offer, error) {
	v, err := c.variant(ctx, sku)
	if err != nil {
		return supplier.Offer{}, err
	}
	cost, err := v.Price.dollars()
	if err != nil || cost.Currency == "" || cost.Minor < 0 {
		return supplier.Offer{}, lost("price %q is not an amount", v.Price)
	}
	rows := v.Inventories
	if len(rows) == 0 {
		if rows, err = c.stock(ctx, sku); err != nil {
			return supplier.Offer{}, err
		}
	}
	units, err := c.units(rows)
	if err != nil {
		return supplier.Offer{}, err
	}
	return supplier.Offer{SKU: sku, Title: orElse(string(v.Name), string(v.SKU)), Cost: cost, Quantity: units,
		ShipFrom: c.values["from_country"], AsOf: c.now().UTC()}, nil
}

func (c *conn) variant(ctx context.Context, sku string) (variant, error) {
	got, err := c.get(ctx, "/product/variant/queryByVid", url.Values{"vid": {sku}, "features": {"enable_inventory"}})
	if err != nil {
		return variant{}, gone(err)
	}
	var v variant
	if err := got.into(&v); err != nil {
		return variant{}, err
	}
	if !strings.EqualFold(string(v.VID), sku) {
		return variant{}, lost("the answer is of variant %q", v.VID)
	}
	return v, nil
}

// gone sorts out the refusals that mean "no such article" from all other errors.
func gone(err error) error {
	if r := asRefusal(err); r != nil {
		if _, cause := meaning(r.code); cause == connector.CauseItem {
			return errGone
		}
	}
	return translate(err)
}

func (c *conn) stock(ctx context.Context, sku string) ([]stock, error) {
	got, err := c.get(ctx, "/product/stock/queryByVid", url.Values{"vid": {sku}})
	if err != nil {
		return nil, gone(err)
	}
	var rows lines[stock]
	if err := got.into(&rows); err != nil {
		return nil, err
	}
	return rows, nil
}

// units is what our warehouse's country has. No row at all is silence, not "sold out".
func (c *conn) units(rows []stock) (int64, error) {
	if len(rows) == 0 {
		return 0, lost("CJ names no warehouse")
	}
	total := int64(0)
	for _, row := range rows {
		n, ok := text(orElse(string(row.Total), orElse(string(row.Sum), string(row.Old)))).number()
		if !ok || row.Country == "" {
			return 0, lost("a warehouse without a quantity or a country")
		}
		if strings.EqualFold(string(row.Country), c.values["from_country"]) {
			total += max(0, n)
		}
	}
	return total, nil
}

// lost is an answer from which nothing is learned.
func lost(format string, args ...any) error {
	return &connector.Uncertain{Err: fmt.Errorf(format, args...)}
}

// option is a way to ship, as freightCalculate lists it.
type option struct {
	Name  text `json:"logisticName"`
	Price text `json:"logisticPrice"`
	Total text `json:"totalPostageFee"` // with taxes and clearance, where there are any
	Aging text `json:"logisticAging"`   // "3-7"
}

// Quote asks what freight costs, for all lines in one parcel, in US dollars.
func (c *conn) Quote(ctx context.Context, p supplier.Parcelled) ([]supplier.Quote, error) {
	var products []map[string]any
	for _, l := range p.Lines {
		products = append(products, map[string]any{"vid": l.SKU, "quantity": l.Quantity})
	}
	body := map[string]any{"startCountryCode": orElse(p.From, c.values["from_country"]), "endCountryCode": p.To.Country, "products": products}
	if p.To.PostalCode != "" {
		body["zip"] = p.To.PostalCode
	}
	if p.To.TaxID != "" {
		body["taxId"] = p.To.TaxID
	}
	got, err := c.post(ctx, "/logistic/freightCalculate", body)
	if err != nil {
		return nil, translate(err)
	}
	var list lines[option]
	if err := got.into(&list); err != nil {
		return nil, err
	}
	quotes := []supplier.Quote{}
	for _, o := range list {
		cost, err := o.cost()
		if o.Name == "" || err != nil {
			return nil, lost("freight %q at %q is not a quote", o.Name, o.Price)
		}
		low, high := days(string(o.Aging))
		quotes = append(quotes, supplier.Quote{Service: string(o.Name), Name: string(o.Name), Cost: cost,
			MinDays: low, MaxDays: high, Tracked: true})
	}
	return quotes, nil
}

// cost is the whole price; a total of zero is one that CJ did not work out.
func (o option) cost() (money.Amount, error) {
	if total, err := o.Total.dollars(); err == nil && total.Minor > 0 {
		return total, nil
	}
	price, err := o.Price.dollars()
	if err == nil && (price.Currency == "" || price.Minor < 0) {
		err = errors.New("no price")
	}
	return price, err
}

// days reads "3-7", "2" and "7-12 days"; zeros when it is none of them.
func days(aging string) (low, high int) {
	var found []int
	for _, part := range strings.FieldsFunc(aging, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, ok := text(part).number(); ok && n < 1000 {
			found = append(found, int(n))
		}
	}
	if len(found) == 0 {
		return 0, 0
	}
	return slices.Min(found), slices.Max(found)
}
