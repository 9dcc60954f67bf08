package order_test

import (
	"testing"

	"doorstep/internal/machine/machinetest"
	"doorstep/internal/order"
)

func TestMachine(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, order.Machine, `
		confirm:    pending -> open
		expire:     pending -> cancelled
		abandon:    pending -> cancelled
		ask-cancel: open -> cancelling
		cancel:     cancelling -> cancelled
		keep:       cancelling -> open
		close:      open -> closed
		reopen:     closed -> open`)
}
