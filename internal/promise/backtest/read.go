// Package backtest asks how good delivery forecasts would have been on a history of real
// deliveries: it walks through the orders as they were placed, forecasts each from what had
// happened until then, and compares with what became of it.
package backtest

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/promise"
)

// Order is a line of the history: the trip, and the date that its marketplace promised.
type Order struct {
	promise.Trip
	Estimated time.Time // the day promised by the marketplace; zero where it is not known
}

// moment is how the history writes times, local to wherever the orders were.
const moment = "2006-01-02 15:04:05"

// ReadFile reads a history: CSV, or the same with gzip, with a header. It needs the columns
// purchase and delivered; it knows carrier, estimated, ship_limit, seller_id, seller_state,
// customer_state, customer_zip, weight_g and freight. Lines that were not delivered teach
// nothing and are left out; a time that cannot be read is an error with its line.
func ReadFile(name string) ([]Order, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// Read reads a history; see ReadFile. The orders come in the order of their purchase.
func Read(r io.Reader) ([]Order, error) {
	in := bufio.NewReader(r)
	var text io.Reader = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		text = z
	}
	lines := csv.NewReader(text)
	lines.ReuseRecord = true
	header, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range []string{"purchase", "delivered"} {
		if _, has := at[name]; !has {
			return nil, fmt.Errorf("there is no column %q", name)
		}
	}
	var list []Order
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		o, delivered, err := order(record, at)
		if err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if delivered {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(a, b Order) int { return a.Ordered.Compare(b.Ordered) })
	return list, nil
}

func order(record []string, at map[string]int) (o Order, delivered bool, err error) {
	text := func(name string) string {
		i, has := at[name]
		if !has {
			return ""
		}
		return strings.Clone(strings.TrimSpace(record[i]))
	}
	when := func(name string) time.Time {
		s := text(name)
		if s == "" {
			return time.Time{}
		}
		t, parsed := time.Parse(moment, s)
		if parsed != nil && err == nil {
			err = fmt.Errorf("%s: %q is no time like %s", name, s, moment)
		}
		return t
	}
	number := func(name string) float64 {
		s := text(name)
		if s == "" {
			return 0
		}
		v, parsed := strconv.ParseFloat(s, 64)
		if parsed != nil && err == nil {
			err = fmt.Errorf("%s: %q is no number", name, s)
		}
		return v
	}
	o.Ordered, o.Shipped, o.Delivered = when("purchase"), when("carrier"), when("delivered")
	o.Estimated = when("estimated")
	o.Supplier, o.From, o.To, o.Postcode = text("seller_id"), text("seller_state"), text("customer_state"), text("customer_zip")
	o.WeightGrams, o.FreightUnits = number("weight_g"), number("freight")
	if !o.Estimated.IsZero() {
		o.StatedDays = o.Estimated.Sub(o.Ordered).Hours() / 24
	}
	if limit := when("ship_limit"); !limit.IsZero() {
		o.ReadyDays = limit.Sub(o.Ordered).Hours() / 24
	}
	if err == nil && o.Ordered.IsZero() {
		err = errors.New("it has no time of purchase")
	}
	return o, !o.Delivered.IsZero() && !o.Delivered.Before(o.Ordered), err
}
