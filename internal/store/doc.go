// Package store is the tenant: a shop's name and currency, its settings, its numbers that
// count up, and the connectors that it has been given, secrets sealed.
package store
