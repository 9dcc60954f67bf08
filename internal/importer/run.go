package importer

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

const (
	batchProducts = 200 // in one transaction, at most
	batchVariants = 400
	assumed       = 999 // units of what is "in stock" without a number
)

// errDry rolls a dry run back.
var errDry = errors.New("dry run")

// item is a product on its way into the store.
type item struct {
	draft     catalog.Draft
	line      int                 // where it begins
	lines     []int               // of its variants
	stocks    []stock             // of its variants
	columns   func(string) string // the file's column for a field of the draft
	partial   bool                // some of its rows were not taken: do not conclude that they are gone
	elsewhere bool                // sold on another site
}

// stock is what a file tells of a variant's stock and cost.
type stock struct {
	quantity int64
	assumed  bool // the file says "in stock" and no number
	cost     money.Amount
	costSaid bool
	none     bool // no offer at all
}

// run is an import under way.
type run struct {
	ctx   context.Context
	d     *db.DB
	store id.Store
	o     Options
	total Report
	src   *source
	batch []item
	size  int // variants in the batch
	seen  map[uint64]int32
	seed  maphash.Seed
	// Products made in this run, and how many there were at the last look of the planner.
	created, surveyed int
}

// newRun reads what the store sells in.
func newRun(ctx context.Context, d *db.DB, store id.Store, o Options) (*run, error) {
	r := &run{ctx: ctx, d: d, store: store, o: o, seed: maphash.MakeSeed()}
	if o.Currency != "" {
		return r, nil
	}
	err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r.o.Currency, err = catalog.Currency(ctx, tx, store)
		return err
	})
	return r, err
}

// Products imports product files, each Shopify's or WooCommerce's as its header says. The
// error is one that ended the import; what a row did wrong is in the report. What was
// imported before an error stays.
func Products(ctx context.Context, d *db.DB, store id.Store, files []string, o Options) (Report, error) {
	r, err := newRun(ctx, d, store, o)
	if err != nil {
		return Report{}, err
	}
	for _, file := range files {
		if err := r.products(file); err != nil {
			return r.total, err
		}
	}
	r.total.conclude(r.o)
	return r.total, nil
}

// products imports one file.
func (r *run) products(file string) error {
	src, err := openSource(file)
	if err != nil {
		return err
	}
	r.src, r.seen = src, map[uint64]int32{}
	t, err := openTable(src, aliases())
	if err != nil {
		return err
	}
	defer t.close()
	switch {
	case t.has("handle", "title"):
		err = r.shopify(t)
	case t.has("type", "name"):
		err = r.woo(t)
	default:
		err = fmt.Errorf("%s: neither Shopify's columns (Handle, Title, …) nor WooCommerce's (Type, Name, …) are in its header: %s",
			src.name, strings.Join(t.header[:min(len(t.header), 8)], ", "))
	}
	if err != nil {
		return err
	}
	return r.flush()
}

