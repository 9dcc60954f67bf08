package aliexpress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/money"
)

// article is a product as product.get tells it.
type article struct {
	id       string
	title    string
	country  string // where the store is, ISO 3166 alpha-2
	days     int    // until it leaves
	variants []variant
	at       time.Time
}

// variant is one SKU of a product. Orders name it by attr, freight and orders read back by
// id.
type variant struct {
	id    string
	attr  string
	price money.Amount
	stock int64
	from  string // ISO 3166 alpha-2; empty = the store's country
	flaw  error  // price or stock could not be read
}

// errGone says that AliExpress does not sell the product (any more, or to this country).
var errGone = errors.New("not sold")

// split takes a SKU of ours apart: "<product id>/<sku_attr>", where a product of one SKU
// has nothing after the slash.
func split(sku string) (product, attr string, err error) {
	product, attr, _ = strings.Cut(sku, "/")
	if product == "" || len(product) > 18 || strings.Trim(product, "0123456789") != "" {
		return "", "", fmt.Errorf("%q: no SKU of AliExpress (product id, slash, sku_attr)", sku)
	}
	return product, attr, nil
}

// variant is the SKU with that attr; without one, the only SKU.
func (a article) variant(attr string) (variant, bool) {
	for _, v := range a.variants {
		if v.attr == attr {
			return v, true
		}
	}
	if attr == "" && len(a.variants) == 1 {
		return a.variants[0], true
	}
	return variant{}, false
}

// product reads a product; errGone when AliExpress says for certain that it is not sold.
func (c *Conn) product(ctx context.Context, id, shipTo, lang string) (article, error) {
	body, _, err := c.call(ctx, methodProduct, map[string]string{
		"product_id": id, "ship_to_country": theirCountry(shipTo),
		"target_currency": string(c.currency), "target_language": lang,
	})
	if err != nil {
		return article{}, err
	}
	a, err := c.articleOf(body, id)
	if err == nil {
		c.remember(a)
	}
	return a, err
}

func (c *Conn) articleOf(body node, id string) (article, error) {
	code, words := body.get("rsp_code", "code", "resp_code").text(), body.get("rsp_msg", "msg", "resp_msg").text()
	low := strings.ToLower(words)
	switch {
	case code == "602", code == "605", strings.Contains(low, "item_id_not_found"), strings.Contains(low, "not allowed to this country"):
		return article{}, fmt.Errorf("product %s: %w: %s %s", id, errGone, code, words)
	case code != "" && code != "0" && code != "200":
		return article{}, &connector.Uncertain{Err: fmt.Errorf("product %s: %s %s", id, code, words)}
	}
	result := body.get("result")
	if !result.there() {
		result = body
	}
	base := result.get("ae_item_base_info_dto", "ae_item_base_info")
	if told := base.get("product_id").text(); told != "" && told != id {
		return article{}, fmt.Errorf("product %s: the answer is about %s", id, told)
	}
	if base.get("product_status_type").text() == "offline" {
		return article{}, fmt.Errorf("product %s: %w: taken down", id, errGone)
	}
	a := article{id: id, title: base.get("subject").text(), at: c.env.Now()}
	a.country = ourCountry(result.at("ae_store_info", "store_country_code").text())
	if days, ok := result.at("logistics_info_dto", "delivery_time").whole(); ok && days > 0 && days < 100 {
		a.days = int(days)
	}
	for _, n := range result.get("ae_item_sku_info_dtos", "ae_item_sku_info_d_t_os").list() {
		a.variants = append(a.variants, c.variantOf(n, base))
	}
	if len(a.variants) == 0 {
		return article{}, fmt.Errorf("product %s: the answer has no SKUs", id)
	}
	return a, nil
}

func (c *Conn) variantOf(n, base node) variant {
	v := variant{id: n.get("sku_id").text(), attr: n.get("sku_attr", "id").text()}
	if v.attr == "<none>" {
		v.attr = ""
	}
	currency := money.Currency(n.get("currency_code").text())
	if currency == "" {
		currency = money.Currency(base.get("currency_code").text())
	}
	if currency == "" {
		currency = c.currency
	}
	v.price, v.flaw = cost(n, currency)
	stock, ok := n.get("sku_available_stock", "s_k_u_available_stock", "ipm_sku_stock").whole()
	if v.stock = stock; v.flaw == nil && (!ok || stock < 0) {
		v.flaw = errors.New("the answer has no stock")
	}
	for _, p := range n.get("ae_sku_property_dtos", "aeop_s_k_u_propertys").list() {
		if p.get("sku_property_id").text() == "200007763" || strings.EqualFold(p.get("sku_property_name").text(), "Ships From") {
			v.from = countryNamed(p.get("sku_property_value").text())
		}
	}
	return v
}

// cost is the price that a buyer pays. Goods bound for the USA may carry import charges,
// which the price leaves out whenever the field is filled.
func cost(n node, currency money.Currency) (money.Amount, error) {
	price, err := money.Parse(n.get("offer_sale_price", "sku_price").text(), currency)
	if err != nil {
		return price, fmt.Errorf("price: %w", err)
	}
	if price.Minor < 0 {
		return price, fmt.Errorf("price: %s is below zero", price)
	}
	charges := strings.Map(figures, n.get("estimated_import_charges").text()) // may say "US $1.20"
	if charges == "" {
		return price, nil
	}
	more, err := money.Parse(charges, currency)
	if err != nil {
		return price, fmt.Errorf("import charges: %w", err)
	}
	return price.Add(more)
}

func figures(r rune) rune {
	if r >= '0' && r <= '9' || r == '.' {
		return r
	}
	return -1
}

// remember keeps what names a SKU; prices and stock are never served from memory.
func (c *Conn) remember(a article) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.products) > 5000 {
		clear(c.products)
	}
	c.products[a.id] = a
}

// known is a product from memory, or read anew; one that is no longer sold is remembered as
// it was.
func (c *Conn) known(ctx context.Context, id, shipTo string) (article, error) {
	c.mu.Lock()
	a, ok := c.products[id]
	c.mu.Unlock()
	if ok && c.env.Now().Sub(a.at) < kept {
		return a, nil
	}
	fresh, err := c.product(ctx, id, shipTo, c.language)
	if ok && errors.Is(err, errGone) {
		return a, nil
	}
	return fresh, err
}
