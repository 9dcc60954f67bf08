package billing

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Insert writes a statement; false when the same file of that supplier is known.
func Insert(ctx context.Context, tx *db.Tx, s Statement) (bool, error) {
	n, err := New(tx).InsertStatement(ctx, InsertStatementParams{StoreID: s.StoreID, StatementID: s.StatementID, SupplierID: s.SupplierID, Number: s.Number,
		FileName: s.FileName, Print: s.Print, RowCount: s.RowCount, Actor: s.Actor, CreatedAt: tx.Now})
	return n > 0, err
}

// Get reads a statement; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, store id.Store, s id.Statement) (Statement, error) {
	return New(tx).GetStatement(ctx, GetStatementParams{StoreID: store, StatementID: s})
}

// ByPrint finds the statement of a file; sql.ErrNoRows when it is new.
func ByPrint(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier, print string) (Statement, error) {
	return New(tx).StatementByPrint(ctx, StatementByPrintParams{StoreID: store, SupplierID: supplier, Print: print})
}

// newest sorts after every name of a statement.
const newest = "sm_~"

// List is a page of a store's statements, newest first. after is the last one of the page
// before; empty: from the beginning.
func List(ctx context.Context, tx *db.Tx, store id.Store, after id.Statement, limit int32) ([]Statement, error) {
	if after == "" {
		after = newest
	}
	return New(tx).Statements(ctx, StatementsParams{StoreID: store, StatementID: after, Limit: limit})
}

// Progress counts the lines of statements by their state, from the first to the last name.
func Progress(ctx context.Context, tx *db.Tx, store id.Store, first, last id.Statement) (map[id.Statement]map[State]int64, error) {
	rows, err := New(tx).Progress(ctx, ProgressParams{StoreID: store, StatementID: first, StatementID_2: last})
	out := map[id.Statement]map[State]int64{}
	for _, r := range rows {
		if out[r.StatementID] == nil {
			out[r.StatementID] = map[State]int64{}
		}
		out[r.StatementID][r.State] = r.Lines
	}
	return out, err
}

// InsertLine writes a line of a statement; false when it is known.
func InsertLine(ctx context.Context, tx *db.Tx, l StatementLine) (bool, error) {
	l.UpdatedAt = tx.Now
	n, err := New(tx).InsertLine(ctx, InsertLineParams(l))
	return n > 0, err
}

// LockLine reads a line and keeps it for the transaction; sql.ErrNoRows when there is none. Lock
// the order that it belongs to, or is to belong to, before it.
func LockLine(ctx context.Context, tx *db.Tx, store id.Store, s id.Statement, no int64) (StatementLine, error) {
	return New(tx).LockLine(ctx, LockLineParams{StoreID: store, StatementID: s, LineNo: no})
}

// Line reads a line; sql.ErrNoRows when there is none. Lock it before it is changed.
func Line(ctx context.Context, tx *db.Tx, store id.Store, s id.Statement, no int64) (StatementLine, error) {
	return New(tx).GetLine(ctx, GetLineParams{StoreID: store, StatementID: s, LineNo: no})
}

// Lines are those of a statement in the order of the file.
func Lines(ctx context.Context, tx *db.Tx, store id.Store, s id.Statement) ([]StatementLine, error) {
	return New(tx).Lines(ctx, LinesParams{StoreID: store, StatementID: s})
}

// OfOrder are the lines that bill an order's purchases.
func OfOrder(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]StatementLine, error) {
	return New(tx).LinesOfOrder(ctx, LinesOfOrderParams{StoreID: store, OrderID: o})
}

// OfPurchase are the lines that bill a purchase.
func OfPurchase(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) ([]StatementLine, error) {
	return New(tx).LinesOfPurchase(ctx, LinesOfPurchaseParams{StoreID: store, PurchaseID: p})
}

// SaveLine writes all that may change of a line.
func SaveLine(ctx context.Context, tx *db.Tx, l StatementLine) error {
	return New(tx).SaveLine(ctx, SaveLineParams{StoreID: l.StoreID, StatementID: l.StatementID, LineNo: l.LineNo, State: l.State, Reason: l.Reason,
		PurchaseID: l.PurchaseID, OrderID: l.OrderID, DisputeID: l.DisputeID, HereMinor: l.HereMinor, ExpectedMinor: l.ExpectedMinor, BookedMinor: l.BookedMinor,
		UpdatedAt: tx.Now})
}

// TermsOf is how a supplier bills; nothing set where nothing is stored.
func TermsOf(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) (BillingTerm, error) {
	t, err := New(tx).GetTerms(ctx, GetTermsParams{StoreID: store, SupplierID: supplier})
	if errors.Is(err, sql.ErrNoRows) {
		return BillingTerm{StoreID: store, SupplierID: supplier, Columns: "{}"}, nil
	}
	return t, err
}

// SetTerms stores how a supplier bills.
func SetTerms(ctx context.Context, tx *db.Tx, t BillingTerm) error {
	return New(tx).PutTerms(ctx, PutTermsParams{StoreID: t.StoreID, SupplierID: t.SupplierID, Columns: t.Columns, Currency: t.Currency,
		TolerancePoints: t.TolerancePoints, ToleranceMinor: t.ToleranceMinor, UpdatedAt: tx.Now})
}
