// Package mail is what we tell people: the words of each message in the merchant's
// brand, as HTML and as plain text, and the way to the mail server.
//
// Render writes a message from a view of its own (order.go, parcel.go …); it knows no
// domain. Sender hands a message over and says honestly what became of it. The words
// stand in words/<language>.json, one file per language.
package mail
