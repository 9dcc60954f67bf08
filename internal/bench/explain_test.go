package bench

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/store"
)

// small are the tables that stay small in any shop: reading one of them whole is no harm.
var small = strings.Fields(`stores settings counters staff staff_links staff_codes recovery_codes passkeys ceremonies api_keys connectors
	vault suppliers collections feeds sessions sign_in_tries order_views list_views bulk_runs pauses mail_troubles lanes scores mail_folders canned_answers goose_db_version sqlite_master`)

// whole are the queries that read more than a few rows on purpose, and why that is no harm.
var whole = map[string]string{
	"account.DeleteOldCustomerSessions": "an index would cost every visit more than this costs one sign-in",
	"catalog.CountProducts":             "products are thousands, and it counts an index",
	"catalog.DeleteVariant":             "imports that take a variant away, seldom",
	"catalog.CollectionCounts":          "the desk's page of collections; it counts an index",
	"flow.ApprovedRefunds":              "after a restore, once",
	"flow.CommittedFigures":             "the audit",
	"flow.CreditHeld":                   "the audit",
	"flow.CreditOwed":                   "the audit",
	"flow.CreditPromised":               "the audit",
	"flow.HeldPurchases":                "after a restore, once",
	"flow.PlannedPurchases":             "after a restore, once",
	"promise.NewestParcels":             "the newest parcels up to a limit: it stops there",
	"inventory.RemoveOffer":             "a person takes an offer away, seldom",
	"inventory.VariantsWithOldOffers":   "once a minute, for suppliers whose word grows old",
	"report.Suppliers":                  "offers are counted every ten seconds where they are many: see report.Kept",
	"report.LastEvent":                  "the end of an index: one step",
	"store.LastTest":                    "test orders are few",
}

// named is a query by its name: its package and what store.sql calls it, or the function of
// package report that makes it.
type named struct{ name, text string }

var (
	queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+$`)
	place     = regexp.MustCompile(`\$(\d+)`)
	ofTable   = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)(?:\s+(?:AS\s+)?([a-z_]+))?`)
	access    = regexp.MustCompile(`^(SCAN|SEARCH) (\w+)(?: USING .*?\((.*)\))?`)
)

// TestNoQueryReadsATable asks SQLite how it would run every query of the program. Its plans
// rest on the shape of query and indexes alone (see DB.Analyse), so they are the same for an
// empty table and for millions of rows. In a database of one store, a search by the store
// alone is a scan.
func TestNoQueryReadsATable(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Path(t), clock.System())
	partial := partialIndexes(t, d)
	for _, q := range append(stored(t), reported(t)...) {
		for _, line := range planned(t, d, "EXPLAIN QUERY PLAN ", q.text, 3) {
			if why := scans(q.text, line, partial); why != "" && whole[q.name] == "" {
				t.Errorf("%s: %s\n%s", q.name, why, q.text)
			}
		}
	}
}

// scans says why a step of a plan reads a whole large table; empty when it does not.
func scans(query, line string, partial []string) string {
	m := access.FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	table := tableOf(query, m[2])
	if table == "" || slices.Contains(small, table) {
		return ""
	}
	switch {
	case slices.ContainsFunc(partial, func(name string) bool { return strings.Contains(line, " "+name+" ") }):
		return "" // it holds a few rows of the table only
	case m[1] == "SCAN":
		return line
	case m[3] == "store_id=?":
		return line + " is by the store alone"
	}
	return ""
}

// partialIndexes are the indexes of a few rows: of what still waits for somebody.
func partialIndexes(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			list = append(list, name)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tableOf is the table that a name in a plan stands for; empty for a subquery.
func tableOf(query, name string) string {
	for _, m := range ofTable.FindAllStringSubmatch(query, -1) {
		if m[2] == name || m[1] == name {
			return m[1]
		}
	}
	return ""
}

// planned is a plan, line by line; column is where its text stands.
func planned(t *testing.T, d *db.DB, explain, query string, column int) (lines []string) {
	t.Helper()
	args := make([]any, most(query))
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		lines = nil
		rows, err := tx.QueryContext(ctx, explain+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			fields := make([]any, column+1)
			for i := range fields {
				fields[i] = new(sql.NullString)
			}
			if err := rows.Scan(fields...); err != nil {
				return err
			}
			lines = append(lines, fields[column].(*sql.NullString).String)
		}
		return rows.Err()
	})
	if err != nil {
		t.Errorf("%v\n%s", err, query)
	}
	return lines
}

