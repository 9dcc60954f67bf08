// Package dashboard is the merchant's door: what was sold, what needs a person and the
// button that mends it, what suppliers have, and who may do what. It lives below /admin.
//
// Every address and the role that it needs stand in one table (routes.go). A request passes
// the guard of package ui (headers, forms of other sites refused), then the gate (gate.go:
// session, role), then its handler, which is three steps: read the form, one command of
// package flow, show the page or lead back to it. Forms carry a key, so that a double click
// is one command, and every page works without scripts; with them it follows events as they
// happen (live.go).
package dashboard
