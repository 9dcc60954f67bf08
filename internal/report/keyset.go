package report

import (
	"strconv"
	"strings"
)

// The orders of lists of products, customers and codes, beside those of orders.
const (
	SortName     = "name"      // from A to Z
	SortNameBack = "name-back" // from Z to A
)

// keyset is the order of a list that is read page by page: by a column, in which equals are parted
// by the name, or by the name alone. Each that is used has an index.
type keyset struct {
	column string // empty: by the name alone
	given  string // how a page's value is compared with the column: "$" or "LOWER($)"
	name   string // the column of the name
	number bool   // the column holds numbers
	down   bool
}

// byTime is a list by the name alone: names of things sort by their time.
func byTime(name, sort string) keyset { return keyset{name: name, down: sort != SortOldest} }

// page adds where a page begins, and the order of the rows. After is what next made; what it did
// not make is the beginning.
func (k keyset) page(q *query, after string) {
	name, text, valued := strings.Cut(after, "~")
	value := any(text)
	if k.number {
		n, err := strconv.ParseInt(text, 10, 64)
		value, valued = n, valued && err == nil
	}
	switch than := map[bool]string{true: "<", false: ">"}[k.down]; {
	case k.column == "" && after != "":
		q.add(" AND %s %s %s", k.name, than, q.arg(after))
	case k.column != "" && valued:
		// The first condition repeats what the second one says: SQLite finds no index of an
		// expression by a pair.
		from := strings.Replace(k.given, "$", q.arg(value), 1)
		q.add(" AND %[1]s %[3]s= %[4]s AND (%[1]s, %[2]s) %[3]s (%[4]s, %[5]s)", k.column, k.name, than, from, q.arg(name))
	}
	q.add(" ORDER BY %s", k.order())
}

func (k keyset) order() string {
	by := k.name
	if k.down {
		by += " DESC"
	}
	if k.column == "" {
		return by
	}
	if k.down {
		return k.column + " DESC, " + by
	}
	return k.column + ", " + by
}

// next is where the page after a row begins. Value is what the row has in the column.
func (k keyset) next(name, value string) string {
	if k.column == "" {
		return name
	}
	return name + "~" + value
}
