// Package profit reckons what an order, and each article in it, has earned: from the entries of
// the ledger alone, to the minor unit.
//
// Every figure is the sum of named entries, with the sign that it has for us. What is not on a
// line of its own in the ledger, the tax that a sale contains, is the part of the order's tax that
// is left of the sale: where half of a sale was undone, half of its tax is.
//
// Each figure is then split over the order's lines: a purchase's cost by what its articles cost, a
// refund or a credit by the units that it was for, the rest by what the lines sold for. The parts
// of a split always add up, so lines add up to their order, and orders to the ledger.
package profit
