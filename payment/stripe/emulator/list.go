package emulator

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// page renders a list, newest first, as the list endpoints do.
func page[T interface{ name() string }](c call, all []T, keep func(T) bool, born func(T) time.Time, show func(T) object) (object, *fault) {
	limit, given, f := c.form.whole("limit")
	if f != nil {
		return nil, f
	}
	if !given {
		limit = 10
	}
	if limit > 100 {
		return nil, wrong("limit", "parameter_invalid_integer", "This value must be less than or equal to 100.")
	}
	after := c.form.text("starting_after")
	seen := after == ""
	rows, more := []any{}, false
	for _, x := range slices.Backward(all) {
		if !seen {
			seen = x.name() == after
			continue
		}
		if !keep(x) || !c.form.within(born(x)) {
			continue
		}
		if int64(len(rows)) == limit {
			more = true
			break
		}
		rows = append(rows, show(x))
	}
	if !seen {
		return nil, missing("object", after, "starting_after")
	}
	return object{"object": "list", "url": c.path, "has_more": more, "data": rows}, nil
}

// clause is one of the query language's that we know: metadata['order']:'1001'.
func clause() *regexp.Regexp {
	return regexp.MustCompile(`^(?:metadata\[["']([^"']+)["']\]|(status|currency))\s*:\s*["']([^"']*)["']$`)
}

// searchIntents is the Search API: its index is a minute behind.
func (s *Server) searchIntents(c call) (object, *fault) {
	query := c.form.text("query")
	if query == "" {
		return nil, wrong("query", "parameter_missing", "Missing required param: query.")
	}
	form := clause()
	rows := []any{}
	for _, x := range slices.Backward(s.intents.list) {
		if c.now.Sub(x.created) < searchLag {
			continue
		}
		all := true
		for part := range strings.SplitSeq(query, " AND ") {
			m := form.FindStringSubmatch(strings.TrimSpace(part))
			if m == nil {
				return nil, wrong("query", "", "We were unable to parse your search query.")
			}
			value := map[string]string{"status": x.status, "currency": x.currency}[m[2]]
			if m[1] != "" {
				value = x.metadata[m[1]]
			}
			all = all && value == m[3]
		}
		if all {
			rows = append(rows, s.showIntent(x))
		}
	}
	return object{"object": "search_result", "url": c.path, "has_more": false, "next_page": nil, "data": rows}, nil
}

// expand replaces names by objects along the asked paths.
func (s *Server) expand(o object, lists ...[]string) *fault {
	for _, path := range slices.Concat(lists...) {
		if strings.Count(path, ".") > 3 {
			return wrong("expand", "", "You cannot expand more than 4 levels of a property. Property: "+path+".")
		}
		if !s.expandPath(o, strings.Split(path, ".")) {
			return wrong("expand", "", "This property cannot be expanded ("+path+").")
		}
	}
	return nil
}

func (s *Server) expandPath(o object, path []string) bool {
	if len(path) == 0 {
		return true
	}
	value, known := o[path[0]]
	if !known {
		return false
	}
	switch v := value.(type) {
	case nil:
		return true
	case string:
		inner := s.byName(v)
		if inner == nil {
			return false
		}
		o[path[0]] = inner
		return s.expandPath(inner, path[1:])
	case object:
		return s.expandPath(v, path[1:])
	case []any:
		for _, row := range v {
			inner, ok := row.(object)
			if !ok || !s.expandPath(inner, path[1:]) {
				return false
			}
		}
		return true
	}
	return false
}

// byName renders whatever has that name; nil if nothing has.
func (s *Server) byName(id string) object {
	if x := s.sessions.byID[id]; x != nil {
		return s.showSession(x)
	}
	if x := s.intents.byID[id]; x != nil {
		return s.showIntent(x)
	}
	if x := s.charges.byID[id]; x != nil {
		return s.showCharge(x)
	}
	if x := s.refunds.byID[id]; x != nil {
		return s.showRefund(x)
	}
	if x := s.moves.byID[id]; x != nil {
		return s.showMove(x)
	}
	return nil
}
