// Package cart is what may be bought: lines, where they go, how they are shipped. A cart
// holds no prices: they are read from the variants whenever somebody looks.
//
// Its life: created with a secret token; lines and contact set in any order, which forgets
// the shipping options that rested on them; options quoted, one chosen; and then, once, it
// becomes an order and never changes again.
package cart
