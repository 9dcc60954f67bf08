package shipment_test

import (
	"testing"

	"doorstep/internal/machine/machinetest"
	"doorstep/internal/shipment"
)

func TestMachine(t *testing.T) {
	t.Parallel()
	machinetest.Cells(t, shipment.Machine, `
		scan:         announced in-transit out-for-delivery exception lost -> in-transit
		go-out:       announced in-transit out-for-delivery exception lost -> out-for-delivery
		deliver:      announced in-transit out-for-delivery exception lost returning -> delivered
		fail:         announced in-transit out-for-delivery exception lost -> exception
		declare-lost: announced in-transit out-for-delivery exception returning -> lost
		send-back:    announced in-transit out-for-delivery exception lost delivered -> returning
		arrive-back:  announced in-transit out-for-delivery exception lost delivered returning -> returned`)
}
