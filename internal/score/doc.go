// Package score is how reliable suppliers are, and each of their articles, by what carriers,
// customers and the books say of them: never by what they say of themselves.
//
// A tick counts the last 30 days and the 90 before into the table scores (report.CountScores,
// Keep); pages and sourcing read only its few rows. Figures of few orders are drawn towards
// those of the whole store, by whole numbers: see Shrunk.
package score
