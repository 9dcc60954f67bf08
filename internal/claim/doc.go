// Package claim is what went wrong for a customer, and what we demand of a supplier for it; here are the lives, the commands follow with the returns.
package claim
