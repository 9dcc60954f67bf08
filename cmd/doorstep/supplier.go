package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"doorstep"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
)

// terms are how a supplier is treated, connected or not.
type terms struct {
	ShipTo       *string `placeholder:"DE,AT,…" help:"Countries it ships to; empty: anywhere."`
	Priority     *int64  `help:"Higher is preferred when suppliers are compared."`
	HandlingDays *int64  `help:"Days until it hands a parcel over, where offers do not say."`
	Freight      *string `placeholder:"JSON|@FILE" help:"Freight table where no quotes are to be had: [{\"countries\":[\"*\"],\"service\":\"post\",\"name\":\"Post\",\"cost\":\"4.90\",\"currency\":\"EUR\",\"min_days\":2,\"max_days\":5}]."`
	MaxAge       *int64  `placeholder:"SECONDS" help:"Offers older than this are not believed; 0: always."`
	Manual       bool    `xor:"who" help:"A person releases every purchase from this supplier."`
	Automatic    bool    `xor:"who" help:"Purchases go out by themselves (the usual way)."`
}

// supplying is the terms as the program takes them; a file of freight is read.
func (t terms) supplying() (doorstep.Supplying, error) {
	how := doorstep.Supplying{ShipTo: t.ShipTo, Priority: t.Priority, HandlingDays: t.HandlingDays, Freight: t.Freight, MaxAge: t.MaxAge}
	if t.Manual || t.Automatic {
		how.Automatic = &t.Automatic
	}
	if path, isFile := strings.CutPrefix(orEmpty(t.Freight), "@"); isFile {
		body, err := os.ReadFile(path)
		if err != nil {
			return how, fmt.Errorf("freight: %w", err)
		}
		text := string(body)
		how.Freight = &text
	}
	return how, nil
}

type supplierCmd struct {
	List supplierListCmd `cmd:"" help:"List the suppliers, connected or not, as JSON."`
	Set  supplierSetCmd  `cmd:"" help:"Change how a supplier is treated; one without a connector needs a freight table to ship."`
}

type supplierSetCmd struct {
	Name string `arg:"" help:"The supplier's name: doorstep supplier list tells them."`
	terms
}

// Run changes a supplier.
func (c *supplierSetCmd) Run(e *env) error {
	how, err := c.supplying()
	if err != nil {
		return err
	}
	if how == (doorstep.Supplying{}) {
		return errors.New("supplier set: say what to change: see doorstep supplier set --help")
	}
	return e.with(func(p *doorstep.Program) error {
		if err := p.ChangeSupplier(e.ctx, c.Name, how); err != nil {
			return err
		}
		return e.tellFreightless(p)
	})
}

type supplierListCmd struct{}

// Run lists the suppliers.
func (supplierListCmd) Run(e *env) error {
	type shown struct {
		Name         string `json:"name"`
		Connector    string `json:"connector,omitempty"`
		ShipTo       string `json:"ship_to"`
		Priority     int64  `json:"priority"`
		HandlingDays int64  `json:"handling_days"`
		Automatic    bool   `json:"automatic"`
		MaxAge       int64  `json:"max_age_seconds"`
		Freight      string `json:"freight"`
	}
	return e.with(func(p *doorstep.Program) error {
		list := []shown{}
		err := p.DB.View(e.ctx, func(ctx context.Context, tx *db.Tx) error {
			list = list[:0]
			all, err := inventory.Suppliers(ctx, tx, p.Store.StoreID)
			for _, s := range all {
				list = append(list, shown{s.Name, string(s.ConnectorID), s.ShipTo, s.Priority, s.HandlingDays, s.Automatic, s.MaxAgeSeconds, s.Freight})
			}
			return err
		})
		if err != nil {
			return err
		}
		return e.print(list)
	})
}

// tellFreightless says from whom nothing can be sold yet and what to do: a customer would
// only read that an article cannot be delivered.
func (e *env) tellFreightless(p *doorstep.Program) error {
	names, err := p.Outside.WithoutFreight(e.ctx, p.Store.StoreID)
	if err != nil || len(names) == 0 {
		return err
	}
	_, err = fmt.Fprintf(e.errOut, "Nobody knows yet what freight costs from %s, so nothing can be shipped from there: connect it (doorstep connect supplier DRIVER --supplier NAME), "+
		"or give it a freight table (doorstep supplier set NAME --freight …).\n", strings.Join(names, ", "))
	return err
}
