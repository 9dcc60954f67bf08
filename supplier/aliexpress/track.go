package aliexpress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/supplier"
)

// packed is a parcel with its contents in AliExpress's own names.
type packed struct {
	supplier.Parcel
	items []child
}

// parcels reads the parcels of an AliExpress order; none while nothing has left.
func (c *Conn) parcels(ctx context.Context, n string) ([]packed, error) {
	body, _, err := c.call(ctx, methodTracking, map[string]string{"ae_order_id": n, "language": c.language})
	if err != nil {
		return nil, fmt.Errorf("tracking: %w", err)
	}
	return parcelsOf(body)
}

func parcelsOf(body node) ([]packed, error) {
	result := body.get("result")
	if !result.there() {
		result = body
	}
	ret, code, words := result.get("ret"), result.get("code").text(), result.get("msg").text()
	switch {
	case !ret.there():
		return nil, &connector.Uncertain{Err: errors.New("tracking: the answer says neither yes nor no")}
	case !ret.yes() && (code == "1001" || strings.Contains(strings.ToLower(words), "not found")):
		return nil, nil
	case !ret.yes():
		return nil, &connector.Uncertain{Err: fmt.Errorf("tracking: %s %s", code, words)}
	}
	var out []packed
	for _, line := range result.at("data", "tracking_detail_line_list").list() {
		one := packedOf(line)
		if one.Number == "" {
			continue
		}
		i := slices.IndexFunc(out, func(p packed) bool { return p.Number == one.Number })
		if i < 0 {
			out = append(out, one)
			continue
		}
		out[i].Events = append(out[i].Events, one.Events...)
		out[i].items = append(out[i].items, one.items...)
	}
	for i := range out {
		slices.SortStableFunc(out[i].Events, func(a, b carrier.Event) int { return a.At.Compare(b.At) })
		if len(out[i].Events) > 0 {
			out[i].At = out[i].Events[0].At
		}
	}
	return out, nil
}

func packedOf(line node) packed {
	p := packed{Parcel: supplier.Parcel{Number: line.get("mail_no").text(), Carrier: line.get("carrier_name").text()}}
	for _, n := range line.get("detail_node_list").list() {
		at, ok := n.get("time_stamp").whole()
		if !ok || at <= 0 {
			continue
		}
		if at < 1e11 { // seconds, where the documents say milliseconds
			at *= 1000
		}
		name, words := n.get("tracking_name").text(), n.get("tracking_detail_desc").text()
		event := carrier.Event{At: time.UnixMilli(at).UTC(), Kind: kindOf(name, words), Words: words}
		if words == "" {
			event.Words = name
		}
		p.Events = append(p.Events, event)
	}
	for _, n := range line.get("package_item_list").list() {
		if count, ok := n.get("quantity").whole(); ok && count > 0 {
			p.items = append(p.items, child{product: n.get("item_id").text(), sku: n.get("sku_id").text(), count: count})
		}
	}
	return p
}

// formerParcels reads logistics_info_list of the order, which tracking has replaced.
func formerParcels(result node) []packed {
	var out []packed
	for _, n := range result.get("logistics_info_list").list() {
		number := n.get("logistics_no").text()
		if number == "" || slices.ContainsFunc(out, func(p packed) bool { return p.Number == number }) {
			continue
		}
		out = append(out, packed{Parcel: supplier.Parcel{Number: number, Carrier: n.get("logistics_service").text()}})
	}
	return out
}

// contents is what a parcel holds in our SKUs. Where AliExpress does not say and the order
// has but one parcel, it holds all that was not cancelled.
func (c *Conn) contents(ctx context.Context, p part, parcel packed) ([]supplier.Packed, error) {
	items := parcel.items
	if len(items) == 0 && len(p.parcels) == 1 && p.state != supplier.PartShip {
		items = slices.DeleteFunc(slices.Clone(p.lines), func(one child) bool { return one.cancelled })
	}
	var out []supplier.Packed
	for _, one := range items {
		sku, err := c.sku(ctx, one.product, one.sku)
		if err != nil {
			return nil, err
		}
		out = append(out, supplier.Packed{SKU: sku, Quantity: one.count})
	}
	return out, nil
}

// sku is our SKU for a product and a sku_id, which is all that orders and parcels name.
// A product that was taken down since keeps its bare id: right if it had one SKU.
func (c *Conn) sku(ctx context.Context, product, id string) (string, error) {
	a, err := c.known(ctx, product, c.values["ship_to"])
	if err != nil && !errors.Is(err, errGone) {
		return "", err
	}
	for _, v := range a.variants {
		if v.id == id || len(a.variants) == 1 {
			return product + "/" + v.attr, nil
		}
	}
	return product + "/", nil
}

// meaning is what a scan's code or words begin to say, the most telling first. Codes are
// Cainiao's (GTMS_SIGNED, sometimes with AE_ in front) or plain words.
const meaning = "in-transit:DELIVERED_TO_CARRIER DELIVERED_TO_THE_CARRIER DELIVERED_TO_LOCAL DELIVERED_TO_THE_LOCAL BE_DELIVERED;" +
	"returning:BEING_RETURNED;" +
	"attempt-failed:SIGN_FAIL DELIVERY_FAIL DELIVER_FAIL ATTEMPT UNSUCCESSFUL NOT_DELIVERED FAILED_TO_DELIVER FAILED_DELIVERY;" +
	"returned:RETURNED_TO_SENDER RETURNED RETURN_SUCCESS;" +
	"returning:RETURN;" +
	"lost:PACKAGE_LOST PARCEL_LOST _LOST LOST_;" +
	"exception:EXCEPTION _FAILURE CUSTOMS_HOLD DAMAGED;" +
	"out-for-delivery:OUT_FOR_DELIVERY DO_DEPART DELIVERING;" +
	"pickup-ready:AVAILABLE_FOR READY_FOR_PICKUP READY_FOR_COLLECTION AWAITING_COLLECTION SELF_PICK PICKUP_POINT INFORM_BUYER;" +
	"delivered:GTMS_SIGNED DELIVERED SIGNED_FOR DELIVERY_COMPLETED;" +
	"label-made:ORDER_PLACED ORDER_PAID ORDER_CREATED CREATED GWMS_ACCEPT GWMS_PACKAGE BEING_PREPARED PREPARING LABEL CONSIGN READY_FOR_SHIP;" +
	"in-transit:PICKUP PICKED_UP GWMS_OUTBOUND SC_ LH_ CC_ GTMS_ACCEPT LAST_MILE TRANSIT DEPART ARRIVE RECEIVED_BY ACCEPTED_BY HANDED_OVER CUSTOMS LEFT_"

// kindOf reads a scan: by its code, and if that says nothing, by its words.
func kindOf(name, words string) carrier.Kind {
	for _, text := range []string{name, words} {
		text = strings.Join(strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r == ' ' || r == '_' || r == ',' }), "_")
		for entry := range strings.SplitSeq(meaning, ";") {
			kind, marks, _ := strings.Cut(entry, ":")
			for mark := range strings.FieldsSeq(marks) {
				if strings.Contains(text, mark) {
					return carrier.Kind(kind)
				}
			}
		}
	}
	return carrier.Unknown
}
