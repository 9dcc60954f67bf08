package aliexpress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// part is one AliExpress order; an order of ours may have several.
type part struct {
	number  string
	state   supplier.State
	code    string
	words   string
	cause   connector.Cause
	cost    money.Amount
	freight money.Amount
	lines   []child
	parcels []packed
	raw     []byte
}

// child is one article of a part.
type child struct {
	product   string
	sku       string // sku_id
	count     int64
	cancelled bool
	reason    string
}

// Report reads orders by their numbers. An order that AliExpress does not (yet) show to
// this account is left out; a new one may take some ten seconds.
func (c *Conn) Report(ctx context.Context, refs []supplier.Ref) ([]supplier.Status, error) {
	if len(refs) > 50 {
		return nil, fmt.Errorf("report: %d orders, at most 50", len(refs))
	}
	found := make([]*supplier.Status, len(refs))
	err := each(len(refs), func(i int) error {
		var err error
		found[i], err = c.status(ctx, refs[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []supplier.Status
	for _, status := range found {
		if status != nil {
			out = append(out, *status)
		}
	}
	return out, nil
}

// status is an order with all its parts; nil when any of them is not shown to us.
func (c *Conn) status(ctx context.Context, ref supplier.Ref) (*supplier.Status, error) {
	var parts []part
	for _, n := range append([]string{ref.Ref}, ref.Parts...) {
		if n == "" || onlyDigits(n) != n {
			return nil, nil
		}
		p, err := c.part(ctx, n)
		if errors.Is(err, errNotOurs) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("order %s: %w", n, err)
		}
		parts = append(parts, p)
	}
	return c.whole(ctx, ref, parts)
}

// part reads one AliExpress order and, once it has left, its parcels.
func (c *Conn) part(ctx context.Context, n string) (part, error) {
	body, raw, err := c.call(ctx, methodOrder, map[string]string{"single_order_query": `{"order_id":` + n + `}`})
	if err != nil {
		return part{}, err
	}
	result := body.get("result")
	if !result.there() {
		result = body
	}
	if !result.get("order_status").there() {
		return part{}, &connector.Uncertain{Err: fmt.Errorf("no order_status: %s %s", body.get("rsp_code").text(), body.get("rsp_msg").text())}
	}
	p := part{number: n, raw: raw}
	for _, one := range result.get("child_order_list").list() {
		p.lines = append(p.lines, childOf(one))
	}
	p.judge(result)
	p.price(result)
	if !left(p.state) {
		return p, nil
	}
	p.parcels, err = c.parcels(ctx, n)
	if err == nil && len(p.parcels) == 0 {
		p.parcels = formerParcels(result)
	}
	return p, err
}

func left(s supplier.State) bool {
	return s == supplier.PartShip || s == supplier.Shipped || s == supplier.Delivered
}

func childOf(n node) child {
	count, _ := n.get("product_count").whole()
	reason := n.get("end_reason").text()
	return child{
		product: n.get("product_id").text(), sku: n.get("sku_id").text(), count: count,
		reason: reason, cancelled: strings.Contains(strings.ToUpper(reason), "CANCEL"),
	}
}

// judge is the documented table of order_status, with logistics_status and end_reason to
// tell an order that was received from one that was closed: both are FINISH.
func (p *part) judge(result node) {
	status := strings.ToUpper(result.get("order_status").text())
	reason := result.get("end_reason").text()
	gone := strings.Contains(strings.ToUpper(reason), "CANCEL")
	dropped := 0
	for _, one := range p.lines {
		if one.cancelled {
			dropped++
		}
		if reason == "" {
			reason = one.reason
		}
	}
	if gone || dropped > 0 && dropped == len(p.lines) {
		p.state, p.code, p.words, p.cause = supplier.Cancelled, reason, "AliExpress ended the order: "+reason, connector.CauseOther
		return
	}
	switch status {
	case "PLACE_ORDER_SUCCESS":
		p.state, p.words = supplier.Unpaid, "waits to be paid at AliExpress, order "+p.number
	case "WAIT_SELLER_SEND_GOODS":
		p.state = supplier.Accepted
	case "SELLER_PART_SEND_GOODS":
		p.state = supplier.PartShip
	case "WAIT_BUYER_ACCEPT_GOODS":
		p.state = supplier.Shipped
	case "FINISH":
		p.finish(strings.ToUpper(result.get("logistics_status").text()), reason)
	case "IN_CANCEL":
		p.state, p.words = supplier.Cancelling, "is being cancelled at AliExpress"
	case "RISK_CONTROL", "RISK_CONTROL_HOLD":
		p.state, p.words = supplier.Placed, "held by AliExpress's risk control; it may ask for proof of payment"
	case "WAIT_COMPLETE_ADDRESS":
		p.state, p.words, p.cause = supplier.Placed, "AliExpress waits for the address to be completed", connector.CauseAddress
	case "WAIT_GROUP":
		p.state, p.words = supplier.Placed, "waits for a group purchase to fill"
	case "PAYMENT_PROCESSING", "WAIT_SELLER_EXAMINE_MONEY":
		p.state = supplier.Placed
	default:
		p.state, p.words = supplier.Placed, "AliExpress says "+status
	}
}

// finish: goods that left have arrived or were confirmed; what never left was closed.
func (p *part) finish(logistics, reason string) {
	switch logistics {
	case "BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS", "SELLER_SEND_PART_GOODS":
		p.state = supplier.Delivered
	default:
		p.state, p.code, p.cause = supplier.Cancelled, reason, connector.CauseOther
		p.words = strings.TrimSpace("closed before anything was shipped " + reason)
	}
}

// price reads what is charged: the whole amount, and freight where it is told.
func (p *part) price(result node) {
	total, ok := amount(result.get("user_order_amount"))
	if !ok {
		total, ok = amount(result.get("order_amount"))
	}
	if !ok {
		return
	}
	p.cost, p.freight = total, money.Zero(total.Currency)
	for _, one := range result.get("child_order_list").list() {
		fee, ok := amount(one.get("actual_shipping_fee", "shipping_fee"))
		if !ok {
			continue
		}
		freight, err := p.freight.Add(fee)
		goods, err2 := p.cost.Sub(fee)
		if err != nil || err2 != nil || goods.Minor < 0 {
			p.cost, p.freight = total, money.Amount{}
			return
		}
		p.freight, p.cost = freight, goods
	}
}

func amount(n node) (money.Amount, bool) {
	a, err := money.Parse(n.get("amount").text(), money.Currency(n.get("currency_code").text()))
	return a, err == nil && a.Minor >= 0
}

// whole puts the parts together.
func (c *Conn) whole(ctx context.Context, ref supplier.Ref, parts []part) (*supplier.Status, error) {
	s := &supplier.Status{Ref: ref, State: merge(parts)}
	detailed := len(parts) > 1 || s.State == supplier.PartShip
	var raws [][]byte
	var words []string
	for _, p := range parts {
		raws = append(raws, p.raw)
		if p.words != "" {
			words = append(words, p.words)
		}
		if p.state == s.State || s.Code == "" {
			s.Code, s.Cause = p.code, p.cause
		}
		if p.state == supplier.Unpaid && s.PayURL == "" {
			s.PayURL = c.values["pay_url"] + p.number
		}
		detailed = detailed || len(p.parcels) > 1
		for _, one := range p.lines {
			detailed = detailed || one.cancelled
		}
	}
	for _, p := range parts {
		if err := c.add(ctx, s, p, detailed); err != nil {
			return nil, err
		}
	}
	s.Words = strings.Join(words, "; ")
	s.Raw = bytes.Join(raws, []byte("\n"))
	return s, nil
}

// add puts a part's money, parcels and shortfalls into the whole.
func (c *Conn) add(ctx context.Context, s *supplier.Status, p part, detailed bool) error {
	s.Cost, s.Freight = plus(s.Cost, p.cost), plus(s.Freight, p.freight)
	for _, one := range p.parcels {
		parcel := one.Parcel
		if detailed {
			lines, err := c.contents(ctx, p, one)
			if err != nil {
				return err
			}
			parcel.Lines = lines
		}
		for _, e := range parcel.Events {
			if e.At.After(s.At) {
				s.At = e.At
			}
		}
		s.Parcels = append(s.Parcels, parcel)
	}
	if s.State == supplier.Cancelled {
		return nil
	}
	for _, one := range p.lines {
		if !one.cancelled && p.state != supplier.Cancelled {
			continue
		}
		sku, err := c.sku(ctx, one.product, one.sku)
		if err != nil {
			return err
		}
		s.Short = append(s.Short, supplier.Short{SKU: sku, Quantity: one.count, Words: p.words + one.reason})
	}
	return nil
}

// plus adds what has the same currency; an amount that is not said says nothing.
func plus(a, b money.Amount) money.Amount {
	if a.Currency == "" {
		return b
	}
	if sum, err := a.Add(b); err == nil {
		return sum
	}
	return a
}

// merge is the state of the whole: parts that were cancelled count only when all were.
func merge(parts []part) supplier.State {
	count := map[supplier.State]int{}
	for _, p := range parts {
		count[p.state]++
	}
	alive := len(parts) - count[supplier.Cancelled]
	gone := count[supplier.Shipped] + count[supplier.Delivered]
	switch {
	case alive == 0:
		return supplier.Cancelled
	case count[supplier.Delivered] == alive:
		return supplier.Delivered
	case gone == alive:
		return supplier.Shipped
	case gone+count[supplier.PartShip] > 0:
		return supplier.PartShip
	case count[supplier.Unpaid] > 0:
		return supplier.Unpaid
	case count[supplier.Cancelling] == alive:
		return supplier.Cancelling
	case count[supplier.Accepted] == alive:
		return supplier.Accepted
	}
	return supplier.Placed
}
