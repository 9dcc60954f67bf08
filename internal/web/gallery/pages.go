package gallery

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// The doors whose pages are shown, and the mails.
const (
	Storefront = "storefront"
	Dashboard  = "dashboard"
	mails      = "mails"
)

// dashboardPrefix is where the dashboard lives.
const dashboardPrefix = "/admin"

// Page is a page in one of its states.
type Page struct {
	Door  string `json:"door"`            // Storefront or Dashboard
	Name  string `json:"name"`            // as part of a file's name; no two of a door have the same
	Route string `json:"route"`           // "/orders/{order}"
	State string `json:"state,omitempty"` // in words; empty where it has only one
	Path  string `json:"path,omitempty"`  // path and query; empty where the shop has nothing to show there
}

// view is a state of a route and where it is; an empty path where there is nothing to show.
type view struct{ State, Path string }

// Pages are all pages of a shop, in the order of the doors' tables.
func (g *Gallery) Pages(ctx context.Context, tx *db.Tx, s id.Store) ([]Page, error) {
	f := found{box: g.Seal, store: s}
	if err := f.look(ctx, tx); err != nil {
		return nil, err
	}
	several, names := f.several(), f.names()
	var list []Page
	add := func(door, route string, views []view) {
		for _, v := range views {
			list = append(list, Page{Door: door, Name: nameOf(route, v.State), Route: route, State: v.State, Path: v.Path})
		}
	}
	for _, door := range []struct {
		name   string
		routes []string
	}{{Storefront, g.Storefront}, {Dashboard, g.Dashboard}} {
		for _, route := range door.routes {
			switch {
			case isApart(route):
			case several[route] != nil:
				add(door.name, route, several[route])
			case g.Chapters[route] != nil:
				add(door.name, route, chapters(route, g.Chapters[route]))
			default:
				path, _ := fill(route, names)
				add(door.name, route, []view{{Path: path}})
			}
		}
	}
	return list, nil
}

// strange are the routes with a parameter that nothing is known for, and of which nobody said
// why they stand apart; and those of which something is said and that are no routes any more.
func (g *Gallery) strange() (unknown, gone []string) {
	var f found
	all := slices.Concat(g.Storefront, g.Dashboard)
	several := f.several()
	for _, route := range all {
		_, known := fill(route, f.names())
		if !known && !isApart(route) && several[route] == nil && g.Chapters[route] == nil {
			unknown = append(unknown, route)
		}
	}
	for _, a := range standApart() {
		if !slices.Contains(all, a.Route) {
			gone = append(gone, a.Route)
		}
	}
	for route := range several {
		if !slices.Contains(all, route) {
			gone = append(gone, route)
		}
	}
	return unknown, gone
}

// fill puts names into a route. known is false where it has a parameter of which nothing is
// known; the path is empty where the shop has no such thing.
func fill(route string, names map[string]string) (path string, known bool) {
	if i := strings.Index(route, "{$}"); i >= 0 {
		route = route[:i]
	}
	var out strings.Builder
	for rest := route; ; {
		before, after, more := strings.Cut(rest, "{")
		out.WriteString(before)
		if !more {
			return out.String(), true
		}
		param, tail, _ := strings.Cut(after, "}")
		name, known := names[param]
		if !known || name == "" {
			return "", known
		}
		out.WriteString(name)
		rest = tail
	}
}

// chapters are the views of a route for each value of its parameter.
func chapters(route string, values []string) (list []view) {
	before, _, _ := strings.Cut(route, "{")
	for _, v := range values {
		list = append(list, view{v, before + v})
	}
	return list
}

// nameOf is a route and a state as part of a file's name: "orders-order-claims-new-delivered".
func nameOf(route, state string) string {
	path := strings.TrimPrefix(route, dashboardPrefix)
	words := strings.FieldsFunc(strings.ToLower(path+" "+state), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if path == "" || path == "/{$}" {
		words = append([]string{"home"}, words...)
	}
	return strings.Join(words, "-")
}
