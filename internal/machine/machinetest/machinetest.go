// Package machinetest walks every cell of a machine's table and compares it with what the
// design says: a golden table in the test, written by hand.
package machinetest

import (
	"errors"
	"strings"
	"testing"

	"doorstep/internal/machine"
)

// Cells checks the table of m and every (state, event) cell of it. Golden has one line per
// event: "event: these states -> to"; "->" with nothing behind it keeps the state; an event may
// have several lines. Everything that is not in it must be refused.
func Cells[S, E ~string](t *testing.T, m machine.Machine[S, E], golden string) {
	t.Helper()
	if err := m.Check(); err != nil {
		t.Errorf("%s: %v", m.Name, err)
	}
	want := map[[2]string]string{}
	states, events := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(golden)) {
		event, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		from, to, _ := strings.Cut(rest, "->")
		events[event] = true
		for _, s := range strings.Fields(from) {
			cell := [2]string{s, event}
			if _, twice := want[cell]; twice {
				t.Errorf("%s: the golden table has %v twice", m.Name, cell)
			}
			want[cell] = strings.TrimSpace(to)
			if want[cell] == "" {
				want[cell] = s
			}
			states[s], states[want[cell]] = true, true
		}
	}
	if len(states) != len(m.States()) || len(events) != len(m.Events()) {
		t.Errorf("%s has %d states and %d events, the golden table %d and %d", m.Name, len(m.States()), len(m.Events()), len(states), len(events))
	}
	for _, s := range m.States() {
		for _, e := range m.Events() {
			walk(t, m, s, e, want)
		}
	}
}

// walk looks at one cell.
func walk[S, E ~string](t *testing.T, m machine.Machine[S, E], s S, e E, want map[[2]string]string) {
	t.Helper()
	to, legal := want[[2]string{string(s), string(e)}]
	got, err := m.Next(s, e)
	switch {
	case legal && (err != nil || string(got) != to):
		t.Errorf("%s: %s in %s leads to %s, %v; want %s", m.Name, e, s, got, err, to)
	case !legal && (!errors.Is(err, machine.ErrIllegal) || got != s):
		t.Errorf("%s: %s in %s leads to %s, %v; want a refusal", m.Name, e, s, got, err)
	}
}
