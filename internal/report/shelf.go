package report

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Sort is the order of a shelf.
type Sort string

// The orders in which products can stand.
const (
	Featured  Sort = ""          // as the merchant placed them; the newest first where nobody did
	Newest    Sort = "newest"    // the newest first
	Cheapest  Sort = "price"     // by the lowest price
	Dearest   Sort = "price-off" // by the lowest price, downwards
	ByTitle   Sort = "title"     // A to Z
	shelfPage      = 200         // products on one page, at most
)

// Shelf says which products on sale are shown, and in which order. Option values, price and
// stock must meet in one variant.
type Shelf struct {
	Collection id.Collection       // empty: all products
	Options    map[string][]string // name of an option to the values of which one is wanted
	From, To   int64               // price in minor units of the store's currency; 0: no limit
	InStock    bool
	Sort       Sort
}

// Card is a product as lists show it.
type Card struct {
	ID        id.Product
	Handle    string
	Title     string
	Vendor    string
	Low, High money.Amount // prices of its variants
	Was       money.Amount // the former price of the cheapest variant; zero: none
	InStock   bool
	Variants  int64
	Only      id.Variant // the only variant, where there is just one
	Image     Picture
	Second    Picture
	CreatedAt clock.Time
	Stars     int64 // average of its published reviews, in tenths; 0: none
	Reviews   int64 // published
}

// Picture is an image by its address.
type Picture struct{ URL, Alt string }

// ShelfPage is one page of a shelf. Next is handed back to go on; empty at the end.
type ShelfPage struct {
	Cards []Card
	Next  string
}

// cardColumns are what a card is read from; p is the product. Variants and pictures of a
// whole page come by one query each: see fillCards.
const cardColumns = `p.product_id, p.handle, p.title, p.vendor, p.created_at`

func scanCard(row scanner, c *Card, more ...any) error {
	return row.Scan(append([]any{(*string)(&c.ID), &c.Handle, &c.Title, &c.Vendor, (*int64)(&c.CreatedAt)}, more...)...)
}

// fillCards reads prices, stock and pictures of products.
func fillCards(ctx context.Context, tx *db.Tx, store id.Store, cards []Card) error {
	if len(cards) == 0 {
		return nil
	}
	of := make(map[id.Product]*Card, len(cards))
	q := &query{}
	here := q.arg(string(store))
	places := make([]string, len(cards))
	for i := range cards {
		of[cards[i].ID], places[i] = &cards[i], q.arg(string(cards[i].ID))
	}
	in := "store_id = " + here + " AND product_id IN (" + strings.Join(places, ", ") + ")"
	if err := fillVariants(ctx, tx, of, in, q.args); err != nil {
		return err
	}
	if err := fillRatings(ctx, tx, of, in, q.args); err != nil {
		return err
	}
	return fillPictures(ctx, tx, of, in, q.args)
}

// fillVariants reads the variants by price, so that the first of a product is its cheapest.
func fillVariants(ctx context.Context, tx *db.Tx, of map[id.Product]*Card, where string, args []any) error {
	type variant struct {
		product, variant string
		currency         string
		price, was, free int64
	}
	// The plus keeps SQLite from reading all variants of the store by their price for one product's.
	list, err := collect(ctx, tx, func(row scanner, v *variant) error {
		return row.Scan(&v.product, &v.variant, &v.currency, &v.price, &v.was, &v.free)
	}, `SELECT product_id, variant_id, currency, price_minor, compare_at_minor, available - reserved FROM variants WHERE `+where+
		` ORDER BY product_id, +price_minor, position`, args...)
	for _, v := range list {
		c := of[id.Product(v.product)]
		if c.Variants++; c.Variants == 1 {
			c.Low.Minor, c.Was.Minor, c.Only = v.price, v.was, id.Variant(v.variant)
			in(v.currency, &c.Low, &c.High, &c.Was)
		} else {
			c.Only = ""
		}
		c.High.Minor = v.price
		c.InStock = c.InStock || v.free > 0
	}
	return err
}

// fillPictures reads the first two pictures of each.
func fillPictures(ctx context.Context, tx *db.Tx, of map[id.Product]*Card, where string, args []any) error {
	type picture struct {
		product string
		Picture
	}
	list, err := collect(ctx, tx, func(row scanner, p *picture) error { return row.Scan(&p.product, &p.URL, &p.Alt) },
		`SELECT product_id, url, alt FROM images WHERE `+where+` ORDER BY product_id, position`, args...)
	for _, p := range list {
		switch c := of[id.Product(p.product)]; {
		case c.Image.URL == "":
			c.Image = p.Picture
		case c.Second.URL == "":
			c.Second = p.Picture
		}
	}
	return err
}

// query builds a statement and its numbered arguments.
type query struct {
	text strings.Builder
	args []any
}

// arg is the place of a further argument: "$3".
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) add(format string, args ...any) { fmt.Fprintf(&q.text, format, args...) }

// key is what a sort orders by (an expression over p and, in a collection, c), and whether
// downwards. The product's id parts equals.
func (s Shelf) key() (expr string, down, number bool) {
	switch s.Sort {
	case Cheapest:
		return "low.price_minor", false, true
	case Dearest:
		return "low.price_minor", true, true
	case ByTitle:
		return "LOWER(p.title)", false, false
	case Featured:
		if s.Collection != "" {
			return "c.position", false, true
		}
	}
	return "p.created_at", true, true
}

