package manual

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/charmap"
)

// Measures of the sheet in millimetres, on A4.
const (
	margin   = 18.0
	width    = 210 - 2*margin
	boxWidth = 104.0
	foot     = 276.0 // nothing below but the page number
)

// drawing is a sheet being drawn.
type drawing struct {
	*fpdf.Fpdf
	p     paper
	plain bool // in the letters of Western Europe
	lost  bool // a letter could not be printed
}

// pdf is the sheet as a PDF of one or more pages. With letters of Western Europe alone it needs
// no font but Helvetica, which every reader has. Else it brings one, with the Latin, Greek,
// Cyrillic, Armenian and Georgian letters; of other scripts a box is printed and the sheet says so.
func (p paper) pdf(now time.Time) ([]byte, error) {
	var out bytes.Buffer
	if err := p.draw(now).Output(&out); err != nil {
		return nil, fmt.Errorf("PDF: %w", err)
	}
	return out.Bytes(), nil
}

// draw tries Helvetica first: reading a font and cutting these letters from it takes many times
// as long as all the rest.
func (p paper) draw(now time.Time) *drawing {
	if d := p.drawIn(now, true); !d.lost {
		return d
	}
	return p.drawIn(now, false)
}

func (p paper) drawIn(now time.Time, plain bool) *drawing {
	d := &drawing{Fpdf: fpdf.New("P", "mm", "A4", ""), p: p, plain: plain}
	d.SetCatalogSort(true)
	d.SetCreationDate(now)
	d.SetModificationDate(now)
	d.SetTitle(p.W.PurchaseOrder+" "+p.Number, true)
	if !plain {
		d.AddUTF8FontFromBytes("sans", "", dejavusans.TTF)
		d.AddUTF8FontFromBytes("sans", "B", dejavusansbold.TTF)
	}
	d.SetMargins(margin, margin, margin)
	d.SetAutoPageBreak(false, 0)
	d.AliasNbPages("{pages}")
	d.SetFooterFunc(d.footer)
	d.AddPage()
	d.head()
	d.addresses()
	d.lines()
	d.remarks()
	return d
}

// printable is a letter of the font whose script reads from left to right without
// joining: the PDF library sets letters one after the other and knows nothing more.
func printable(r rune) bool {
	if r > 0xFFFF || unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Nko) {
		return false
	}
	font := glyphs()
	index, err := font.GlyphIndex(&sfnt.Buffer{}, r)
	return err == nil && index != 0
}

var glyphs = sync.OnceValue(func() *sfnt.Font {
	font, err := sfnt.Parse(dejavusans.TTF)
	if err != nil {
		panic("dejavu: " + err.Error()) // the font is part of this program; a test prints
	}
	return font
})

// say is the text as it can be printed, in the encoding of the font.
func (d *drawing) say(text string) string {
	if d.plain {
		return d.western(text)
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || printable(r) {
			return r
		}
		d.lost = true
		return '□'
	}, text)
}

// western is the text in Windows' code page 1252, a byte for each letter.
func (d *drawing) western(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		b, known := charmap.Windows1252.EncodeRune(r)
		if !known || unicode.IsControl(r) && r != '\n' {
			d.lost = true
			continue
		}
		out = append(out, b)
	}
	return string(out)
}

// split is what say said, in lines that fit the width.
func (d *drawing) split(said string, w float64) []string {
	if !d.plain {
		return d.SplitText(said, w)
	}
	var lines []string
	for _, l := range d.SplitLines([]byte(said), w) {
		lines = append(lines, string(l))
	}
	return lines
}

func (d *drawing) style(style string, size float64, grey int) {
	family := "sans"
	if d.plain {
		family = "Helvetica"
	}
	d.SetFont(family, style, size)
	d.SetTextColor(grey, grey, grey)
}

