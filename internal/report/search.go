package report

import "strings"

// ofCustomerWithMail names the customer first, so that their orders are read in the list's
// order from an index. A bracket closes it.
const ofCustomerWithMail = "o.customer_id = (SELECT customer_id FROM customers WHERE store_id = $1 AND email ="

// shortestName is how many letters the indexes of names know.
const shortestName = 3

// byName are the customers of whom a word of the name may begin with a text. Its three
// expressions are those of the indexes customers_first, customers_later and customers_last:
// the beginning of the name, of what follows its first word, and of its last word. Their orders
// are looked up first, else a name that nobody has is looked for in the whole list.
const byName = ` AND o.order_id IN (SELECT order_id FROM orders WHERE store_id = $1 AND customer_id IN (
	SELECT customer_id FROM customers WHERE store_id = $1 AND LOWER(SUBSTR(name, 1, 3)) = LOWER($n)
	UNION ALL SELECT customer_id FROM customers WHERE store_id = $1
		AND LOWER(SUBSTR(LTRIM(LTRIM(name, REPLACE(name, ' ', ''))), 1, 3)) = LOWER($n)
	UNION ALL SELECT customer_id FROM customers WHERE store_id = $1
		AND LOWER(SUBSTR(REPLACE(name, RTRIM(name, REPLACE(name, ' ', '')), ''), 1, 3)) = LOWER($n)))`

// called is the condition that a word of the customer's name begins with a text. A text of
// one or two letters fits so many that the list itself is read until a page is full.
func called(name string, add func(any) string) (condition string) {
	name = strings.Join(strings.Fields(name), " ")
	if begin := []rune(name); len(begin) >= shortestName {
		condition = strings.ReplaceAll(byName, "$n", add(string(begin[:shortestName])))
	}
	name = wild.Replace(name) + "%"
	return condition + " AND (LOWER(c.name) LIKE LOWER(" + add(name) + `) ESCAPE '\' OR LOWER(c.name) LIKE LOWER(` + add("% "+name) + `) ESCAPE '\')`
}
