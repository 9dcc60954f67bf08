package archive

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A row's values are nil, string, int64 and bool, as its columns say.

// lineWriter writes rows in one of the formats.
type lineWriter interface {
	write(row []any) error
	flush() error
}

// lineReader reads them; io.EOF after the last.
type lineReader interface {
	read() ([]any, error)
}

func newWriter(f Format, w io.Writer, columns []Column) (lineWriter, error) {
	if f == CSV {
		out := csv.NewWriter(w)
		header := make([]string, len(columns))
		for i, c := range columns {
			header[i] = c.Name
		}
		return &csvWriter{out, header}, out.Write(header)
	}
	return &jsonWriter{w: bufio.NewWriter(w), columns: columns}, nil
}

func newReader(f Format, r io.Reader, columns []Column) (lineReader, error) {
	if f == CSV {
		in := csv.NewReader(r)
		in.ReuseRecord = true
		header, err := in.Read()
		if err != nil {
			return nil, fmt.Errorf("its header: %w", err)
		}
		if want := names(columns, false); strings.Join(header, ", ") != want {
			return nil, fmt.Errorf("its columns are %s, not %s", strings.Join(header, ", "), want)
		}
		return &csvReader{in, columns}, nil
	}
	in := json.NewDecoder(bufio.NewReader(r))
	in.UseNumber()
	return &jsonReader{in, columns}, nil
}

type jsonWriter struct {
	w       *bufio.Writer
	columns []Column
	buf     bytes.Buffer
}

// write keeps the order of the columns, which a map would lose.
func (j *jsonWriter) write(row []any) error {
	j.buf.Reset()
	for i, c := range j.columns {
		j.buf.WriteByte("{,"[min(i, 1)])
		j.buf.WriteString(strconv.Quote(c.Name))
		j.buf.WriteByte(':')
		value, err := json.Marshal(writable(row[i]))
		if err != nil {
			return err
		}
		j.buf.Write(value)
	}
	j.buf.WriteString("}\n")
	_, err := j.w.Write(j.buf.Bytes())
	return err
}

// bytesKey marks a text that is no valid UTF-8, which JSON cannot hold: only SQLite has such.
const bytesKey = "base64"

func writable(v any) any {
	if s, is := v.(string); is && !utf8.ValidString(s) {
		return map[string]string{bytesKey: base64.StdEncoding.EncodeToString([]byte(s))}
	}
	return v
}

func (j *jsonWriter) flush() error { return j.w.Flush() }

type jsonReader struct {
	in      *json.Decoder
	columns []Column
}

func (j *jsonReader) read() ([]any, error) {
	var line map[string]any
	if err := j.in.Decode(&line); err != nil {
		return nil, err
	}
	row := make([]any, len(j.columns))
	for i, c := range j.columns {
		given, has := line[c.Name]
		if !has || len(line) != len(j.columns) {
			return nil, fmt.Errorf("a row has %d columns, not %d", len(line), len(j.columns))
		}
		value, err := fromJSON(given, c.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		row[i] = value
	}
	return row, nil
}

func fromJSON(given any, kind string) (any, error) {
	switch v := given.(type) {
	case nil:
		return nil, nil
	case string:
		if kind == text {
			return v, nil
		}
	case map[string]any:
		if coded, is := v[bytesKey].(string); is && kind == text {
			raw, err := base64.StdEncoding.DecodeString(coded)
			return string(raw), err
		}
	case bool:
		if kind == boolean {
			return v, nil
		}
	case json.Number:
		if kind == integer {
			return v.Int64()
		}
	}
	return nil, fmt.Errorf("%v is no %s", given, kind)
}

// missing is how CSV writes what is not there.
const missing = `\N`

// Readers of CSV take "\r\n" for "\n", so carriage returns are escaped, and so is the escape.
var (
	escape   = strings.NewReplacer(`\`, `\\`, "\r", `\r`)
	unescape = strings.NewReplacer(`\\`, `\`, `\r`, "\r")
)

type csvWriter struct {
	out *csv.Writer
	row []string
}

func (c *csvWriter) write(row []any) error {
	for i, v := range row {
		switch v := v.(type) {
		case nil:
			c.row[i] = missing
		case string:
			c.row[i] = escape.Replace(v)
		default:
			c.row[i] = fmt.Sprint(v)
		}
	}
	return c.out.Write(c.row)
}

func (c *csvWriter) flush() error {
	c.out.Flush()
	return c.out.Error()
}

type csvReader struct {
	in      *csv.Reader
	columns []Column
}

func (c *csvReader) read() ([]any, error) {
	record, err := c.in.Read()
	if err != nil {
		return nil, err
	}
	row := make([]any, len(c.columns))
	for i, column := range c.columns {
		if row[i], err = fromCSV(record[i], column.Type); err != nil {
			return nil, fmt.Errorf("%s: %w", column.Name, err)
		}
	}
	return row, nil
}

func fromCSV(s, kind string) (any, error) {
	switch {
	case s == missing:
		return nil, nil
	case kind == integer:
		return strconv.ParseInt(s, 10, 64)
	case kind == boolean:
		return strconv.ParseBool(s)
	}
	return unescape.Replace(strings.Clone(s)), nil
}