// each gives all rows of a table to fn; rows that cannot be read are reported if that is
// wanted. Progress is told every thousand rows and at the end.
func (r *run) each(t *table, report bool, fn func(row) error) error {
	n := 0
	tell := func() {
		if report && r.o.Progress != nil {
			r.o.Progress(Progress{File: t.src.name, Done: min(t.in.done, t.src.size), Total: t.src.size, Rows: n})
		}
	}
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			tell()
			return nil
		}
		if n++; n%1000 == 0 {
			tell()
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		if report {
			r.total.Rows++
		}
		if bad, ok := errors.AsType[errRow](err); ok {
			if report {
				r.total.problem(Problem{File: t.src.name, Line: bad.line, Reason: bad.reason})
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.src.name, err)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
}

// hash is a short name of a text within this run.
func (r *run) hash(s string) uint64 { return maphash.String(r.seed, s) }

// claim takes a handle for the product that begins at line, or says which line has it.
func (r *run) claim(handle string, line int) (other int, ok bool) {
	key := r.hash(handle)
	if first, taken := r.seen[key]; taken {
		return int(first), false
	}
	r.seen[key] = int32(line)
	return 0, true
}

// put adds a product to the batch.
func (r *run) put(i item) error {
	if i.draft.Beside = r.beside(i); len(i.draft.Variants) == 0 {
		return nil // its rows' problems have been reported
	}
	r.batch, r.size = append(r.batch, i), r.size+len(i.draft.Variants)
	if len(r.batch) >= batchProducts || r.size >= batchVariants {
		return r.flush()
	}
	return nil
}

// beside is what the file says of stock: part of the digest, so that the same file again
// does not bring back stock that has been sold since.
func (r *run) beside(i item) string {
	if r.o.Supplier == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", r.o.Supplier, r.o.CostPercent)
	for _, s := range i.stocks {
		fmt.Fprintf(&b, " %d/%d%s", s.quantity, s.cost.Minor, s.cost.Currency)
	}
	return b.String()
}

// flush writes the batch in one transaction.
func (r *run) flush() error {
	if len(r.batch) == 0 {
		return nil
	}
	var done Report
	err := r.d.Update(r.ctx, func(ctx context.Context, tx *db.Tx) error {
		done = Report{} // the closure may run again
		supplier, err := r.supplier(ctx, tx)
		if err != nil {
			return err
		}
		for _, i := range r.batch {
			if err := r.store1(ctx, tx, supplier, i, &done); err != nil {
				return err
			}
		}
		if r.o.DryRun {
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return fmt.Errorf("%s, products from line %d: %w", r.src.name, r.batch[0].line, err)
	}
	r.total.add(done)
	r.batch, r.size = r.batch[:0], 0
	return r.survey(done.Created)
}

// survey keeps the database's idea of its tables up with what comes in: after the first
// products, and whenever there are four times as many.
func (r *run) survey(created int) error {
	if r.created += created; r.created < r.surveyed*4 || r.created == 0 || r.o.DryRun {
		return nil
	}
	r.surveyed = r.created
	return r.d.Update(r.ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := catalog.Survey(ctx, tx); err != nil {
			return err
		}
		return inventory.Survey(ctx, tx)
	})
}

// supplier is who has the stock, made when missing; without a name there is none.
func (r *run) supplier(ctx context.Context, tx *db.Tx) (inventory.Supplier, error) {
	if r.o.Supplier == "" {
		return inventory.Supplier{}, nil
	}
	return ensureSupplier(ctx, tx, r.store, r.o.Supplier)
}

func ensureSupplier(ctx context.Context, tx *db.Tx, store id.Store, name string) (inventory.Supplier, error) {
	s, err := inventory.SupplierByName(ctx, tx, store, strings.TrimSpace(name))
	if errors.Is(err, sql.ErrNoRows) {
		return inventory.AddSupplier(ctx, tx, inventory.NewSupplier(store, name))
	}
	return s, err
}

// store1 writes one product and its offers.
func (r *run) store1(ctx context.Context, tx *db.Tx, s inventory.Supplier, i item, done *Report) error {
	res, err := catalog.Put(ctx, tx, r.store, i.draft, r.o.DropMissing && !i.partial)
	if invalid, ok := errors.AsType[catalog.Invalid](err); ok {
		r.invalid(i, invalid, done)
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case res.Created:
		done.Created++
	case res.Changed:
		done.Updated++
	default:
		done.Unchanged++
	}
	done.Variants += len(i.draft.Variants)
	if i.elsewhere {
		done.Drafts++
	}
	if r.o.DropMissing && !i.partial && len(res.Missing) > 0 {
		if _, err := inventory.Retire(ctx, tx, r.store, res.Missing...); err != nil {
			return err
		}
	}
	if s.SupplierID == "" {
		return nil
	}
	return r.offers(ctx, tx, s, i, res, done)
}

// offers writes what the supplier has of a product's variants, if the file says anything
// new about it.
func (r *run) offers(ctx context.Context, tx *db.Tx, s inventory.Supplier, i item, res catalog.Result, done *Report) error {
	for n, v := range i.draft.Variants {
		st := i.stocks[n]
		if st.none {
			continue
		}
		if st.assumed {
			done.StockAssumed++
		}
		cost := st.cost
		if !st.costSaid {
			cost = money.Zero(v.Price.Currency)
			if r.o.CostPercent > 0 {
				var err error
				if cost, err = v.Price.Share(r.o.CostPercent, 100); err != nil {
					return err
				}
			} else {
				done.CostUnknown++
			}
		}
		if !res.Changed {
			continue
		}
		_, wrote, err := inventory.PutOffer(ctx, tx, s, inventory.Offer{
			VariantID: res.Variants[n], SupplierSku: articleOf(i.draft, v), CostMinor: cost.Minor, Currency: cost.Currency,
			Quantity: st.quantity, Pack: 1, Active: true, AsOf: tx.Now,
		})
		if err != nil {
			return err
		}
		if wrote {
			done.Offers++
		}
	}
	return nil
}

// articleOf is the supplier's SKU where the file has only ours: that, or else a name that
// stays the same as long as the product does.
func articleOf(d catalog.Draft, v catalog.DraftVariant) string {
	if v.SKU != "" {
		return v.SKU
	}
	name := strings.Join(append([]string{d.Handle}, v.Values...), "/")
	if len(name) > inventory.MaxSKU {
		sum := sha256.Sum256([]byte(name))
		return hex.EncodeToString(sum[:])
	}
	return name
}

// invalid reports what the catalogue refuses, at the line and column it came from.
func (r *run) invalid(i item, list catalog.Invalid, done *Report) {
	for _, f := range list {
		p := Problem{File: r.src.name, Line: i.line, Column: i.columns(f.Field), Reason: f.Reason}
		var n int
		if _, err := fmt.Sscanf(f.Field, "variants[%d]", &n); err == nil && n < len(i.lines) {
			p.Line = i.lines[n]
		}
		done.problem(p)
	}
}

// fieldName is the last part of a draft's field: "variants[2].price" is "variant price",
// "images[0].url" is "images".
func fieldName(field string) string {
	if rest, ok := strings.CutPrefix(field, "variants["); ok {
		_, name, _ := strings.Cut(rest, "].")
		return "variant " + name
	}
	name, _, _ := strings.Cut(field, "[")
	return name
}
