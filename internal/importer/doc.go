// Package importer brings files of products and offers into a store: CSV as Shopify and
// WooCommerce export it, suppliers' offer lists, and the sample shop.
//
// A file is read as a stream, never as a whole:
//
//	bytes ── encoding, BOM ── rows (csv.go) ── products (shopify.go, woo.go) ── batches ── db.Update
//
// A row that cannot be taken is reported with file, line, column and reason, and the others
// go in. The same file twice changes nothing: products are compared by their digest, which
// covers what the file says about stock too.
package importer