// most is the highest number of an argument.
func most(query string) (n int) {
	for _, m := range place.FindAllStringSubmatch(query, -1) {
		i, _ := strconv.Atoi(m[1])
		n = max(n, i)
	}
	return n
}

// stored are all queries of the packages' store.sql, as sqlc hands them to the database.
func stored(t *testing.T) (list []named) {
	t.Helper()
	files, err := filepath.Glob("../*/store.sql.gen.go")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "`") {
			if m := queryName.FindStringSubmatch(part); m != nil {
				list = append(list, named{filepath.Base(filepath.Dir(file)) + "." + m[1], part})
			}
		}
	}
	return list
}

// reported are the queries that package report makes for the pages that are looked at most.
func reported(t *testing.T) (list []named) {
	t.Helper()
	var mu sync.Mutex
	name := ""
	seen := func(query string) {
		mu.Lock()
		defer mu.Unlock()
		if name != "" && strings.Contains(query, "SELECT") {
			list = append(list, named{"report." + name, query})
		}
	}
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "seen.db"), db.Options{Seen: seen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := oneOrder(t, d)
	for _, page := range hotPages(s) {
		name = page.name
		err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error { return page.read(ctx, tx) })
		if err != nil {
			t.Fatalf("%s: %v", page.name, err)
		}
	}
	name = ""
	return list
}

