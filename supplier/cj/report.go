package cj

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"doorstep/connector"
	"doorstep/supplier"
)

// batchMost is how many orders getOrderDetailBatch reads at once.
const batchMost = 100

// Report reads orders in batches. What the batch leaves out is asked for by itself, so
// that a half answer is not taken for "unknown".
func (c *conn) Report(ctx context.Context, refs []supplier.Ref) ([]supplier.Status, error) {
	var numbers []string
	for _, ref := range refs {
		numbers = append(numbers, numbersOf(ref)...)
	}
	slices.Sort(numbers)
	found, err := c.records(ctx, slices.Compact(numbers))
	if err != nil {
		return nil, err
	}
	var out []supplier.Status
	seen := map[string]bool{}
	for _, ref := range refs {
		s, known := assemble(ref, found)
		if !known || seen[s.Ref.Ref+"\x00"+s.Key] {
			continue
		}
		seen[s.Ref.Ref+"\x00"+s.Key] = true
		out = append(out, s)
	}
	c.lastMiles(ctx, out)
	return out, nil
}

// numbersOf are all numbers by which CJ may know an order and its parts.
func numbersOf(ref supplier.Ref) []string {
	out := slices.Clone(ref.Parts)
	if own := orElse(ref.Ref, ref.Key); own != "" {
		out = append(out, own)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// assemble is the status of one order from what was found.
func assemble(ref supplier.Ref, found map[string]record) (supplier.Status, bool) {
	whole, known := found[orElse(ref.Ref, ref.Key)]
	var parts []record
	for _, n := range ref.Parts {
		if r, ok := found[n]; ok && !(known && r.number() == whole.number()) { // another name of the order is no part
			parts = append(parts, r)
		}
	}
	switch {
	case len(parts) > 0:
		if known && ref.Ref == "" {
			ref.Ref = whole.number()
		}
		var at *record
		if known {
			at = &whole
		}
		return together(ref, at, parts), true
	case !known:
		return supplier.Status{}, false
	}
	s := whole.status()
	s.Key = orElse(s.Key, ref.Key)
	s.Parts = ref.Parts
	return s, true
}

// records reads orders by number; those that CJ does not know are left out.
func (c *conn) records(ctx context.Context, numbers []string) (map[string]record, error) {
	found := map[string]record{}
	for part := range slices.Chunk(numbers, batchMost) {
		if err := c.readBatch(ctx, part, found); err != nil {
			return nil, err
		}
	}
	for _, n := range numbers {
		if _, ok := found[n]; ok {
			continue
		}
		r, err := c.detail(ctx, n)
		if errors.Is(err, connector.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("order %s: %w", n, err)
		}
		found[n] = r
	}
	return found, nil
}

// readBatch reads up to a hundred orders into found. Where CJ does not offer the call it
// finds none, and they are read one by one.
func (c *conn) readBatch(ctx context.Context, numbers []string, found map[string]record) error {
	if len(numbers) < 2 {
		return nil // one by one is as quick
	}
	if err := wait(ctx, c.batch); err != nil {
		return err
	}
	got, err := c.post(ctx, "/shopping/order/getOrderDetailBatch", map[string]any{"orderIds": numbers})
	if r := asRefusal(err); r != nil && (r.code == 1600100 || r.code == 1600101 || r.verdict() == absent || r.status == http.StatusNotFound) {
		return nil
	}
	if err != nil {
		return onRead(err)
	}
	rows, err := batchRows(got)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r, err := readRecord(row)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			if r.named(n) {
				found[n] = r
			}
		}
	}
	return nil
}

// batchRows are the orders of the answer: a list, or a page with a list.
func batchRows(got answer) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	if json.Unmarshal(got.data, &rows) == nil && rows != nil {
		return rows, nil
	}
	var page struct {
		List *[]json.RawMessage `json:"list"`
	}
	if err := got.into(&page); err != nil {
		return nil, err
	}
	if page.List == nil {
		return nil, lost("CJ's batch answer holds no list")
	}
	return *page.List, nil
}

// track is what trackInfo says of a parcel; it tells no single events.
type track struct {
	Number      text `json:"trackingNumber"`
	NextNumber  text `json:"lastTrackNumber"`
	NextCarrier text `json:"lastMileCarrier"`
}

// lastMiles asks under which number the last mile goes, for all parcels on their way at
// once. It is an extra: without an answer the report stands as it is.
func (c *conn) lastMiles(ctx context.Context, list []supplier.Status) {
	var numbers []string
	for _, s := range list {
		for _, p := range s.Parcels {
			if p.Next == "" && (s.State == supplier.Shipped || s.State == supplier.PartShip) {
				numbers = append(numbers, p.Number)
			}
		}
	}
	if len(numbers) == 0 {
		return
	}
	got, err := c.get(ctx, "/logistic/trackInfo", url.Values{"trackNumber": numbers})
	var rows lines[track]
	if err != nil || got.into(&rows) != nil {
		return
	}
	for _, row := range rows {
		for i := range list {
			for j := range list[i].Parcels {
				if p := &list[i].Parcels[j]; p.Number == string(row.Number) && p.Next == "" && row.NextNumber != row.Number {
					p.Next, p.NextBy = string(row.NextNumber), string(row.NextCarrier)
				}
			}
		}
	}
}
