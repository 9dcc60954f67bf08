// Package address knows how people write where they live: which fields a country's
// addresses have, which of them are needed, how a postcode looks, what is wrong with an
// address in words that help, and how a label is laid out. It does no I/O; the rules are
// those of github.com/bojanz/address, which come from CLDR and Google's address data.
package address
