package cj

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bojanz/address"

	"doorstep/connector"
	"doorstep/supplier"
)

// remarkMost is how much CJ takes of a note.
const remarkMost = 500

// Submit creates the order and, unless it is set otherwise, pays it from the balance.
func (c *conn) Submit(ctx context.Context, o supplier.Order) (supplier.Status, error) {
	c.refusals.forget(o.Key)
	got, err := c.post(ctx, "/shopping/order/createOrder"+c.values["order_api"], c.creation(o))
	if r := asRefusal(err); r != nil {
		return c.refusedSubmit(ctx, o.Key, r)
	}
	if err != nil {
		return supplier.Status{}, err
	}
	status, err := c.created(o, got)
	if err != nil {
		return supplier.Status{}, err
	}
	return status, nil
}

// created reads the answer to a creation; anything but an order number is a lost answer.
func (c *conn) created(o supplier.Order, got answer) (supplier.Status, error) {
	var number text
	if json.Unmarshal(got.data, &number) == nil && number != "" && number != "true" && number != "false" {
		got.data = json.RawMessage(fmt.Sprintf(`{"orderId":%q}`, number)) // the first version's answer
	}
	r, err := readRecord(got.data)
	if err != nil {
		return supplier.Status{}, err
	}
	if key := r.key(); key != "" && !strings.EqualFold(key, o.Key) {
		return supplier.Status{}, lost("CJ answered with order %q", key)
	}
	s := r.status()
	s.Key, s.Raw = o.Key, got.raw
	if s.State == supplier.Unpaid && c.payType() == 2 {
		s.State = supplier.Placed // it is being paid: a report will tell if that failed
	}
	return s, nil
}

// refusedSubmit is what a refusal to create means. Where the order may be there all the
// same, CJ is asked by our key: the order of that key is the answer.
func (c *conn) refusedSubmit(ctx context.Context, key string, r *refusal) (supplier.Status, error) {
	v := r.verdict()
	if v == absent { // "order not found" in answer to a creation makes no sense
		return supplier.Status{}, &connector.Uncertain{Err: r}
	}
	if v != isRepeated && v != halfDone {
		return supplier.Status{}, r.kind()
	}
	status, err := c.Find(ctx, key)
	switch {
	case err == nil:
		if v == halfDone && status.State == supplier.Unpaid {
			status.Code, status.Words, status.Cause = fmt.Sprint(r.code), r.message, causeOf(r)
		}
		return status, nil
	case r.code == 1603000 && errors.Is(err, connector.ErrNotFound) && r.busyWords():
		return supplier.Status{}, &connector.NotSent{After: waitBusy, Err: r}
	case r.code == 1603000 && errors.Is(err, connector.ErrNotFound):
		c.refusals.put(key, r) // a new order may not be visible yet: only a later look-up is certain
	}
	return supplier.Status{}, &connector.Uncertain{Err: fmt.Errorf("%w, and the look-up: %s", r, err.Error())}
}

func causeOf(r *refusal) connector.Cause {
	var rejected *connector.Rejected
	if errors.As(r.rejected(), &rejected) {
		return rejected.Cause
	}
	return connector.CauseOther
}

// payType is CJ's number for how the order is paid. Test orders cannot be paid from the
// balance, and version 3 of the call only creates.
func (c *conn) payType() int {
	switch {
	case c.values["payment"] == payPage:
		return 1
	case c.values["payment"] == payLater, c.values.Bool("sandbox"):
		return 3
	}
	return 2
}

