// Package report reads across the domain by SQL of its own and changes nothing: lists of
// orders, the whole story of one order as a document, what the customer may see of it,
// and what waits for a person. It knows the tables, not the packages that own them, so its
// states are plain words; money is exact and times are RFC 3339 in its JSON.
package report