// oneOrder makes a store with an order, number 7, so that what is read of an order is asked for.
func oneOrder(t *testing.T, d *db.DB) (s id.Store) {
	t.Helper()
	err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Mugs", "EUR")
		if err != nil {
			return err
		}
		s = made.StoreID
		customer, err := order.PutCustomer(ctx, tx, s, "ann@example.com", "Ann")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO products (store_id, product_id, handle, title, status, created_at, updated_at)
			VALUES ($1, 'pr_1', 'mug', 'Mug', 'active', 1, 1)`, string(s))
		if err != nil {
			return err
		}
		return order.Insert(ctx, tx, order.Order{StoreID: s, OrderID: "or_1", Number: 7, CustomerID: customer, Email: "ann@example.com", Currency: "EUR",
			Shipping: "{}", Billing: "{}", ShippingOption: "{}", State: order.Open, PlacedAt: tx.Now, UpdatedAt: tx.Now}, nil, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hotPage is something that many people look at.
type hotPage struct {
	name string
	read func(ctx context.Context, tx *db.Tx) error
}

// hotPages is the list of them.
func hotPages(s id.Store) []hotPage {
	orders := func(f report.Filter) func(context.Context, *db.Tx) error {
		return func(ctx context.Context, tx *db.Tx) error {
			_, err := report.Orders(ctx, tx, s, f, "or_1", 50)
			return err
		}
	}
	return []hotPage{
		{"Orders", orders(report.Filter{})}, {"Orders state", orders(report.Filter{State: "open"})},
		{"Orders goods", orders(report.Filter{Goods: "waiting"})}, {"Orders money", orders(report.Filter{Money: "paid"})},
		{"Orders person", orders(report.Filter{NeedsPerson: true})}, {"Orders number", orders(report.Filter{Number: 7})},
		{"Orders mail", orders(report.Filter{Email: "ann@example.com"})}, {"Orders name", orders(report.Filter{Name: "Ann"})}, {"Orders ref", orders(report.Filter{Ref: "RB1"})},
		{"CountWaiting", func(ctx context.Context, tx *db.Tx) error { _, err := report.CountWaiting(ctx, tx, s); return err }},
		{"Attention", func(ctx context.Context, tx *db.Tx) error { _, err := report.NeedsAttention(ctx, tx, s); return err }},
		{"Figures", func(ctx context.Context, tx *db.Tx) error {
			_, err := report.Figures(ctx, tx, s, "EUR", tx.Now)
			return err
		}},
		{"Suppliers", func(ctx context.Context, tx *db.Tx) error { _, err := report.Suppliers(ctx, tx, s, tx.Now); return err }},
		{"Log", func(ctx context.Context, tx *db.Tx) error {
			return inEverySort(func(sort, after string) error {
				_, _, err := report.Log(ctx, tx, s, report.LogFilter{Sort: sort}, after, 50)
				return err
			}, report.SortNewest, report.SortOldest)
		}},
		{"Products by name", func(ctx context.Context, tx *db.Tx) error {
			return inEverySort(func(sort, after string) error {
				_, _, err := report.Products(ctx, tx, s, report.ProductFilter{Sort: sort}, after, 50)
				return err
			}, report.SortName, report.SortNameBack, report.SortOldest, report.SortNewest)
		}},
		{"Customers", func(ctx context.Context, tx *db.Tx) error {
			return inEverySort(func(sort, after string) error {
				_, _, err := report.Customers(ctx, tx, s, "EUR", report.CustomerFilter{Sort: sort}, after, 50)
				return err
			}, report.SortName, report.SortNameBack, report.SortOldest, report.SortNewest)
		}},
		{"Stock", func(ctx context.Context, tx *db.Tx) error {
			return inEverySort(func(sort, after string) error {
				_, _, err := report.Stock(ctx, tx, s, report.StockFilter{Sort: sort}, after, 50)
				return err
			}, report.SortName, report.SortNameBack, report.SortOldest, report.SortNewest)
		}},
		{"Claims", func(ctx context.Context, tx *db.Tx) error {
			for _, f := range []report.ClaimFilter{{}, {Live: true}, {State: "settled"}, {Kind: "damaged"}, {Order: "or_1"}, {Order: "or_1", State: "settled"}} {
				err := inEverySort(func(sort, after string) error {
					f.Sort = sort
					_, _, err := report.Claims(ctx, tx, s, f, after, 50)
					return err
				}, report.SortNewest, report.SortOldest, report.SortDue)
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"Talks", func(ctx context.Context, tx *db.Tx) error {
			for _, f := range []report.TalkFilter{{}, {State: "open"}, {Unsorted: true}, {Staff: "us_1"}} {
				err := inEverySort(func(sort, after string) error {
					f.Sort = sort
					_, _, err := report.Talks(ctx, tx, s, f, after, 50)
					return err
				}, report.SortNewest, report.SortOldest, report.SortWaiting)
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"ReviewNames", func(ctx context.Context, tx *db.Tx) error {
			for _, f := range []report.ReviewFilter{{}, {State: "published"}, {State: "published", Stars: 1}} {
				err := inEverySort(func(sort, after string) error {
					f.Sort = sort
					_, _, err := report.ReviewNames(ctx, tx, s, f, after, 50)
					return err
				}, report.SortNewest, report.SortOldest, report.SortWorst, report.SortBest)
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"CodeNames", func(ctx context.Context, tx *db.Tx) error {
			return inEverySort(func(sort, after string) error {
				_, _, err := report.CodeNames(ctx, tx, s, report.CodeFilter{Sort: sort}, after, 50)
				return err
			}, report.SortName, report.SortNameBack, report.SortOldest, report.SortNewest)
		}},
		{"LastEvent", func(ctx context.Context, tx *db.Tx) error { _, err := report.LastEvent(ctx, tx, s); return err }},
		{"OrderStamp", func(ctx context.Context, tx *db.Tx) error {
			_, err := report.OrderStamp(ctx, tx, s, "or_1")
			return ignoreNone(err)
		}},
		{"OnShelf", func(ctx context.Context, tx *db.Tx) error {
			_, err := report.OnShelf(ctx, tx, s, report.Shelf{Collection: "co_1"}, "", 24)
			return err
		}},
		{"CardsOf", func(ctx context.Context, tx *db.Tx) error {
			_, err := report.CardsOf(ctx, tx, s, []id.Product{"pr_1"})
			return err
		}},
		{"OrderDocument", func(ctx context.Context, tx *db.Tx) error {
			_, err := report.OrderDocument(ctx, tx, s, "7")
			return ignoreNone(err)
		}},
	}
}

// inEverySort asks for a page in the middle of a list, by each of its sorts: where the beginning of
// a list is, a plan does not say how far it reads.
func inEverySort(read func(sort, after string) error, sorts ...string) error {
	for _, sort := range sorts {
		if err := read(sort, "zz_1~7"); err != nil {
			return err
		}
	}
	return nil
}

// ignoreNone lets a query find nothing: its plan is what counts.
func ignoreNone(err error) error {
	if err != nil && strings.Contains(err.Error(), sql.ErrNoRows.Error()) {
		return nil
	}
	return err
}