// OnShelf is one page of at most limit products on sale, after the end of the page before
// (empty: the beginning). An end that cannot be read counts as the beginning.
func OnShelf(ctx context.Context, tx *db.Tx, store id.Store, s Shelf, after string, limit int) (ShelfPage, error) {
	limit = min(max(1, limit), shelfPage)
	expr, down, number := s.key()
	sign, way := ">", ""
	if down {
		sign, way = "<", " DESC"
	}
	product := "p.product_id"
	if s.byPrice() {
		product = "low.product_id"
	}
	q := &query{}
	q.add("SELECT %s, %s AS k FROM ", cardColumns, expr)
	s.where(q, store)
	if k, last, ok := cut(after, number); ok {
		q.add(" AND (%s, %s) %s (%s, %s)", expr, product, sign, q.arg(k), q.arg(last))
	}
	q.add(" ORDER BY %[1]s%[2]s, %[3]s%[2]s LIMIT %[4]s", expr, way, product, q.arg(limit+1))
	var ends []string
	cards, err := collect(ctx, tx, func(row scanner, c *Card) error {
		var k any
		err := scanCard(row, c, &k)
		ends = append(ends, end(k, c.ID))
		return err
	}, q.text.String(), q.args...)
	if err != nil {
		return ShelfPage{}, fmt.Errorf("shelf: %w", err)
	}
	page := ShelfPage{Cards: cards}
	if len(cards) > limit {
		page = ShelfPage{Cards: cards[:limit], Next: ends[limit-1]}
	}
	if err := fillCards(ctx, tx, store, page.Cards); err != nil {
		return ShelfPage{}, fmt.Errorf("shelf: %w", err)
	}
	return page, nil
}

// where adds the tables and conditions of a shelf.
func (s Shelf) where(q *query, store id.Store) {
	switch {
	case s.byPrice():
		s.whereByPrice(q, store)
	case s.Collection != "":
		q.add("collection_products c JOIN products p ON p.store_id = c.store_id AND p.product_id = c.product_id WHERE c.store_id = %s AND c.collection_id = %s AND p.status = 'active'",
			q.arg(string(store)), q.arg(string(s.Collection)))
	default:
		q.add("products p WHERE p.store_id = %s AND p.status = 'active'", q.arg(string(store)))
	}
	s.variants(q)
}

func (s Shelf) byPrice() bool { return s.Sort == Cheapest || s.Sort == Dearest }

// whereByPrice reads the products by their cheapest variants, in the order of an index. A
// product without variants has no price and is not among them.
func (s Shelf) whereByPrice(q *query, store id.Store) {
	q.add(`variants low CROSS JOIN products p WHERE p.store_id = low.store_id AND p.product_id = low.product_id AND low.store_id = %s AND p.status = 'active'
		AND NOT EXISTS (SELECT 1 FROM variants o WHERE o.store_id = low.store_id AND o.product_id = low.product_id
			AND (o.price_minor < low.price_minor OR o.price_minor = low.price_minor AND o.variant_id < low.variant_id))`, q.arg(string(store)))
	if s.Collection != "" {
		q.add(" AND EXISTS (SELECT 1 FROM collection_products c WHERE c.store_id = low.store_id AND c.collection_id = %s AND c.product_id = low.product_id)",
			q.arg(string(s.Collection)))
	}
}

// variants adds what some variant must be like.
func (s Shelf) variants(q *query) {
	var conditions []string
	if s.From > 0 {
		conditions = append(conditions, "v.price_minor >= "+q.arg(s.From))
	}
	if s.To > 0 {
		conditions = append(conditions, "v.price_minor <= "+q.arg(s.To))
	}
	if s.InStock {
		conditions = append(conditions, "v.available > v.reserved")
	}
	for name, values := range s.Options {
		if len(values) == 0 {
			continue
		}
		places := make([]string, len(values))
		for i, v := range values {
			places[i] = q.arg(v)
		}
		one, list := q.arg(name), strings.Join(places, ", ")
		conditions = append(conditions, fmt.Sprintf("(p.option1 = %[1]s AND v.option1 IN (%[2]s) OR p.option2 = %[1]s AND v.option2 IN (%[2]s) OR p.option3 = %[1]s AND v.option3 IN (%[2]s))", one, list))
	}
	if len(conditions) > 0 {
		q.add(" AND EXISTS (SELECT 1 FROM variants v WHERE v.store_id = p.store_id AND v.product_id = p.product_id AND %s)", strings.Join(conditions, " AND "))
	}
}

// CardsOf are the cards of products on sale, in the order of the ids; others are left out.
func CardsOf(ctx context.Context, tx *db.Tx, store id.Store, products []id.Product) ([]Card, error) {
	if len(products) == 0 {
		return []Card{}, nil
	}
	q := &query{}
	q.add("SELECT %s FROM products p WHERE p.store_id = %s AND p.status = 'active' AND p.product_id IN (", cardColumns, q.arg(string(store)))
	for i, p := range products {
		if i > 0 {
			q.add(", ")
		}
		q.add("%s", q.arg(string(p)))
	}
	q.add(")")
	found, err := collect(ctx, tx, func(row scanner, c *Card) error { return scanCard(row, c) }, q.text.String(), q.args...)
	if err != nil {
		return nil, fmt.Errorf("cards: %w", err)
	}
	if err := fillCards(ctx, tx, store, found); err != nil {
		return nil, fmt.Errorf("cards: %w", err)
	}
	cards := make([]Card, 0, len(found))
	for _, p := range products {
		for _, c := range found {
			if c.ID == p {
				cards = append(cards, c)
			}
		}
	}
	return cards, nil
}
