package message_test

import (
	"testing"

	"doorstep/internal/machine/machinetest"
	"doorstep/internal/message"
)

func TestMachine(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, message.Machine, `
		hear:   open waiting snoozed closed -> open
		answer: open waiting snoozed closed -> waiting
		snooze: open waiting -> snoozed
		wake:   snoozed -> open
		close:  open waiting snoozed -> closed
		reopen: closed -> open`)
}
