package dashboard

import "doorstep/internal/account"

// Row is a row of the table of routes, for the test that walks it.
type Row struct {
	Method, Path string
	Need         account.Role
	Open         bool
}

// Rows are all routes.
func Rows() []Row {
	var list []Row
	for _, r := range (&Dashboard{}).routes() {
		list = append(list, Row{r.method, r.path, r.need, r.open})
	}
	return list
}

// MustProve are the routes that ask once more who somebody is.
func MustProve() []string { return mustProve() }
