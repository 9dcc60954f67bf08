package doorstep_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"doorstep/internal/claim"
	"doorstep/internal/ledger"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/review"
	"doorstep/internal/shipment"
)

// machines are the tables that docs/states shows: "package.Variable", and how each draws
// itself.
var machines = map[string]struct {
	page string
	draw func() string
}{
	"order.Machine":      {"order", order.Machine.Draw},
	"purchase.Machine":   {"purchase", purchase.Machine.Draw},
	"shipment.Machine":   {"shipment", shipment.Machine.Draw},
	"ledger.Payments":    {"payment", ledger.Payments.Draw},
	"ledger.Refunds":     {"refund", ledger.Refunds.Draw},
	"ledger.Chargebacks": {"chargeback", ledger.Chargebacks.Draw},
	"ledger.Answers":     {"chargeback-answer", ledger.Answers.Draw},
	"claim.Claims":       {"claim", claim.Claims.Draw},
	"claim.Disputes":     {"dispute", claim.Disputes.Draw},
	"claim.Exchanges":    {"exchange", claim.Exchanges.Draw},
	"message.Machine":    {"conversation", message.Machine.Draw},
	"review.Reviews":     {"review", review.Reviews.Draw},
	"review.FollowUps":   {"follow-up", review.FollowUps.Draw},
}

// TestStatePages compares docs/states with the tables. With DOORSTEP_UPDATE set it writes
// the pages anew (`make generate`).
func TestStatePages(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("docs", "states")
	for name, m := range machines {
		file := filepath.Join(folder, m.page+".md")
		if os.Getenv("DOORSTEP_UPDATE") != "" {
			if err := os.WriteFile(file, []byte(m.draw()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if readFile(t, file) != m.draw() {
			t.Errorf("%s is not what %s says: make generate", file, name)
		}
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil || len(pages) != len(machines) {
		t.Errorf("%d pages for %d machines (%v)", len(pages), len(machines), err)
	}
}

// TestEveryMachineHasItsPage finds the exported tables in the code, so that a new one
// cannot be left out above.
func TestEveryMachineHasItsPage(t *testing.T) {
	t.Parallel()
	found := tables(readTree(t))
	if len(found) < len(machines) {
		t.Errorf("found only %v", found)
	}
	for _, name := range found {
		if machines[name].page == "" {
			t.Errorf("%s has no page: add it to machines", name)
		}
	}
}

func TestTablesAreFound(t *testing.T) {
	t.Parallel()
	got := tables(plant(t, map[string]string{
		"internal/tea/machine.go": "package tea\nvar Machine = machine.Machine[State, Event]{}\nvar other = []int{}",
	}))
	if !slices.Equal(got, []string{"tea.Machine"}) {
		t.Errorf("found %v", got)
	}
}

// tables lists the exported variables that are made as machine.Machine[…]{…}.
func tables(all tree) []string {
	var names []string
	for _, f := range all.files(plainCode) {
		for _, decl := range f.ast.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range group.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || len(v.Values) != 1 || !v.Names[0].IsExported() {
					continue
				}
				lit, ok := v.Values[0].(*ast.CompositeLit)
				if !ok {
					continue
				}
				made := lit.Type
				if x, ok := made.(*ast.IndexListExpr); ok {
					made = x.X
				}
				if strings.HasSuffix(spell(made), "machine.Machine") {
					names = append(names, f.ast.Name.Name+"."+v.Names[0].Name)
				}
			}
		}
	}
	return names
}
