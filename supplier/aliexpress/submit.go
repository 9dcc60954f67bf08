package aliexpress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"doorstep/connector"
	"doorstep/supplier"
)

// placing is param_place_order_request4_open_api_d_t_o. Its names must be in snake case:
// others are silently ignored.
type placing struct {
	Key       string    `json:"out_order_id"`
	Recipient recipient `json:"logistics_address"`
	Items     []item    `json:"product_items"`
}

type item struct {
	Product int64  `json:"product_id"`
	Count   int64  `json:"product_count"`
	Attr    string `json:"sku_attr"`
	Service string `json:"logistics_service_name,omitempty"`
	Memo    string `json:"order_memo,omitempty"`
}

// Submit places an order. AliExpress may split it by store into several orders: the first
// is Ref, the others Parts. Without auto-pay, and when auto-pay fails, the order exists
// and waits to be paid on the website (Unpaid).
func (c *Conn) Submit(ctx context.Context, o supplier.Order) (supplier.Status, error) {
	request, err := c.placing(ctx, o)
	if err != nil {
		return supplier.Status{}, err
	}
	pay := map[string]string{"pay_currency": "USD", "try_to_pay": strconv.FormatBool(c.values.Bool("auto_pay"))}
	extra := map[string]string{"business_model": "retail"}
	if request.Recipient.national != "" {
		extra["nat_addr"] = request.Recipient.national
	}
	order, err := json.Marshal(request)
	if err != nil {
		return supplier.Status{}, &connector.NotSent{Err: fmt.Errorf("order %s: %w", o.Key, err)}
	}
	extend, err := json.Marshal(map[string]any{"payment": pay, "trade_extra_param": extra})
	if err != nil {
		return supplier.Status{}, &connector.NotSent{Err: fmt.Errorf("order %s: %w", o.Key, err)}
	}
	body, raw, err := c.call(ctx, methodCreate, map[string]string{
		"param_place_order_request4_open_api_d_t_o": string(order), "ds_extend_request": string(extend),
	})
	if err != nil {
		return supplier.Status{}, fmt.Errorf("order %s: %w", o.Key, err)
	}
	return c.placed(o.Key, body, raw)
}

// placing writes the request and refuses what AliExpress would refuse.
func (c *Conn) placing(ctx context.Context, o supplier.Order) (placing, error) {
	p := placing{Key: o.Key, Recipient: recipientOf(o.Address, c.language)}
	service := o.Service
	if service == "" {
		service = c.values["service"]
	}
	at := map[string]int{}
	for _, line := range o.Lines {
		id, attr, err := split(line.SKU)
		if err != nil || line.Quantity < 1 {
			return p, &connector.Rejected{Code: "LOCAL_LINE", Cause: connector.CauseItem,
				Words: fmt.Sprintf("line %q: no article of AliExpress, or no quantity", line.SKU)}
		}
		if i, twice := at[line.SKU]; twice {
			p.Items[i].Count += line.Quantity
			continue
		}
		at[line.SKU] = len(p.Items)
		product, _ := strconv.ParseInt(id, 10, 64) // split has seen to it
		p.Items = append(p.Items, item{Product: product, Count: line.Quantity, Attr: attr, Service: service, Memo: o.Note})
	}
	if len(p.Items) == 0 {
		return p, &connector.Rejected{Code: "LOCAL_LINE", Cause: connector.CauseItem, Words: "the order has no lines"}
	}
	now := c.env.Now()
	if err := p.Recipient.check(now); err != nil {
		return p, err
	}
	if err := p.Recipient.settle(c.atlas(ctx, p.Recipient.Country)); err != nil {
		return p, err
	}
	return p, p.Recipient.check(now)
}

// number is an AliExpress order number inside a text.
var number = regexp.MustCompile(`\b[0-9]{15,19}\b`)

