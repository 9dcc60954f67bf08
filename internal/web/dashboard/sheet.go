package dashboard

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A sheet is a table that spreadsheets open, written row by row: CSV, or XLSX. What people
// wrote is always text and never a formula, in both.
type sheet interface {
	row(cells ...cell) error
	end() error
}

// cell is a word, or a number in plain decimals where number says so.
type cell struct {
	words  string
	number bool
}

func text(words string) cell   { return cell{words: words} }
func number(words string) cell { return cell{words: words, number: true} }

func texts(words ...string) []cell {
	list := make([]cell, len(words))
	for i, w := range words {
		list[i] = text(w)
	}
	return list
}

// newSheet begins the answer to a download: format is "xlsx", else CSV.
func newSheet(w http.ResponseWriter, format, name string) (sheet, error) {
	kind, ending := "text/csv; charset=utf-8", "csv"
	if format == "xlsx" {
		kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, ending))
	if format == "xlsx" {
		return newBook(w)
	}
	return &csvSheet{csv.NewWriter(w)}, nil
}

type csvSheet struct{ out *csv.Writer }

func (s *csvSheet) row(cells ...cell) error {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = c.words
		if !c.number {
			words[i] = plain(c.words)
		}
	}
	return s.out.Write(words)
}

func (s *csvSheet) end() error {
	s.out.Flush()
	return s.out.Error()
}

// plain keeps a spreadsheet from reading somebody's words as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
		return "'" + s
	}
	return s
}

// book is an XLSX file of one sheet. Its rows go to a temporary file as they come, so that a
// long list does not fill the memory.
type book struct {
	file *excelize.File
	rows *excelize.StreamWriter
	at   int
	bold int // style of the first row
	to   io.Writer
}

func newBook(to io.Writer) (*book, error) {
	f := excelize.NewFile()
	rows, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	if err := rows.SetColWidth(1, 12, 18); err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	return &book{file: f, rows: rows, bold: bold, to: to}, rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// row writes words as text cells, which are never formulas, and numbers as the file format
// has them: it knows no decimals, and what is exact is the text in the CSV.
func (b *book) row(cells ...cell) error {
	b.at++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = b.value(c)
	}
	name, err := excelize.CoordinatesToCellName(1, b.at)
	if err != nil {
		return err
	}
	return b.rows.SetRow(name, values)
}

func (b *book) value(c cell) any {
	if b.at == 1 {
		return excelize.Cell{StyleID: b.bold, Value: c.words}
	}
	if n, err := strconv.ParseFloat(c.words, 64); c.number && err == nil {
		return n
	}
	return c.words
}

func (b *book) end() error {
	defer b.file.Close()
	if err := b.rows.Flush(); err != nil {
		return err
	}
	return b.file.Write(b.to)
}
