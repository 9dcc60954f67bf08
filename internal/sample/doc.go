// Package sample is the shop that comes with the program: Hearth & Harbour, its products,
// the suppliers who stock them, and pictures drawn by code. The demo, the tests and a
// merchant's first look use it; no product in it is a real one.
//
// products.json holds the goods as one JSON object after another; the drawings are in
// shapes/, one per kind of thing, coloured and placed by Picture.
package sample
