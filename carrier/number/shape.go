package number

import "fmt"

// A template describes numbers of one exact length, one cell for each character:
//
//	#        a digit
//	@        a letter A-Z
//	*        a digit or a letter
//	[0-8X]   one of these
//	=        the check digit
//	%        the check character, a digit or a letter
//	{n}      the cell before it, n times in all
//	( )      around the part the check digit is computed from
//	< >      around the service code
//
// Anything else stands for itself. Where a public pattern has optional parts or
// looks ahead (the IMpb barcodes of USPS do both), it is spelt out as several
// templates: each length and each mailer has one, so nothing has to be guessed.

// span is a half-open range of positions in a number; from == to means none.
type span struct{ from, to int }

// in cuts the span out of s.
func (p span) in(s string) string { return s[p.from:p.to] }

// shape is a compiled template. Each cell is a set of the 36 symbols that a
// normalised number is made of, as bits.
type shape struct {
	cells   []uint64
	serial  span
	service span
	check   int // position of the check digit, -1 where there is none
}

const (
	digitCell  uint64 = 1<<10 - 1
	letterCell uint64 = (1<<26 - 1) << 10
	anyCell           = digitCell | letterCell
)

// symbol is the bit of one character, zero for what no number contains.
func symbol(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return 1 << (c - '0')
	case c >= 'A' && c <= 'Z':
		return 1 << (c - 'A' + 10)
	}
	return 0
}

// fits reports whether s has the shape. len(s) must equal len(h.cells).
func (h *shape) fits(s string) bool {
	for i, cell := range h.cells {
		if cell&symbol(s[i]) == 0 {
			return false
		}
	}
	return true
}

// compile reads a template. It panics on a malformed one: templates are written in
// this package only, and a test compiles them all.
func compile(template string) *shape {
	h := &shape{check: -1}
	for i := 0; i < len(template); {
		i += h.read(template[i:])
	}
	return h
}

// read takes one mark or cell from the front of a template and returns its length.
func (h *shape) read(rest string) int {
	here := len(h.cells)
	switch c := rest[0]; c {
	case '(':
		h.serial.from = here
	case ')':
		h.serial.to = here
	case '<':
		h.service.from = here
	case '>':
		h.service.to = here
	case '#':
		h.cells = append(h.cells, digitCell)
	case '@':
		h.cells = append(h.cells, letterCell)
	case '*':
		h.cells = append(h.cells, anyCell)
	case '=':
		h.check = here
		h.cells = append(h.cells, digitCell)
	case '%':
		h.check = here
		h.cells = append(h.cells, anyCell)
	case '[':
		set, n := readSet(rest)
		h.cells = append(h.cells, set)
		return n
	case '{':
		return h.repeat(rest)
	default:
		if symbol(c) == 0 {
			panic(fmt.Sprintf("number: template has %q", c))
		}
		h.cells = append(h.cells, symbol(c))
	}
	return 1
}

// repeat reads {n} and copies the last cell until there are n of it.
func (h *shape) repeat(rest string) int {
	n, i := 0, 1
	for ; rest[i] != '}'; i++ {
		n = n*10 + int(rest[i]-'0')
	}
	last := h.cells[len(h.cells)-1]
	for ; n > 1; n-- {
		h.cells = append(h.cells, last)
	}
	return i + 1
}

// readSet reads [AC-F] and returns its set and its length in the template.
func readSet(rest string) (set uint64, length int) {
	i := 1
	for ; rest[i] != ']'; i++ {
		if rest[i] != '-' {
			set |= symbol(rest[i])
			continue
		}
		for c := rest[i-1]; c <= rest[i+1]; c++ {
			set |= symbol(c)
		}
	}
	return set, i + 1
}