// creation is the body of createOrderV2 and V3.
func (c *conn) creation(o supplier.Order) map[string]any {
	a := o.Address
	body := map[string]any{
		"orderNumber":          o.Key,
		"shippingCountryCode":  a.Country,
		"shippingCountry":      country(a.Country),
		"shippingProvince":     orElse(a.Region, a.Locality), // CJ insists on one
		"shippingCity":         a.Locality,
		"shippingCounty":       a.Sublocality,
		"shippingZip":          a.PostalCode,
		"shippingPhone":        a.Phone,
		"shippingCustomerName": a.Name,
		"shippingAddress":      a.Line1,
		"shippingAddress2":     joined(a.Company, a.Line2, a.Line3),
		"email":                o.Email,
		"taxId":                a.TaxID,
		"remark":               cut(o.Note, remarkMost),
		"logisticName":         orElse(o.Service, c.values["logistic_name"]),
		"fromCountryCode":      c.values["from_country"],
		"platform":             c.values["platform"],
		"payType":              c.payType(),
		"shopLogisticsType":    2, // CJ chooses the warehouse
		"products":             products(o.Lines),
	}
	if n := map[string]int{"none": 1, "own": 2, "cj": 3}[c.values["ioss"]]; n > 0 {
		body["iossType"] = n
		body["iossNumber"] = map[int]string{2: c.values["ioss_number"], 3: "CJ-IOSS"}[n]
	}
	if c.values.Bool("sandbox") {
		body["isSandbox"] = 1
	}
	return body
}

func products(list []supplier.Line) []map[string]any {
	var out []map[string]any
	for _, l := range list {
		out = append(out, map[string]any{"vid": l.SKU, "quantity": l.Quantity, "storeLineItemId": l.ID})
	}
	return out
}

// country is a country's English name, which CJ wants beside the code.
func country(code string) string {
	if name, ok := address.GetCountryNames()[code]; ok {
		return name
	}
	return code
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// Find asks for the order of our key, which CJ's detail call accepts in the place of its
// own number. Where CJ refused to create it, "not found" carries the refusal.
func (c *conn) Find(ctx context.Context, key string) (supplier.Status, error) {
	r, err := c.detail(ctx, key)
	if why := c.refusals.get(key); why != nil && errors.Is(err, connector.ErrNotFound) {
		return supplier.Status{}, fmt.Errorf("%w: %w", connector.ErrNotFound, why.rejected())
	}
	if err != nil {
		return supplier.Status{}, err
	}
	s := r.status()
	s.Key = key
	return s, nil
}

// Settles is how long CJ may take to show a new order.
func (c *conn) Settles() time.Duration { return c.settles }

// detail reads one order by CJ's number or by ours. Its ErrNotFound is certain.
func (c *conn) detail(ctx context.Context, number string) (record, error) {
	if number == "" {
		return record{}, lost("an order without a number")
	}
	got, err := c.get(ctx, "/shopping/order/getOrderDetail", url.Values{"orderId": {number}})
	if r := asRefusal(err); r != nil && r.verdict() == refused || err == nil && !present(got.data) {
		return c.listed(ctx, number) // neither an order nor a plain "not found"
	}
	if err != nil {
		return record{}, onRead(err)
	}
	r, err := readRecord(got.data)
	if err != nil {
		return record{}, err
	}
	if !r.named(number) {
		return record{}, lost("asked for order %q, CJ answered with %q", number, r.number())
	}
	return r, nil
}

// listed looks for an order in CJ's list, by our number and by CJ's: the second opinion
// where the detail call answers with neither yes nor no. Only a list that is complete
// without the order says that there is none.
func (c *conn) listed(ctx context.Context, number string) (record, error) {
	for _, filter := range []string{"orderNumbers", "orderIds"} {
		got, err := c.get(ctx, "/shopping/order/list", url.Values{"pageNum": {"1"}, "pageSize": {"100"}, filter: {number}})
		if err != nil {
			return record{}, onRead(err)
		}
		var page struct {
			Total text               `json:"total"`
			List  *[]json.RawMessage `json:"list"`
		}
		if err := got.into(&page); err != nil {
			return record{}, err
		}
		total, counted := page.Total.number()
		if page.List == nil || !counted || total > int64(len(*page.List)) {
			return record{}, lost("CJ's list for order %q is not complete", number)
		}
		for _, row := range *page.List {
			r, err := readRecord(row)
			if err != nil {
				return record{}, err
			}
			if r.named(number) {
				return r, nil
			}
		}
	}
	return record{}, fmt.Errorf("order %q: %w", number, connector.ErrNotFound)
}

// onRead is an error of a look-up: only "order not found" is a no, and a refusal of the
// question is not one of the order.
func onRead(err error) error {
	if r := asRefusal(err); r != nil {
		switch r.verdict() {
		case refused, halfDone, isRepeated:
			return &connector.Uncertain{Err: r}
		}
	}
	return translate(err)
}
