// Package machine is a life as a table: rows of event, from, to. One function says what
// follows, one checks the table for states nobody reaches or leaves, one draws it.
package machine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrIllegal is wrapped by every refusal of Next, so that callers can tell a fact that
// came too late (or twice) from a fault.
var ErrIllegal = errors.New("not possible in this state")

// Row says that Event leads From each of these states To that one. An empty To keeps
// the state: the event is allowed there and changes nothing of it.
type Row[S, E ~string] struct {
	Event E
	From  []S
	To    S
}

// Machine is a table with a name, the state where a life begins, and those where it may end.
type Machine[S, E ~string] struct {
	Name  string
	Start S
	Final []S // where a life may rest for ever
	Rows  []Row[S, E]
}

// Next is the state that follows from state by event; an error that wraps ErrIllegal
// where the table has no such row.
func (m Machine[S, E]) Next(state S, event E) (S, error) {
	for _, r := range m.Rows {
		if r.Event != event || !slices.Contains(r.From, state) {
			continue
		}
		if r.To == "" {
			return state, nil
		}
		return r.To, nil
	}
	return state, fmt.Errorf("%s is %s: %s is %w", m.Name, state, event, ErrIllegal)
}

// Can says whether event is possible in state.
func (m Machine[S, E]) Can(state S, event E) bool {
	_, err := m.Next(state, event)
	return err == nil
}

// States lists every state once, in the order of the table.
func (m Machine[S, E]) States() []S {
	all := []S{m.Start}
	add := func(s S) {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, r := range m.Rows {
		for _, f := range r.From {
			add(f)
		}
		add(r.To)
	}
	return all
}

// Events lists every event once, in the order of the table.
func (m Machine[S, E]) Events() []E {
	var all []E
	for _, r := range m.Rows {
		if !slices.Contains(all, r.Event) {
			all = append(all, r.Event)
		}
	}
	return all
}

// Check refuses a table with two answers for one cell, a state that nobody can reach
// from the start, or one that nobody can leave and that is not final.
func (m Machine[S, E]) Check() error {
	var problems []error
	seen := map[string]bool{}
	for _, r := range m.Rows {
		for _, f := range r.From {
			cell := string(f) + "\x00" + string(r.Event)
			if seen[cell] {
				problems = append(problems, fmt.Errorf("%s: %s in %s has two rows", m.Name, r.Event, f))
			}
			seen[cell] = true
		}
	}
	reached := m.reach()
	for _, s := range m.States() {
		if !reached[s] {
			problems = append(problems, fmt.Errorf("%s: %s is never reached", m.Name, s))
		}
		if !slices.Contains(m.Final, s) && !m.leaves(s) {
			problems = append(problems, fmt.Errorf("%s: %s is never left and is not final", m.Name, s))
		}
	}
	return errors.Join(problems...)
}

// reach is the set of states that some sequence of events leads to.
func (m Machine[S, E]) reach() map[S]bool {
	reached := map[S]bool{m.Start: true}
	for grew := true; grew; {
		grew = false
		for _, r := range m.Rows {
			for _, f := range r.From {
				if r.To != "" && reached[f] && !reached[r.To] {
					reached[r.To], grew = true, true
				}
			}
		}
	}
	return reached
}

// leaves says whether any row leads from s to another state.
func (m Machine[S, E]) leaves(s S) bool {
	for _, r := range m.Rows {
		if r.To != "" && r.To != s && slices.Contains(r.From, s) {
			return true
		}
	}
	return false
}

// Draw is the machine as a page of Markdown: a Mermaid diagram and the table.
func (m Machine[S, E]) Draw() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nDrawn from the table in code; do not edit.\n\n```mermaid\nstateDiagram-v2\n  [*] --> %s\n", m.Name, node(m.Start))
	for _, r := range m.Rows {
		for _, f := range r.From {
			to := r.To
			if to == "" {
				to = f
			}
			fmt.Fprintf(&b, "  %s --> %s: %s\n", node(f), node(to), r.Event)
		}
	}
	for _, f := range m.Final {
		fmt.Fprintf(&b, "  %s --> [*]\n", node(f))
	}
	b.WriteString("```\n\n| event | from | to |\n|---|---|---|\n")
	for _, r := range m.Rows {
		to := string(r.To)
		if to == "" {
			to = "(stays)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.Event, join(r.From), to)
	}
	return b.String()
}

// node is a state as a Mermaid name, which may not hold a hyphen.
func node[S ~string](s S) string { return strings.ReplaceAll(string(s), "-", "_") }

func join[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
