package main

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

// drivers are the connectors of this binary. A new one is a package of its own and a line
// here.
func drivers() outside.Drivers {
	return outside.Drivers{
		Suppliers: []supplier.Driver{
			aliexpress.Driver(),
			cj.Driver(),
			manual.Driver(),
		},
		Payments: []payment.Driver{
			stripe.Driver(),
			bank.Driver(),
		},
		Carriers: []carrier.Driver{
			seventeentrack.Driver(),
		},
	}
}