// head is the title on the left and the barcode on the right.
func (d *drawing) head() {
	d.style("B", 19, 0)
	d.SetXY(margin, margin)
	d.MultiCell(boxWidth, 8.5, d.say(d.p.W.PurchaseOrder+"\n"+d.p.Number), "", "L", false)
	d.style("", 10, 70)
	d.CellFormat(boxWidth, 6, d.say(d.p.W.Date+" "+d.p.Date), "", 1, "L", false, 0, "")
	if len(d.p.Bars) == 0 {
		return
	}
	module := min(0.33, (width-boxWidth)/float64(d.p.BarsWidth))
	left := margin + width - float64(d.p.BarsWidth)*module
	d.SetFillColor(0, 0, 0)
	for _, b := range d.p.Bars {
		d.Rect(left+float64(b.At)*module, margin, float64(b.Width)*module, 15, "F")
	}
	y := d.GetY()
	d.style("", 9, 0)
	d.SetXY(left, margin+15.5)
	d.CellFormat(float64(d.p.BarsWidth)*module, 5, d.say(d.p.Number), "", 0, "C", false, 0, "")
	d.SetXY(margin, max(y, margin+22))
}

// addresses are the label's block in a frame and the store beside it.
func (d *drawing) addresses() {
	top := d.GetY() + 6
	d.SetXY(margin+5, top+4)
	d.style("", 10, 70)
	d.CellFormat(boxWidth-10, 5, d.say(d.p.W.ShipTo), "", 2, "L", false, 0, "")
	d.style("", 13, 0)
	d.MultiCell(boxWidth-10, 6.4, d.say(strings.Join(d.p.ShipTo, "\n")), "", "L", false)
	d.style("", 10, 70)
	for _, detail := range d.p.Details {
		d.SetX(margin + 5)
		d.MultiCell(boxWidth-10, 5, d.say(detail.Name+": "+detail.Value), "", "L", false)
	}
	bottom := d.GetY() + 4
	d.SetLineWidth(0.5)
	d.SetDrawColor(0, 0, 0)
	d.RoundedRect(margin, top, boxWidth, bottom-top, 2, "1234", "D")

	left := margin + boxWidth + 8
	d.SetXY(left, top+4)
	d.style("", 10, 70)
	d.CellFormat(width-boxWidth-8, 5, d.say(d.p.W.OrderedBy), "", 2, "L", false, 0, "")
	d.style("B", 10, 0)
	d.MultiCell(width-boxWidth-8, 5, d.say(d.p.Store), "", "L", false)
	d.style("", 10, 0)
	for _, l := range d.p.StoreLines {
		d.SetX(left)
		d.MultiCell(width-boxWidth-8, 5, d.say(l), "", "L", false)
	}
	d.SetXY(margin, max(bottom, d.GetY())+8)
}

// columns are the table's widths: tick box, quantity, SKU, article, unit cost, amount.
func (d *drawing) columns() []float64 {
	if d.p.Costs {
		return []float64{9, 14, 38, width - 9 - 14 - 38 - 28 - 30, 28, 30}
	}
	return []float64{9, 14, 46, width - 9 - 14 - 46}
}

func (d *drawing) tableHead() {
	d.style("", 10, 70)
	w, titles := d.columns(), []string{"", d.p.W.Quantity, d.p.W.SKU, d.p.W.Article, d.p.W.Unit, d.p.W.Amount}
	for i := range w {
		align := "L"
		if i == 1 || i > 3 {
			align = "R"
		}
		pad := 0.0
		if i == 2 {
			pad = 4
		}
		d.SetX(d.GetX() + pad)
		d.CellFormat(w[i]-pad, 6, d.say(titles[i]), "", 0, align, false, 0, "")
	}
	d.Ln(6.5)
}

