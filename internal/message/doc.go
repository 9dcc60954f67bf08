// Package message is what customers and the store write to each other.
//
// A conversation is about one order, or with somebody whose order is not known. What the
// customer writes, on the page or by mail, makes it open: somebody must answer. An answer
// makes it waiting, for the customer. It may be snoozed until a moment, and closed; a new
// message wakes and reopens it. Notes are for the staff alone.
//
// Read makes sense of a mail as it came over the wire: the words without what they quote, the
// pictures, and whether a person wrote it at all.
package message
