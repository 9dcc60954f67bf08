package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"doorstep"
	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/store"
)

type connectCmd struct {
	Supplier connectSupplierCmd `cmd:"" help:"Who ships what the store sells."`
	Payment  connectPaymentCmd  `cmd:"" help:"Who moves the customer's money."`
	Carrier  connectCarrierCmd  `cmd:"" help:"Who knows where parcels are."`
	Drivers  driversCmd         `cmd:"" help:"List the drivers of this program and the settings they want."`
	List     connectListCmd     `cmd:"" help:"List the connectors of the store."`
}

// plug is what all kinds of connector are told.
type plug struct {
	Driver string   `arg:"" help:"Name of the driver: doorstep connect drivers lists them."`
	Name   string   `help:"Name of the connector, as in /webhooks/KIND/NAME; the driver's when it is not given."`
	Set    []string `sep:"none" placeholder:"KEY=VALUE" help:"A setting of the driver; give it as often as needed. An empty value brings the default back."`
	Test   bool     `help:"Ask the other side whether the settings work."`

	AllowPrivate bool `help:"Let the test reach private and loopback addresses."`
}

func (c plug) connect(e *env, kind connector.Kind, how doorstep.Supplying) error {
	given, err := pairs(c.Set)
	if err != nil {
		return err
	}
	name := c.Name
	if name == "" {
		name = c.Driver
	}
	p, err := e.program(func(config *doorstep.Config) { config.AllowPrivate = c.AllowPrivate })
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	if err := p.Outside.MayConnect(e.ctx, p.Store.StoreID, kind, c.Driver, name); err != nil {
		return fmt.Errorf("%w (--name); doorstep connect list tells those in use", err)
	}
	row, err := p.Connect(e.ctx, kind, c.Driver, name, given, how)
	if err != nil {
		return fmt.Errorf("%w; see doorstep connect drivers", err)
	}
	fmt.Fprintf(e.out, "The %s connector %s (%s) is %s; its messages come in at /webhooks/%s/%s.\n",
		kind, row.Name, row.Driver, row.State, kind, row.Name)
	if err := e.tellFreightless(p); err != nil || !c.Test {
		return err
	}
	if err := p.Outside.TestConnector(e.ctx, p.Store.StoreID, kind, name); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, "It works.")
	return err
}

type connectSupplierCmd struct {
	plug
	Supplier string `placeholder:"NAME" help:"The supplier's name for people, in lists of offers for example; the connector's when it is not given."`
	terms
}

// Run connects a supplier.
func (c *connectSupplierCmd) Run(e *env) error {
	how, err := c.supplying()
	if err != nil {
		return err
	}
	how.Supplier = c.Supplier
	return c.connect(e, connector.Supplier, how)
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

type connectPaymentCmd struct{ plug }

// Run connects a payment provider.
func (c *connectPaymentCmd) Run(e *env) error {
	return c.connect(e, connector.Payment, doorstep.Supplying{})
}

type connectCarrierCmd struct{ plug }

// Run connects a tracking service.
func (c *connectCarrierCmd) Run(e *env) error {
	return c.connect(e, connector.Carrier, doorstep.Supplying{})
}

type driversCmd struct{}

// Run lists the drivers. It needs no database.
func (driversCmd) Run(e *env) error {
	list := drivers()
	table := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	show := func(kind connector.Kind, name, title string, settings []connector.Setting) {
		fmt.Fprintf(table, "%s %s\t%s\t\n", kind, name, title)
		for _, s := range settings {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", s.Key, describe(s), s.Help)
		}
	}
	for _, d := range list.Suppliers {
		show(connector.Supplier, d.Name, d.Title, d.Settings)
	}
	for _, d := range list.Payments {
		show(connector.Payment, d.Name, d.Title, d.Settings)
	}
	for _, d := range list.Carriers {
		show(connector.Carrier, d.Name, d.Title, d.Settings)
	}
	return table.Flush()
}

// describe is what kind of value a setting wants.
func describe(s connector.Setting) string {
	parts := []string{string(s.Type)}
	if len(s.Options) > 0 {
		parts = []string{strings.Join(s.Options, "|")}
	}
	if s.Required {
		parts = append(parts, "needed")
	}
	if s.Secret {
		parts = append(parts, "secret")
	}
	if s.Default != "" {
		parts = append(parts, "default "+s.Default)
	}
	return strings.Join(parts, ", ")
}

type connectListCmd struct{}

// Run lists the connectors without their secrets.
func (connectListCmd) Run(e *env) error {
	type shown struct {
		Kind     string            `json:"kind"`
		Name     string            `json:"name"`
		Driver   string            `json:"driver"`
		State    string            `json:"state"`
		Reason   string            `json:"reason,omitempty"`
		Settings map[string]string `json:"settings"`
	}
	return e.with(func(p *doorstep.Program) error {
		list := []shown{}
		err := p.DB.View(e.ctx, func(ctx context.Context, tx *db.Tx) error {
			rows, err := store.Connectors(ctx, tx, p.Store.StoreID)
			for _, row := range rows {
				given, err := store.Plugged(p.Seal, row)
				if err != nil {
					return err
				}
				for _, key := range slices.Sorted(maps.Keys(given.Secrets)) {
					given.Settings[key] = "(secret)"
				}
				list = append(list, shown{row.Kind, row.Name, row.Driver, row.State, row.Reason, given.Settings})
			}
			return err
		})
		if err != nil {
			return err
		}
		return e.print(list)
	})
}
