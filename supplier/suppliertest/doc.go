// Package suppliertest states the laws of the supplier contract and holds a connector to
// them against its emulator, over real HTTP on loopback.
//
// A connector's test hands Run a Bench: its driver, and a function that starts a fresh
// emulator for one law. The suite serves the emulator itself, so that it can count calls,
// garble answers and wait until the other side has finished what it was asked. Time is
// the suite's own: nothing here waits for a clock.
//
//	func TestLaws(t *testing.T) {
//		suppliertest.Run(t, suppliertest.Bench{Driver: vendor.Driver(), Start: start})
//	}
//
// Laws about an optional power (Finder, Repeatable, Canceller, Quoter, Payer, Receiver, Checker) run
// when the connector has it; the suite logs which powers it saw. Every error and every
// log line of every law is searched for secrets.
package suppliertest
