package importer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// Offers imports suppliers' offers for the store's variants from CSV files with the columns
//
//	sku | variant_sku | barcode    which variant of ours; one of these
//	variant                        the same where it has neither: HANDLE/OPTION/OPTION, or its id
//	supplier                       by name; Options.Supplier where it is empty
//	supplier_sku                   theirs; ours where it is empty
//	cost, currency                 per unit, without freight; the store's currency where it is empty
//	quantity                       empty: not known yet, the supplier's feed will say it
//	ship_from, handling_days, pack, priority
//
// of which only the first is needed. Errors and report are as with Products.
func Offers(ctx context.Context, d *db.DB, store id.Store, files []string, o Options) (Report, error) {
	r, err := newRun(ctx, d, store, o)
	if err != nil {
		return Report{}, err
	}
	for _, file := range files {
		if err := r.offerFile(file); err != nil {
			return r.total, err
		}
	}
	r.total.conclude(r.o)
	return r.total, nil
}

// offerAliases gives our names for what suppliers call their columns.
func offerAliases() map[string]string {
	return map[string]string{
		"variant_sku": "sku", "variant sku": "sku", "merchantsku": "sku", "merchant_sku": "sku", "ean": "barcode", "upc": "barcode", "gtin": "barcode",
		"suppliersku": "supplier_sku", "supplier sku": "supplier_sku", "price": "cost", "unit_cost": "cost", "qty": "quantity", "stock": "quantity",
		"ship from": "ship_from", "warehouse": "ship_from", "handling": "handling_days", "handling days": "handling_days", "pack_multiple": "pack",
	}
}

// offerRow is a row with all that can be read of it without the database.
type offerRow struct {
	row
	supplier string
	offer    inventory.Offer
	heard    bool // the file tells the quantity
}

func (r *run) offerFile(file string) error {
	src, err := openSource(file)
	if err != nil {
		return err
	}
	r.src = src
	t, err := openTable(src, offerAliases())
	if err != nil {
		return err
	}
	defer t.close()
	if !t.has("sku") && !t.has("barcode") && !t.has("variant") {
		return fmt.Errorf("%s: a column sku, barcode or variant (HANDLE/OPTION, for variants without a SKU) must say which variant an offer is for", src.name)
	}
	var batch []offerRow
	err = r.each(t, true, func(row row) error {
		o, column, err := r.offerRow(row)
		if err != nil {
			r.total.problem(row.problem(column, err.Error()))
			return nil
		}
		if batch = append(batch, o); len(batch) < batchVariants {
			return nil
		}
		err = r.flushOffers(batch)
		batch = batch[:0]
		return err
	})
	if err != nil {
		return err
	}
	return r.flushOffers(batch)
}

// offerRow reads a row; an error is about the column.
func (r *run) offerRow(row row) (o offerRow, column string, err error) {
	o = offerRow{row: row, supplier: row.get("supplier"), heard: row.get("quantity") != ""}
	if o.supplier == "" {
		o.supplier = r.o.Supplier
	}
	if o.supplier == "" {
		return o, "supplier", errors.New("is missing")
	}
	if _, name := nameOfVariant(row); name == "" {
		return o, "sku", errors.New("is missing")
	}
	if len(row.get("supplier_sku")) > inventory.MaxSKU {
		return o, "supplier_sku", fmt.Errorf("is longer than %d bytes", inventory.MaxSKU)
	}
	currency := money.Currency(strings.ToUpper(row.get("currency")))
	if currency == "" {
		currency = r.o.Currency
	}
	if !currency.Valid() {
		return o, "currency", fmt.Errorf("%q is not a currency", row.get("currency"))
	}
	cost := money.Zero(currency)
	if text := row.get("cost"); text != "" {
		if cost, err = amount(text, row.t.comma, currency); err != nil {
			return o, "cost", err
		}
	}
	from := strings.ToUpper(row.get("ship_from"))
	if from != "" && len(from) != 2 {
		return o, "ship_from", fmt.Errorf("%q is not a country code of two letters", from)
	}
	o.offer = inventory.Offer{
		SupplierSku: unquoted(row.get("supplier_sku")), CostMinor: cost.Minor, Currency: currency, ShipFrom: from, Pack: 1, Active: true,
	}
	for _, f := range []struct {
		column   string
		to       *int64
		from, up int64
	}{
		{"quantity", &o.offer.Quantity, -1 << 40, 1 << 40}, {"handling_days", &o.offer.HandlingDays, 0, 365},
		{"pack", &o.offer.Pack, 1, 1 << 20}, {"priority", &o.offer.Priority, -1000, 1000},
	} {
		text := row.get(f.column)
		if text == "" {
			continue
		}
		n, err := whole(text, row.t.comma)
		if err == nil && (n < f.from || n > f.up) {
			err = fmt.Errorf("%d is not between %d and %d", n, f.from, f.up)
		}
		if err != nil {
			return o, f.column, err
		}
		*f.to = n
	}
	o.offer.Quantity = max(0, o.offer.Quantity)
	return o, "", nil
}

// flushOffers writes a batch in one transaction.
func (r *run) flushOffers(batch []offerRow) error {
	if len(batch) == 0 {
		return nil
	}
	var done Report
	err := r.d.Update(r.ctx, func(ctx context.Context, tx *db.Tx) error {
		done = Report{}
		suppliers := map[string]inventory.Supplier{}
		for _, o := range batch {
			column, problem, err := r.putOffer(ctx, tx, suppliers, o, &done)
			if err != nil {
				return err
			}
			if problem != "" {
				done.problem(o.problem(column, problem))
			}
		}
		if r.o.DryRun {
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return fmt.Errorf("%s, offers from line %d: %w", r.src.name, batch[0].line, err)
	}
	r.total.add(done)
	return nil
}

// putOffer writes one offer, or says what is wrong with its row.
func (r *run) putOffer(ctx context.Context, tx *db.Tx, suppliers map[string]inventory.Supplier, o offerRow, done *Report) (column, problem string, err error) {
	s, known := suppliers[o.supplier]
	if !known {
		if s, err = inventory.SupplierByName(ctx, tx, r.store, o.supplier); errors.Is(err, sql.ErrNoRows) {
			if !r.o.CreateSuppliers {
				return "supplier", fmt.Sprintf("there is no supplier %q", o.supplier), nil
			}
			s, err = ensureSupplier(ctx, tx, r.store, o.supplier)
		}
		if err != nil {
			return "", "", err
		}
		suppliers[o.supplier] = s
	}
	column, name, variants, err := variantOf(ctx, tx, r.store, o.row)
	switch {
	case err != nil:
		return "", "", err
	case len(variants) == 0:
		return column, fmt.Sprintf("no variant has %q", name), nil
	case len(variants) > 1:
		return column, fmt.Sprintf("%d variants have %q", len(variants), name), nil
	}
	offer := o.offer
	if offer.VariantID = variants[0].VariantID; offer.SupplierSku == "" {
		offer.SupplierSku = name
	}
	if o.heard {
		offer.AsOf = tx.Now
	}
	_, wrote, err := inventory.PutOffer(ctx, tx, s, offer)
	if wrote {
		done.Offers++
	}
	return "", "", err
}
