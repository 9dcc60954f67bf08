package billing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"doorstep/money"
)

// The limits of a file.
const (
	MostBytes = 8 << 20
	MostRows  = 20_000
	mostXLSX  = 64 << 20 // unpacked
	mostCell  = 500
)

// The ways in which a file is refused.
var (
	ErrFile  = errors.New("statement: it is neither a CSV file nor an Excel workbook")
	ErrEmpty = errors.New("statement: it has no rows")
	ErrLarge = fmt.Errorf("statement: it has more than %d rows", MostRows)
)

// Table is a file as it was read: a header and rows.
type Table struct {
	Header []string
	Rows   [][]string // shorter than the header where cells at the end are empty
	Comma  bool       // commas may be decimal
}

// Open reads a file, CSV of any delimiter or the first sheet of an Excel workbook.
func Open(raw []byte) (Table, error) {
	all, comma, err := cells(raw)
	if err != nil {
		return Table{}, err
	}
	all = slices.DeleteFunc(all, func(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" })
	if len(all) < 2 {
		return Table{}, ErrEmpty
	}
	if len(all) > MostRows+1 {
		return Table{}, ErrLarge
	}
	t := Table{Header: all[0], Rows: all[1:], Comma: comma}
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		for i := range row {
			row[i] = clean(row[i])
		}
	}
	return t, nil
}

func cells(raw []byte) ([][]string, bool, error) {
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: mostXLSX, UnzipXMLSizeLimit: mostXLSX, RawCellValue: true})
		if err != nil {
			return nil, false, ErrFile
		}
		defer func() { _ = f.Close() }()
		rows, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, false, ErrFile
		}
		return rows, false, nil
	}
	text := bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, false, ErrFile
	}
	if !utf8.Valid(text) {
		text, _ = charmap.Windows1252.NewDecoder().Bytes(text) // every byte is a letter there
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = delimiter(text), -1, true
	var all [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, r.Comma != ',', nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("statement: %w", err)
		}
		if all = append(all, row); len(all) > MostRows+1 {
			return nil, false, ErrLarge
		}
	}
}

