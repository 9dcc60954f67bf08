package dossier

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // reads the size of pictures
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// Measures of the sheet in millimetres, on A4.
const (
	margin  = 18.0
	width   = 210 - 2*margin
	bottom  = 275.0
	lineOf  = 5.0  // height of a line of text
	nameOf  = 46.0 // width of the names of facts
	picture = 84.0 // width of a picture; two stand side by side
)

// sheet is a dossier being drawn.
type sheet struct {
	*fpdf.Fpdf
	lost bool // a letter could not be printed
}

// PDF is the dossier as a PDF. The font has the Latin, Greek, Cyrillic, Armenian and Georgian
// letters; of other scripts a box is printed and the last page says so. The text and the ZIP have
// all letters.
func (d Dossier) PDF() ([]byte, error) {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", "")}
	s.SetCatalogSort(true)
	s.SetCreationDate(d.Made.UTC())
	s.SetModificationDate(d.Made.UTC())
	s.SetTitle(d.Title, true)
	s.AddUTF8FontFromBytes("sans", "", dejavusans.TTF)
	s.AddUTF8FontFromBytes("sans", "B", dejavusansbold.TTF)
	s.SetMargins(margin, margin, margin)
	s.SetAutoPageBreak(true, 297-bottom)
	s.AliasNbPages("{pages}")
	s.SetFooterFunc(func() {
		s.SetY(-14)
		s.SetFont("sans", "", 7.5)
		s.SetTextColor(110, 110, 110)
		s.CellFormat(width/2, 5, s.print(d.Title), "", 0, "L", false, 0, "")
		s.CellFormat(width/2, 5, fmt.Sprintf("%d / {pages}", s.PageNo()), "", 0, "R", false, 0, "")
		s.SetTextColor(0, 0, 0)
	})
	s.AddPage()
	s.head(d)
	for _, part := range d.Sections {
		if !part.Empty() {
			s.section(part)
		}
	}
	if s.lost {
		s.text("", 8, "Some letters are of a script that this paper has no font for. The text that came with it has them all.")
	}
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("PDF: %w", err)
	}
	return out.Bytes(), nil
}

func (s *sheet) head(d Dossier) {
	s.text("B", 16, d.Title)
	s.Ln(1)
	s.SetTextColor(90, 90, 90)
	s.text("", 8.5, strings.ReplaceAll(d.From, "\n", ", ")+". Made "+moment(d.Made))
	s.SetTextColor(0, 0, 0)
	s.Ln(2)
	if d.Lead != "" {
		s.text("", 10.5, d.Lead)
	}
}

func (s *sheet) section(part Section) {
	if s.GetY() > bottom-25 {
		s.AddPage()
	}
	s.Ln(4)
	s.text("B", 11.5, part.Title)
	s.SetDrawColor(200, 200, 200)
	s.Line(margin, s.GetY()+0.5, margin+width, s.GetY()+0.5)
	s.Ln(2)
	for _, f := range part.Facts {
		s.pair(f.Name, f.Value)
	}
	for _, w := range part.Words {
		s.text("", 9.5, w)
		s.Ln(1)
	}
	for _, m := range part.Moments {
		s.pair(moment(m.At), m.Words)
	}
	s.pictures(part.Pictures)
}

// text writes a paragraph over the whole width.
func (s *sheet) text(style string, size float64, words string) {
	s.SetFont("sans", style, size)
	s.SetX(margin)
	s.MultiCell(width, size*0.5, s.print(words), "", "L", false)
}

// pair writes a name and, beside it, what it is.
func (s *sheet) pair(name, value string) {
	if s.GetY() > bottom-2*lineOf {
		s.AddPage()
	}
	y := s.GetY()
	s.SetTextColor(90, 90, 90)
	s.SetFont("sans", "", 8.5)
	s.SetXY(margin, y)
	s.MultiCell(nameOf-2, lineOf, s.print(name), "", "L", false)
	below, page := s.GetY(), s.PageNo()
	s.SetTextColor(0, 0, 0)
	s.SetFont("sans", "", 9.5)
	s.SetLeftMargin(margin + nameOf)
	s.SetXY(margin+nameOf, y)
	s.MultiCell(width-nameOf, lineOf, s.print(value), "", "L", false)
	s.SetLeftMargin(margin)
	if s.PageNo() == page {
		s.SetY(max(below, s.GetY()))
	}
}

// pictures draws pictures in two columns.
func (s *sheet) pictures(list []Picture) {
	x, y, row := margin, s.GetY()+1, 0.0
	for i, p := range list {
		size, _, err := image.DecodeConfig(bytes.NewReader(p.JPEG))
		if err != nil || size.Width == 0 {
			continue
		}
		w, h := picture, picture*float64(size.Height)/float64(size.Width)
		if h > 110 {
			w, h = w*110/h, 110
		}
		if i%2 == 0 && i > 0 {
			x, y, row = margin, y+row+4, 0
		}
		if y+h > bottom {
			s.AddPage()
			x, y, row = margin, margin, 0
		}
		name := fmt.Sprintf("picture-%d-%s", s.PageNo(), p.Name)
		s.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(p.JPEG))
		s.ImageOptions(name, x, y, w, h, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
		x, row = x+picture+6, max(row, h)
	}
	if row > 0 {
		s.SetY(y + row + 3)
	}
}

// print is a text in the letters that the font has.
func (s *sheet) print(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || printable(r):
			return r
		case r < ' ' || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		s.lost = true
		return '\u25a1'
	}, text)
}

// printable is a letter of the font whose script reads from left to right without joining.
func printable(r rune) bool {
	if r < ' ' || r > 0xFFFF || unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Nko) {
		return false
	}
	index, err := glyphs().GlyphIndex(&sfnt.Buffer{}, r)
	return err == nil && index != 0
}

var glyphs = sync.OnceValue(func() *sfnt.Font {
	font, err := sfnt.Parse(dejavusans.TTF)
	if err != nil {
		panic("dejavu: " + err.Error()) // the font is part of this program; a test prints
	}
	return font
})
