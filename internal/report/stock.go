package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// CountProducts is how many products there are, and how many of them are on sale.
func CountProducts(ctx context.Context, tx *db.Tx, store id.Store) (all, active int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN status = 'active' THEN 1 ELSE 0 END) AS BIGINT), 0)
		FROM products WHERE store_id = $1`, string(store)).Scan(&all, &active)
	if err != nil {
		return 0, 0, fmt.Errorf("count of products: %w", err)
	}
	return all, active, nil
}

// Sellable is a variant that somebody could buy now.
type Sellable struct {
	Variant id.Variant
	Title   string
	Price   money.Amount
	Free    int64
}

// Sellables are at most limit variants on sale that are in stock, the oldest first.
func Sellables(ctx context.Context, tx *db.Tx, store id.Store, limit int) ([]Sellable, error) {
	list, err := collect(ctx, tx, func(row scanner, s *Sellable) error {
		var variant, currency string
		err := row.Scan((*string)(&s.Variant), &s.Title, &variant, &s.Price.Minor, &currency, &s.Free)
		if variant != "" {
			s.Title += ", " + variant
		}
		in(currency, &s.Price)
		return err
	}, `SELECT v.variant_id, p.title, v.title, v.price_minor, v.currency, v.available - v.reserved
		FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
		WHERE v.store_id = $1 AND p.status = 'active' AND v.available > v.reserved ORDER BY v.variant_id LIMIT $2`, string(store), limit)
	if err != nil {
		return nil, fmt.Errorf("articles to sell: %w", err)
	}
	return list, nil
}

// CostCurrencies are the currencies in which suppliers count.
func CostCurrencies(ctx context.Context, tx *db.Tx, store id.Store) ([]money.Currency, error) {
	list, err := collect(ctx, tx, func(row scanner, c *money.Currency) error { return row.Scan((*string)(c)) },
		`SELECT DISTINCT currency FROM offers WHERE store_id = $1 AND active = TRUE ORDER BY currency`, string(store))
	if err != nil {
		return nil, fmt.Errorf("currencies of costs: %w", err)
	}
	return list, nil
}

// StockFilter says which rows of the inventory are listed.
type StockFilter struct {
	Text     string // in the product's title or a SKU
	Supplier id.Supplier
	Show     string // "", low, out, stale, unmapped
	Low      int64  // what counts as low; 5 where it is 0
	Sort     string // SortOldest, which is also the usual one, SortNewest, SortName, SortNameBack: by SKU
}

// keys is the order that a filter asks for.
func (f StockFilter) keys() keyset {
	if f.Sort == SortName || f.Sort == SortNameBack {
		return keyset{column: "v.sku", given: "$", name: "v.variant_id", down: f.Sort == SortNameBack}
	}
	return keyset{name: "v.variant_id", down: f.Sort == SortNewest}
}

// StockRow is a variant at one supplier; the offer is empty where nobody offers it.
type StockRow struct {
	Variant       id.Variant
	Product       id.Product
	Title, Name   string // the product's, and the variant's
	SKU           string
	Image         string
	Status        string
	Price         money.Amount
	Available     int64 // of the variant, from all suppliers
	Reserved      int64
	Offer         id.Offer
	Supplier      id.Supplier
	SupplierName  string
	SupplierSKU   string
	Cost          money.Amount
	Quantity      int64
	Committed     int64
	BufferUnits   int64
	BufferPercent int64
	AsOf          clock.Time
	MaxAge        time.Duration // after which the supplier's word is not believed; 0: always
	Refused       bool          // the supplier's connector does not work
}

// Free is what customers can still be promised of the variant.
func (r StockRow) Free() int64 { return max(0, r.Available-r.Reserved) }

// Buffer is how many units of the offer are kept back.
func (r StockRow) Buffer() int64 {
	return min(r.Quantity, r.BufferUnits+(r.Quantity*r.BufferPercent+99)/100)
}

// Stale says whether the supplier's word is too old to count.
func (r StockRow) Stale(now clock.Time) bool {
	return r.Offer != "" && r.MaxAge > 0 && now.Sub(r.AsOf) > r.MaxAge
}

const stockColumns = `v.variant_id, p.product_id, p.title, v.title, v.sku, p.status,
	COALESCE((SELECT MIN(i.url) FROM images i WHERE i.store_id = p.store_id AND i.product_id = p.product_id AND i.position = 1), ''),
	v.price_minor, v.currency, v.available, v.reserved,
	COALESCE(o.offer_id, ''), COALESCE(o.supplier_id, ''), COALESCE(s.name, ''), COALESCE(o.supplier_sku, ''), COALESCE(o.cost_minor, 0),
	COALESCE(o.currency, ''), COALESCE(o.quantity, 0), COALESCE(o.committed, 0), COALESCE(o.buffer_units, 0), COALESCE(o.buffer_percent, 0),
	COALESCE(o.as_of, 0), COALESCE(s.max_age_seconds, 0), COALESCE(c.state, '')`

const stockTables = ` FROM variants v
	JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
	LEFT JOIN offers o ON o.store_id = v.store_id AND o.variant_id = v.variant_id AND o.active = TRUE
	LEFT JOIN suppliers s ON s.store_id = o.store_id AND s.supplier_id = o.supplier_id
	LEFT JOIN connectors c ON c.store_id = s.store_id AND c.connector_id = s.connector_id`

// Stock lists at most limit variants, each with its suppliers, after the place that a page named,
// and says where the next page begins. A
// variant's rows stand together and are never parted by a page.
func Stock(ctx context.Context, tx *db.Tx, store id.Store, f StockFilter, after string, limit int) ([]StockRow, string, error) {
	names, err := stockPage(ctx, tx, store, f, after, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("inventory: %w", err)
	}
	next := ""
	if len(names) > limit {
		names, next = names[:limit], f.keys().next(names[limit-1].name, names[limit-1].sku)
	}
	if len(names) == 0 {
		return nil, "", nil
	}
	args, places, at := []any{string(store)}, "", map[id.Variant]int{}
	for i, n := range names {
		args = append(args, n.name)
		at[id.Variant(n.name)] = i
		if i > 0 {
			places += ", "
		}
		places += "$" + strconv.Itoa(len(args))
	}
	rows, err := collect(ctx, tx, scanStock, `SELECT `+stockColumns+stockTables+
		` WHERE v.store_id = $1 AND v.variant_id IN (`+places+`) ORDER BY v.variant_id, s.priority DESC, o.offer_id`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("inventory: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b StockRow) int { return at[a.Variant] - at[b.Variant] })
	return rows, next, nil
}

func scanStock(row scanner, r *StockRow) error {
	var currency, cost, state string
	var age int64
	err := row.Scan((*string)(&r.Variant), (*string)(&r.Product), &r.Title, &r.Name, &r.SKU, &r.Status, &r.Image, &r.Price.Minor, &currency,
		&r.Available, &r.Reserved, (*string)(&r.Offer), (*string)(&r.Supplier), &r.SupplierName, &r.SupplierSKU, &r.Cost.Minor, &cost,
		&r.Quantity, &r.Committed, &r.BufferUnits, &r.BufferPercent, (*int64)(&r.AsOf), &age, &state)
	in(currency, &r.Price)
	in(cost, &r.Cost)
	r.MaxAge, r.Refused = time.Duration(age)*time.Second, state == "refused"
	return err
}

// stocked is a variant of a page.
type stocked struct{ name, sku string }

// stockPage is the variants of a page.
func stockPage(ctx context.Context, tx *db.Tx, store id.Store, f StockFilter, after string, limit int) ([]stocked, error) {
	q := &query{}
	q.add(`SELECT v.variant_id, v.sku FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
		WHERE v.store_id = %s AND p.status <> 'archived'`, q.arg(string(store)))
	offer := func(and string) string {
		return `EXISTS (SELECT 1 FROM offers o JOIN suppliers s ON s.store_id = o.store_id AND s.supplier_id = o.supplier_id
			WHERE o.store_id = v.store_id AND o.variant_id = v.variant_id AND o.active = TRUE` + and + `)`
	}
	if f.Supplier != "" {
		q.add(" AND %s", offer(" AND o.supplier_id = "+q.arg(string(f.Supplier))))
	}
	if f.Text != "" {
		like := q.arg("%" + wild.Replace(f.Text) + "%")
		q.add(` AND (LOWER(p.title) LIKE LOWER(%[1]s) ESCAPE '\' OR LOWER(v.sku) LIKE LOWER(%[1]s) ESCAPE '\' OR %[2]s)`, like,
			offer(` AND LOWER(o.supplier_sku) LIKE LOWER(`+like+`) ESCAPE '\'`))
	}
	switch f.Show {
	case "low":
		low := f.Low
		if low == 0 {
			low = 5
		}
		q.add(" AND v.available > v.reserved AND v.available - v.reserved <= %s", q.arg(low))
	case "out":
		q.add(" AND v.available <= v.reserved")
	case "stale":
		q.add(" AND %s", offer(" AND s.max_age_seconds > 0 AND o.as_of < "+q.arg(int64(tx.Now))+" - s.max_age_seconds * 1000000"))
	case "unmapped":
		q.add(" AND NOT %s", offer(""))
	}
	f.keys().page(q, after)
	q.add(" LIMIT %s", q.arg(limit))
	return collect(ctx, tx, func(row scanner, v *stocked) error { return row.Scan(&v.name, &v.sku) }, q.text.String(), q.args...)
}

