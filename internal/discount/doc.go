// Package discount is codes that make an order cheaper: a share of the goods, an amount, or
// the shipping.
//
// A code is made by the merchant, or by a rule as goodwill for one customer. Whether it holds
// for a cart is decided by Discount.For, a pure function. When an order is placed the code is
// used: one conditional UPDATE counts it, so that the last use is given once, and a row for
// the order keeps what it gave. An order that comes to nothing before it was paid gives its
// use back. Codes are stopped, never deleted.
package discount
