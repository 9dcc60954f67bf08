package importer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// source is a file whose encoding is known. It can be read more than once.
type source struct {
	path string
	name string // for people
	size int64
	enc  encoding.Encoding // nil: UTF-8
}

// openSource finds out how the file is encoded, reading it once.
func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &source{path: path, name: filepath.Base(path)}
	if info, err := f.Stat(); err == nil {
		s.size = info.Size()
	}
	if s.enc, err = sniff(f); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return s, nil
}

// sniff says how text is encoded: by its byte order mark, by NULs where ASCII would have
// them in UTF-16, or by which of UTF-8 and Windows-1252 explains more of its bytes.
func sniff(r io.Reader) (encoding.Encoding, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(4096)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return nil, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), zeros(head, 1) > len(head)/4:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), zeros(head, 0) > len(head)/4:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	}
	var good, bad int
	for {
		block, err := in.Peek(32 << 10)
		if len(block) == 0 {
			break
		}
		used := 0
		for used < len(block) {
			if block[used] < utf8.RuneSelf {
				used++
				continue
			}
			if !utf8.FullRune(block[used:]) && err == nil {
				break // the rest of it is in the next block
			}
			r, size := utf8.DecodeRune(block[used:])
			if used += size; r == utf8.RuneError && size == 1 {
				bad++
			} else {
				good++
			}
		}
		if _, err := in.Discard(used); err != nil {
			return nil, err
		}
	}
	if bad > good {
		return charmap.Windows1252, nil
	}
	return nil, nil
}

// zeros counts the NULs at even (0) or odd (1) places.
func zeros(b []byte, odd int) (n int) {
	for i := odd; i < len(b); i += 2 {
		if b[i] == 0 {
			n++
		}
	}
	return n
}

// reader is the open file as UTF-8 without byte order mark.
type reader struct {
	*bufio.Reader
	file *os.File
	done int64 // bytes of the file that were read
}

func (s *source) open() (*reader, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	r := &reader{file: f}
	var in io.Reader = counter{f, &r.done}
	if s.enc != nil {
		in = s.enc.NewDecoder().Reader(in)
	}
	r.Reader = bufio.NewReaderSize(in, 64<<10)
	if mark, err := r.Peek(3); err == nil && bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}) {
		_, err = r.Discard(3)
		return r, err
	}
	return r, nil
}

func (r *reader) close() { _ = r.file.Close() }

// counter counts what passes.
type counter struct {
	io.Reader
	n *int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(n)
	return n, err
}
