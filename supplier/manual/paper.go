package manual

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"doorstep/money"
	"doorstep/postal"
	"doorstep/supplier"
)

// paper is an order as mail and sheet show it: every value is one line, ready to print.
type paper struct {
	W            words
	Lang         string
	Number       string
	Date         string // ISO 8601: read alike everywhere
	Hello        string
	Reply        string
	Store        string
	StoreLines   []string
	ShipTo       []string
	Details      []detail // phone, tax number and the like
	Lines        []line
	Units        int64
	Costs        bool
	Total        string
	Note         []string
	Instructions []string
	Attached     bool
	Bars         []bar // of the barcode, in modules; none when the number cannot be one
	BarsWidth    int
}

type detail struct{ Name, Value string }

type line struct {
	SKU, Title   string
	Quantity     int64
	Unit, Amount string
}

func (c *client) paper(o supplier.Order) (paper, error) {
	if o.Key == "" || o.Number == "" || len(o.Lines) == 0 {
		return paper{}, errors.New("an order without key, number or lines cannot be mailed")
	}
	p := paper{
		W: c.words, Lang: c.lang, Number: oneLine(o.Number), Date: c.now().UTC().Format(time.DateOnly),
		Hello: c.words.Hello, Store: oneLine(c.brand.Name), StoreLines: manyLines(c.brand.Address),
		ShipTo: postal.Lines(postal.Address{
			Name: o.Address.Name, Company: o.Address.Company,
			Line1: o.Address.Line1, Line2: o.Address.Line2, Line3: o.Address.Line3,
			Sublocality: o.Address.Sublocality, Locality: o.Address.Locality,
			Region: o.Address.Region, PostalCode: o.Address.PostalCode, Country: o.Address.Country,
		}),
		Costs: c.costs, Note: manyLines(o.Note), Instructions: manyLines(c.instructions), Attached: c.attach != "none",
	}
	p.Reply = fmt.Sprintf(c.words.Reply, p.Number)
	if name := oneLine(c.contact); name != "" {
		p.Hello = fmt.Sprintf(c.words.HelloName, name)
	}
	for _, d := range []detail{
		{c.words.Phone, oneLine(o.Address.Phone)}, {c.words.TaxID, oneLine(o.Address.TaxID)},
		{c.words.Email, oneLine(o.Email)}, {c.words.Service, oneLine(o.Service)},
	} {
		if d.Value != "" {
			p.Details = append(p.Details, d)
		}
	}
	p.Bars, p.BarsWidth = bars(p.Number)
	return p, p.fill(o)
}

// fill adds the lines and, if costs are shown, what they come to.
func (p *paper) fill(o supplier.Order) error {
	total := money.Zero(o.Currency)
	for _, l := range o.Lines {
		if l.Quantity < 1 {
			return fmt.Errorf("line %s: quantity %d", l.SKU, l.Quantity)
		}
		row := line{SKU: oneLine(l.SKU), Title: oneLine(l.Title), Quantity: l.Quantity}
		p.Units += l.Quantity
		if p.Costs {
			amount, err := l.UnitCost.Times(l.Quantity)
			if err != nil {
				return fmt.Errorf("line %s: %w", l.SKU, err)
			}
			if total, err = total.Add(amount); err != nil {
				return fmt.Errorf("line %s: %w", l.SKU, err)
			}
			row.Unit, row.Amount = l.UnitCost.Format(p.Lang), amount.Format(p.Lang)
		}
		p.Lines = append(p.Lines, row)
	}
	if p.Costs {
		p.Total = total.Format(p.Lang)
	}
	return nil
}

// oneLine makes a value fit for one line of paper.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// manyLines keeps the line breaks that a person typed.
func manyLines(s string) []string {
	var out []string
	for l := range strings.SplitSeq(strings.ReplaceAll(s, "\r", "\n"), "\n") {
		if l = oneLine(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
