package importer

import (
	"errors"
	"io"
	"strings"
)

// Look is what a file is, before any of it is taken.
type Look struct {
	Kind   string // shopify, woocommerce or offers; empty: none that can be taken
	Header []string
	Rows   [][]string // the first, each as long as the header
	Bytes  int64
}

// LookAt reads the header and the first rows of a CSV file. Rows that cannot be read are left
// out: the import names them.
func LookAt(file string, rows int) (Look, error) {
	src, err := openSource(file)
	if err != nil {
		return Look{}, err
	}
	t, err := openTable(src, aliases())
	if err != nil {
		return Look{}, err
	}
	defer t.close()
	l := Look{Header: t.header, Bytes: src.size}
	switch {
	case t.has("handle", "title"):
		l.Kind = "shopify"
	case t.has("type", "name"):
		l.Kind = "woocommerce"
	case isOffers(t.header):
		l.Kind = "offers"
	}
	for len(l.Rows) < rows {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if _, bad := errors.AsType[errRow](err); bad {
			continue
		}
		if err != nil {
			return l, err
		}
		fields := make([]string, len(t.header))
		for i := range fields {
			if i < len(r.fields) {
				fields[i] = strings.TrimSpace(r.fields[i])
			}
		}
		l.Rows = append(l.Rows, fields)
	}
	return l, nil
}

// isOffers says whether a header is that of a supplier's offers: which variant, and what of it.
func isOffers(header []string) bool {
	alias, at := offerAliases(), map[string]bool{}
	for _, name := range header {
		key := strings.Join(strings.Fields(strings.ToLower(name)), " ")
		if other, ok := alias[key]; ok {
			key = other
		}
		at[key] = true
	}
	return (at["sku"] || at["barcode"] || at["variant"]) && (at["cost"] || at["quantity"] || at["supplier_sku"])
}