// StockSums is the inventory in figures.
type StockSums struct{ Variants, Out, Low, Unmapped int64 }

// SumStock counts variants of products that are not archived.
func SumStock(ctx context.Context, tx *db.Tx, store id.Store) (s StockSums, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*),
		COALESCE(CAST(SUM(CASE WHEN v.available <= v.reserved THEN 1 ELSE 0 END) AS BIGINT), 0),
		COALESCE(CAST(SUM(CASE WHEN v.available > v.reserved AND v.available - v.reserved <= 5 THEN 1 ELSE 0 END) AS BIGINT), 0),
		COALESCE(CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM offers o WHERE o.store_id = v.store_id AND o.variant_id = v.variant_id AND o.active = TRUE)
			THEN 0 ELSE 1 END) AS BIGINT), 0)
		FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
		WHERE v.store_id = $1 AND p.status <> 'archived'`, string(store)).Scan(&s.Variants, &s.Out, &s.Low, &s.Unmapped)
	if err != nil {
		return s, fmt.Errorf("inventory: %w", err)
	}
	return s, nil
}

// Suggestion is an article of a supplier that may serve a variant too.
type Suggestion struct {
	Supplier     id.Supplier
	SupplierName string
	SKU          string
	Title        string // of the product that it serves already
	Cost         money.Amount
	Quantity     int64
	Why          string
}

// Suggest finds articles of suppliers that may serve a variant: of the same barcode or SKU,
// or for products whose titles hold a text. What serves the variant already is left out.
func Suggest(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant, sku, barcode, text string, limit int) ([]Suggestion, error) {
	q := &query{}
	q.add(`SELECT o.supplier_id, s.name, o.supplier_sku, p.title, w.title, o.cost_minor, o.currency, o.quantity, w.barcode, w.sku
		FROM offers o JOIN suppliers s ON s.store_id = o.store_id AND s.supplier_id = o.supplier_id
		JOIN variants w ON w.store_id = o.store_id AND w.variant_id = o.variant_id
		JOIN products p ON p.store_id = w.store_id AND p.product_id = w.product_id
		WHERE o.store_id = %s AND o.active = TRUE AND o.variant_id <> %s AND (1 = 0`, q.arg(string(store)), q.arg(string(v)))
	if barcode != "" {
		q.add(" OR w.barcode = %s", q.arg(barcode))
	}
	if sku != "" {
		at := q.arg(sku)
		q.add(" OR o.supplier_sku = %s OR w.sku = %s", at, at)
	}
	if text != "" {
		like := q.arg("%" + wild.Replace(text) + "%")
		q.add(` OR LOWER(p.title) LIKE LOWER(%[1]s) ESCAPE '\' OR LOWER(o.supplier_sku) LIKE LOWER(%[1]s) ESCAPE '\'`, like)
	}
	q.add(`) AND NOT EXISTS (SELECT 1 FROM offers x WHERE x.store_id = o.store_id AND x.variant_id = %s AND x.supplier_id = o.supplier_id
		AND x.supplier_sku = o.supplier_sku AND x.active = TRUE) ORDER BY o.offer_id LIMIT %s`, q.arg(string(v)), q.arg(limit))
	return collect(ctx, tx, func(row scanner, s *Suggestion) error {
		var variant, currency, code, own string
		err := row.Scan((*string)(&s.Supplier), &s.SupplierName, &s.SKU, &s.Title, &variant, &s.Cost.Minor, &currency, &s.Quantity, &code, &own)
		in(currency, &s.Cost)
		if variant != "" {
			s.Title += ", " + variant
		}
		switch {
		case barcode != "" && code == barcode:
			s.Why = "same barcode"
		case sku != "" && (s.SKU == sku || own == sku):
			s.Why = "same SKU"
		default:
			s.Why = "similar name"
		}
		return err
	}, q.text.String(), q.args...)
}
