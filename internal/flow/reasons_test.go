package flow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every code that an order can show a person is explained in docs/exceptions.md.
func TestEveryReasonIsExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "exceptions.md"))
	if err != nil {
		t.Fatal(err)
	}
	codes := append(reasonCodes(t), heldCodes(t)...)
	if len(codes) < 25 {
		t.Errorf("only %d codes are found: the test looks in the wrong place", len(codes))
	}
	for _, code := range codes {
		if !strings.Contains(string(text), "`"+code+"`") {
			t.Errorf("docs/exceptions.md does not explain `%s`", code)
		}
	}
}

// reasonCodes are the first arguments of add(…) in internal/order/status.go, and what it says
// of delays.
func reasonCodes(t *testing.T) (codes []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "order", "status.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil {
				codes = append(codes, code)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "add" && len(n.Args) == 5 {
				add(n.Args[0])
			}
		case *ast.ValueSpec:
			if n.Names[0].Name == "lateWords" {
				for _, pair := range n.Values[0].(*ast.CompositeLit).Elts {
					add(pair.(*ast.KeyValueExpr).Key)
				}
			}
		}
		return true
	})
	return codes
}

// heldCodes are the codes with which flow keeps a purchase for a person: "held-" and the code.
func heldCodes(t *testing.T) (codes []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	held := regexp.MustCompile(`(?:purchase\.Held, |HoldCode(?:, p\.HoldReason)? = )"([a-z-]+)"`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range held.FindAllStringSubmatch(string(text), -1) {
			if m[1] != "ghost" && !slices.Contains(codes, "held-"+m[1]) { // ghosts are of purchases that are over
				codes = append(codes, "held-"+m[1])
			}
		}
	}
	return append(codes, "cancel-by-hand", "ghost")
}
