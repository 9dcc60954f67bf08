package cj

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/supplier"
)

// envelope of a message.
type notice struct {
	ID     text            `json:"messageId"`
	Type   text            `json:"type"`
	Params json.RawMessage `json:"params"`
}

// Receive verifies a message by the header sign and translates it. What the account's
// number is must be known: from the setting, or from the vault once a token was fetched.
func (c *conn) Receive(header http.Header, body []byte) (supplier.Message, error) {
	key, err := c.signingKey()
	if err != nil {
		return supplier.Message{}, err
	}
	if !genuine(key, header.Get("Sign"), body) {
		return supplier.Message{}, connector.ErrForged
	}
	return parse(body)
}

// genuine compares in constant time.
func genuine(openID, sign string, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(openID))
	mac.Write(body)
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return sign != "" && hmac.Equal([]byte(want), []byte(sign))
}

// signingKey is the account's number; the vault is asked until it knows it.
func (c *conn) signingKey() (string, error) {
	if id := c.openID.Load(); id != nil && *id != "" {
		return *id, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	t, _, err := c.load(ctx)
	if err != nil {
		return "", err
	}
	if t.OpenID == "" {
		return "", errors.New("message of CJ: the account number is not known before the first call: test the connection once")
	}
	return t.OpenID, nil
}

// parse translates a body whose signature holds.
func parse(body []byte) (supplier.Message, error) {
	var n notice
	if err := json.Unmarshal(body, &n); err != nil {
		return supplier.Message{}, fmt.Errorf("message of CJ: %w", err)
	}
	if len(bytes.TrimSpace(body)) == 0 || bytes.TrimSpace(body)[0] != '{' {
		return supplier.Message{}, errors.New("message of CJ: not an object")
	}
	if !present(n.Params) {
		return supplier.Message{}, connector.ErrIgnored
	}
	m, err := n.translate()
	if err != nil {
		return supplier.Message{}, err
	}
	m.Key = string(n.ID)
	if m.Key == "" {
		sum := sha256.Sum256(body)
		m.Key = hex.EncodeToString(sum[:])
	}
	return m, nil
}

func (n notice) translate() (supplier.Message, error) {
	switch n.Type {
	case "ORDER":
		return n.order()
	case "ORDERSPLIT":
		return n.split()
	case "LOGISTIC", "LOGISTICS":
		return n.logistic()
	case "STOCK":
		rows := map[string]json.RawMessage{}
		if err := n.into(&rows); err != nil {
			return supplier.Message{}, err
		}
		return changed(slices.Sorted(maps.Keys(rows))...)
	case "VARIANT", "PRODUCT":
		var p struct {
			VID text `json:"vid"`
			PID text `json:"pid"`
		}
		if err := n.into(&p); err != nil {
			return supplier.Message{}, err
		}
		return changed(orElse(string(p.VID), string(p.PID)))
	case "MAKEUP": // a further bill for an order
		var p struct {
			Order text `json:"relationOrderId"`
		}
		if err := n.into(&p); err != nil {
			return supplier.Message{}, err
		}
		return recheck(supplier.Ref{Ref: string(p.Order)})
	}
	return supplier.Message{}, connector.ErrIgnored
}

func (n notice) into(v any) error {
	if err := json.Unmarshal(n.Params, v); err != nil {
		return fmt.Errorf("message of CJ, %s: %w", n.Type, err)
	}
	return nil
}

// changed says that something is new about articles.
func changed(skus ...string) (supplier.Message, error) {
	skus = slices.DeleteFunc(skus, func(s string) bool { return s == "" })
	if len(skus) == 0 {
		return supplier.Message{}, connector.ErrIgnored
	}
	return supplier.Message{SKUs: skus}, nil
}

// recheck says that a look at an order is worth while.
func recheck(ref supplier.Ref) (supplier.Message, error) {
	if ref.Ref == "" && ref.Key == "" {
		return supplier.Message{}, connector.ErrIgnored
	}
	return supplier.Message{Recheck: []supplier.Ref{ref}}, nil
}

// order is topic ORDER. Its field for CJ's number is cjOrderId, unlike in the reads.
func (n notice) order() (supplier.Message, error) {
	var p struct {
		record
		Updated text `json:"updateDate"`
		PaidAt  text `json:"payDate"`
		LeftAt  text `json:"deliveryDate"`
	}
	if err := n.into(&p); err != nil {
		return supplier.Message{}, err
	}
	r := p.record
	r.OrderID, r.CJOrderID = text(orElse(string(r.CJOrderID), string(r.OrderID))), ""
	r.OrderNum, r.OrderNumber = text(orElse(string(r.OrderNumber), string(r.OrderNum))), ""
	r.Paid, r.Left, r.raw = p.PaidAt, p.LeftAt, n.Params
	if r.number() == "" && r.key() == "" {
		return supplier.Message{}, connector.ErrIgnored
	}
	if r.State == "" || r.number() == "" {
		return recheck(supplier.Ref{Key: r.key(), Ref: r.number()})
	}
	s := r.status()
	if at := p.Updated.time(); !at.IsZero() {
		s.At = at
	}
	return supplier.Message{Status: []supplier.Status{s}}, nil
}

// split is topic ORDERSPLIT: from now on the parts have to be read.
func (n notice) split() (supplier.Message, error) {
	var p struct {
		Original text `json:"originalOrderId"`
		Parts    lines[struct {
			Code text `json:"orderCode"`
		}] `json:"splitOrderList"`
	}
	if err := n.into(&p); err != nil {
		return supplier.Message{}, err
	}
	ref := supplier.Ref{Ref: string(p.Original)}
	for _, part := range p.Parts {
		if part.Code != "" && part.Code != p.Original {
			ref.Parts = append(ref.Parts, string(part.Code))
		}
	}
	return recheck(ref)
}

// scan is one element of logisticsTrackEvents.
type scan struct {
	Status   text `json:"status"`
	Activity text `json:"activity"`
	Location text `json:"location"`
	At       text `json:"eventTime"`
	Desc     text `json:"statusDesc"`
}

// logistic is topic LOGISTIC: one parcel's way. It says nothing of the order's other
// parcels, so the order is only part-shipped by it, and a look is asked for.
func (n notice) logistic() (supplier.Message, error) {
	var p struct {
		Order    text            `json:"orderId"`
		Keys     lines[text]     `json:"storeOrderNumbers"`
		Logistic text            `json:"logisticName"`
		Provider text            `json:"trackingProvider"`
		Number   text            `json:"trackingNumber"`
		URL      text            `json:"trackingUrl"`
		Status   text            `json:"trackingStatus"`
		Events   json.RawMessage `json:"logisticsTrackEvents"`
	}
	if err := n.into(&p); err != nil {
		return supplier.Message{}, err
	}
	ref := supplier.Ref{Ref: string(p.Order)}
	if len(p.Keys) == 1 {
		ref.Key = string(p.Keys[0])
	}
	m, err := recheck(ref)
	status, ok := p.Status.number()
	if err != nil || p.Number == "" || !ok || status == 0 { // a label is no departure
		return m, err
	}
	events := scans(p.Events)
	m.Status = []supplier.Status{{Ref: ref, State: supplier.PartShip, Raw: n.Params, Parcels: []supplier.Parcel{{
		Number: string(p.Number), Carrier: orElse(string(p.Provider), string(p.Logistic)), URL: webAddress(p.URL), Events: events}}}}
	for _, e := range events {
		if e.At.After(m.Status[0].At) {
			m.Status[0].At = e.At
		}
	}
	return m, nil
}

// scans reads the events: a list of JSON inside a string, or the list itself.
func scans(raw json.RawMessage) []carrier.Event {
	var inside string
	if json.Unmarshal(raw, &inside) == nil {
		raw = json.RawMessage(inside)
	}
	var list lines[scan]
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []carrier.Event
	for _, one := range list {
		at := one.At.time()
		if at.IsZero() {
			continue
		}
		code, ok := one.Status.number()
		kind := carrier.Unknown
		if ok {
			kind = kindOf(code)
		}
		out = append(out, carrier.Event{At: at, Kind: kind, Words: orElse(string(one.Activity), string(one.Desc)), Location: string(one.Location)})
	}
	return out
}

// kindOf translates CJ's trackingStatus.
func kindOf(status int64) carrier.Kind {
	switch status {
	case 0:
		return carrier.LabelMade
	case 1, 2, 4, 5, 6, 7, 8, 9:
		return carrier.InTransit
	case 3, 14: // 3: the forwarder gave it back
		return carrier.Returning
	case 10:
		return carrier.OutForDelivery
	case 11:
		return carrier.PickupReady
	case 12:
		return carrier.Delivered
	case 13:
		return carrier.Exception
	}
	return carrier.Unknown
}
