package ledger_test

import (
	"testing"

	"doorstep/internal/ledger"
	"doorstep/internal/machine/machinetest"
)

func TestPayments(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, ledger.Payments, `
		begin:          created -> pending
		authorise:      created pending failed expired -> authorised
		ask-capture:    authorised -> capturing
		capture:        created pending authorised capturing voiding voided failed expired -> captured
		refuse-capture: capturing -> authorised
		ask-void:       authorised pending -> voiding
		void:           voiding authorised pending capturing -> voided
		fail:           created pending authorised capturing voiding -> failed
		expire:         created pending authorised capturing voiding -> expired`)
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, ledger.Refunds, `
		approve:     requested -> approved
		decline:     requested approved -> declined
		send:        approved -> sending
		not-sent:    sending -> approved
		lose-answer: sending -> uncertain
		find-absent: uncertain -> approved
		find-pending: uncertain -> sending
		succeed:     sending uncertain approved -> succeeded
		fail:        sending uncertain -> failed
		bounce:      succeeded -> failed`)
}

func TestChargebacks(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, ledger.Chargebacks, `
		escalate: inquiry -> opened
		answer:   inquiry opened -> answered
		win:      opened answered -> won
		lose:     opened answered -> lost
		drop:     inquiry opened answered -> dropped
		concede:  opened -> conceded
		reopen:   won lost dropped -> opened`)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, ledger.Answers, `
		submit:      draft refused -> queued
		send:        queued -> sending
		not-sent:    sending -> queued
		lose-answer: sending -> uncertain
		find-absent: uncertain -> queued
		take:        draft queued sending uncertain refused -> sent
		refuse:      sending uncertain -> refused`)
}
