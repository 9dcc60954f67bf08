// Package dossier writes a bundle of evidence: facts, words, what happened when, and pictures, as
// one PDF, as text, or as a ZIP with the pictures beside it. It knows nothing of orders: flow
// gathers what is in one.
package dossier

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// Dossier is a bundle of evidence.
type Dossier struct {
	Title    string
	Lead     string // what is wanted, in a few sentences
	From     string // who hands it in: name and address, in lines
	Made     time.Time
	Sections []Section
}

// Section is a part of a dossier. Empty parts of it are left out.
type Section struct {
	Title    string
	Facts    []Fact
	Words    []string // paragraphs
	Moments  []Moment
	Pictures []Picture
}

// Fact is a name and what it is.
type Fact struct{ Name, Value string }

// Moment is something that happened.
type Moment struct {
	At    time.Time
	Words string
}

// Picture is a JPEG.
type Picture struct {
	Name string // of the file: "photo-1.jpg"
	JPEG []byte
}

// Empty says whether there is nothing in the section.
func (s Section) Empty() bool {
	return len(s.Facts)+len(s.Words)+len(s.Moments)+len(s.Pictures) == 0
}

// Pictures are all pictures of the dossier.
func (d Dossier) Pictures() (all []Picture) {
	for _, s := range d.Sections {
		all = append(all, s.Pictures...)
	}
	return all
}

// moment is a time as the dossier writes it: the same everywhere, whoever reads it.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// Text is the dossier without its pictures, as plain text.
func (d Dossier) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", d.Title, strings.Repeat("=", len([]rune(d.Title))))
	if d.Lead != "" {
		fmt.Fprintf(&b, "%s\n\n", d.Lead)
	}
	for _, s := range d.Sections {
		if s.Empty() {
			continue
		}
		fmt.Fprintf(&b, "%s\n%s\n", s.Title, strings.Repeat("-", len([]rune(s.Title))))
		for _, f := range s.Facts {
			fmt.Fprintf(&b, "%s: %s\n", f.Name, strings.ReplaceAll(f.Value, "\n", ", "))
		}
		for _, w := range s.Words {
			fmt.Fprintf(&b, "%s\n", w)
		}
		for _, m := range s.Moments {
			fmt.Fprintf(&b, "%s  %s\n", moment(m.At), m.Words)
		}
		for _, p := range s.Pictures {
			fmt.Fprintf(&b, "[%s]\n", p.Name)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s\nMade %s\n", d.From, moment(d.Made))
	return b.String()
}

// ZIP writes the dossier as PDF and text, and every picture as a file of its own.
func (d Dossier) ZIP(w io.Writer) error {
	pdf, err := d.PDF()
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	files := []Picture{{"evidence.pdf", pdf}, {"evidence.txt", []byte(d.Text())}}
	for _, f := range append(files, d.Pictures()...) {
		entry, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: d.Made.UTC()})
		if err != nil {
			return fmt.Errorf("ZIP: %w", err)
		}
		if _, err := io.Copy(entry, bytes.NewReader(f.JPEG)); err != nil {
			return fmt.Errorf("ZIP: %w", err)
		}
	}
	return out.Close()
}
