package cj

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/supplier"
)

// Disputes at CJ (https://developers.cjdropshipping.com/en/api/api2/api/dispute.html) are made in
// three calls: which articles of an order can be disputed, which reasons and how much money there
// are for those, and the dispute itself. The last answers only "true", with no name; the list of
// an order's disputes tells it later, and tells after a lost answer whether there is one. CJ
// allows no second dispute of an article while one is open, so the newest of that list that is
// not older than our first try is ours.

var _ supplier.Disputer = (*conn)(nil)

// messageMost is how much CJ takes of a message.
const messageMost = 500

// disputable is an article of an order as CJ's dispute calls write it. It goes back to CJ as it
// came, with our quantity.
type disputable struct {
	row       map[string]json.RawMessage
	lineItem  text
	variant   text
	canChoose bool
	quantity  int64
}

func (d *disputable) UnmarshalJSON(b []byte) error {
	var known struct {
		LineItem  text `json:"lineItemId"`
		Variant   text `json:"cjVariantId"`
		CanChoose text `json:"canChoose"`
		Quantity  text `json:"quantity"`
	}
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	d.lineItem, d.variant, d.canChoose = known.LineItem, known.Variant, known.CanChoose == "true"
	d.quantity, _ = known.Quantity.number()
	return json.Unmarshal(b, &d.row)
}

// File opens a dispute: the money comes back to the CJ balance.
func (c *conn) File(ctx context.Context, d supplier.Demand) (supplier.Verdict, error) {
	order, err := c.orderOf(ctx, d.Order)
	if err != nil {
		return supplier.Verdict{}, unsent(err)
	}
	products, err := c.disputables(ctx, order, d.Lines)
	if err != nil {
		return supplier.Verdict{}, unsent(err)
	}
	if len(products) == 0 { // a dispute of ours may be the reason
		found, err := c.filedOf(ctx, order, d)
		if errors.Is(err, connector.ErrNotFound) {
			return supplier.Verdict{}, &connector.Rejected{Code: "not-disputable", Words: "CJ takes no dispute of these articles: it is too late, or one is open", Cause: connector.CauseLate}
		}
		return found, unsent(err)
	}
	reason, err := c.reasonFor(ctx, order, products, d.Wrong)
	if err != nil {
		return supplier.Verdict{}, unsent(err)
	}
	return c.openDispute(ctx, order, products, reason, d)
}

// unsent marks the failure of a question that came before the dispute itself.
func unsent(err error) error {
	var lost *connector.Uncertain
	if errors.As(err, &lost) {
		return &connector.NotSent{Err: lost.Err}
	}
	if errors.Is(err, connector.ErrNotFound) {
		return &connector.Rejected{Code: "no-order", Words: "CJ does not know the order", Cause: connector.CauseOther}
	}
	return err
}

// orderOf is CJ's own number of an order.
func (c *conn) orderOf(ctx context.Context, ref supplier.Ref) (string, error) {
	if ref.Ref != "" {
		return ref.Ref, nil
	}
	r, err := c.detail(ctx, ref.Key)
	return r.number(), err
}

// disputables are the wanted articles of an order that CJ lets dispute, with the wanted quantity.
func (c *conn) disputables(ctx context.Context, order string, wanted []supplier.Line) ([]disputable, error) {
	got, err := c.get(ctx, "/disputes/disputeProducts", url.Values{"orderId": {order}})
	if err != nil {
		return nil, translate(err)
	}
	var list struct {
		Products lines[disputable] `json:"productInfoList"`
	}
	if err := got.into(&list); err != nil {
		return nil, err
	}
	var out []disputable
	for _, w := range wanted {
		left := w.Quantity
		for _, p := range list.Products {
			if string(p.variant) != w.SKU || !p.canChoose || left <= 0 || p.quantity <= 0 {
				continue
			}
			p.quantity = min(p.quantity, left)
			left -= p.quantity
			out = append(out, p)
		}
	}
	return out, nil
}

// info writes articles as CJ wants them back.
func info(list []disputable) []map[string]json.RawMessage {
	var out []map[string]json.RawMessage
	for _, p := range list {
		p.row["quantity"] = json.RawMessage(fmt.Sprint(p.quantity))
		out = append(out, p.row)
	}
	return out
}

// reasonFor asks for CJ's reasons and picks the one that says what went wrong. CJ names them
// freely, so they are told by their words; where none fits, the first is taken.
func (c *conn) reasonFor(ctx context.Context, order string, products []disputable, wrong supplier.Wrong) (int64, error) {
	got, err := c.post(ctx, "/disputes/disputeConfirmInfo", map[string]any{"orderId": order, "productInfoList": info(products)})
	if err != nil {
		return 0, translate(err)
	}
	var said struct {
		Reasons lines[struct {
			ID   text `json:"disputeReasonId"`
			Name text `json:"reasonName"`
		}] `json:"disputeReasonList"`
		Expect lines[text] `json:"expectResultOptionList"`
	}
	if err := got.into(&said); err != nil {
		return 0, err
	}
	refund := len(said.Expect) == 0
	for _, e := range said.Expect {
		refund = refund || e == "1"
	}
	if !refund || len(said.Reasons) == 0 {
		return 0, &connector.Rejected{Code: "no-refund", Words: "CJ offers no refund for these articles", Cause: connector.CauseOther}
	}
	for _, word := range reasonWords(wrong) {
		for _, r := range said.Reasons {
			if id, ok := r.ID.number(); ok && strings.Contains(strings.ToLower(string(r.Name)), word) {
				return id, nil
			}
		}
	}
	id, ok := said.Reasons[0].ID.number()
	if !ok {
		return 0, lost("CJ's reason %q has no number", said.Reasons[0].Name)
	}
	return id, nil
}

