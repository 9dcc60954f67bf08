package doorstep_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The laws of the house (ARCHITECTURE.md says why each one is there). A law looks at the
// whole tree and names every breach as "file:line: what". laws_self_test.go feeds each of
// them something bad, so that we know that it can fail.
var laws = []law{
	{"1 a domain package imports no domain package", domainStandsAlone},
	{"2 domain and flow import no contract", domainKnowsNoContract},
	{"3 only outside imports the contracts", onlyOutsideCallsOut},
	{"3 no call leaves while a transaction is open", noCallInTransaction},
	{"4 SQL stands in its own places", sqlInItsPlaces},
	{"4 machines and decisions do no I/O", decisionsArePure},
	{"5 contracts import nothing internal", contractsStandAlone},
	{"6 web changes data only through flow", webGoesThroughFlow},
	{"7 no init", noInit},
	{"7 no mutable package variable", noMutableVariable},
	{"7 no float near money", noFloatNearMoney},
	{"8 every package has a comment", packagesAreExplained},
	{"8 every exported name has a comment", namesAreExplained},
	{"files and functions stay small", smallPieces},
	{"nothing is left undone, skipped or slept through", nothingLeftUndone},
}

// Law 9, the lock order, is a matter of run time: the stories of internal/story keep it.
// Law 10 and the shared SQL subset are in laws_sql_test.go.

const module = "doorstep"

var (
	domain = []string{
		"internal/catalog", "internal/inventory", "internal/cart", "internal/order", "internal/purchase",
		"internal/shipment", "internal/ledger", "internal/claim", "internal/account", "internal/desk", "internal/promise", "internal/billing", "internal/message", "internal/review",
	}
	// money and connector are contracts too, but values only: nobody can call out with them.
	callingContracts = []string{"supplier", "payment", "carrier", "channel"}
	contracts        = append([]string{"money", "connector"}, callingContracts...)

	// Who may import a contract that calls out, and why.
	mayCallOut = map[string]string{
		"":                 "wires the program together",
		"cmd":              "lists the drivers of this binary",
		"internal/outside": "makes the calls",
		"internal/story":   "plays the other side in tests",
		"internal/crash":   "plays the other side in tests",
		"internal/demo":    "starts the emulated suppliers",
		"internal/bench":   "starts the emulated suppliers",
	}
)

type law struct {
	name  string
	check func(tree) []string
}

// tree is every package of the module.
type tree []*pack

// pack is one package; its path is relative to the module, "" at the root.
type pack struct {
	path  string
	files []*source
}

type source struct {
	pack      *pack
	path      string // relative to the module, with slashes
	text      string
	test      bool
	generated bool
	fset      *token.FileSet
	ast       *ast.File
}

func TestLaws(t *testing.T) {
	t.Parallel()
	all := readTree(t)
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			for _, b := range l.check(all) {
				t.Error(b)
			}
		})
	}
}

// --- 1 to 3, 5 and 6: who imports whom

func domainStandsAlone(all tree) []string {
	return forbid(all, plainCode, func(p *pack, imported string) string {
		home, other := within(p.path, domain), within(imported, domain)
		// report reads across the domain by SQL, not by its packages.
		if other == "" || home == other || (home == "" && !under(p.path, "internal/report")) {
			return ""
		}
		return "name its things by typed ids (internal/id); flow joins them"
	})
}

func domainKnowsNoContract(all tree) []string {
	return forbid(all, plainCode, func(p *pack, imported string) string {
		if within(p.path, domain) == "" && !under(p.path, "internal/flow") {
			return ""
		}
		if imported == "money" || within(imported, contracts) == "" {
			return ""
		}
		return "who holds a transaction cannot call out; internal/outside translates"
	})
}

func onlyOutsideCallsOut(all tree) []string {
	return forbid(all, plainCode, func(p *pack, imported string) string {
		if within(imported, callingContracts) == "" || within(p.path, contracts) != "" {
			return ""
		}
		for allowed := range mayCallOut {
			if p.path == allowed || (allowed != "" && under(p.path, allowed)) {
				return ""
			}
		}
		return "only internal/outside calls out"
	})
}

func contractsStandAlone(all tree) []string {
	everything := func(*source) bool { return true }
	return forbid(all, everything, func(p *pack, imported string) string {
		if within(p.path, contracts) == "" || !under(imported, "internal") {
			return ""
		}
		return "strangers must be able to use the contracts, and their tests, without our insides"
	})
}

// noCallInTransaction looks into the closures given to Update and View, and finds calls of
// methods that a contract declares, and of HTTP clients.
func noCallInTransaction(all tree) []string {
	leaving := map[string]bool{"Do": true, "RoundTrip": true}
	for _, f := range all.files(plainCode) {
		if within(f.pack.path, callingContracts) != f.pack.path {
			continue // the contract itself, not a connector below it
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok {
				for _, m := range i.Methods.List {
					for _, name := range m.Names {
						leaving[name.Name] = true
					}
				}
			}
			return true
		})
	}
	return inClosures(all.files(plainCode), func(f *source, c closure, call *ast.CallExpr, callee *ast.SelectorExpr) string {
		if within(f.pack.path, contracts) != "" || !leaving[callee.Sel.Name] || f.importOf(callee.X) != "" || c.gets(call) {
			return ""
		}
		return callee.Sel.Name + " may leave the house while a transaction is open"
	})
}

