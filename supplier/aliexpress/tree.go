package aliexpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// node is a place in an answer. AliExpress sends the same field as a number one day and as
// a string the next, wraps lists in an object whose one key varies, and leaves out what is
// empty; a node reads all of these alike and is never nil-checked.
type node struct{ v any }

// parse reads an answer.
func parse(body []byte) (node, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return node{}, fmt.Errorf("answer: no JSON: %w", err)
	}
	if _, ok := v.(map[string]any); !ok {
		return node{}, fmt.Errorf("answer: %T instead of an object", v)
	}
	return node{v}, nil
}

// get is the first of the named fields that is there and not null.
func (n node) get(names ...string) node {
	fields, _ := n.v.(map[string]any)
	for _, name := range names {
		if v, ok := fields[name]; ok && v != nil {
			return node{v}
		}
	}
	return node{}
}

// at follows a path of fields.
func (n node) at(path ...string) node {
	for _, name := range path {
		n = n.get(name)
	}
	return n
}

// there says whether the field was present.
func (n node) there() bool { return n.v != nil }

// text is a string, number or boolean as text; empty for anything else.
func (n node) text() string {
	switch v := n.v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// whole is a whole number written in any way ("7", 7, 7.0); false if it is none.
func (n node) whole() (int64, bool) {
	text, frac, _ := strings.Cut(n.text(), ".")
	if strings.Trim(frac, "0") != "" {
		return 0, false
	}
	i, err := json.Number(text).Int64()
	return i, err == nil
}

// yes is a boolean written in any way.
func (n node) yes() bool {
	switch strings.ToLower(n.text()) {
	case "true", "1", "y", "yes":
		return true
	}
	return false
}

// list is the elements of a list: bare, wrapped in an object with one key, or a single
// element without its list.
func (n node) list() []node {
	switch v := n.v.(type) {
	case nil:
		return nil
	case []any:
		return nodes(v)
	case map[string]any:
		if len(v) == 1 {
			for _, inner := range v {
				return node{inner}.list()
			}
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if strings.TrimSpace(v) == "" {
			return nil
		}
		return n.listInText(v)
	}
	return []node{n}
}

// listInText is a list that was sent as a string of JSON, or the string itself.
func (n node) listInText(text string) []node {
	var inner []any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&inner) == nil {
		return nodes(inner)
	}
	return []node{n}
}

func nodes(list []any) []node {
	out := make([]node, 0, len(list))
	for _, v := range list {
		if v != nil {
			out = append(out, node{v})
		}
	}
	return out
}