// placed reads the answer to a create.
func (c *Conn) placed(key string, body node, raw []byte) (supplier.Status, error) {
	result := body.get("result")
	if !result.there() {
		result = body
	}
	success, code, words := result.get("is_success", "success").text(), result.get("error_code").text(), result.get("error_msg").text()
	numbers := orderNumbers(result.get("order_list"))
	status := supplier.Status{State: supplier.Placed, Words: words, Raw: raw}
	switch {
	case strings.Contains(code, "REPEATED_ORDER"):
		if len(numbers) == 0 {
			numbers = number.FindAllString(words, -1)
		}
		if len(numbers) == 0 {
			return supplier.Status{}, &connector.Uncertain{Err: fmt.Errorf("order %s: %w: %s %s", key, supplier.ErrRepeated, code, words)}
		}
	case len(numbers) > 0 && success != "false":
		if words != "" || !c.values.Bool("auto_pay") {
			status.State, status.PayURL = supplier.Unpaid, c.values["pay_url"]+numbers[0]
			status.Words = unpaidWords(words, numbers)
		}
	case success == "false" && code != "" && len(numbers) == 0 && !doubtful(code):
		return supplier.Status{}, &connector.Rejected{Code: code, Words: words, Cause: causeOf(code), Raw: raw}
	default:
		return supplier.Status{}, &connector.Uncertain{Err: fmt.Errorf("order %s: the answer says neither yes nor no: %s %s", key, code, words)}
	}
	status.Ref = supplier.Ref{Key: key, Ref: numbers[0], Parts: numbers[1:]}
	return status, nil
}

func unpaidWords(words string, numbers []string) string {
	say := "created and not paid: pay it at AliExpress, order " + strings.Join(numbers, ", ")
	if words != "" {
		say += " (AliExpress says: " + words + ")"
	}
	return say
}

// orderNumbers reads a list of numbers, of texts or of objects that hold one.
func orderNumbers(list node) []string {
	var out []string
	seen := map[string]bool{"": true, "0": true}
	for _, n := range list.list() {
		text := n.text()
		if inner := n.get("order_id", "number"); inner.there() {
			text = inner.text()
		}
		if onlyDigits(text) != text || seen[text] {
			continue
		}
		seen[text] = true
		out = append(out, text)
	}
	return out
}

// doubtful says that a code tells of a failure on their side, after which the order may
// exist all the same.
func doubtful(code string) bool {
	code = strings.ToUpper(code)
	for _, word := range []string{"SYSTEM", "TIMEOUT", "TIME_OUT", "UNKNOWN", "INTERNAL", "UNAVAILABLE"} {
		if strings.Contains(code, word) {
			return true
		}
	}
	return false
}

// causeOf groups the documented codes of order.create.
func causeOf(code string) connector.Cause {
	switch {
	case strings.HasPrefix(code, "B_DROPSHIPPER_DELIVERY_ADDRESS"):
		return connector.CauseAddress
	case strings.HasPrefix(code, "SKU_") || strings.HasPrefix(code, "ITEM_"):
		return connector.CauseItem
	}
	switch code {
	case "INVENTORY_HOLD_ERROR":
		return connector.CauseSoldOut
	case "PRICE_PAY_CURRENCY_ERROR", "A004_CANNOT_USER_COUPON":
		return connector.CausePrice
	case "DELIVERY_METHOD_NOT_EXIST", "A002_INVALID_ZONE", "A005_INVALID_COUNTRIES":
		return connector.CauseShipping
	case "BLACKLIST_BUYER_IN_LIST", "USER_ACCOUNT_DISABLED", "A003_SUSPICIOUS_BUYER", "A006_INVALID_ACCOUNT_INFO":
		return connector.CauseBuyer
	}
	return connector.CauseOther // ERROR_WHEN_BUILD_FOR_PLACE_ORDER, A001_ORDER_CANNOT_BE_PLACED, new ones
}

// Check asks for an order that cannot exist: being told so proves that app, account and
// token are let in.
func (c *Conn) Check(ctx context.Context) error {
	_, _, err := c.call(ctx, methodOrder, map[string]string{"single_order_query": `{"order_id":1}`})
	if errors.Is(err, errNotOurs) {
		return nil
	}
	return err
}
