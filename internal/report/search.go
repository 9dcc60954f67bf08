package report

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// ofCustomerWithMail names the customer first, so that their orders are read in the list's
// order from an index. A bracket closes it.
const ofCustomerWithMail = "o.customer_id = (SELECT customer_id FROM customers WHERE store_id = $1 AND email ="

// shortestName is how many letters the indexes of names know.
const shortestName = 3

// beginning are the customers of whom a word of the name may begin with a text. Its three
// expressions are those of the indexes customers_first, customers_later and customers_last:
// the beginning of the name, of what follows its first word, and of its last word.
const beginning = `customer_id IN (
	SELECT customer_id FROM customers WHERE store_id = $1 AND LOWER(SUBSTR(name, 1, 3)) = LOWER($n)
	UNION ALL SELECT customer_id FROM customers WHERE store_id = $1
		AND LOWER(SUBSTR(LTRIM(LTRIM(name, REPLACE(name, ' ', ''))), 1, 3)) = LOWER($n)
	UNION ALL SELECT customer_id FROM customers WHERE store_id = $1
		AND LOWER(SUBSTR(REPLACE(name, RTRIM(name, REPLACE(name, ' ', '')), ''), 1, 3)) = LOWER($n))`

// byName are their orders, looked up first: else a name that nobody has is looked for in the
// whole list.
const byName = " AND o.order_id IN (SELECT order_id FROM orders WHERE store_id = $1 AND " + beginning + ")"

// isCommon says whether so many customers are called by a name that a page of their orders is
// sooner found in the list itself: of a name that every hundredth has, all orders would be
// looked up and sorted for each page.
func isCommon(ctx context.Context, tx *db.Tx, store id.Store, name string) (bool, error) {
	whole, begin := begun(name)
	if begin == "" {
		return false, nil
	}
	args := bound{string(store)}
	query := `SELECT COUNT(*) FROM (SELECT c.customer_id FROM customers c WHERE c.store_id = $1 AND c.` +
		strings.ReplaceAll(beginning, "$n", args.add(begin)) + like(whole, args.add) + " LIMIT " + args.add(fewOrders) + ") AS t"
	var n int64
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("customers of a name: %w", err)
	}
	return n == fewOrders, nil
}

// called is the condition that a word of the customer's name begins with a text. For a text of
// one or two letters, which so many have, and for a common one, the list itself is read until a
// page is full.
func called(name string, common bool, add func(any) string) (condition string) {
	name, begin := begun(name)
	if begin != "" && !common {
		condition = strings.ReplaceAll(byName, "$n", add(begin))
	}
	return condition + like(name, add)
}

// begun is a name with single spaces, and of it what the indexes know; empty when it is too short.
func begun(name string) (whole, begin string) {
	whole = strings.Join(strings.Fields(name), " ")
	if letters := []rune(whole); len(letters) >= shortestName {
		begin = string(letters[:shortestName])
	}
	return whole, begin
}

// like is the condition itself.
func like(name string, add func(any) string) string {
	name = wild.Replace(name) + "%"
	return " AND (LOWER(c.name) LIKE LOWER(" + add(name) + `) ESCAPE '\' OR LOWER(c.name) LIKE LOWER(` + add("% "+name) + `) ESCAPE '\')`
}
