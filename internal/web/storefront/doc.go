// Package storefront is the shop as customers see it: home, collections, search, products,
// cart, checkout on one page, and the order's own page with its parcels, live.
//
// Every page works without scripts: forms are sent, pages are loaded. With scripts the
// same handlers answer with the part of the page that changed (the request says
// HX-Request). A handler reads the form, runs one transaction or asks outside with none
// open, and shows the page; what it changes it changes by package flow, with the commands
// that the JSON API has.
//
//	cart ── checkout: contact, address ─▶ TellCart ─▶ outside.Quotes ─▶ OfferShipping
//	            │ way to ship, way to pay ─▶ ChooseShipping ─▶ PlaceOrder ─▶ outside.BeginPayment
//	            └─▶ the provider's page ─▶ /checkout/return ─▶ outside.AskPayment ─▶ /orders/{id}?token=…
//
// A cart is opened by a signed cookie, an order by the token in its address, or by the
// session of the customer whose it is. Customers sign in by a code that is mailed to them.
//
// Everything that pages say stands in words/<language>.json; a visit speaks the language that
// the visitor chose, else the browser's, else the shop's (language.go).
package storefront
