package emulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/money"
)

// request is what order.create is sent; other names, camel case among them, are ignored.
type request struct {
	Key     string            `json:"out_order_id"`
	Address map[string]string `json:"logistics_address"`
	Items   []struct {
		Product json.Number `json:"product_id"`
		Count   json.Number `json:"product_count"`
		Attr    string      `json:"sku_attr"`
		Service string      `json:"logistics_service_name"`
		Memo    string      `json:"order_memo"`
	} `json:"product_items"`
}

type extension struct {
	Payment struct {
		Currency string `json:"pay_currency"`
		Try      any    `json:"try_to_pay"`
	} `json:"payment"`
	Trade struct {
		Model    string `json:"business_model"`
		National string `json:"nat_addr"`
	} `json:"trade_extra_param"`
}

// checkout is one accepted create; a repetition within 24 hours makes no second one.
type checkout struct {
	refs []string
	at   time.Time
	said string // error_msg
}

func (s *Server) orderCreate(params map[string]string) (any, *failure) {
	var q request
	var more extension
	if err := json.Unmarshal([]byte(params["param_place_order_request4_open_api_d_t_o"]), &q); err != nil {
		return nil, &failure{code: "UnsupportedParamMapping", words: "param_place_order_request4_open_api_d_t_o cannot be read"}
	}
	if text := params["ds_extend_request"]; text != "" {
		if err := json.Unmarshal([]byte(text), &more); err != nil {
			return nil, &failure{code: "UnsupportedParamMapping", words: "ds_extend_request cannot be read"}
		}
	}
	now := s.o.World.Now()
	if done, ok := s.desk.keys[q.Key]; ok && q.Key != "" && now.Sub(done.at) < 24*time.Hour {
		return s.repeated(done), nil
	}
	if len(s.desk.refusals) > 0 {
		f := s.desk.refusals[0]
		s.desk.refusals = s.desk.refusals[1:]
		return refused(f.code, f.words), nil
	}
	if words := wrongAddress(q.Address, more.Trade.National, now); words != "" {
		return refused("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", words), nil
	}
	lines, code := s.pick(q)
	if code != "" {
		return refused(code, code), nil
	}
	return s.place(q, more, lines), nil
}

func refused(code, words string) any {
	return fields{"result": fields{"is_success": false, "error_code": code, "error_msg": words}}
}

func (s *Server) repeated(done checkout) any {
	switch s.o.Repeat {
	case RepeatSame:
		return created(done)
	case RepeatNumber:
		return refused("REPEATED_ORDER_ERROR", "Duplicate order "+strings.Join(done.refs, " "))
	}
	return refused("REPEATED_ORDER_ERROR", "Duplicate order, please try again")
}

func created(done checkout) any {
	numbers := list{name: "number"}
	for _, ref := range done.refs {
		n, _ := strconv.ParseInt(ref, 10, 64)
		numbers.items = append(numbers.items, n)
	}
	result := fields{"is_success": true, "order_list": numbers}
	if done.said != "" {
		result["error_msg"] = done.said
	}
	return fields{"result": result}
}

// pick finds the articles and takes nothing yet; code says what is wrong.
func (s *Server) pick(q request) (lines []line, code string) {
	wanted := map[*SKU]int64{}
	for _, item := range q.Items {
		id, _ := item.Product.Int64()
		count, _ := item.Count.Int64()
		a := s.shelf.articles[id]
		if a == nil || a.Gone || count < 1 {
			return nil, "ERROR_WHEN_BUILD_FOR_PLACE_ORDER"
		}
		k := a.sku(item.Attr)
		if k == nil {
			return nil, "SKU_NOT_EXIST"
		}
		if slices.Contains(a.NotSold, q.Address["country"]) {
			return nil, "A005_INVALID_COUNTRIES"
		}
		service := s.shelf.services[0]
		if item.Service != "" {
			i := slices.IndexFunc(s.shelf.services, func(one Service) bool { return one.Code == item.Service })
			if i < 0 {
				return nil, "DELIVERY_METHOD_NOT_EXIST"
			}
			service = s.shelf.services[i]
		}
		if wanted[k] += count; wanted[k] > k.Stock {
			return nil, "INVENTORY_HOLD_ERROR"
		}
		fee := s.price(service.Fee, string(k.Cost.Currency))
		lines = append(lines, line{article: a, sku: k, count: count, cost: k.Cost, fee: fee, service: service.Code})
	}
	if len(lines) == 0 {
		return nil, "ERROR_WHEN_BUILD_FOR_PLACE_ORDER"
	}
	return lines, ""
}