// webGoesThroughFlow: pages may read the domain, but what they change they change by flow.
func webGoesThroughFlow(all tree) []string {
	breaches := forbid(all, plainCode, func(p *pack, imported string) string {
		if !under(p.path, "internal/web") || !under(imported, "internal/job") {
			return ""
		}
		return "jobs follow from events; ask flow"
	})
	web := func(f *source) bool { return plainCode(f) && under(f.pack.path, "internal/web") }
	changing := []string{
		"Add", "Append", "Apply", "Cancel", "Close", "Create", "Delete", "Insert", "Mark", "Put", "Record",
		"Release", "Remove", "Replace", "Reserve", "Save", "Set", "Store", "Update", "Upsert", "Write",
	}
	return append(breaches, inClosures(all.files(web), func(f *source, c closure, call *ast.CallExpr, callee *ast.SelectorExpr) string {
		if within(f.importOf(callee.X), domain) == "" || !c.gets(call) {
			return ""
		}
		for _, verb := range changing {
			if strings.HasPrefix(callee.Sel.Name, verb) {
				return callee.Sel.Name + " changes the domain from a page; call flow"
			}
		}
		return ""
	})...)
}

// --- reading the tree

// readTree asks the go command for the packages and parses their files.
func readTree(t *testing.T) tree {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles", "./...").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	var all tree
	for in := json.NewDecoder(strings.NewReader(string(out))); ; {
		var listed struct {
			ImportPath, Dir                              string
			GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
		}
		err := in.Decode(&listed)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal("go list: ", err)
		}
		p := &pack{path: local(listed.ImportPath)}
		for _, name := range slices.Concat(listed.GoFiles, listed.CgoFiles, listed.TestGoFiles, listed.XTestGoFiles) {
			f, err := parse(p, name, readFile(t, filepath.Join(listed.Dir, name)))
			if err != nil {
				t.Fatal(err)
			}
			p.files = append(p.files, f)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list found %d packages; that cannot be all", len(all))
	}
	return all
}

func parse(p *pack, name, text string) (*source, error) {
	f := &source{pack: p, path: path.Join(p.path, name), text: text, test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet()}
	var err error
	f.ast, err = parser.ParseFile(f.fset, f.path, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	f.generated = ast.IsGenerated(f.ast)
	return f, nil
}

// local makes an import path relative to the module: "doorstep" is "", a foreign one is
// kept with a leading slash, so that it matches nothing of ours.
func local(importPath string) string {
	if importPath == module {
		return ""
	}
	if rest, ours := strings.CutPrefix(importPath, module+"/"); ours {
		return rest
	}
	return "/" + importPath
}

// under says whether p is dir or below it.
func under(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// within is the entry of dirs that p is or lies below, or "".
func within(p string, dirs []string) string {
	for _, dir := range dirs {
		if under(p, dir) {
			return dir
		}
	}
	return ""
}

// plainCode is what people wrote for the program itself.
func plainCode(f *source) bool { return !f.test }

func (t tree) files(want func(*source) bool) []*source {
	var list []*source
	for _, p := range t {
		for _, f := range p.files {
			if want(f) {
				list = append(list, f)
			}
		}
	}
	return list
}

// at is the place of n and what is wrong there.
func (f *source) at(n ast.Node, words string) string {
	return fmt.Sprintf("%s:%d: %s", f.path, f.fset.Position(n.Pos()).Line, words)
}

// forbid asks refuse about every import of the wanted files; an answer is a breach.
func forbid(all tree, want func(*source) bool, refuse func(p *pack, imported string) string) []string {
	var breaches []string
	for _, f := range all.files(want) {
		for _, spec := range f.ast.Imports {
			imported := local(strings.Trim(spec.Path.Value, `"`))
			if why := refuse(f.pack, imported); why != "" {
				breaches = append(breaches, f.at(spec, fmt.Sprintf("imports %s: %s", imported, why)))
			}
		}
	}
	return breaches
}

// importOf is the package that x names, as by local, or "" where x is no package.
func (f *source) importOf(x ast.Expr) string {
	id, ok := x.(*ast.Ident)
	if !ok || id.Obj != nil { // an object: something declared in this file
		return ""
	}
	for _, spec := range f.ast.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == id.Name {
			return local(imported)
		}
	}
	return ""
}

// closure is a function literal given to db.Update or db.View.
type closure struct{ params []string }

// gets says whether one of the closure's parameters, the transaction among them, is
// passed on by call: then it is one of ours, on the database.
func (c closure) gets(call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		id, ok := arg.(*ast.Ident)
		return ok && slices.Contains(c.params, id.Name)
	})
}

// inClosures asks refuse about every call x.F(…) inside the closures of Update and View.
func inClosures(files []*source, refuse func(*source, closure, *ast.CallExpr, *ast.SelectorExpr) string) []string {
	var breaches []string
	for _, f := range files {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains([]string{"Update", "View"}, calledName(call)) {
				return true
			}
			for _, arg := range call.Args {
				fn, ok := arg.(*ast.FuncLit)
				if !ok {
					continue
				}
				var c closure
				for _, p := range fn.Type.Params.List {
					for _, name := range p.Names {
						if name.Name != "ctx" {
							c.params = append(c.params, name.Name)
						}
					}
				}
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					inner, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					if callee, ok := inner.Fun.(*ast.SelectorExpr); ok {
						if why := refuse(f, c, inner, callee); why != "" {
							breaches = append(breaches, f.at(inner, why))
						}
					}
					return true
				})
			}
			return true
		})
	}
	return breaches
}

// calledName is F of a call x.F(…) or F(…).
func calledName(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.SelectorExpr:
		return fn.Sel.Name
	case *ast.Ident:
		return fn.Name
	}
	return ""
}
