package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"doorstep/money"
)

// Article is a product with its SKUs.
type Article struct {
	ID      int64
	Title   string
	Store   int64    // articles of different stores make different orders
	From    string   // the store's country
	Days    int      // until it leaves
	NotSold []string // countries that it is not sold to
	SKUs    []SKU
	Gone    bool // answers ITEM_ID_NOT_FOUND
}

// SKU is one way to buy an article.
type SKU struct {
	ID      int64  // sku_id
	Attr    string // sku_attr, such as "14:193#Black"; empty for the only one
	Cost    money.Amount
	Stock   int64
	Charges string // estimated_import_charges
	From    string // a value of "Ships From" in words; empty = the store's country
}

// Service is a way to ship: one fee for each article of an order.
type Service struct {
	Code     string
	Company  string
	Fee      money.Amount
	Min, Max int // days
	Tracked  bool
}

// shelf is what is sold.
type shelf struct {
	articles map[int64]*Article
	services []Service
}

func defaultServices() []Service {
	return []Service{
		{"CAINIAO_STANDARD", "AliExpress Standard Shipping", money.New(299, "USD"), 12, 20, true},
		{"CAINIAO_PREMIUM", "AliExpress Premium Shipping", money.New(1357, "USD"), 5, 9, true},
		{"CAINIAO_ECONOMY", "Cainiao Super Economy", money.New(0, "USD"), 25, 45, false},
	}
}

// Put puts articles on the shelf; those with the same ID are replaced.
func (s *Server) Put(articles ...Article) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range articles {
		a.SKUs = slices.Clone(a.SKUs)
		s.shelf.articles[a.ID] = &a
	}
}

// Services replaces the ways to ship.
func (s *Server) Services(list ...Service) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.services = slices.Clone(list)
}

// SetStock and SetCost change a SKU, named "<product id>/<sku_attr>".
func (s *Server) SetStock(sku string, n int64) { s.change(sku, func(k *SKU) { k.Stock = n }) }

// SetCost changes what a SKU costs.
func (s *Server) SetCost(sku string, cost money.Amount) {
	s.change(sku, func(k *SKU) { k.Cost = cost })
}

// Withdraw takes an article off the shelf.
func (s *Server) Withdraw(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.shelf.articles[id]; a != nil {
		a.Gone = true
	}
}

func (s *Server) change(sku string, do func(*SKU)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, attr, _ := strings.Cut(sku, "/")
	n, _ := strconv.ParseInt(id, 10, 64)
	if a := s.shelf.articles[n]; a != nil {
		if k := a.sku(attr); k != nil {
			do(k)
		}
	}
}

func (a *Article) sku(attr string) *SKU {
	for i := range a.SKUs {
		if a.SKUs[i].Attr == attr || attr == "" && len(a.SKUs) == 1 {
			return &a.SKUs[i]
		}
	}
	return nil
}

// name is the SKU as merchants write it.
func (a *Article) name(k *SKU) string { return fmt.Sprintf("%d/%s", a.ID, k.Attr) }

func (s *Server) productGet(params map[string]string) (any, *failure) {
	id, err := strconv.ParseInt(params["product_id"], 10, 64)
	country := params["ship_to_country"]
	if err != nil || country == "" {
		return nil, &failure{code: "MissingParameter", words: "product_id and ship_to_country are mandatory"}
	}
	a := s.shelf.articles[id]
	switch {
	case a == nil || a.Gone:
		return fields{"rsp_code": 605, "rsp_msg": "ITEM_ID_NOT_FOUND"}, nil
	case slices.Contains(a.NotSold, country):
		return fields{"rsp_code": 602, "rsp_msg": "Item is not allowed to this country"}, nil
	}
	skus := list{name: "ae_item_sku_info_d_t_o"}
	for i := range a.SKUs {
		skus.items = append(skus.items, s.skuFields(&a.SKUs[i], params["target_currency"]))
	}
	return fields{
		"rsp_code": 200, "rsp_msg": "Call succeeds",
		"result": fields{
			"ae_item_base_info_dto": fields{
				"product_id": a.ID, "subject": a.Title, "product_status_type": "onSelling",
				"currency_code": string(a.SKUs[0].Cost.Currency), "category_id": 200000532, "evaluation_count": "12",
			},
			"ae_item_sku_info_dtos": skus,
			"logistics_info_dto":    fields{"ship_to_country": country, "delivery_time": a.Days},
			"ae_store_info":         fields{"store_id": a.Store, "store_name": fmt.Sprintf("Store %d", a.Store), "store_country_code": a.From},
			"package_info_dto":      fields{"gross_weight": "0.30", "package_type": false},
		},
	}, nil
}

