// Package legal holds the texts that a shop owes its customers: shipping, returns, privacy and
// terms. The merchant writes them in the settings, for every language or for all of them at
// once; what nobody wrote follows from the settings, in the words of words/<language>.json.
//
// Of is the one answer to what a customer is shown: pages ask it, and whoever keeps what a
// customer has accepted.
package legal
