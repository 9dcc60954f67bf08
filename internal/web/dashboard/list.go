package dashboard

import (
	"net/url"
	"slices"
	"strings"

	"doorstep/internal/web/ui"
)

// pageSize is how many rows one page of a list has.
const pageSize = 50

// listKind is one of the dashboard's lists: what its address may carry, and how it can be sorted.
type listKind struct {
	Key    string // of the views that people save of it
	Path   string // under Prefix
	Search ui.ListSearch
	Fields []listField
	Sorts  []ui.Choice // the first is the usual one, each has an index
	Usual  []listView  // what everybody has; the first is the whole list
}

// listField is a value that a list is narrowed by.
type listField struct {
	Name   string
	Words  []string // what it may be; nil: any text
	Usual  string   // what it is where the address has none; of many, with commas between
	Many   bool     // any of its words may stand in the address together
	Any    string   // the line of its choice that takes it out; empty: it is no choice
	Choice []ui.Choice
}

// pickOf is a field that people choose among words.
func pickOf(name, label string, list ...string) listField {
	f := listField{Name: name, Any: label + ": any", Words: list}
	for _, w := range list {
		f.Choice = append(f.Choice, ui.Choice{Value: w, Name: title(w)})
	}
	return f
}

// unshown is a field that links and views set.
func unshown(name string, list ...string) listField { return listField{Name: name, Words: list} }

// listAsk is what the address of a list asks for, always written the same for the same ask. Where
// a page begins is no part of it.
type listAsk struct {
	kind listKind
	q    url.Values
}

// ask reads an address; what the list does not know it leaves out.
func (k listKind) ask(q url.Values) listAsk {
	a := listAsk{k, url.Values{}}
	if k.Search.Name != "" {
		a.put(listField{Name: k.Search.Name}, q)
	}
	for _, f := range k.Fields {
		a.put(f, q)
	}
	if s := q.Get("sort"); len(k.Sorts) > 0 && slices.ContainsFunc(k.Sorts[1:], func(c ui.Choice) bool { return c.Value == s }) {
		a.q.Set("sort", s)
	}
	return a
}

func (a listAsk) put(f listField, from url.Values) {
	values := []string{strings.TrimSpace(from.Get(f.Name))}
	if f.Many {
		values = slices.DeleteFunc(slices.Clone(f.Words), func(w string) bool { return !slices.Contains(from[f.Name], w) })
	} else if f.Words != nil && !slices.Contains(f.Words, values[0]) {
		return
	}
	if written := strings.Join(values, ","); written != "" && written != f.Usual {
		a.q[f.Name] = values
	}
}

// get is a value that is asked for; what is usual where there is none.
func (a listAsk) get(name string) string {
	if value := a.q.Get(name); value != "" {
		return value
	}
	for _, f := range a.kind.Fields {
		if f.Name == name {
			return f.Usual
		}
	}
	return ""
}

func (a listAsk) search() string { return a.q.Get(a.kind.Search.Name) }

func (a listAsk) sort() string { return a.q.Get("sort") }

func (a listAsk) query() string { return a.q.Encode() }

// narrowed says whether something is left out of the list.
func (a listAsk) narrowed() bool {
	for name := range a.q {
		if name != "sort" && name != "col" {
			return true
		}
	}
	return false
}

// url is the list's address with one value changed; an empty one is taken out.
func (a listAsk) url(name, value string) string {
	q := url.Values{}
	for n, values := range a.q {
		q[n] = values
	}
	if q.Del(name); value != "" {
		q.Set(name, value)
	}
	return a.kind.url(q.Encode())
}

func (k listKind) url(query string) string {
	if query == "" {
		return Prefix + k.Path
	}
	return Prefix + k.Path + "?" + query
}

// choose gives a field what it can be chosen from. What a stranger wrote into the address is no
// choice, and narrows the list all the same.
func (a listAsk) choose(name string, from []ui.Choice) {
	for i, f := range a.kind.Fields {
		if f.Name == name {
			a.kind.Fields[i].Choice = from
		}
	}
}

// kept are the values of the address that a form does not ask for itself.
func (a listAsk) kept(asked ...string) (list [][2]string) {
	for _, name := range sortedKeys(a.q) {
		for _, value := range a.q[name] {
			if !slices.Contains(asked, name) {
				list = append(list, [2]string{name, value})
			}
		}
	}
	return list
}

func sortedKeys(q url.Values) []string {
	var names []string
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// head is the head of a column that is sorted downwards and upwards by two of the list's sorts; a
// click leads to the first of them, or turns it.
func (a listAsk) head(name, down, up string) ui.SortHead {
	now := a.sort()
	if now == "" && len(a.kind.Sorts) > 0 {
		now = a.kind.Sorts[0].Value
	}
	h := ui.SortHead{Name: name, URL: a.sorted(down)}
	switch now {
	case down:
		h.Sorted, h.URL = "descending", a.sorted(up)
	case up:
		h.Sorted = "ascending"
	}
	return h
}

// text is the head of a column of words, which are looked at from A to Z first. Without a sort
// downwards the second click leads back to the usual one.
func (a listAsk) text(name, up, down string) ui.SortHead {
	h := a.head(name, down, up)
	if h.Sorted == "" {
		h.URL = a.sorted(up)
	}
	return h
}

// sorted is the list's address with another sort; the usual one is not written.
func (a listAsk) sorted(by string) string {
	if by == a.kind.Sorts[0].Value {
		by = ""
	}
	return a.url("sort", by)
}

// sortName is how the list is sorted now, in words.
func (a listAsk) sortName() string {
	for _, c := range a.kind.Sorts {
		if c.Value == a.sort() {
			return c.Name
		}
	}
	if len(a.kind.Sorts) > 0 {
		return a.kind.Sorts[0].Name
	}
	return ""
}

// tools are what the list is searched, narrowed and sorted by.
func (a listAsk) tools() ui.Tools {
	k := a.kind
	t := ui.Tools{Action: Prefix + k.Path, Search: k.Search}
	t.Search.Value = a.search()
	asked := []string{k.Search.Name}
	for _, f := range k.Fields {
		if f.Any != "" {
			t.Picks = append(t.Picks, ui.Pick{Name: f.Name, Label: strings.TrimSuffix(f.Any, ": any"), Any: f.Any, Value: a.q.Get(f.Name), Choices: f.Choice})
			t.On = t.On || a.q.Get(f.Name) != ""
			asked = append(asked, f.Name)
		}
	}
	if len(k.Sorts) > 1 {
		t.Picks = append(t.Picks, ui.Pick{Name: "sort", Label: "Sort", Value: a.sort(), Choices: k.Sorts})
		asked = append(asked, "sort")
	}
	t.Kept = a.kept(asked...)
	return t
}
