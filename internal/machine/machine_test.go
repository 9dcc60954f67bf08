package machine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"doorstep/internal/machine"
)

type state string
type event string

type rows = []machine.Row[state, event]

func lamp(extra ...machine.Row[state, event]) machine.Machine[state, event] {
	return machine.Machine[state, event]{Name: "lamp", Start: "off", Final: []state{"broken"}, Rows: append(rows{
		{Event: "press", From: []state{"off"}, To: "on"},
		{Event: "release", From: []state{"on"}, To: "off"},
		{Event: "dim", From: []state{"on"}},
		{Event: "burn-out", From: []state{"on", "off"}, To: "broken"},
	}, extra...)}
}

func TestNext(t *testing.T) {
	t.Parallel()
	m := lamp()
	for _, c := range []struct {
		from state
		e    event
		to   state
	}{{"off", "press", "on"}, {"on", "release", "off"}, {"on", "dim", "on"}, {"on", "burn-out", "broken"}} {
		if got, err := m.Next(c.from, c.e); err != nil || got != c.to || !m.Can(c.from, c.e) {
			t.Errorf("%s %s: %s, %v; want %s", c.from, c.e, got, err, c.to)
		}
	}
	for _, c := range []struct {
		from state
		e    event
	}{{"off", "dim"}, {"broken", "press"}, {"on", "fly"}, {"", "press"}} {
		got, err := m.Next(c.from, c.e)
		if !errors.Is(err, machine.ErrIllegal) || got != c.from || m.Can(c.from, c.e) {
			t.Errorf("%s %s: %s, %v; want a refusal that keeps the state", c.from, c.e, got, err)
		}
	}
	if got := m.States(); !slices.Equal(got, []state{"off", "on", "broken"}) {
		t.Errorf("states %v", got)
	}
	if got := m.Events(); !slices.Equal(got, []event{"press", "release", "dim", "burn-out"}) {
		t.Errorf("events %v", got)
	}
}

func TestCheckCatchesBadTables(t *testing.T) {
	t.Parallel()
	if err := lamp().Check(); err != nil {
		t.Errorf("a good table: %v", err)
	}
	for words, m := range map[string]machine.Machine[state, event]{
		"press in off has two rows":          lamp(machine.Row[state, event]{Event: "press", From: []state{"off"}, To: "broken"}),
		"repaired is never reached":          lamp(machine.Row[state, event]{Event: "press", From: []state{"repaired"}, To: "on"}),
		"stuck is never left":                lamp(machine.Row[state, event]{Event: "jam", From: []state{"on"}, To: "stuck"}),
		"loop is never left":                 lamp(machine.Row[state, event]{Event: "spin", From: []state{"on"}, To: "loop"}, machine.Row[state, event]{Event: "turn", From: []state{"loop"}, To: "loop"}),
		"start is never left and is not fin": {Name: "nothing", Start: "start"},
	} {
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	page := lamp(machine.Row[state, event]{Event: "mend", From: []state{"broken"}, To: "as-new"}).Draw()
	for _, want := range []string{"[*] --> off\n", "off --> on: press\n", "on --> on: dim\n", "broken --> as_new: mend\n", "broken --> [*]\n",
		"| burn-out | on, off | broken |\n", "| dim | on | (stays) |\n"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
}
