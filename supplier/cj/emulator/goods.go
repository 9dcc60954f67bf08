package emulator

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Variant is an article of the account's catalogue.
type Variant struct {
	VID      string
	PID      string
	SKU      string
	Name     string
	Cents    int64 // price in US cents
	Stock    int64 // in the warehouse of Country
	Country  string
	OffShelf bool
}

// cents is an amount as CJ writes it: a JSON number with two decimals.
type cents int64

// MarshalJSON writes 12.34.
func (c cents) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%02d", int64(c)/100, int64(c)%100), nil
}

// loose is a JSON string or number, read as text.
type loose string

// UnmarshalJSON takes both.
func (l *loose) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*l = loose(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(b, &number); err != nil {
		return err
	}
	*l = loose(number.String())
	return nil
}

func (l loose) int() int64 {
	n, _ := strconv.ParseInt(string(l), 10, 64)
	return n
}

// Put adds or replaces an article.
func (s *Server) Put(list ...Variant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range list {
		if v.Country == "" {
			v.Country = "CN"
		}
		if v.PID == "" {
			v.PID = "P-" + v.VID
		}
		if v.SKU == "" {
			v.SKU = "CJ" + v.VID
		}
		s.goods[v.VID] = &v
	}
}

// SetStock sets what is in the warehouse.
func (s *Server) SetStock(vid string, units int64) {
	s.change(vid, func(v *Variant) { v.Stock = units }, "STOCK")
}

// SetCost sets the price in US cents.
func (s *Server) SetCost(vid string, price int64) {
	s.change(vid, func(v *Variant) { v.Cents = price }, "VARIANT")
}

// Withdraw takes an article off the shelf.
func (s *Server) Withdraw(vid string) {
	s.change(vid, func(v *Variant) { v.OffShelf = true }, "VARIANT")
}

func (s *Server) change(vid string, how func(*Variant), topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.goods[vid]
	if v == nil {
		return
	}
	how(v)
	if topic == "STOCK" {
		s.emit("stock", topic, map[string]any{vid: []any{map[string]any{
			"vid": vid, "areaId": "1", "areaEn": "China Warehouse", "countryCode": v.Country, "storageNum": v.Stock}}})
		return
	}
	status := 1
	if v.OffShelf {
		status = 0
	}
	s.emit("product", topic, map[string]any{"vid": vid, "variantSku": v.SKU, "variantStatus": status,
		"variantSellPrice": cents(v.Cents), "fields": []string{"variantSellPrice"}})
}

// Close stops deliveries to a country.
func (s *Server) Close(country string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed[country] = true
}

// lookup is an article or why there is none.
func (s *Server) lookup(vid string) (*Variant, *failure) {
	v := s.goods[vid]
	switch {
	case v == nil:
		return nil, fail(1602000, "Variant not found")
	case v.OffShelf:
		return nil, fail(1602002, "Product has been removed from shelves")
	}
	return v, nil
}

func (v *Variant) json(inventories bool) map[string]any {
	out := map[string]any{
		"vid": v.VID, "pid": v.PID, "variantName": nil, "variantNameEn": v.Name, "variantSku": v.SKU,
		"variantImage": "", "variantUnit": nil, "variantProperty": "[]", "variantKey": "Default",
		"variantLength": 3, "variantWidth": 3, "variantHeight": 3, "variantVolume": 27, "variantWeight": 3.00,
		"variantSellPrice": cents(v.Cents), "createTime": "2021-03-15T14:07:26.000+00:00",
	}
	if inventories {
		out["inventories"] = []any{map[string]any{"countryCode": v.Country, "totalInventory": v.Stock,
			"cjInventory": v.Stock, "factoryInventory": 0, "verifiedWarehouse": 1}}
	}
	return out
}

func (s *Server) variantByVid(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, failed := s.lookup(c.param("vid"))
	if failed != nil {
		return nil, failed
	}
	return v.json(s.o.Inventories && c.param("features") == "enable_inventory"), nil
}

func (s *Server) variantsOfProduct(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []any
	for _, v := range s.goods {
		if v.PID == c.param("pid") && !v.OffShelf {
			out = append(out, v.json(false))
		}
	}
	if out == nil {
		return nil, fail(1602001, "Product not found")
	}
	return out, nil
}

func (v *Variant) stockJSON() map[string]any {
	return map[string]any{"vid": v.VID, "areaId": "1", "areaEn": "Warehouse " + v.Country, "countryCode": v.Country,
		"storageNum": v.Stock, "totalInventoryNum": v.Stock, "cjInventoryNum": v.Stock, "factoryInventoryNum": 0}
}

func (s *Server) stockByVid(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, failed := s.lookup(c.param("vid"))
	if failed != nil {
		return nil, failed
	}
	return []any{v.stockJSON()}, nil
}

func (s *Server) stockByPid(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []any
	for _, v := range s.goods {
		if v.PID == c.param("pid") {
			rows = append(rows, map[string]any{"vid": v.VID, "inventory": []any{map[string]any{
				"countryCode": v.Country, "totalInventory": v.Stock, "cjInventory": v.Stock, "factoryInventory": 0}}})
		}
	}
	return map[string]any{"inventories": []any{}, "variantInventories": rows}, nil
}

// service is a way to ship.
type service struct {
	name  string
	aging string
	first int64 // cents for the first unit
	more  int64 // for each further one
}

func services() []service {
	return []service{
		{"CJPacket Ordinary", "7-12", 368, 120},
		{"CJPacket Sensitive", "8-14", 421, 150},
		{"DHL Official", "3-7", 1899, 600},
		{"USPS+", "2", 471, 200},
	}
}

func findService(name string) (service, bool) {
	for _, one := range services() {
		if one.name == name {
			return one, true
		}
	}
	return service{}, false
}

// freightOf is what a service asks for a parcel of so many units.
func (s *Server) freightOf(v service, units int64) int64 {
	if s.o.FlatFreight {
		return v.first
	}
	return v.first + v.more*max(0, units-1)
}

func (s *Server) freight(c call) (any, *failure) {
	var in struct {
		Start    string `json:"startCountryCode"`
		End      string `json:"endCountryCode"`
		Products []product
	}
	if !c.into(&in) || in.Start == "" || in.End == "" || len(in.Products) == 0 {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	units := int64(0)
	for _, p := range in.Products {
		if _, failed := s.lookup(p.VID); failed != nil {
			return nil, failed
		}
		units += p.Quantity.int()
	}
	out := []any{}
	for _, one := range services() {
		if s.closed[in.End] || one.name == "USPS+" && in.Start != "US" {
			continue
		}
		price := s.freightOf(one, units)
		out = append(out, map[string]any{"logisticName": one.name, "logisticPrice": cents(price),
			"logisticPriceCn": cents(price * 7), "logisticAging": one.aging, "taxesFee": cents(0),
			"clearanceOperationFee": cents(0), "totalPostageFee": cents(price)})
	}
	return out, nil
}