func (s *Server) skuFields(k *SKU, currency string) fields {
	cost := s.price(k.Cost, currency)
	props := list{name: "ae_sku_property_d_t_o"}
	for part := range strings.SplitSeq(k.Attr, ";") {
		ids, value, _ := strings.Cut(part, "#")
		if ids != "" {
			property, of, _ := strings.Cut(ids, ":")
			props.items = append(props.items, fields{"sku_property_id": number(property), "property_value_id": number(of), "sku_property_name": "Option", "sku_property_value": value})
		}
	}
	if k.From != "" {
		props.items = append(props.items, fields{"sku_property_id": 200007763, "sku_property_name": "Ships From", "sku_property_value": k.From})
	}
	return fields{
		"sku_id": strconv.FormatInt(k.ID, 10), "sku_attr": k.Attr, "id": k.Attr,
		"offer_sale_price": cost.Decimal(), "sku_price": cost.Decimal(), "offer_bulk_sale_price": cost.Decimal(),
		"currency_code": string(cost.Currency), "sku_available_stock": k.Stock, "sku_bulk_order": 1,
		"price_include_tax": false, "estimated_import_charges": k.Charges, "ae_sku_property_dtos": props,
	}
}

func number(text string) any {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return n
}

func (s *Server) freightQuery(params map[string]string) (any, *failure) {
	var q struct {
		Quantity                                                            json.Number
		ShipToCountry, ProductID, SelectedSkuID, Language, Locale, Currency string
	}
	if err := json.Unmarshal([]byte(params["queryDeliveryReq"]), &q); err != nil || q.Quantity == "" ||
		q.ShipToCountry == "" || q.ProductID == "" || q.SelectedSkuID == "" || q.Language == "" || q.Locale == "" || q.Currency == "" {
		return nil, &failure{code: "UnsupportedParamMapping", words: "queryDeliveryReq cannot be read"}
	}
	id, _ := strconv.ParseInt(q.ProductID, 10, 64)
	a := s.shelf.articles[id]
	if a == nil || a.Gone {
		return fields{"result": fields{"code": 500, "msg": "DELIVERY_INFO_EMPTY", "success": false}}, nil
	}
	i := slices.IndexFunc(a.SKUs, func(k SKU) bool { return strconv.FormatInt(k.ID, 10) == q.SelectedSkuID })
	if i < 0 || slices.Contains(a.NotSold, q.ShipToCountry) {
		return fields{"result": fields{"code": 505, "msg": "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS", "success": false}}, nil
	}
	options := list{name: "delivery_option_d_t_o"}
	for _, service := range s.shelf.services {
		fee := s.price(service.Fee, q.Currency)
		one := fields{
			"code": service.Code, "company": service.Company, "tracking": service.Tracked, "mayHavePFS": false,
			"min_delivery_days": service.Min, "max_delivery_days": service.Max, "guaranteed_delivery_days": strconv.Itoa(service.Max),
			"ship_from_country": a.From, "available_stock": strconv.FormatInt(a.SKUs[i].Stock, 10), "free_shipping": fee.IsZero(),
		}
		if !fee.IsZero() { // a free option has no fee at all
			one["shipping_fee_cent"], one["shipping_fee_currency"] = fee.Decimal(), string(fee.Currency)
			one["shipping_fee_format"] = string(fee.Currency) + " " + fee.Decimal()
		}
		options.items = append(options.items, one)
	}
	return fields{"result": fields{"code": 200, "msg": "Success", "success": true, "delivery_options": options}}, nil
}
