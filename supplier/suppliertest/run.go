package suppliertest

import (
	"strings"
	"testing"

	"doorstep/supplier"
)

// law is one statement; needs says whether it applies to this connector and rig.
type law struct {
	name  string
	needs func(s *stand) bool
	holds func(s *stand)
}

// Run holds the connector to every law that applies to it, each on an emulator of its own.
func Run(t *testing.T, b Bench) {
	t.Helper()
	t.Run("powers", func(t *testing.T) { t.Log(powers(newStand(t, b).conn)) })
	for _, l := range laws() {
		t.Run(strings.ReplaceAll(l.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			s := newStand(t, b)
			if l.needs != nil && !l.needs(s) {
				t.Logf("does not apply: %s", l.name)
				return
			}
			l.holds(s)
		})
	}
}

// powers names what the connector can do beyond the three methods.
func powers(c supplier.Connector) string {
	has := []string{"Offers", "Submit", "Report"}
	add := func(name string, ok bool) {
		if ok {
			has = append(has, name)
		}
	}
	add("Finder", is[supplier.Finder](c))
	add("Repeatable", is[supplier.Repeatable](c))
	add("Canceller", is[supplier.Canceller](c))
	add("Quoter", is[supplier.Quoter](c))
	add("Payer", is[supplier.Payer](c))
	add("Receiver", is[supplier.Receiver](c))
	add("Subscriber", is[supplier.Subscriber](c))
	add("Checker", is[supplier.Checker](c))
	return "powers: " + strings.Join(has, ", ")
}

func is[P any](c supplier.Connector) bool {
	_, ok := c.(P)
	return ok
}

func canFind(s *stand) bool { return is[supplier.Finder](s.conn) }
func canAskAgain(s *stand) bool {
	return is[supplier.Finder](s.conn) || is[supplier.Repeatable](s.conn)
}
func canCancel(s *stand) bool  { return is[supplier.Canceller](s.conn) && s.Paths.Cancel != "" }
func canQuote(s *stand) bool   { return is[supplier.Quoter](s.conn) && s.Paths.Quote != "" }
func canPay(s *stand) bool     { return is[supplier.Payer](s.conn) && s.Unpaid != nil }
func canReceive(s *stand) bool { return is[supplier.Receiver](s.conn) && s.Message != nil }
func canCheck(s *stand) bool   { return is[supplier.Checker](s.conn) }

// laws are in the order of an order's life.
func laws() []law {
	return []law{
		{"offers are exact", nil, offersExact},
		{"pages have no duplicates and can be resumed", nil, pagesResume},
		{"a broken page is an error", nil, brokenPages},
		{"an unknown SKU is gone and an empty shelf is not", nil, goneAndEmpty},
		{"quotes are exact and usable", canQuote, quotes},
		{"the same key twice is one order", nil, sameKey},
		{"quantities add up", nil, quantities},
		{"addresses survive", nil, addressesSurvive},
		{"a lost answer is uncertain and the truth can be found", nil, lostAnswer},
		{"what was not acted on was not done", nil, notActed},
		{"a refused connection is not done", nil, refusedConnection},
		{"busy is not sent, with its delay", nil, busy},
		{"a slow answer is uncertain", nil, slow},
		{"garbage is uncertain", nil, garbage},
		{"a failed look-up is not an absence", canFind, failedLookUp},
		{"a refusal is a rejection", func(s *stand) bool { return s.Refuse != nil }, refusal},
		{"reports come twice and in any order", nil, reports},
		{"an unknown order is left out", nil, unknownLeftOut},
		{"what happened is reported", nil, whatHappened},
		{"cancelling is believed when it is done", canCancel, cancelling},
		{"paying happens once", canPay, paying},
		{"messages are verified", canReceive, messages},
		{"a stranger is not let in", func(s *stand) bool { return s.Wrong != nil }, stranger},
		{"a check changes nothing", canCheck, checking},
		{"a cancelled caller gets his way", nil, cancelledCaller},
		{"parallel use is safe", nil, parallelUse},
		{"never lost, never twice", canAskAgain, neverTwice},
	}
}
