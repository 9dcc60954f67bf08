// Package account is who may do what: staff with passwords, programs with API keys, and
// the four roles, each of which may do all that the one below may.
package account