func reasonWords(w supplier.Wrong) []string {
	switch w {
	case supplier.NotArrived:
		return []string{"not received", "not receive", "lost", "undelivered"}
	case supplier.CameLate:
		return []string{"late", "delay", "not received"}
	case supplier.Damaged:
		return []string{"damage", "broken", "defect", "quality"}
	case supplier.WrongItem:
		return []string{"wrong", "incorrect"}
	case supplier.MissingPart:
		return []string{"missing", "less", "short"}
	case supplier.NotAsDescribed:
		return []string{"description", "described", "quality"}
	}
	return []string{"other"}
}

func (c *conn) openDispute(ctx context.Context, order string, products []disputable, reason int64, d supplier.Demand) (supplier.Verdict, error) {
	photos := d.Photos
	if photos == nil {
		photos = []string{}
	}
	got, err := c.post(ctx, "/disputes/create", map[string]any{
		"orderId": order, "businessDisputeId": d.Key, "disputeReasonId": reason,
		"expectType":  1, // refund
		"refundType":  1, // to the balance
		"messageText": cut(d.Words, messageMost), "imageUrl": photos, "productInfoList": info(products),
	})
	if r := asRefusal(err); r != nil && r.verdict() == refused {
		if found, lookErr := c.filedOf(ctx, order, d); lookErr == nil && !d.Tried.IsZero() {
			return found, nil // it is there already
		}
		return supplier.Verdict{}, r.rejected()
	}
	if err != nil {
		return supplier.Verdict{}, translate(err)
	}
	v := supplier.Verdict{State: supplier.DemandOpen, Raw: got.raw}
	if found, err := c.filedOf(ctx, order, d); err == nil {
		v.Ref = found.Ref // CJ tells its name only in the list; else the next look does
	}
	return v, nil
}

// Filed asks how a dispute stands.
func (c *conn) Filed(ctx context.Context, d supplier.Demand) (supplier.Verdict, error) {
	order, err := c.orderOf(ctx, d.Order)
	if err != nil {
		return supplier.Verdict{}, err
	}
	return c.filedOf(ctx, order, d)
}

// tryGrace is how much CJ's clock may be behind ours.
const tryGrace = 2 * time.Minute

// filedOf looks for our dispute among those of an order.
func (c *conn) filedOf(ctx context.Context, order string, d supplier.Demand) (supplier.Verdict, error) {
	got, err := c.get(ctx, "/disputes/getDisputeList", url.Values{"orderId": {order}, "pageNum": {"1"}, "pageSize": {"100"}})
	if err != nil {
		return supplier.Verdict{}, onRead(err)
	}
	var page struct {
		Total text               `json:"total"`
		List  *[]json.RawMessage `json:"list"`
	}
	if err := got.into(&page); err != nil {
		return supplier.Verdict{}, err
	}
	total, counted := page.Total.number()
	if page.List == nil || !counted || total > int64(len(*page.List)) {
		return supplier.Verdict{}, lost("CJ's disputes of order %q are not complete", order)
	}
	var best *filed
	for _, raw := range *page.List {
		var f filed
		if err := json.Unmarshal(raw, &f); err != nil {
			return supplier.Verdict{}, lost("a dispute of order %q cannot be read", order)
		}
		f.raw = raw
		if f.is(d) && (best == nil || f.Created.time().After(best.Created.time())) {
			best = &f
		}
	}
	if best == nil {
		return supplier.Verdict{}, fmt.Errorf("dispute of order %q: %w", order, connector.ErrNotFound)
	}
	return best.verdict(), nil
}

// filed is a row of CJ's list of disputes.
type filed struct {
	ID       text `json:"id"`
	Business text `json:"businessDisputeId"` // not documented in the list; believed where it is there
	Status   text `json:"status"`
	Reason   text `json:"disputeReason"`
	Deal     text `json:"finallyDeal"` // 1 refund, 2 sent again, 3 refused
	Money    text `json:"money"`
	Resent   text `json:"resendOrderCode"`
	Created  text `json:"createDate"`
	Products lines[struct {
		Variant text `json:"cjVariantId"`
	}] `json:"productList"`
	raw []byte
}

// is says whether the row is our demand.
func (f filed) is(d supplier.Demand) bool {
	switch {
	case d.Ref != "":
		return string(f.ID) == d.Ref
	case f.Business != "":
		return string(f.Business) == d.Key
	case !d.Tried.IsZero() && f.Created.time().Before(d.Tried.Add(-tryGrace)), d.Tried.IsZero():
		return false
	}
	for _, p := range f.Products {
		for _, l := range d.Lines {
			if string(p.Variant) == l.SKU {
				return true
			}
		}
	}
	return len(f.Products) == 0
}

func (f filed) verdict() supplier.Verdict {
	v := supplier.Verdict{Ref: string(f.ID), State: supplier.DemandOpen, Words: string(f.Status), Raw: f.raw}
	deal, _ := f.Deal.number()
	switch deal {
	case 1:
		v.State, v.Amount = supplier.DemandCredited, f.Money.known()
		if v.Amount.Currency == "" || v.Amount.Minor <= 0 {
			v.State = supplier.DemandGranted
		}
	case 2:
		v.State, v.Words = supplier.DemandGranted, "CJ sends it once more: order "+string(f.Resent)
	case 3:
		v.State, v.Words = supplier.DemandDenied, "CJ refused: "+string(f.Status)
	}
	return v
}
