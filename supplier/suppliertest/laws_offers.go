package suppliertest

import (
	"context"
	"slices"
	"strconv"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"
)

func (s *stand) skus() []string {
	var out []string
	for _, g := range s.Goods {
		out = append(out, g.SKU)
	}
	return out
}

func (s *stand) ask(skus ...string) supplier.Ask {
	return supplier.Ask{SKUs: skus, Lang: "en", ShipTo: s.addresses()[0].Country}
}

// walk reads all pages, from a cursor on, and gives the cursors it passed.
func (s *stand) walk(c supplier.Connector, ask supplier.Ask) (offers []supplier.Offer, gone, cursors []string) {
	s.t.Helper()
	for range 1000 {
		page, err := c.Offers(s.t.Context(), ask)
		s.outcome(err)
		if err != nil {
			s.t.Fatalf("offers from %q: %v", ask.Cursor, err)
		}
		offers, gone = append(offers, page.Offers...), append(gone, page.Gone...)
		if page.Next == "" {
			return offers, gone, cursors
		}
		ask.Cursor = page.Next
		cursors = append(cursors, page.Next)
	}
	s.t.Fatal("offers: the pages never end")
	return nil, nil, nil
}

// pick is the offer of a SKU.
func pick(offers []supplier.Offer, sku string) (supplier.Offer, bool) {
	i := slices.IndexFunc(offers, func(o supplier.Offer) bool { return o.SKU == sku })
	if i < 0 {
		return supplier.Offer{}, false
	}
	return offers[i], true
}

func offersExact(s *stand) {
	offers, gone, _ := s.walk(s.conn, s.ask(s.skus()...))
	if len(gone) > 0 {
		s.t.Errorf("gone: %v, want none", gone)
	}
	for _, g := range s.Goods {
		o, ok := pick(offers, g.SKU)
		switch {
		case !ok:
			s.t.Errorf("%s: no offer", g.SKU)
		case o.Cost != g.Cost:
			s.t.Errorf("%s: costs %s, want %s", g.SKU, o.Cost, g.Cost)
		case o.Quantity != g.Quantity:
			s.t.Errorf("%s: %d units, want %d", g.SKU, o.Quantity, g.Quantity)
		case g.Title != "" && o.Title == "":
			s.t.Errorf("%s: no title", g.SKU)
		}
	}
}

func pagesResume(s *stand) {
	ask := s.ask(s.skus()...)
	offers, _, cursors := s.walk(s.conn, ask)
	seen := map[string]int{}
	for _, o := range offers {
		seen[o.SKU]++
	}
	for _, g := range s.Goods {
		if seen[g.SKU] != 1 {
			s.t.Errorf("%s: offered %d times, want once", g.SKU, seen[g.SKU])
		}
	}
	for i, cursor := range cursors {
		if i > 0 && cursors[i-1] == cursor {
			s.t.Fatalf("cursor %q does not move", cursor)
		}
		ask.Cursor = cursor // another node goes on, knowing nothing but the cursor
		rest, _, _ := s.walk(s.open(s.values, 0), ask)
		if len(rest) >= len(offers) {
			s.t.Errorf("from %q: %d offers of %d, want only the rest", cursor, len(rest), len(offers))
		}
		tail := offers[len(offers)-len(rest):]
		for j := range rest {
			if rest[j].SKU != tail[j].SKU {
				s.t.Errorf("from %q: offer %d is %s, want %s", cursor, j, rest[j].SKU, tail[j].SKU)
			}
		}
	}
}

// brokenPages: silence never means "sold out".
func brokenPages(s *stand) {
	ctx := s.t.Context()
	ask := s.ask(s.skus()...)
	fails := func(what string) {
		s.t.Helper()
		page, err := s.conn.Offers(ctx, ask)
		if s.outcome(err) == connector.Done {
			s.t.Errorf("%s: %d offers, %d gone and no error", what, len(page.Offers), len(page.Gone))
		}
	}
	for _, path := range s.Paths.Offers {
		for _, body := range s.rubbish() {
			s.wire.set(garble{match: path, status: 200, body: body})
			fails(path + " answering " + short(body))
		}
		for _, status := range []int{500, 503, 403, 404} {
			s.wire.set(garble{match: path, status: status, body: "<html>error</html>"})
			fails(path + " with an error's status")
		}
		s.wire.set()
		s.Knobs.Once(emulator.Truncate, path)
		fails(path + " cut in half")
	}
	s.walk(s.conn, ask) // and is well again
}

func goneAndEmpty(s *stand) {
	empty := s.Goods[1].SKU
	s.SetStock(empty, 0)
	offers, gone, _ := s.walk(s.conn, s.ask(s.skus()...))
	if o, ok := pick(offers, empty); ok && o.Quantity != 0 {
		s.t.Errorf("%s: %d units, want 0", empty, o.Quantity)
	} else if !ok && !slices.Contains(gone, empty) {
		s.t.Errorf("%s: neither offered nor gone", empty)
	}
	s.SetStock(empty, 7)
	offers, _, _ = s.walk(s.conn, s.ask(empty))
	if o, _ := pick(offers, empty); o.Quantity != 7 {
		s.t.Errorf("%s: %d units, want 7", empty, o.Quantity)
	}
	if s.UnknownSKU == "" {
		return
	}
	offers, gone, _ = s.walk(s.conn, s.ask(s.Goods[0].SKU, s.UnknownSKU))
	if _, ok := pick(offers, s.UnknownSKU); ok || !slices.Contains(gone, s.UnknownSKU) {
		s.t.Errorf("%s: offered %v, gone %v; want it gone", s.UnknownSKU, ok, gone)
	}
	if _, ok := pick(offers, s.Goods[0].SKU); !ok {
		s.t.Errorf("%s: not offered beside an unknown one", s.Goods[0].SKU)
	}
}

func quotes(s *stand) {
	q := s.conn.(supplier.Quoter)
	o := s.order("QUOTE-1", 2, 1)
	ask := supplier.Parcelled{To: o.Address, From: "CN", Lines: o.Lines, Wanted: o.Currency}
	list, err := q.Quote(s.t.Context(), ask)
	s.want("quote", err, connector.Done)
	again, err := q.Quote(s.t.Context(), ask)
	s.want("quote again", err, connector.Done)
	if len(list) == 0 || !slices.Equal(list, again) {
		s.t.Fatalf("quotes %v, and again %v: want the same, and some", list, again)
	}
	for _, one := range list {
		if one.Service == "" || one.Cost.Minor < 0 || !one.Cost.Currency.Valid() || one.MinDays > one.MaxDays {
			s.t.Errorf("not a quote: %+v", one)
		}
	}
	o.Service = list[0].Service
	s.submit(o)
	for _, body := range s.rubbish() {
		s.wire.set(garble{match: s.Paths.Quote, status: 200, body: body})
		_, err := q.Quote(context.Background(), ask)
		if s.outcome(err) == connector.Done {
			s.t.Errorf("quote from %s: no error", short(body))
		}
	}
}

func short(body string) string {
	if len(body) > 40 {
		return strconv.Quote(body[:40]) + "…"
	}
	if body == "" {
		return "nothing"
	}
	return strconv.Quote(body)
}
