package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxRecord = 1 << 20 // bytes of one row
	maxLines  = 20_000  // of one row
)

// errRow says, with words, that a row cannot be read. Reading goes on with the line after
// the one where the row began: a quote that nobody closed must not swallow the file.
type errRow struct {
	line   int
	reason string
}

// Error is the reason with its line.
func (e errRow) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.reason) }

// rows reads CSV: RFC 4180 with any line end and the delimiter of the file.
type rows struct {
	in    *bufio.Reader
	comma byte
	queue []string // lines that were read and given back
	next  int      // number of the next line
	width int      // of the header
	end   byte     // of a line: LF, or CR where a file has no LF
}

// newRows finds the delimiter: a line "sep=;", or else what the first line has most of.
func newRows(in *bufio.Reader) (*rows, error) {
	r := &rows{in: in, next: 1, comma: ',', end: '\n'}
	if head, _ := in.Peek(4096); bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		r.end = '\r'
	}
	for {
		line, err := r.line()
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		if sep, ok := strings.CutPrefix(strings.ToLower(text), "sep="); ok && len(sep) == 1 {
			r.comma = sep[0]
			return r, nil
		}
		r.comma = delimiter(text)
		r.back(line)
		return r, nil
	}
}

// delimiter is what the header has most of, outside of quotes.
func delimiter(header string) byte {
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		n, quoted := 0, false
		for i := range len(header) {
			switch {
			case header[i] == '"':
				quoted = !quoted
			case header[i] == c && !quoted:
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// line is the next line with its end; io.EOF after the last.
func (r *rows) line() (string, error) {
	if len(r.queue) > 0 {
		line := r.queue[0]
		r.queue = r.queue[1:]
		r.next++
		return line, nil
	}
	var long []byte
	for {
		part, err := r.in.ReadSlice(r.end)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if long = append(long, part...); len(long) > 4*maxRecord {
				return "", fmt.Errorf("line %d is longer than %d bytes: this is no CSV", r.next, 4*maxRecord)
			}
			continue
		case err == io.EOF && len(long)+len(part) > 0, err == nil:
			r.next++
			if long == nil {
				return string(part), nil
			}
			return string(append(long, part...)), nil
		}
		return "", err
	}
}

// back gives lines back, to be read again.
func (r *rows) back(lines ...string) {
	r.queue = append(lines, r.queue...)
	r.next -= len(lines)
}

// read is the next row that is not blank, and the line where it begins. An errRow is not
// the end: the next call goes on.
func (r *rows) read() (fields []string, line int, err error) {
	for {
		line = r.next
		first, err := r.line()
		if err != nil {
			return nil, line, err
		}
		if strings.Trim(first, "\r\n \t") == "" {
			continue
		}
		fields, err := r.record(first, line)
		if err != nil {
			return nil, line, err
		}
		if strings.Join(fields, "") == "" {
			continue // ;;;; as spreadsheets leave behind
		}
		return fields, line, nil
	}
}

// record takes the row that begins with the line first, with as many further lines as its
// quotes span.
func (r *rows) record(first string, line int) ([]string, error) {
	var more []string
	fail := func(format string, args ...any) ([]string, error) {
		r.back(more...)
		return nil, errRow{line, fmt.Sprintf(format, args...)}
	}
	fields := make([]string, 0, max(r.width, 16))
	rest, size := first, len(first)
	for {
		if !strings.HasPrefix(rest, `"`) {
			end := strings.IndexByte(rest, r.comma)
			field := rest
			if end >= 0 {
				field = rest[:end]
			}
			field = strings.TrimRight(field, "\r\n")
			if strings.IndexByte(field, '"') >= 0 {
				return fail("a quote in the middle of field %d: a field with quotes begins and ends with one and doubles those inside", len(fields)+1)
			}
			fields = append(fields, field)
			if end < 0 {
				return checkText(fields, line)
			}
			rest = rest[end+1:]
			continue
		}
		var b strings.Builder
		rest = rest[1:]
		for {
			i := strings.IndexByte(rest, '"')
			if i >= 0 {
				b.WriteString(rest[:i])
				rest = rest[i+1:]
				if !strings.HasPrefix(rest, `"`) {
					break
				}
				b.WriteByte('"')
				rest = rest[1:]
				continue
			}
			b.WriteString(rest)
			next, err := r.line()
			if errors.Is(err, io.EOF) {
				return fail("the quote that opens field %d is never closed", len(fields)+1)
			}
			if err != nil {
				return nil, err
			}
			more = append(more, next)
			if size += len(next); size > maxRecord || len(more) > maxLines {
				return fail("the quote that opens field %d is not closed within %d bytes", len(fields)+1, maxRecord)
			}
			rest = next
		}
		fields = append(fields, strings.ReplaceAll(b.String(), "\r\n", "\n"))
		switch after := strings.TrimRight(rest, "\r\n"); {
		case after == "":
			return checkText(fields, line)
		case after[0] == r.comma:
			rest = rest[1:]
		default:
			return fail("text after the closing quote of field %d: quotes inside a field are doubled", len(fields))
		}
	}
}

// checkText refuses rows whose bytes are no text.
func checkText(fields []string, line int) ([]string, error) {
	for i, f := range fields {
		if !utf8.ValidString(f) {
			return nil, errRow{line, fmt.Sprintf("field %d has bytes that are not UTF-8, as the rest of the file is", i+1)}
		}
		if strings.IndexByte(f, 0) >= 0 {
			return nil, errRow{line, fmt.Sprintf("field %d has a NUL, which is no text", i+1)}
		}
	}
	return fields, nil
}
