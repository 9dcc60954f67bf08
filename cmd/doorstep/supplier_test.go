package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A supplier that nobody can ask for freight, and that has no table, sells nothing: whoever
// brings its offers in is told, and can do something about it without connecting it.
func TestSuppliersWithoutConnectorGetFreight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := "--database=" + filepath.Join(dir, "shop.db")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	must(t, db, "import", "products", write("p.csv", "Handle,Title,Variant SKU,Variant Price\nsofa,Sofa,S1,200\n"))
	_, told, code := call(t, db, "import", "offers", "--create-suppliers", write("o.csv", "sku,supplier,cost,quantity\nS1,Uncle Joe,90,3\n"))
	if code != 0 || !strings.Contains(told, "Uncle Joe") || !strings.Contains(told, "doorstep supplier set NAME --freight") {
		t.Errorf("import offers: exit %d, %q", code, told)
	}
	table := write("freight.json", `[{"countries":["*"],"service":"post","name":"Post","cost":"4.90","currency":"EUR","min_days":2,"max_days":5}]`)
	if _, told, code := call(t, db, "supplier", "set", "Uncle Joe", "--freight=@"+table, "--ship-to=de,AT", "--manual"); code != 0 || strings.Contains(told, "freight") {
		t.Errorf("supplier set: exit %d, %q", code, told)
	}
	out := must(t, db, "supplier", "list")
	for _, want := range []string{`"name": "Uncle Joe"`, `"ship_to": "DE,AT"`, `"automatic": false`, `4.90`} {
		if !strings.Contains(out, want) {
			t.Errorf("supplier list: no %s in %s", want, out)
		}
	}
	for words, args := range map[string][]string{
		"doorstep supplier list": {db, "supplier", "set", "Aunt Jo", "--priority=1"},
		"freight table":          {db, "supplier", "set", "Uncle Joe", "--freight=nonsense"},
		"say what to change":     {db, "supplier", "set", "Uncle Joe"},
	} {
		if _, told, code := call(t, args...); code != 1 || !strings.Contains(told, words) {
			t.Errorf("%v: exit %d, %q", args[1:], code, told)
		}
	}
	if _, told, _ := call(t, db, "connect", "supplier", "manual", "--name=loom", "--set=email=a@loom.example"); !strings.Contains(told, "from loom") {
		t.Errorf("connect without freight: %q", told)
	}
	if _, told, _ := call(t, db, "connect", "supplier", "cj", "--set=api_key=x"); strings.Contains(told, "cj") {
		t.Errorf("CJ can be asked: %q", told)
	}
}

// A name under which one driver is connected is refused to another, with a way out.
func TestANameOfAnotherDriverIsRefused(t *testing.T) {
	t.Parallel()
	db := "--database=" + filepath.Join(t.TempDir(), "shop.db")
	must(t, db, "connect", "supplier", "manual", "--name=east", "--set=email=a@east.example")
	_, told, code := call(t, db, "connect", "supplier", "cj", "--name=east", "--set=api_key=x")
	if code != 1 || !strings.Contains(told, "connected by the driver manual already") || !strings.Contains(told, "--name") {
		t.Errorf("exit %d, %q", code, told)
	}
	if out := must(t, db, "connect", "list"); !strings.Contains(out, `"driver": "manual"`) || strings.Contains(out, `"cj"`) {
		t.Errorf("it was taken over: %s", out)
	}
}
