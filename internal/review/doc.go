// Package review is what customers think: of the articles that they bought, for everybody to
// read, and of how it went, for the merchant alone.
//
// A review is about one line of an order, so only who bought can write one. It waits until
// somebody publishes or refuses it; the store may have good ones published at once. Until it
// is published its customer may write it anew. The merchant may answer beneath it. A product's
// rating is counted, one figure for each number of stars, in the transaction that publishes;
// its average is a division of two whole numbers.
//
// A service rating belongs to an order's purchases: how it was delivered and packed, and how
// the contact was.
//
// A follow-up is what is to be asked or offered some days after the delivery: it is planned,
// and then sent, or dropped for a reason.
package review
