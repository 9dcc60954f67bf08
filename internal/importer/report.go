package importer

import (
	"fmt"

	"doorstep/money"
)

// Options of an import. The zero value is good.
type Options struct {
	DryRun          bool           // do everything, keep nothing
	Supplier        string         // who has the stock that the file tells: every variant gets an offer of theirs, made when missing; Offers: for rows that name nobody
	CostPercent     int64          // cost of an article of which the file does not tell it, in percent of its price; 0 = unknown, kept as zero
	DropMissing     bool           // variants that a product in the file no longer has are deleted, or taken off sale where something names them
	CreateSuppliers bool           // Offers: make suppliers that are not there
	Currency        money.Currency // of the prices in the file; empty: the store's
	Progress        func(Progress) // called now and then, from the importing goroutine
}

// Progress is how far an import is.
type Progress struct {
	File  string
	Done  int64 // bytes
	Total int64
	Rows  int
}

// Problem is a row, or a part of it, that was not taken.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`             // from 1: where the row begins
	Column string `json:"column,omitempty"` // as the file's header has it; empty: the whole row
	Reason string `json:"reason"`
}

// String is the problem in one line, as compilers write theirs.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Column, p.Reason)
}

// maxProblems is how many problems a report keeps; all are counted.
const maxProblems = 1000

// Report is what an import did, or would have done.
type Report struct {
	Rows          int       `json:"rows"`
	Created       int       `json:"created"` // products
	Updated       int       `json:"updated"`
	Unchanged     int       `json:"unchanged"`
	Variants      int       `json:"variants"` // in the products taken
	Offers        int       `json:"offers"`   // written
	Groups        int       `json:"groups"`   // grouped products, kept as collections
	Drafts        int       `json:"drafts"`   // sold elsewhere: kept as drafts
	CostUnknown   int       `json:"cost_unknown"`
	StockAssumed  int       `json:"stock_assumed"` // "in stock" without a number: counted as 999
	ProblemsTotal int       `json:"problems_total"`
	Problems      []Problem `json:"problems,omitempty"` // the first thousand
	Notes         []string  `json:"notes,omitempty"`    // what a person should know, one sentence each
}

func (r *Report) problem(p Problem) {
	r.ProblemsTotal++
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, p)
	}
}

// add sums up.
func (r *Report) add(o Report) {
	r.Rows, r.Created, r.Updated, r.Unchanged = r.Rows+o.Rows, r.Created+o.Created, r.Updated+o.Updated, r.Unchanged+o.Unchanged
	r.Variants, r.Offers, r.Groups, r.Drafts = r.Variants+o.Variants, r.Offers+o.Offers, r.Groups+o.Groups, r.Drafts+o.Drafts
	r.CostUnknown, r.StockAssumed = r.CostUnknown+o.CostUnknown, r.StockAssumed+o.StockAssumed
	for _, p := range o.Problems {
		r.problem(p)
	}
	r.ProblemsTotal += o.ProblemsTotal - len(o.Problems)
}

// conclude adds the notes that the counts call for.
func (r *Report) conclude(o Options) {
	note := func(n int, words string) {
		if n > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf(words, n))
		}
	}
	note(r.CostUnknown, "%d variants have no cost in the file: it is kept as zero, so margins are not right until the supplier's offers say it.")
	note(r.StockAssumed, "%d variants are in stock without a number: 999 was assumed.")
	note(r.Groups, "%d grouped products were kept as collections of their members.")
	note(r.Drafts, "%d products are sold on another site: they were kept as drafts.")
	if o.DryRun {
		r.Notes = append(r.Notes, "This was a dry run: nothing was kept.")
	}
}
