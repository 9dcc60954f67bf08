// Package catalog is what the shop sells: products with options, variants with prices,
// pictures, tags and collections.
//
// A product is written whole, from a Draft: Put makes it or brings the stored one to
// the draft's word, by handle. The life of a product:
//
//	Draft ── Clean ── digest ──┬─ handle is new ────────── product.insert, variants.insert
//	(a file, a form)           ├─ digest is as stored ──── nothing is touched
//	                           └─ anything else ────────── product.update, variants by match
//
// A variant keeps its id as long as it can be recognised: by its option values, or else by
// its SKU. Carts, orders and offers name it by that id. Variants that a draft no longer
// has stay, unless the caller asks to drop them and nothing names them.
//
// How many there are of a variant (available, reserved) is inventory's to write; catalog
// only reads it. HTML is cleaned on the way in, so that pages may show it as it is.
package catalog