func (d *drawing) lines() {
	d.tableHead()
	w := d.columns()
	for _, l := range d.p.Lines {
		d.style("", 10, 0)
		sku, title := d.split(d.say(l.SKU), w[2]-6), d.split(d.say(l.Title), w[3]-4)
		height := max(9, 5*float64(max(len(sku), len(title)))+3)
		if d.GetY()+height > foot-12 {
			d.AddPage()
			d.tableHead()
		}
		d.row(l, sku, title, height)
	}
	y := d.GetY()
	d.SetLineWidth(0.5)
	d.Line(margin, y, margin+width, y)
	d.SetXY(margin+w[0], y+2)
	d.style("B", 12, 0)
	d.CellFormat(w[1], 6, strconv.FormatInt(d.p.Units, 10), "", 0, "R", false, 0, "")
	d.style("", 10, 0)
	d.SetX(d.GetX() + 4)
	d.CellFormat(w[2]+w[3], 6, d.say(d.p.W.Units), "", 0, "L", false, 0, "")
	if d.p.Costs {
		d.style("B", 10, 0)
		d.SetX(margin + width - 58)
		d.CellFormat(58, 6, d.say(d.p.Total), "", 0, "R", false, 0, "")
	}
	d.SetXY(margin, y+14)
}

// row draws one article: a box to tick, how many, what.
func (d *drawing) row(l line, sku, title []string, height float64) {
	y, w := d.GetY(), d.columns()
	d.SetDrawColor(150, 150, 150)
	d.SetLineWidth(0.2)
	d.Line(margin, y, margin+width, y)
	d.SetDrawColor(0, 0, 0)
	d.SetLineWidth(0.35)
	d.RoundedRect(margin, y+2, 4.6, 4.6, 0.8, "1234", "D")
	d.SetXY(margin+w[0], y+1.5)
	d.style("B", 13, 0)
	d.CellFormat(w[1], 6, strconv.FormatInt(l.Quantity, 10), "", 0, "R", false, 0, "")
	d.style("", 10, 0)
	for i, text := range sku {
		d.Text(margin+w[0]+w[1]+5, y+5.9+5*float64(i), text)
	}
	for i, text := range title {
		d.Text(margin+w[0]+w[1]+w[2]+1, y+5.9+5*float64(i), text)
	}
	if d.p.Costs {
		d.SetXY(margin+width-w[4]-w[5], y+1.8)
		d.CellFormat(w[4], 5.5, d.say(l.Unit), "", 0, "R", false, 0, "")
		d.CellFormat(w[5], 5.5, d.say(l.Amount), "", 0, "R", false, 0, "")
	}
	d.SetXY(margin, y+height)
}

// remarks are what the packer must know, and how to answer.
func (d *drawing) remarks() {
	d.block(d.p.W.Note, d.p.Note)
	d.block(d.p.W.Instructions, d.p.Instructions)
	d.block("", []string{d.p.Reply, d.p.W.Twice})
	if d.lost {
		d.block("", []string{d.p.W.Unprintable})
	}
}

func (d *drawing) block(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	if d.GetY() > foot-24 {
		d.AddPage()
	}
	if title != "" {
		d.style("", 10, 70)
		d.CellFormat(width, 5.5, d.say(title), "", 1, "L", false, 0, "")
	}
	d.style("", 10, 0)
	if title == "" {
		d.style("", 9, 70)
	}
	for _, l := range lines {
		for _, part := range d.split(d.say(l), width) {
			if d.GetY() > foot-6 {
				d.AddPage()
			}
			d.CellFormat(width, 5, part, "", 1, "L", false, 0, "")
		}
	}
	d.Ln(4)
}

func (d *drawing) footer() {
	d.style("", 8, 110)
	d.SetXY(margin, 284)
	d.CellFormat(width, 4, d.say(fmt.Sprintf(d.p.W.Page, d.PageNo(), "{pages}")), "", 0, "L", false, 0, "")
	d.SetXY(margin, 284)
	d.CellFormat(width, 4, d.say(d.p.Number+" · "+d.p.Store), "", 0, "R", false, 0, "")
}
