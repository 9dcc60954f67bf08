// Package account is who may do what: staff with passwords, programs with API keys, and
// the four roles, each of which may do all that the one below may.
//
// Somebody comes in by a password, and where an app is set up by one of its codes besides
// (second.go), or by a passkey, which is two factors in one (passkey.go). What takes more
// than one step is a ceremony (ceremony.go): a row that is taken once, within minutes, by the
// browser that has its token. Who forgot the password, or was just invited, gets a link by
// mail (link.go). Every way is throttled (throttle.go).
package account
