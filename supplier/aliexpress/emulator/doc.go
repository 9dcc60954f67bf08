// Package emulator is AliExpress's dropshipping API as its documents describe it, in
// memory: signatures, tokens, the envelope in its varying shapes, products, freight,
// orders that split by store and live their lives, tracking and push messages.
//
// It is written from the vendor's documents and knows nothing of the connector, so that
// each checks the other. Where the documents are silent it takes the harsher reading, and
// Options say which: a repeated out_order_id is refused without its number, a used refresh
// token is dead.
package emulator
