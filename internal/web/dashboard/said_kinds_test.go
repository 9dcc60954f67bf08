package dashboard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/machine"
	"doorstep/internal/shipment"
)

// TestEveryEventHasASentence reads the program: every kind of event that it can record must be
// said in words. Who adds a kind adds its sentence to said_kinds.go.
func TestEveryEventHasASentence(t *testing.T) {
	t.Parallel()
	kinds := recordedKinds(t)
	if len(kinds) < 120 {
		t.Errorf("the walk through the program found %d kinds only", len(kinds))
	}
	told := map[string]string{}
	for _, kind := range kinds {
		words := kindSentence(kind)
		if words == "" {
			t.Errorf("%s has no sentence: add one to said_kinds.go", kind)
			continue
		}
		if other := told[words]; other != "" {
			t.Errorf("%s and %s are told in the same words: %s", other, kind, words)
		}
		told[words] = kind
		if strings.HasSuffix(words, ".") || strings.ToUpper(words[:1]) != words[:1] {
			t.Errorf("%s: %q is to begin with a capital and to end without a full stop", kind, words)
		}
	}
}

// composed are the kinds that the program puts together from a beginning and a state.
func composed(t *testing.T) map[string][]string {
	t.Helper()
	return map[string][]string{
		"shipment.*":        states(shipment.Machine),
		"payment.*":         states(ledger.Payments),
		"chargeback.*":      states(ledger.Chargebacks),
		"dispute.*":         states(claim.Disputes),
		"bill.*":            billStates(),
		"connector.*":       {"active", "refused"},
		"mail.server-*":     {flow.MailsUnset, flow.MailsRefused},
		"payment.*-refused": {"capture", "void"},
	}
}

func billStates() (list []string) {
	for _, s := range billing.States() {
		list = append(list, string(s))
	}
	return list
}

func states[S, E ~string](m machine.Machine[S, E]) (list []string) {
	for _, s := range m.States() {
		list = append(list, string(s))
	}
	return list
}

// recordedKinds is every kind that a call of the program can give to an event.
func recordedKinds(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	folders, err := filepath.Glob(filepath.Join("..", "..", "*", "doc.go"))
	if err != nil || len(folders) < 20 {
		t.Fatal("the packages of the program are not where they were", err)
	}
	for _, file := range folders {
		maps.Copy(found, walkPackage(t, filepath.Dir(file)).kinds)
	}
	known := composed(t)
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		if !strings.Contains(kind, "*") {
			continue
		}
		delete(found, kind)
		if len(known[kind]) == 0 {
			t.Errorf("the program composes kinds like %s: say which there are", kind)
		}
		for _, rest := range known[kind] {
			found[strings.Replace(kind, "*", rest, 1)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// walker finds out which texts of a package become kinds of events: those in the field Kind of
// an event.Fact, and those handed to functions that put them there.
type walker struct {
	t     *testing.T
	funcs []*ast.FuncDecl
	takes map[string]int // function to the place of its parameter that is a kind
	kinds map[string]bool
}

func walkPackage(t *testing.T, dir string) *walker {
	t.Helper()
	w := &walker{t: t, takes: map[string]int{}, kinds: map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				w.funcs = append(w.funcs, f)
			}
		}
	}
	for before := -1; before != len(w.takes); { // a function may hand its parameter on
		before = len(w.takes)
		for _, f := range w.funcs {
			for _, e := range w.expressions(f) {
				if name, ok := e.(*ast.Ident); ok {
					if place := parameter(f, name.Name); place >= 0 {
						w.takes[f.Name.Name] = place
					}
				}
			}
		}
	}
	for _, f := range w.funcs {
		for _, e := range w.expressions(f) {
			w.read(f, e)
		}
	}
	return w
}

// expressions are what a function uses as kinds.
func (w *walker) expressions(f *ast.FuncDecl) (list []ast.Expr) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CompositeLit:
			if s, ok := x.Type.(*ast.SelectorExpr); !ok || s.Sel.Name != "Fact" || !isIdent(s.X, "event") {
				return true
			}
			for _, field := range x.Elts {
				if pair, ok := field.(*ast.KeyValueExpr); ok && isIdent(pair.Key, "Kind") {
					list = append(list, pair.Value)
				}
			}
		case *ast.CallExpr:
			if name, ok := x.Fun.(*ast.Ident); ok {
				if place, ok := w.takes[name.Name]; ok && place < len(x.Args) {
					list = append(list, x.Args[place])
				}
			}
		}
		return true
	})
	return list
}

// read notes the texts that an expression may be.
func (w *walker) read(f *ast.FuncDecl, e ast.Expr) {
	switch x := e.(type) {
	case *ast.Ident:
		if parameter(f, x.Name) >= 0 {
			return // its callers say
		}
		for _, value := range assigned(f, x.Name) {
			w.read(f, value)
		}
		return
	case *ast.IndexExpr:
		if all, ok := x.X.(*ast.CompositeLit); ok {
			for _, pair := range all.Elts {
				w.read(f, pair.(*ast.KeyValueExpr).Value)
			}
			return
		}
	}
	if kind := pattern(e); strings.Contains(kind, ".") {
		w.kinds[kind] = true
		return
	}
	w.t.Errorf("%s records an event of a kind that cannot be read off the program (%T)", f.Name.Name, e)
}

// pattern is a text, with "*" for what is only known when the program runs.
func pattern(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		if err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return pattern(x.X) + pattern(x.Y)
	}
	return "*"
}

// assigned are the values that a function gives to one of its variables.
func assigned(f *ast.FuncDecl, name string) (list []ast.Expr) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, left := range a.Lhs {
			if text, ok := a.Rhs[i].(*ast.BasicLit); isIdent(left, name) && (!ok || text.Value != `""`) {
				list = append(list, a.Rhs[i])
			}
		}
		return true
	})
	return list
}

// parameter is the place of a function's parameter, or -1.
func parameter(f *ast.FuncDecl, name string) int {
	place := 0
	for _, field := range f.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return place
			}
			place++
		}
	}
	return -1
}

func isIdent(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}