// place takes the stock and makes an order for each store.
func (s *Server) place(q request, more extension, lines []line) any {
	now := s.o.World.Now()
	s.desk.checkouts++
	byStore := map[int64]*order{}
	done := checkout{at: now}
	for _, l := range lines {
		l.sku.Stock -= l.count
		o := byStore[l.article.Store]
		if o == nil {
			ref := strconv.FormatInt(8190439416160000+s.o.Seed*1_000_000+s.count(), 10)
			o = &order{ref: ref, key: q.Key, checkout: s.desk.checkouts, store: l.article.Store, created: now, address: q.Address}
			byStore[l.article.Store], s.desk.orders[ref] = o, o
			s.desk.sequence = append(s.desk.sequence, ref)
			done.refs = append(done.refs, ref)
			s.push(o, "OrderCreated", now)
		}
		o.lines = append(o.lines, l)
	}
	if fmt.Sprint(more.Payment.Try) == "true" {
		for _, ref := range done.refs {
			o := s.desk.orders[ref]
			if s.o.AutoPay && more.Payment.Currency == "USD" {
				s.pay(o, now)
				continue
			}
			done.said = "OrderCreated, autoPay fail:APIPayFail"
			s.push(o, "paymentFailedEvent", now)
		}
	}
	if q.Key != "" {
		s.desk.keys[q.Key] = done
	}
	return created(done)
}

var (
	nineDigits = regexp.MustCompile(`^[0-9]{9}$`)
	saudiShort = regexp.MustCompile(`^[A-Za-z]{4}[0-9]{4}$`)
	argentine  = regexp.MustCompile(`^[0-9]{2}-[0-9]{8}-[0-9]$`)
	elevenNum  = regexp.MustCompile(`^[0-9]{11}$`)
)

// wrongAddress is the vendor's own judgement, after its change log; empty when it holds.
func wrongAddress(a map[string]string, national string, now time.Time) string {
	name, length := a["full_name"], func(s string) int { return len([]rune(s)) }
	for _, field := range []string{"address", "city", "country"} {
		if a[field] == "" {
			return "Please enter " + field
		}
	}
	if a["province"] == "" {
		return "Please select a State/Province/County"
	}
	spaced := strings.Contains(name, " ")
	switch a["country"] {
	case "US":
		if !spaced || length(name) < 2 || length(name) > 32 || !strings.Contains(a["contact_person"], " ") {
			return "Please enter a full name of 2-32 characters with a space"
		}
		if n := length(a["address"]); n < 5 || n > 35 {
			return "Please enter an address of 5-35 characters"
		}
		if strings.EqualFold(a["province"], "Other") {
			return "Please select a State/Province/County"
		}
	case "ES":
		if !nineDigits.MatchString(a["mobile_no"]) {
			return "Please enter a phone number of 9 digits"
		}
	case "BR":
		if !elevenNum.MatchString(a["cpf"]) || a["city"] == "Other" || len(a["zip"]) != 8 {
			return "Please check cpf, zip and city"
		}
	case "MX":
		if length(a["address2"]) > 60 {
			return "address2 is too long"
		}
	case "DZ", "ZA", "AU", "NZ":
		if !spaced {
			return "full_name must contain a space"
		}
	case "AR":
		if len(a["mobile_no"]) != 10 || !argentine.MatchString(a["passport_no"]) || !argentine.MatchString(a["foreigner_passport_no"]) || a["is_foreigner"] != "false" {
			return "Please check mobile_no and passport_no"
		}
	case "IL":
		if !nineDigits.MatchString(a["passport_no"]) || a["foreigner_passport_no"] != a["passport_no"] || a["is_foreigner"] != "false" {
			return "Please check passport_no"
		}
	case "SA":
		if !nineDigits.MatchString(a["mobile_no"]) || a["mobile_no"][0] != '5' || !spaced || len(a["zip"]) < 1 || len(a["zip"]) > 10 {
			return "Please check mobile_no, full_name and zip"
		}
		if now.After(time.Date(2025, 12, 4, 0, 0, 0, 0, time.UTC)) && !saudiShort.MatchString(national) {
			return "nat_addr is invalid"
		}
	}
	return ""
}

// total is what a part costs.
func (o *order) total() (goods, fee money.Amount) {
	currency := o.lines[0].cost.Currency
	goods, fee = money.Zero(currency), money.Zero(currency)
	for _, l := range o.lines {
		goods.Minor += l.cost.Minor * l.count
		if l.fee.Currency == currency {
			fee.Minor += l.fee.Minor
		}
	}
	return goods, fee
}
