package doorstep_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"doorstep"
	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/supplier"
	"doorstep/supplier/manual"
)

// open is a program on a database of its own.
func open(t *testing.T, file string) *doorstep.Program {
	t.Helper()
	p, err := doorstep.New(t.Context(), doorstep.Config{
		Database: file, Key: seal.Source{Database: file}, Drivers: outside.Drivers{Suppliers: []supplier.Driver{manual.Driver()}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestTheStoreIsMadeOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.db")
	first := open(t, file)
	if first.Store.Name != "My store" || first.Store.Currency != "EUR" {
		t.Errorf("store = %+v", first.Store)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, file); again.Store.StoreID != first.Store.StoreID {
		t.Error("the second start made another store")
	}
}

func TestASupplierKeepsItsNameWhenItIsConnected(t *testing.T) {
	t.Parallel()
	p := open(t, filepath.Join(t.TempDir(), "shop.db"))
	suppliers := func() (list []inventory.Supplier) {
		err := p.DB.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = inventory.Suppliers(ctx, tx, p.Store.StoreID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	err := p.DB.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(p.Store.StoreID, "Hearth & Loom"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := suppliers()[0].SupplierID
	days, countries, byHand := int64(4), "de,at", false
	how := doorstep.Supplying{Supplier: "Hearth & Loom", HandlingDays: &days, ShipTo: &countries, Automatic: &byHand}
	set := map[string]string{"email": "orders@loom.example"}
	for range 2 { // a second time changes nothing
		if _, err := p.Connect(t.Context(), connector.Supplier, "manual", "loom", set, how); err != nil && !strings.Contains(err.Error(), "mail server") {
			t.Fatal(err)
		}
		list := suppliers()
		if len(list) != 1 || list[0].SupplierID != before || list[0].Name != "Hearth & Loom" || list[0].ConnectorID == "" ||
			list[0].HandlingDays != 4 || list[0].ShipTo != "DE,AT" || list[0].Automatic {
			t.Fatalf("suppliers = %+v", list)
		}
	}
	if _, err := p.Connect(t.Context(), connector.Supplier, "manual", "other", set, doorstep.Supplying{}); err != nil {
		t.Fatal(err)
	}
	if list := suppliers(); len(list) != 2 {
		t.Errorf("a connector that names nobody gets a supplier of its name: %+v", list)
	}
	bad := "nonsense"
	if _, err := p.Connect(t.Context(), connector.Supplier, "manual", "loom", nil, doorstep.Supplying{Freight: &bad}); err == nil {
		t.Error("a freight table that is none was taken")
	}
}

func TestProgramAnswersAndWorks(t *testing.T) {
	t.Parallel()
	p := open(t, filepath.Join(t.TempDir(), "shop.db"))
	answer := httptest.NewRecorder()
	p.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
	if answer.Code != 200 {
		t.Errorf("/readyz: %d %s", answer.Code, answer.Body)
	}
	if _, err := p.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	answer = httptest.NewRecorder()
	p.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
	if answer.Code != 503 || strings.Contains(answer.Body.String(), sql.ErrConnDone.Error()) {
		t.Errorf("/readyz without a database: %d %s", answer.Code, answer.Body)
	}
}

func TestADatabaseServerNeedsAKey(t *testing.T) {
	t.Parallel()
	_, err := doorstep.New(t.Context(), doorstep.Config{Database: "postgres://nobody@127.0.0.1:1/none"})
	if !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("New = %v", err)
	}
}
