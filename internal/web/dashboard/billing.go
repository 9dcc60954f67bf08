package dashboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/billing"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// statementsMost is how many statements a page of the list shows.
const statementsMost = 25

// recoveredFor is how far back the sum of what suppliers made good looks.
const recoveredFor = 90 * 24 * time.Hour

// statementList is a page of the list.
type statementList struct {
	List      []billing.Statement
	Progress  map[id.Statement]map[billing.State]int64
	Suppliers map[id.Supplier]string
	Recovered []report.Recovered
	Next      id.Statement
}

func (d *Dashboard) statements(v *visit) error {
	p := statementList{Suppliers: map[id.Supplier]string{}}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.List, err = billing.List(ctx, tx, v.store, id.Statement(v.query("after")), statementsMost); err != nil {
			return err
		}
		if n := len(p.List); n > 0 {
			if p.Progress, err = billing.Progress(ctx, tx, v.store, p.List[n-1].StatementID, p.List[0].StatementID); err != nil {
				return err
			}
		}
		if p.Recovered, err = report.RecoveredSince(ctx, tx, v.store, clock.Of(v.now.Std().Add(-recoveredFor))); err != nil {
			return err
		}
		list, err := inventory.Suppliers(ctx, tx, v.store)
		for _, s := range list {
			p.Suppliers[s.SupplierID] = s.Name
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(p.List) == statementsMost {
		p.Next = p.List[len(p.List)-1].StatementID
	}
	at := frame{Title: "Supplier bills", At: "statements", Live: true}
	return d.show(v, at, statementsPage(v, at, p))
}

// statementForm is the page on which a file is chosen, and read for a trial.
type statementForm struct {
	Suppliers []inventory.Supplier
	Supplier  id.Supplier
	Number    string
	FileName  string
	Currency  string
	Packed    string // the file, between the trial and the import
	Table     billing.Table
	Mapping   billing.Mapping
	Tried     *flow.Billed
	Error     string
}

func (d *Dashboard) newStatement(v *visit) error {
	return d.showStatementForm(v, statementForm{Supplier: id.Supplier(v.query("supplier"))})
}

func (d *Dashboard) showStatementForm(v *visit, p statementForm) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.Suppliers, err = inventory.Suppliers(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Import a bill", At: "statements", Back: Prefix + "/statements"}
	if p.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, statementFormPage(v, at, p))
}

// checkStatement reads a file and says what importing it would do.
func (d *Dashboard) checkStatement(v *visit) error {
	p, raw, err := d.statementFile(v)
	if err != nil {
		return err
	}
	if p.Error != "" {
		return d.showStatementForm(v, p)
	}
	if p.Table, err = billing.Open(raw); err != nil {
		p.Error = sentence(strings.TrimPrefix(err.Error(), "statement: "))
		return d.showStatementForm(v, p)
	}
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		terms, err := billing.TermsOf(ctx, tx, v.store, p.Supplier)
		if p.Currency == "" {
			p.Currency = string(terms.Currency)
		}
		if len(p.Mapping) == 0 {
			p.Mapping = billing.Guess(p.Table.Header, terms.Mapping())
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.Currency == "" {
		p.Currency = "USD"
	}
	if p.Packed, err = pack(raw); err != nil {
		return err
	}
	if p.Mapping.Enough() {
		tried, err := flow.TryStatement(v.r.Context(), d.db, v.store, p.billing(v, raw))
		if words, ok := refusal(err); err != nil && ok {
			p.Error = words
		} else if err != nil {
			return err
		}
		p.Tried = &tried
	}
	return d.showStatementForm(v, p)
}

// statementFile is what the form says, and the file: sent now, or packed in the page.
func (d *Dashboard) statementFile(v *visit) (p statementForm, raw []byte, err error) {
	if err := v.r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		p.Error = "The file did not arrive whole, or is larger than 8 MB."
		return p, nil, nil //nolint:nilerr // that is what the words say
	}
	p = statementForm{Supplier: id.Supplier(v.form("supplier")), Number: v.form("number"), FileName: v.form("file_name"), Currency: strings.ToUpper(v.form("currency")),
		Mapping: billing.Mapping{}}
	for _, c := range billing.Columns() {
		if name := v.r.PostFormValue("column-" + c); name != "" {
			p.Mapping[c] = name
		}
	}
	if packed := v.form("packed"); packed != "" {
		raw, err = unpack(packed)
		return p, raw, err
	}
	in, header, err := v.r.FormFile("file")
	if err != nil {
		p.Error = "Please choose a file."
		return p, nil, nil //nolint:nilerr // it was not sent: that is what the words say
	}
	defer func() { _ = in.Close() }()
	p.FileName = filepath.Base(header.Filename)
	if raw, err = io.ReadAll(io.LimitReader(in, billing.MostBytes+1)); err != nil {
		return p, nil, err
	}
	if len(raw) > billing.MostBytes {
		p.Error = "The file is larger than 8 MB."
	}
	return p, raw, nil
}

func (p statementForm) billing(v *visit, raw []byte) flow.Billing {
	return flow.Billing{Supplier: p.Supplier, Number: p.Number, FileName: p.FileName, Raw: raw, Mapping: p.Mapping, Currency: money.Currency(p.Currency), Actor: v.actor()}
}

// pack is a file as text in a form.
func pack(raw []byte) (string, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(raw)
	err = errors.Join(err, w.Close())
	return base64.StdEncoding.EncodeToString(out.Bytes()), err
}