// delimiter is the one of which the first line has most.
func delimiter(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', 0
	for _, r := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(first, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

// clean is a cell that can be stored and shown.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s))
	if r := []rune(s); len(r) > mostCell {
		return string(r[:mostCell])
	}
	return s
}

// aliases are names that suppliers give to columns, in lower case.
func aliases(column string) []string {
	switch column {
	case ColOurRef:
		return []string{"our reference", "your reference", "customer order number", "customer order", "merchant order", "po number", "purchase order", "reference",
			"ihre bestellung", "order number", "key"}
	case ColRef:
		return []string{"order id", "cj order id", "supplier order", "order no", "order no.", "invoice order", "order", "bestellnummer"}
	case ColTracking:
		return []string{"tracking number", "tracking", "tracking no", "tracking no.", "waybill", "sendungsnummer"}
	case ColAmount:
		return []string{"total", "amount", "total amount", "order amount", "actual payment", "betrag", "gesamt", "montant", "importe"}
	case ColGoods:
		return []string{"product amount", "goods", "product cost", "items", "subtotal", "waren"}
	case ColFreight:
		return []string{"postage", "freight", "shipping", "shipping fee", "postage amount", "fracht", "versand"}
	case ColCurrency:
		return []string{"currency", "währung", "devise"}
	case ColKind:
		return []string{"type", "kind", "transaction type", "art"}
	case ColDate:
		return []string{"date", "payment date", "create date", "order date", "datum"}
	case ColTitle:
		return []string{"description", "product", "title", "product name", "note", "bezeichnung"}
	case ColArticle:
		return []string{"sku", "variant", "article", "item", "artikel"}
	}
	return nil
}

// Guess finds columns by their names: those that were used before first, then usual ones.
func Guess(header []string, before Mapping) Mapping {
	m := Mapping{}
	used := map[string]bool{}
	find := func(column string, names ...string) {
		for _, name := range names {
			for _, h := range header {
				if m[column] == "" && !used[h] && name != "" && strings.EqualFold(strings.Join(strings.Fields(h), " "), name) {
					m[column], used[h] = h, true
				}
			}
		}
	}
	for _, c := range Columns() {
		find(c, before[c])
	}
	for _, c := range Columns() {
		if m[c] == "" {
			find(c, append([]string{c}, aliases(c)...)...)
		}
	}
	return m
}

// Row is a row of a statement as it was read.
type Row struct {
	No                           int64 // of the file, from 1, without its header
	Ref, OurRef, Tracking, Title string
	Date                         string
	Amount                       money.Amount // negative: a credit
	Rows                         int          // how many were added up
}

// Problem says what is wrong with a row.
type Problem struct {
	Row    int64 // of the file, from 1, without its header
	Column string
	Reason string
}

// Read makes rows of a table by a mapping. Rows with a problem are left out; those of one order
// are added up where articles have a column.
func Read(t Table, m Mapping, usual money.Currency) (rows []Row, problems []Problem) {
	at := map[string]int{}
	for i, h := range t.Header {
		for column, name := range m {
			if _, twice := at[column]; name == h && !twice {
				at[column] = i
			}
		}
	}
	known := map[string]int{}
	for i, cells := range t.Rows {
		get := func(column string) string {
			if n, ok := at[column]; ok && n < len(cells) {
				return cells[n]
			}
			return ""
		}
		r := Row{No: int64(i + 1), Ref: get(ColRef), OurRef: get(ColOurRef), Tracking: get(ColTracking), Title: get(ColTitle), Date: get(ColDate), Rows: 1}
		amount, bad := amountOf(get, t.Comma, usual)
		if bad == nil && r.Ref+r.OurRef+r.Tracking == "" {
			bad = &Problem{Reason: "it names no order and no parcel"}
		}
		if bad != nil {
			bad.Row = r.No
			problems = append(problems, *bad)
			continue
		}
		r.Amount = amount
		key := strings.Join([]string{r.Ref, r.OurRef, r.Tracking, string(amount.Currency), fmt.Sprint(amount.Minor < 0)}, "\x00")
		if j, ok := known[key]; ok && m[ColArticle] != "" {
			rows[j].Amount.Minor += amount.Minor
			rows[j].Rows++
			continue
		}
		known[key] = len(rows)
		rows = append(rows, r)
	}
	return rows, problems
}

// amountOf is what a row bills: all of it, or goods and freight; a credit is negative.
func amountOf(get func(string) string, comma bool, usual money.Currency) (money.Amount, *Problem) {
	c := usual
	if text := strings.ToUpper(get(ColCurrency)); text != "" {
		c = money.Currency(text)
	}
	if !c.Valid() {
		return money.Amount{}, &Problem{Column: ColCurrency, Reason: fmt.Sprintf("%q is no currency", string(c))}
	}
	columns := []string{ColAmount}
	if get(ColAmount) == "" {
		columns = []string{ColGoods, ColFreight}
	}
	sum, said := money.Zero(c), false
	for _, column := range columns {
		text := get(column)
		if text == "" {
			continue
		}
		a, err := money.Parse(plain(text, comma), c)
		if err != nil {
			return sum, &Problem{Column: column, Reason: fmt.Sprintf("%q is no exact amount of %s", text, c)}
		}
		if sum, err = sum.Add(a); err != nil {
			return sum, &Problem{Column: column, Reason: "the sum is too large"}
		}
		said = true
	}
	switch {
	case !said:
		return sum, &Problem{Column: columns[0], Reason: "there is no amount"}
	case sum.Minor == 0:
		return sum, &Problem{Column: columns[0], Reason: "the amount is nothing"}
	case sum.Minor > 0 && isCredit(get(ColKind)):
		sum.Minor = -sum.Minor
	}
	return sum, nil
}

// isCredit says whether the word for a row's kind is one of giving back.
func isCredit(kind string) bool {
	kind = strings.ToLower(kind)
	return slices.ContainsFunc([]string{"credit", "refund", "return", "gutschrift", "erstattung", "avoir", "rembours", "reembolso", "devol"}, func(w string) bool {
		return strings.Contains(kind, w)
	})
}

// plain is a number as people and spreadsheets write it ("1.234,56", "(12.90)", "€ 12,99") as a
// plain decimal.
func plain(s string, comma bool) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(inner, ")") {
		s = "-" + strings.TrimSuffix(inner, ")")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r == '.', r == ',', r == '-', r == '+':
			return r
		case r == '−':
			return '-'
		case r == ' ', r == '\u00a0', r == '\u202f', r == '\'', r == '’', strings.ContainsRune("€$£¥₹", r):
			return -1
		}
		return 'x' // makes it no number
	}, s)
	dot, com := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case com < 0 && strings.Count(s, ".") > 1:
		return strings.ReplaceAll(s, ".", "")
	case com < 0:
		return s
	case dot > com:
		return strings.ReplaceAll(s, ",", "")
	case dot >= 0:
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case strings.Count(s, ",") > 1, !comma && len(s)-com-1 == 3:
		return strings.ReplaceAll(s, ",", "")
	}
	return strings.ReplaceAll(s, ",", ".")
}
