// Package order is what was bought: the sale, its lines and units, its totals, and the two words that people see of it.
package order
