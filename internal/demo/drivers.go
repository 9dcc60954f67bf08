package demo

import (
	"doorstep/carrier"
	"doorstep/carrier/seventeentrack"
	"doorstep/internal/outside"
	"doorstep/payment"
	bank "doorstep/payment/manual"
	"doorstep/payment/stripe"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	"doorstep/supplier/cj"
	"doorstep/supplier/manual"
)

// Drivers are the drivers that a shop of the demo's world needs: for programs that furnish
// one from outside of cmd/doorstep.
func Drivers() outside.Drivers {
	return outside.Drivers{
		Suppliers: []supplier.Driver{aliexpress.Driver(), cj.Driver(), manual.Driver()},
		Payments:  []payment.Driver{stripe.Driver(), bank.Driver()},
		Carriers:  []carrier.Driver{seventeentrack.Driver()},
	}
}

// Inbox is the address at which everything that was mailed can be read.
func (w *World) Inbox() string { return w.inbox }
