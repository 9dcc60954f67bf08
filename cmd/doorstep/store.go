package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"doorstep"
	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/store"
)

type setCmd struct {
	Values []string `arg:"" optional:"" name:"key=value" help:"Settings to change; an empty value brings the default back. Without any, all are listed."`
}

// Run changes settings, all or none; without any it lists them.
func (c *setCmd) Run(e *env) error {
	if len(c.Values) == 0 {
		return (&settingsCmd{}).Run(e)
	}
	values, err := pairs(c.Values)
	if err != nil {
		return err
	}
	return e.with(func(p *doorstep.Program) error {
		return p.DB.Update(e.ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, key := range slices.Sorted(maps.Keys(values)) {
				if err := store.Set(ctx, tx, p.Store.StoreID, key, values[key]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

type settingsCmd struct {
	JSON bool `help:"Only what was set, as JSON."`
}

// Run lists the settings with their defaults and meaning.
func (c *settingsCmd) Run(e *env) error {
	return e.reading(func(d *db.DB, s store.Store) error {
		var given map[string]string
		err := d.View(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			given, err = store.Given(ctx, tx, s.StoreID)
			return err
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return e.print(given)
		}
		return listSettings(e, s, given)
	})
}

func listSettings(e *env, s store.Store, given map[string]string) error {
	fmt.Fprintf(e.out, "%s sells in %s.\n\n", s.Name, s.Currency)
	table := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	shown := map[string]bool{}
	for _, k := range store.AllKnown() {
		value, set := given[k.Key]
		if !set {
			value = "(" + k.Default + ")"
		}
		shown[k.Key] = true
		fmt.Fprintf(table, "%s\t%s\t%s\n", k.Key, strings.ReplaceAll(value, "\n", `\n`), k.Help)
		family, ok := strings.CutSuffix(k.Key, "*")
		for _, key := range slices.Sorted(maps.Keys(given)) {
			if ok && strings.HasPrefix(key, family) && !shown[key] {
				shown[key] = true
				fmt.Fprintf(table, "  %s\t%s\t\n", key, given[key])
			}
		}
	}
	return table.Flush()
}

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Let a person sign in."`
}

type userAddCmd struct {
	Email    string `required:"" help:"Mail address, which is what they sign in with."`
	Name     string `help:"Their name; the mail address when it is not given."`
	Role     string `default:"owner" enum:"owner,manager,support,reader" help:"What they may do: owner, manager, support or reader."`
	Password string `help:"Their password, at least 10 characters; read from the input when it is not given."`
}

// Run adds a member of staff.
func (c *userAddCmd) Run(e *env) error {
	password := c.Password
	if password == "" {
		fmt.Fprint(e.errOut, "Password: ")
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return errors.Join(errors.New("password: none was given: use --password, or type one"), ignoreEOF(err))
		}
	}
	hash, err := account.HashPassword(password)
	if err != nil {
		return err
	}
	name := c.Name
	if name == "" {
		name = c.Email
	}
	return e.with(func(p *doorstep.Program) error {
		var added account.Staff
		err := p.DB.Update(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			added, err = account.AddStaff(ctx, tx, p.Store.StoreID, c.Email, name, account.Role(c.Role), hash)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", c.Email, err)
		}
		_, err = fmt.Fprintf(e.out, "%s may sign in as %s.\n", added.Email, added.Role)
		return err
	})
}

type keyCmd struct {
	Add keyAddCmd `cmd:"" help:"Make an API key; its secret is shown once."`
}

type keyAddCmd struct {
	Name string `required:"" help:"What the key is for."`
	Role string `default:"manager" enum:"owner,manager,support,reader" help:"What it may do: owner, manager, support or reader."`
}

// Run adds a key and prints its secret alone on a line, for scripts.
func (c *keyAddCmd) Run(e *env) error {
	return e.with(func(p *doorstep.Program) error {
		var secret string
		err := p.DB.Update(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			_, secret, err = account.AddKey(ctx, tx, p.Store.StoreID, c.Name, account.Role(c.Role))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(e.errOut, "Keep this secret: it is not shown again.")
		_, err = fmt.Fprintln(e.out, secret)
		return err
	})
}
