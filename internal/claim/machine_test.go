package claim_test

import (
	"testing"

	"doorstep/internal/claim"
	"doorstep/internal/machine/machinetest"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, claim.Claims, `
		ask:            opened -> waiting
		answer:         waiting -> opened
		approve:        opened -> settling
		approve-return: opened -> returning
		receive:        returning -> inspecting
		pass:           inspecting -> settling
		settle:         settling -> settled
		fail:           settling -> failed
		decline:        opened waiting inspecting -> declined
		appeal:         declined -> opened
		withdraw:       opened waiting returning -> withdrawn
		run-out:        waiting returning -> run-out
		reopen:         settled failed withdrawn run-out -> opened
		end:            opened waiting failed -> over`)
}

func TestDisputes(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, claim.Disputes, `
		send:        due -> filing
		not-sent:    filing -> due
		refuse:      filing uncertain -> due
		lose-answer: filing -> uncertain
		find-absent: uncertain -> due
		file:        due filing uncertain -> filed
		grant:       filed -> granted
		credit:      filed granted credited denied -> credited
		deny:        filed granted -> denied
		appeal:      denied -> filed
		lapse:       due denied -> lapsed`)
}

func TestExchanges(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, claim.Exchanges, `
		ask-difference: held -> waiting
		settle:         held waiting -> done
		lapse:          held waiting -> lapsed
		undo:           done -> lapsed`)
}
