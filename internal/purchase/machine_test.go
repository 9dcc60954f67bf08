package purchase_test

import (
	"slices"
	"testing"

	"doorstep/internal/machine/machinetest"
	"doorstep/internal/purchase"
)

func TestMachine(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, purchase.Machine, `
		hold:          planned -> held
		release:       held -> planned
		submit:        planned -> submitting
		not-sent:      submitting -> planned
		lose-answer:   submitting -> uncertain
		find-absent:   uncertain -> planned
		acknowledge:   submitting uncertain -> submitted
		place-by-hand: planned held -> submitted
		accept:        submitted -> accepted
		reject:        submitting uncertain submitted accepted cancelling -> rejected
		short:         submitted accepted shipping ->
		delay:         submitted accepted shipping ->
		ship:          submitted accepted shipping cancelling -> shipping
		ship-last:     submitted accepted shipping cancelling -> shipped
		drop-rest:     shipping -> shipped
		drop:          planned held -> cancelled
		ask-cancel:    submitted accepted -> cancelling
		cancel:        cancelling submitted accepted -> cancelled
		refuse-cancel: cancelling -> accepted`)
}

// Every state is of exactly one of three sorts: promised on the offers, known to the
// supplier, or over without a parcel.
func TestEveryStateIsCommittedKnownOrOver(t *testing.T) {
	t.Parallel()
	for _, s := range purchase.Machine.States() {
		p := purchase.Purchase{State: s}
		over := s == purchase.Rejected || s == purchase.Cancelled
		if n := len(slices.DeleteFunc([]bool{p.Committed(), p.Known(), over}, func(b bool) bool { return !b })); n != 1 {
			t.Errorf("%s: committed %v, known %v, over %v", s, p.Committed(), p.Known(), over)
		}
		if p.Live() == over {
			t.Errorf("%s: live %v", s, p.Live())
		}
	}
}
