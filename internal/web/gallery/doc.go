// Package gallery shows those who work on the pages every page at once: storefront, dashboard
// and mails, on the phone and at the desk, by day and by night, from either side.
//
// What there is to show comes from the doors' own tables of routes, so that no page can be
// forgotten; where each of them is comes from what the shop has: its first product, an order
// in each state, a claim in each state. A route with a parameter that nothing is known for
// fails a test until somebody says what to show, or why there is nothing to (apart.go).
//
// It is off in production: pages may stand in frames of ours while it is on (Framable). It
// shows links that open customers' orders, so it asks for an owner.
//
// The pages stand still in their frames, without scripts: a hundred live pages would wait for
// each other's connections, and nothing is changed by a click.
package gallery
