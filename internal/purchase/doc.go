// Package purchase is what we buy for an order from one supplier, and why from that one.
package purchase
