// Package ui is what all doors share in a browser: the page shell, tokens of colour, type
// and space, components, forms with errors beside their fields, content-hashed assets, and
// the headers that keep a page safe.
//
// A component is a templ function that takes a typed value; no component reads the
// database or knows a route. Styles stand in assets/css in the order of their names, each
// in a cascade layer, and scripts in assets/js; a door adds its own to the same bundle
// (NewAssets). Every page is complete without scripts; they only save a reload.
//
// The .templ files are compiled by `make generate`; what they become is committed.
package ui
