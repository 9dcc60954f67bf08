package demo

import (
	"context"

	"doorstep/carrier"
	"doorstep/carrier/seventeentrack"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/report"
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

// HooksDone waits until every message of the world has arrived or was given up.
func (w *World) HooksDone() { w.hooks.Wait() }

// Documents reads every order of a store, for Judge.
func Documents(ctx context.Context, d *db.DB, s id.Store) ([]report.Document, error) {
	return documents(ctx, d, s)
}

// S10 is a postal tracking number (UPU S10) with its check digit.
func S10(service string, serial int64, country string) string { return s10(service, serial, country) }