// unpack is the file again; what is none, or is too large, is a refusal.
func unpack(packed string) ([]byte, error) {
	bad := &flow.Refusal{Code: "file", Words: "The file did not arrive whole. Please choose it again."}
	text, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, bad
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, bad
	}
	raw, err := io.ReadAll(io.LimitReader(r, billing.MostBytes+1))
	if err != nil || len(raw) > billing.MostBytes {
		return nil, bad
	}
	return raw, nil
}

func (d *Dashboard) importStatement(v *visit) error {
	p, raw, err := d.statementFile(v)
	if err != nil {
		return err
	}
	if p.Error != "" {
		return d.showStatementForm(v, p)
	}
	done, err := flow.ImportStatement(v.r.Context(), d.db, v.store, p.billing(v, raw))
	if words, ok := refusal(err); err != nil && ok {
		p.Error = words
		return d.showStatementForm(v, p)
	}
	if err != nil {
		return err
	}
	words := counted(done.Counts[billing.Matched]+done.Counts[billing.Credited], "line") + " agreed."
	if done.Known {
		words = "This file was imported before: nothing changed."
	} else if n := done.Counts[billing.Differs] + done.Counts[billing.Duplicate] + done.Counts[billing.Unmatched]; n > 0 {
		words += " " + counted(n, "line") + " waiting for you."
	}
	v.tell(ui.Good, words)
	return v.lead(statementURL(done.Statement))
}

func statementURL(s id.Statement) string { return Prefix + "/statements/" + string(s) }

// billURL is where a line of a statement stands: its name is "<statement>/<line>".
func billURL(line string) string {
	statement, no, _ := strings.Cut(line, "/")
	return Prefix + "/statements/" + statement + "#line-" + no
}

// statementView is a statement with its lines.
type statementView struct {
	billing.Statement
	Supplier inventory.Supplier
	Terms    billing.BillingTerm
	Lines    []billing.StatementLine
	Counts   map[billing.State]int64
	Show     billing.State
	Sums     map[money.Currency]int64
	Next     string // the number of the line after which the next page begins
}

func (d *Dashboard) statement(v *visit) error {
	p := statementView{Counts: map[billing.State]int64{}, Sums: map[money.Currency]int64{}, Show: billing.State(v.query("show"))}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Statement, err = billing.Get(ctx, tx, v.store, id.Statement(v.path("statement"))); err != nil {
			return err
		}
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, p.SupplierID); err != nil {
			return err
		}
		if p.Terms, err = billing.TermsOf(ctx, tx, v.store, p.SupplierID); err != nil {
			return err
		}
		p.Lines, err = billing.Lines(ctx, tx, v.store, p.StatementID)
		return err
	})
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(v.query("after"), 10, 64) // what is no number is the beginning
	var shown []billing.StatementLine
	for _, l := range p.Lines {
		p.Counts[l.State]++
		p.Sums[l.Currency] += l.AmountMinor
		if l.LineNo > after && (p.Show == "" || l.State == p.Show) {
			shown = append(shown, l)
		}
	}
	if len(shown) > pageSize {
		shown = shown[:pageSize]
		p.Next = plainNumber(shown[pageSize-1].LineNo)
	}
	p.Lines = shown
	at := frame{Title: p.Number, At: "statements", Back: Prefix + "/statements"}
	return d.show(v, at, statementPage(v, at, p))
}

// fixBill settles a line that waits.
func (d *Dashboard) fixBill(v *visit) error {
	s := id.Statement(v.path("statement"))
	no, err := strconv.ParseInt(v.path("line"), 10, 64)
	if err != nil {
		return d.nowhere(v)
	}
	back := statementURL(s)
	if no > pageSize { // to the page that it is on, among its neighbours
		back += "?after=" + plainNumber(no-pageSize/2)
	}
	return d.do(v, back+"#line-"+v.path("line"), "Settled.", func(ctx context.Context, tx *db.Tx) error {
		switch v.path("fix") {
		case "accept":
			return flow.AcceptBill(ctx, tx, v.store, s, no, v.actor())
		case "dispute":
			return flow.DisputeBill(ctx, tx, v.store, s, no, v.actor())
		case "ignore":
			return flow.IgnoreBill(ctx, tx, v.store, s, no, v.form("reason"), v.actor())
		case "link":
			return flow.LinkBill(ctx, tx, v.store, s, no, v.form("number"), v.actor())
		}
		return &flow.Refusal{Code: "fix", Words: "There is no such way to settle it."}
	})
}

// setBilling stores how much a supplier's bills may differ.
func (d *Dashboard) setBilling(v *visit) error {
	name := id.Supplier(v.path("supplier"))
	return d.do(v, Prefix+"/statements", "The tolerance is stored.", func(ctx context.Context, tx *db.Tx) error {
		percent, err := money.Parse(v.form("tolerance_percent"), "EUR") // two decimals: basis points
		if err != nil {
			return &flow.Refusal{Code: "points", Field: "tolerance_percent", Words: "Please write the per cent as 1.50."}
		}
		amount, err := money.Parse(v.form("tolerance_amount"), v.settings.Currency)
		if err != nil {
			return &flow.Refusal{Code: "minor", Field: "tolerance_amount", Words: "Please write the amount as 0.50."}
		}
		return flow.SetBillingTerms(ctx, tx, v.store, name, percent.Minor, amount.Minor, v.actor())
	})
}

// progressWords says how far a statement is settled.
func progressWords(counts map[billing.State]int64) string {
	var all, waits int64
	for s, n := range counts {
		all += n
		if s.Waits() {
			waits += n
		}
	}
	if waits == 0 {
		return counted(all, "line") + ", all settled"
	}
	return count(all-waits) + " of " + counted(all, "line") + " settled"
}
